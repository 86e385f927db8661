"""``add``: a dataset, an experiment and a space, each where it is given."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from embwidget.cli.adding import Adding, ExperimentGiven, SpaceGiven
from embwidget.cli.options import Json
from embwidget.cli.output import note, say, say_json

_MOST_BYTES = 4_000_000
# How Vectory calls the number of a row where a table has no column of ids.
_ROW_NUMBER = "_idx"


def add(
    file: Annotated[
        str | None,
        typer.Argument(help="Vectors: npy, npz, parquet, csv, safetensors ...", show_default=False),
    ] = None,
    embeddings: Annotated[
        str | None, typer.Option("--embeddings", "-e", help="The same as FILE.")
    ] = None,
    input_file: Annotated[
        str | None,
        typer.Option(
            "--input", help="The same as FILE; beside --embeddings, the same as --dataset."
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            "--dataset", "-d", help="Table of the items, such as a CSV; or a dataset's name."
        ),
    ] = None,
    dataset_name: Annotated[
        str | None, typer.Option("--dataset-name", help="By default the table's file name.")
    ] = None,
    id_field: Annotated[
        str | None, typer.Option("--id-field", help="Column of the ids in the table.")
    ] = None,
    experiment_name: Annotated[
        str | None,
        typer.Option(
            "--experiment-name",
            help="By default the space's name, where a model, params or a train dataset is given.",
        ),
    ] = None,
    model_name: Annotated[
        str | None, typer.Option("--model-name", help="Model of the experiment.")
    ] = None,
    train_dataset: Annotated[
        str | None,
        typer.Option("--train-dataset", help="Name of the dataset that it was trained on."),
    ] = None,
    params: Annotated[
        str | None,
        typer.Option("--params", "-p", help="JSON file with the experiment's parameters."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            *("--embedding-space-name", "--embedding-name", "--name"),
            help="Of the space; by default its file's name.",
        ),
    ] = None,
    dims: Annotated[
        int | None, typer.Option("--dims", help="Refuse vectors of another number of dimensions.")
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option("--embeddings-id", help="Column, or array, of the ids in the vectors' file."),
    ] = None,
    vectors: Annotated[
        str | None,
        typer.Option("--vectors", help="Column, or array, of the vectors in a file of several."),
    ] = None,
    missing: Annotated[
        str | None,
        typer.Option("--missing", help="raise or drop: what becomes of items without a vector."),
    ] = None,
    layer: Annotated[str | None, typer.Option("--layer", help="Of the space.")] = None,
    epoch: Annotated[float | None, typer.Option("--epoch", help="Of the space.")] = None,
    split: Annotated[str | None, typer.Option("--split", help="Of the space.")] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", help="What nearness means in it: cosine ...")
    ] = None,
    notes: Annotated[str, typer.Option("--notes", help="Of what is new.")] = "",
    load: Annotated[
        bool, typer.Option("--load", help="Compute its neighbours, too: an index of its name.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a space, its dataset and experiment.

    What is there already is used again, if it is the same. Either all is added or nothing.

    \b
    Examples:
      embwidget add resnet.npy --dataset digits.csv --id-field id
      embwidget add convnext.npy --dataset-name digits --model-name ConvNeXt --params p.json --load
      embwidget add --dataset digits.csv --dataset-name digits
    """
    if input_file is not None and embeddings is not None and dataset is None:
        input_file, dataset = None, input_file
    path = _only_one({"FILE": file, "--embeddings": embeddings, "--input": input_file})
    space_name = name if name is not None or path is None else _stem(path)
    of_space = {"id": id_column, "vectors": vectors, "missing": missing}
    about = {"layer": layer, "epoch": epoch, "split": split, "metric": metric}
    if path is None:
        extra = {"--name": name, "--dims": dims, "--load": load or None, **of_space, **about}
        wrong = next((key for key, value in extra.items() if value is not None), None)
        if wrong is not None or (dataset is None and experiment_name is None):
            msg = "give a file of vectors: embwidget add FILE --dataset TABLE"
            raise ValueError(msg)
    if id_field == _ROW_NUMBER:
        id_field = None
    given = (model_name, params, train_dataset)
    if experiment_name is None and any(each is not None for each in given):
        experiment_name = space_name
    read = None if params is None else _params(params)
    with Adding(notes) as adding:
        used = adding.dataset(dataset, dataset_name, id_field)
        if experiment_name is not None:
            adding.experiment(ExperimentGiven(experiment_name, model_name, read, train_dataset))
        if path is not None:
            options = {key: value for key, value in (of_space | about).items() if value is not None}
            called = _stem(path) if name is None else name
            adding.space(SpaceGiven(path, called, used, experiment_name, dims, options))
        if load and space_name is not None:
            adding.index(space_name)
    _tell(adding, as_json)


def _tell(adding: Adding, as_json: bool) -> None:
    for text in adding.remarks:
        note(text)
    if as_json:
        say_json({"added": adding.told(), "report": adding.report, "notes": adding.remarks})
        return
    for each in adding.told():
        say(f"added {each['kind']} {each['name']}")
    if adding.report:
        say(f"  {adding.report}")
    if not adding.told():
        say("all of it is there already")


def _only_one(given: dict[str, str | None]) -> str | None:
    named = {key: value for key, value in given.items() if value is not None}
    if len(named) > 1:
        msg = f"{' and '.join(named)} both name the file of the vectors: give one"
        raise ValueError(msg)
    return next(iter(named.values()), None)


def _stem(path: str) -> str:
    """Name of a file without its endings: "digits" for "digits.csv.gz"."""
    name = Path(path).name
    return name.partition(".")[0] or name


def _params(path: str) -> dict[str, Any]:
    """Parameters out of a JSON file."""
    file = Path(path).expanduser()
    if file.stat().st_size > _MOST_BYTES:
        msg = f"--params {file.name!r} has {file.stat().st_size:,} bytes: give a smaller file"
        raise ValueError(msg)
    try:
        found = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        msg = f"--params {file.name!r} is no JSON: {error}"
        raise ValueError(msg) from error
    if not isinstance(found, dict):
        msg = f'--params {file.name!r} holds a {type(found).__name__}: give {{"lr": 0.1}}'
        raise TypeError(msg)
    return found
