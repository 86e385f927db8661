"""``embeddings``: spaces deleted, and their neighbours computed and stored as indexes."""

from typing import Annotated, Any

import typer

from embwidget.cli.deletions import delete, say_deleted
from embwidget.cli.listings import COLUMNS
from embwidget.cli.options import Json, Recursive
from embwidget.cli.output import say, say_json, shows_progress, table

embeddings = typer.Typer(
    help="""Delete spaces; store neighbours.

\b
Examples:
  embwidget embeddings load resnet-cosine resnet50
  embwidget embeddings list-indices
""",
    no_args_is_help=True,
)

MODELS = ("auto", "exact", "ivf", "nndescent")
"""What finds neighbours, as `knn_graph` has it."""

N_NEIGHBORS = 50
"""As many as `compare` asks for, so that it takes them out of the index."""

_LSH = (
    "there is no lsh here: its lists miss neighbours unless it looks at most items. Take --model "
    "exact, which misses none and is fast up to about 100,000 items, or above that --model ivf "
    "(or nndescent), which say how many they miss"
)
_SAME_METRICS = {"l2": "euclidean", "dot": "inner_product"}


@embeddings.command("load")
def load(
    index: Annotated[str, typer.Argument(help="Name that the index gets.")],
    space: Annotated[str, typer.Argument(help="Space whose neighbours are searched for.")],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="auto, exact, ivf or nndescent; auto is exact up to about 100,000 items.",
        ),
    ] = "auto",
    similarity: Annotated[
        str | None,
        typer.Option(
            "--similarity",
            help="cosine, euclidean or inner_product; by default the space's own, else cosine.",
            show_default=False,
        ),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option("--k", "-k", help=f"Neighbours of each item, {N_NEIGHBORS} by default."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Store the neighbours in a space.

    They get a name; comparisons take them from there.

    \b
    Examples:
      embwidget embeddings load resnet-cosine resnet50
      embwidget embeddings load resnet-l2 resnet50 --model exact --similarity euclidean
    """
    from embwidget.registry import Registry

    if model == "lsh":
        raise ValueError(_LSH)
    if model not in MODELS:
        msg = f"--model {model!r}: give one of {', '.join(MODELS)}"
        raise ValueError(msg)
    registry = Registry()
    row = store_index(registry, index, space, model=model, similarity=similarity, k=k)
    if as_json:
        say_json({"index": row})
    else:
        table("index", [row], COLUMNS["indexes"])


def store_index(
    registry: Any,
    index: str,
    space: str,
    *,
    model: str = "auto",
    similarity: str | None = None,
    k: int | None = None,
) -> dict[str, Any]:
    """Compute and name a graph of a space, and return its row."""
    from embwidget.registry.labels import checked_label

    metric = None if similarity is None else _SAME_METRICS.get(similarity, similarity)
    n_neighbors = min(N_NEIGHBORS, len(registry[space]) - 1) if k is None else k
    registry.graph(
        *(space, n_neighbors),
        metric=metric,
        engine=model,
        name=index,
        progress=shows_progress(),
    )
    return next(row for row in registry.rows("graph") if row["name"] == checked_label(index))


@embeddings.command("list-indices")
def list_indices(as_json: Json = False) -> None:
    """List the stored neighbours.

    By name, whether load or a comparison stored them.

    \b
    Examples:
      embwidget embeddings list-indices
      embwidget embeddings list-indices --json
    """
    from embwidget.registry import Registry

    rows = Registry().rows("graph")
    if as_json:
        say_json({"indexes": rows})
    elif rows:
        table("", rows, COLUMNS["indexes"])
    else:
        say("There is no index yet: `embwidget embeddings load INDEX SPACE` makes one")


@embeddings.command("delete-index")
def delete_index(
    name: Annotated[str, typer.Argument(help="Of an index.")], as_json: Json = False
) -> None:
    """Delete one index.

    Its space stays.

    \b
    Examples:
      embwidget embeddings delete-index resnet-cosine
    """
    delete("graph", name, False, as_json)


@embeddings.command("delete-all-indices")
def delete_all_indices(as_json: Json = False) -> None:
    """Delete all indexes.

    The spaces stay.

    \b
    Examples:
      embwidget embeddings delete-all-indices
    """
    from embwidget.registry import Registry

    registry = Registry()
    gone = [one for row in registry.rows("graph") for one in registry.remove("graph", row["name"])]
    if gone or as_json:
        say_deleted(gone, as_json)
    else:
        say("There is no index.")


@embeddings.command("delete")
def delete_space(
    name: Annotated[str, typer.Argument(help="Of a space.")],
    recursive: Recursive = False,
    as_json: Json = False,
) -> None:
    """Delete a space.

    Refused while indexes, maps or comparisons refer to it, unless these go too.

    \b
    Examples:
      embwidget embeddings delete resnet50
      embwidget embeddings delete resnet50 --recursive
    """
    delete("space", name, recursive, as_json)
