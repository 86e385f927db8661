"""``export``, ``import`` and those of other tools: registries taken to other places."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from embwidget.cli.listings import one_kind
from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json, table

if TYPE_CHECKING:
    from embwidget.registry.taken import TakenOver


def export(
    folder: Annotated[str, typer.Argument(help="Empty, new, or exported to before.")],
    as_json: Json = False,
) -> None:
    """Copy everything into a folder.

    It is a registry itself; what is there already is not copied again.

    \b
    Examples:
      embwidget export /backup/embwidget
    """
    from embwidget.registry import Registry

    target = Registry().export(folder)
    if as_json:
        say_json({"folder": str(target)})
    else:
        say(f"Everything is in {target}: `embwidget import` takes it over elsewhere")


def import_(
    folder: Annotated[str, typer.Argument(help="What `embwidget export` wrote.")],
    as_json: Json = False,
) -> None:
    """Take over an exported folder.

    All that it holds or nothing of it; every file is hashed on the way.

    \b
    Examples:
      embwidget import /backup/embwidget
    """
    from embwidget.registry import Registry

    _say_added(Registry().import_(folder), as_json)


def import_vectory(
    path: Annotated[
        str, typer.Argument(help="Vectory's database; relative paths in it count from here.")
    ] = "~/.vectory/main.db",
    as_json: Json = False,
) -> None:
    """Take over a database of Vectory.

    As far as its files still exist; what is missing is listed, with the reason.

    \b
    Examples:
      embwidget import-vectory
      embwidget import-vectory old/main.db --json
    """
    from embwidget.registry import Registry

    _say_taken(Registry().import_vectory(path), as_json)


def import_mlflow(
    experiment: Annotated[str, typer.Argument(help="Name or id of an experiment in MLflow.")],
    uri: Annotated[
        str | None,
        typer.Option("--uri", help="Its tracking store; by default MLFLOW_TRACKING_URI."),
    ] = None,
    artifacts: Annotated[
        str, typer.Option("--artifacts", help="Paths of the .npy files that become spaces.")
    ] = "spaces/**/*.npy",
    dataset: Annotated[
        str | None,
        typer.Option("--dataset", "-d", help="Dataset that they are of; else one of their ids."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take over the runs of an MLflow experiment.

    Runs become experiments, vectors among their artifacts spaces. Called again it adds what is
    new; what could not be taken over is listed, with the reason.

    \b
    Examples:
      embwidget import-mlflow digits --uri sqlite:///mlflow.db
      embwidget import-mlflow digits --artifacts 'layers/*.npy' --dataset digits --json
    """
    from embwidget.registry import Registry

    # One bar for each file says nothing in a terminal, and fills it.
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    _say_taken(Registry().import_mlflow(uri, experiment, artifacts, dataset=dataset), as_json)


def _say_taken(done: "TakenOver", as_json: bool) -> None:
    missing = [{**each._asdict(), "kind": one_kind(each.kind)} for each in done.missing]
    if as_json:
        say_json({"added": _added(done.added), "missing": missing})
        return
    _say_added(done.added, as_json)
    if missing:
        say()
        table(f"{len(missing):,} not or not wholly taken over", missing, tuple(missing[0]))


def _added(rows: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"kind": one_kind(kind), "name": name} for kind, name in rows]


def _say_added(rows: list[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        say_json({"added": _added(rows)})
    elif rows:
        table(f"{len(rows):,} taken over", _added(rows), ("kind", "name"))
    else:
        say("There is nothing new in it.")
