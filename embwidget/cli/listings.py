"""``ls`` and ``show``: what a registry holds."""

import json
from typing import Annotated, Any

import typer

from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json, table

KINDS = {
    "datasets": "dataset",
    "experiments": "experiment",
    "spaces": "space",
    "indexes": "graph",
    "maps": "map",
    "comparisons": "comparison",
}
"""By the word of a person, the kind of a registry."""

COLUMNS = {
    "datasets": ("name", "n", "id_column", "created", "notes"),
    "experiments": ("name", "model", "params", "train_dataset", "parent", "tags", "created"),
    "spaces": (
        *("name", "dataset", "experiment", "model", "layer", "epoch", "split"),
        *("n", "dims", "metric", "created"),
    ),
    "indexes": ("name", "space", "metric", "k", "engine", "exact", "recall"),
    "maps": ("name", "space", "reducer", "metric", "n_neighbors"),
    "comparisons": (
        *("name", "a", "b", "n", "k", "label", "value", "low", "high", "chance", "verdict"),
        "bytes",
    ),
}
"""What a table shows of each kind; JSON has all columns."""

_PARAMETER = "params__"
_DAY_CHARS = len("2026-01-31")
_WORDS = {kind: word for word, kind in KINDS.items()}


def ls(
    kind: Annotated[
        str | None,
        typer.Argument(help=f"One of {', '.join(KINDS)}; by default all.", show_default=False),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Only those of this name; takes wildcards.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            help="Only rows of this value: dataset=digits, epoch=9, model='res*', params.lr=0.1, "
            "tags=best. Can be given more than once.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List what there is, of all kinds or one.

    Datasets, experiments, spaces, indexes (stored neighbours), maps and comparisons.

    \b
    Examples:
      embwidget ls
      embwidget ls spaces --where dataset=digits --where params.lr=0.1
      embwidget ls comparisons --json
    """
    from embwidget.registry import Registry

    wanted = _kinds(kind)
    filters = dict(_filter(each) for each in where or [])
    if name is not None:
        filters["name"] = name
    if kind is None and set(filters) - {"name"}:
        msg = "--where asks for a column of one kind: say which, such as `embwidget ls spaces`"
        raise ValueError(msg)
    if kind is not None:
        _check_columns(wanted[0], filters)
    registry = Registry()
    found = {word: _rows(registry, word, filters) for word in wanted}
    if as_json:
        say_json(found)
        return
    if not any(found.values()):
        typed = f"embwidget ls {kind or ''}".rstrip()
        is_empty = not filters or not any(_rows(registry, word, {}) for word in wanted)
        if is_empty:
            what = "nothing" if kind is None else f"no {_one(wanted[0])}"
            hint = "`embwidget add --help`, or `embwidget demo`"
            say(f"There is {what} in {registry.path} yet: {hint}")
        else:
            say(f"There is nothing of that in {registry.path}: `{typed}` lists all")
        return
    is_first = True
    for word, rows in found.items():
        if rows:
            if not is_first:
                say()
            title = f"{len(rows):,} {word if len(rows) != 1 else _one(word)}"
            # Of a moment the day, for which there is room.
            dated = [{**row, "created": row["created"][:_DAY_CHARS]} for row in rows]
            table(title, dated, COLUMNS[word])
            is_first = False


def show(
    name: Annotated[str, typer.Argument(help="Of a dataset, experiment, space, index ...")],
    kind: Annotated[
        str | None, typer.Option("--kind", help=f"Only this kind: {', '.join(KINDS)}.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show all that is known of one name.

    Every column of its row, and the names of what refers to it.

    \b
    Examples:
      embwidget show resnet50
      embwidget show digits --kind datasets --json
    """
    from embwidget._core.checks import near_names, shown
    from embwidget.registry import Registry
    from embwidget.registry.labels import checked_label

    registry, label = Registry(), checked_label(name)
    rows = {word: _rows(registry, word, {}) for word in KINDS}
    found: list[dict[str, Any]] = [
        {"kind": _one(word), "row": row, "used_by": _used_by(word, label, rows)}
        for word in _kinds(kind)
        for row in rows[word]
        if row["name"] == label
    ]
    if not found:
        names = [row["name"] for word in _kinds(kind) for row in rows[word]]
        there = near_names(name, names) if names else "nothing is registered yet"
        msg = f"there is nothing called {shown(name)}: {there}"
        raise LookupError(msg)
    if as_json:
        say_json({"name": label, "found": found})
        return
    for place, each in enumerate(found):
        if place:
            say()
        lines = [{"": key.replace("_", " "), " ": value} for key, value in each["row"].items()]
        lines += [{"": f"its {word}", " ": names} for word, names in each["used_by"].items()]
        filled = [line for line in lines if line[" "] not in (None, "", [], {})]
        table(str(each["kind"]), filled, ("", " "))


def _rows(registry: Any, word: str, filters: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a kind; of a comparison with its label, which is among the settings there."""
    rows: list[dict[str, Any]] = registry.rows(KINDS[word], **filters)
    if word == "comparisons":
        return [{**row, "label": row["settings"].get("label")} for row in rows]
    return rows


def one_kind(kind: str) -> str:
    """What a person calls a row of a registry's kind: "index" for a graph."""
    return _one(_WORDS[kind])


def _one(word: str) -> str:
    return "index" if word == "indexes" else word.removesuffix("s")


def _kinds(kind: str | None) -> list[str]:
    if kind is None:
        return list(KINDS)
    for word in KINDS:
        if kind in {word, _one(word), KINDS[word], "indices" if word == "indexes" else word}:
            return [word]
    msg = f"{kind!r} is no kind: give one of {', '.join(KINDS)}"
    raise ValueError(msg)


def _check_columns(word: str, filters: dict[str, Any]) -> None:
    from embwidget._core.checks import near_names
    from embwidget.registry.rows import columns_of

    columns = columns_of(KINDS[word])
    for key in filters:
        if key not in columns and not (key.startswith(_PARAMETER) and "params" in columns):
            msg = f"{word} have no column {key[:60]!r}: {near_names(key, columns)}"
            raise ValueError(msg)


def _filter(given: str) -> tuple[str, Any]:
    """Column and value of what stands behind --where."""
    key, sign, text = given.partition("=")
    key = key.strip()
    if not sign or not key:
        msg = f"--where {given!r}: give a column and a value, such as dataset=digits"
        raise ValueError(msg)
    if key.startswith("params."):
        key = f"{_PARAMETER}{key.removeprefix('params.')}"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    # A name may be a number, as a layer may: it is asked for as either.
    return key, value if isinstance(value, str) else [value, text]


def _used_by(word: str, name: str, rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Names of what refers to a row, by kind."""
    columns = {
        "datasets": (("spaces", "dataset"), ("experiments", "train_dataset")),
        "experiments": (("spaces", "experiment"), ("experiments", "parent")),
        "spaces": (
            *(("indexes", "space"), ("maps", "space")),
            *(("comparisons", "a"), ("comparisons", "b")),
        ),
    }
    found: dict[str, list[str]] = {}
    for other, column in columns.get(word, ()):
        names = [row["name"] for row in rows[other] if row[column] == name]
        found[other] = list(dict.fromkeys([*found.get(other, []), *names]))
    return found
