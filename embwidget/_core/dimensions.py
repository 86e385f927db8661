"""Which columns of a frame are the dimensions, if nobody says so; docs/inputs.md has the rule."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from embwidget._core.broken_cells import why_broken
from embwidget._core.checks import listed, near_names, shown
from embwidget._core.columns import BROKEN, Kind, kind_of, select

# Names, or their last word, that say that a column is no dimension.
_APART = frozenset(
    [
        *("annotation", "category", "categories", "class", "classes", "cluster", "clusters"),
        *("count", "counts", "date", "fold", "group", "groups", "id", "ids", "idx", "image"),
        *("images", "img", "index", "key", "keys", "label", "labels", "language", "len", "mask"),
        *("name", "names", "row", "rows", "split", "subset", "tag", "tags", "target", "targets"),
        *("text", "texts", "thumb", "thumbnail", "timestamp", "title", "token", "tokens"),
        *("topic", "url", "uuid"),
    ]
)
_APART_STARTS = frozenset({"n", "num", "is", "has", "count"})
# Of an index that was written without a name, by pandas, R, or a table of Arrow.
_INDEX = re.compile(r"|Unnamed: \d+(?:_level_\d+)?|__index_level_\d+__|level_\d+|index")
_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>\d+)", re.DOTALL)
_FEW = 20
_HEAD_ROWS = 1000


class Guess(NamedTuple):
    """Columns taken for the vectors, and a sentence about it; "" if there was no other choice."""

    vectors: list[Any]
    read_from: str


def guess_dimensions(frame: Any, schema: dict[Any, Any], apart: Sequence[Any]) -> Guess:
    """Tell the dimensions of a narwhals frame.

    Parameters
    ----------
    frame : narwhals.DataFrame
    schema : dict
        Its columns and their dtypes; all of them but the ids.
    apart : sequence of str
        Columns that are no dimensions.

    Raises
    ------
    ValueError
        When there is nothing to choose, or a choice to make.
    """
    names = [name for name in schema if str(name) not in apart and not _is_index(name)]
    kinds = {name: kind_of(frame, name, schema[name]) for name in names}
    vectors = _only_vectors([name for name in names if kinds[name].kind == "vectors"])
    numbers = [name for name in names if kinds[name].kind == "numbers"]
    plain = [name for name in numbers if not _is_named_apart(name, names)]
    runs = _runs(plain)
    if vectors:
        rivals = next((run for run in runs.values() if len(run) > 2), None)
        if rivals is None and plain and _is_named_apart(vectors[0], names):
            rivals = plain
        if rivals is not None:
            msg = (
                f"column {shown(vectors[0])} holds lists of numbers, but {_span(rivals)} may be "
                f"the dimensions, too: say which, vectors={shown(vectors[0])}"
            )
            raise ValueError(msg)
        beside = f", not from {listed(numbers, 3)}" if numbers else ""
        return Guess(vectors, f"column {shown(vectors[0])}{beside}" if numbers else "")
    _refuse_doubts(names, kinds)
    if not runs:
        _refuse_broken(frame, names, kinds)
    if not plain:
        raise ValueError(_nothing_there(schema, numbers, kinds))
    if len(runs) > 1:
        spans = " and ".join(map(_span, list(runs.values())[:2]))
        msg = f"the frame has several rows of numbered columns, {spans}: say which, vectors=[...]"
        raise ValueError(msg)
    if runs:
        [(stem, run)] = runs.items()
        broken = next((n for n in names if _stem(n) == stem and kinds[n].kind != "numbers"), None)
        if broken is not None:
            raise ValueError(_broken_in(frame, run, broken, kinds[broken]))
        return _numbered(run, plain, kinds)
    _refuse_codes(frame, plain)
    taken = set(plain)
    left = [name for name in numbers if name not in taken]
    return Guess(plain, _said(f"{_counted(plain)} of numbers, {listed(plain, 4)}", left))


def _is_index(name: Any) -> bool:
    """Whether a column is an index that was written without a name."""
    return isinstance(name, str) and _INDEX.fullmatch(name) is not None


def _only_vectors(names: list[Any]) -> list[Any]:
    """Return the one column of vectors, or none; more are refused."""
    if len(names) > 1:
        clear = [name for name in names if not _is_named_apart(name, names)]
        if len(clear) != 1:
            msg = (
                f"the frame has several columns of vectors: say which, vectors={shown(names[0])} "
                f"({listed(names)})"
            )
            raise ValueError(msg)
        return clear
    return names


def _refuse_doubts(names: list[Any], kinds: dict[Any, Kind]) -> None:
    for name in names:
        if kinds[name].kind == "doubt" and not _is_named_apart(name, names):
            msg = f"column {shown(name)} {kinds[name].why}; or name other columns with vectors="
            raise ValueError(msg)


def _refuse_broken(frame: Any, names: list[Any], kinds: dict[Any, Kind]) -> None:
    """Refuse a column of numbers of which an entry is none: it would be passed over unseen."""
    for name in names:
        if kinds[name].kind in BROKEN and not _is_named_apart(name, names):
            why = why_broken(frame.get_column(name))
            if why:
                msg = (
                    f"column {shown(name)} holds numbers, but {why}: make it a number, or name the "
                    "dimensions with vectors=[...]"
                )
                raise ValueError(msg)


def _nothing_there(schema: dict[Any, Any], numbers: list[Any], kinds: dict[Any, Kind]) -> str:
    """Say why no column is a dimension."""
    start = "the frame has no column of vectors or numbers"
    texts = [name for name, kind in kinds.items() if kind.kind == "texts"]
    if numbers:
        return (
            f"{start}, but {listed(numbers)}, whose names say that they are no dimensions: if they "
            "are, name them with vectors="
        )
    if texts:
        return (
            f"{start}: those of {listed(texts)} are text: make numbers of them, frame.astype(float)"
        )
    return f"{start}: {near_names('', schema)}"


def _runs(names: list[Any]) -> dict[str, list[Any]]:
    """Columns whose names have the same stem and a number behind it, by stem, two or more."""
    runs: dict[str, list[Any]] = {}
    for name in names:
        stem = _stem(name)
        if stem is not None:
            runs.setdefault(stem, []).append(name)
    return {stem: run for stem, run in runs.items() if len(run) > 1}


def _stem(name: Any) -> str | None:
    # A MultiIndex has tuples for names, and their last entry tells the columns apart.
    head, last = (str(name[:-1]), name[-1]) if isinstance(name, tuple) and name else ("", name)
    found = _NUMBERED.fullmatch(str(last))
    return None if found is None else head + found["stem"]


def _broken_in(frame: Any, run: list[Any], broken: Any, kind: Kind) -> str:
    """Say what keeps a column out of the numbered ones."""
    why = why_broken(frame.get_column(broken)) if kind.kind in BROKEN else ""
    return (
        f"column {shown(broken)} is among the numbered ones, {_span(run)}, and "
        f"{why or 'holds no numbers'}: make them all numbers, or name the dimensions with vectors="
    )


def _numbered(run: list[Any], plain: list[Any], kinds: dict[Any, Kind]) -> Guess:
    """Take the numbered columns, if the other ones of numbers are not more."""
    taken = set(run)
    others = [name for name in plain if name not in taken]
    if len(others) > len(run):
        msg = (
            f"{_span(run)} are numbered, but {len(others)} other columns of numbers stand beside "
            f"them ({listed(others, 3)}): name the dimensions with vectors=[...]"
        )
        raise ValueError(msg)
    left = [name for name, kind in kinds.items() if kind.kind == "numbers" and name not in taken]
    return Guess(run, _said(_span(run), left))


def _refuse_codes(frame: Any, names: list[Any]) -> None:
    """Refuse whole numbers of few values beside others: they are labels or codes."""
    maybe = _maybe_whole(frame, names)
    whole = {name: values for name in maybe if (values := _whole_values(frame, name)) is not None}
    if len(whole) == len(names):
        return
    for name, values in whole.items():
        n_items = len(frame)
        codes = len(values) == values[-1] - values[0] + 1 and values[0] in (0, 1)
        if 2 * len(values) <= n_items and (codes or len(values) <= _FEW):
            msg = (
                f"column {shown(name)} has {len(values)} whole numbers in {n_items} rows beside "
                "decimal ones, like a label or code: name the dimensions with vectors=[...]"
            )
            raise ValueError(msg)


def _maybe_whole(frame: Any, names: list[Any]) -> list[Any]:
    """Columns whose first rows are whole numbers, looked at all at once; most have others."""
    head = select(frame, names)[:_HEAD_ROWS].to_numpy()
    try:
        head = head.astype(np.float64)
    except (TypeError, ValueError):
        # The missing ones of some libraries are no numbers.
        return names
    seen = (np.isnan(head) | (head == np.rint(head))).all(axis=0)
    return [name for name, is_whole in zip(names, seen.tolist(), strict=True) if is_whole]


def _whole_values(frame: Any, name: Any) -> Any:
    """Distinct values of a column if all are whole numbers, missing ones left out; else None."""
    try:
        values = frame.get_column(name).drop_nulls().to_numpy().astype(np.float64)
    except (TypeError, ValueError):
        return None
    values = values[np.isfinite(values)]
    if len(values) == 0 or not np.array_equal(values, np.rint(values)):
        return None
    return np.unique(values)


def _is_named_apart(name: Any, names: list[Any]) -> bool:
    """Whether a name says that its column is no dimension; numbers behind it do not count."""
    last = name[-1] if isinstance(name, tuple) and name else name
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(last)).lower()
    words = [word for word in re.split(r"[\W_]+|(?<=[a-z])(?=\d)", text) if word]
    if len(words) > 1 and words[-1].isdigit():
        words = words[:-1]
    if words == ["y"]:
        # With x and y a place in the plane is meant, without x what is to be predicted.
        return not {"x", "X"} & set(map(str, names))
    return bool(words) and (
        words[-1] in _APART
        or "_".join(words) in _APART
        or (len(words) > 1 and words[0] in _APART_STARTS)
    )


def _span(run: list[Any]) -> str:
    return f"{_counted(run)} {shown(run[0])} … {shown(run[-1])}"


def _counted(names: list[Any]) -> str:
    return f"{len(names)} column{'s' if len(names) > 1 else ''}"


def _said(taken: str, left: list[Any]) -> str:
    return f"{taken}, not from {listed(left, 3)}" if left else taken
