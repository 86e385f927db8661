"""The index of pandas objects: of what kind its keys are, and in which row each lies."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown

# Above this, floats are not all the whole numbers.
_WHOLE_FLOATS = 2**53
# Keys looked at to tell whether those of two types are the same as texts.
_LOOKED_AT = 1000


def index_of(x: Any) -> Any:
    """Index of a pandas frame or Series; None for anything else."""
    index = getattr(x, "index", None)
    return index if hasattr(index, "get_indexer") else None


def is_plain(index: Any) -> bool:
    """Whether an index is 0, 1 ..., as pandas numbers rows unless told otherwise."""
    import pandas as pd

    return bool(index.equals(pd.RangeIndex(len(index))))


def kind_of(index: Any) -> str:
    """What an index is made of: "integer", "string", "datetime64" ...; gaps do not count."""
    if index.nlevels > 1:
        return f"{index.nlevels} levels"
    known = index.dropna() if index.hasnans else index
    kind = str(known.inferred_type)
    if kind == "categorical":
        return kind_of(known.astype(known.categories.dtype))
    if kind == "floating":
        values = known.to_numpy(np.float64)
        whole = (np.abs(values) < _WHOLE_FLOATS).all() and (values == np.rint(values)).all()
        return "integer" if whole else kind
    return kind


def look_up(index: Any, wanted: Any, what: str, whose: str) -> NDArray[np.intp]:
    """Find the row of each wanted key in an index.

    Parameters
    ----------
    index, wanted : pandas.Index of length n_rows and n_wanted
    what, whose : str
        How messages call them.

    Returns
    -------
    (n_wanted,) intp
        -1 where there is none.

    Raises
    ------
    ValueError
        When a wanted key stands there twice, or the keys are the same as texts alone.
    """
    if kind_of(index) != kind_of(wanted):
        _check_unlike(index, wanted, what, whose)
        return np.full(len(wanted), -1, np.intp)
    index, wanted = plain_type(index), plain_type(wanted)
    if index.is_unique:
        return np.asarray(index.get_indexer(wanted), np.intp)
    again = index.duplicated()
    twice = wanted[wanted.isin(index[again])]
    if len(twice):
        msg = f"{what}: {shown(twice[0])} stands in its index more than once: drop the copies"
        raise ValueError(msg)
    first = np.flatnonzero(~again)
    found = index[first].get_indexer(wanted)
    return np.where(found >= 0, first[found], -1)


def plain_type(index: Any) -> Any:
    """Index whose values pandas compares with those of any other of its kind."""
    if index.nlevels > 1:
        return index
    if index.inferred_type == "categorical":
        index = index.astype(index.categories.dtype)
    kind = kind_of(index)
    if kind == "string":
        return index.astype(object)
    if kind == "integer" and not index.hasnans and index.dtype != np.uint64:
        return index.astype(np.int64)
    return index


def _check_unlike(index: Any, wanted: Any, what: str, whose: str) -> None:
    """Refuse keys of two types that are the same as texts, or in one of several levels."""
    for level in range(index.nlevels if index.nlevels > 1 else 0):
        keys = index.get_level_values(level)
        if kind_of(keys) == kind_of(wanted) and wanted.isin(keys).any():
            name = shown(index.names[level] or level)
            msg = f"{what}: level {name} of its index holds {whose}: keep it alone, by droplevel()"
            raise ValueError(msg)
    if index.nlevels > 1 or wanted.nlevels > 1:
        return
    texts = wanted[:_LOOKED_AT].astype(str)
    if texts.isin(index.astype(str)).any():
        msg = (
            f"{what}: its keys are of type {kind_of(index)} ({shown(index[0])}), {whose} of type "
            f"{kind_of(wanted)} ({shown(wanted[0])}), and the same as text: convert one, "
            "as with .astype(str)"
        )
        raise ValueError(msg)
