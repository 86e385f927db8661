"""What a recorder embeds: one or several splits, each with its ids, labels and dataset."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import near_names, shown
from embwidget.registry.labels import checked_label
from embwidget.space import Space


class Split(NamedTuple):
    """Some items that are embedded together.

    Attributes
    ----------
    name : str or None
        None = there is one, and nobody named it.
    data : object
        What `embwidget.collect` takes.
    ids, labels : array-like of length n_items, or None
    dataset : str
        Of the registry.
    is_given : bool
        Whether the dataset was named, so that it has to be there.
    """

    name: str | None
    data: Any
    ids: Any
    labels: Any
    dataset: str
    is_given: bool

    def space(self, vectors: NDArray[np.float32]) -> Space:
        """Space of its items, of vectors (n_items, n_dims) float32 in their order."""
        import pandas as pd

        known = None if self.labels is None else pd.DataFrame({"label": np.asarray(self.labels)})
        return Space(vectors, ids=self.ids, metadata=known)


def splits_of(
    data: Any,
    splits: str | Sequence[str] | None,
    ids: Any,
    labels: Any,
    dataset: Any,
    name: str,
) -> list[Split]:
    """Splits of what a recorder is given; arguments as for `EpochRecorder`.

    Raises
    ------
    TypeError, ValueError
        When a split is asked for that there is not, or something is given for another one.
    """
    if not isinstance(data, Mapping):
        if splits is not None and not isinstance(splits, str):
            msg = f"splits={shown(splits)}: data is one split, so give its name, or a dict as data"
            raise TypeError(msg)
        for what, given in (("ids", ids), ("labels", labels), ("dataset", dataset)):
            if isinstance(given, Mapping):
                msg = f"{what} are given by split, and data is not: give a dict as data"
                raise TypeError(msg)
        of = checked_label(name if dataset is None else dataset, "dataset")
        return [Split(splits, data, ids, labels, of, dataset is not None)]
    wanted = list(data) if splits is None else [splits] if isinstance(splits, str) else list(splits)
    if not wanted or len(set(wanted)) < len(wanted):
        msg = f"splits={shown(splits)}: give each once, of {shown(sorted(map(str, data)))}"
        raise ValueError(msg)
    for each in wanted:
        if not isinstance(each, str) or each not in data:
            msg = f"data has no split {shown(each)}: {near_names(each, data)}"
            raise ValueError(msg)
    for what, given in (("ids", ids), ("labels", labels), ("dataset", dataset)):
        if given is not None and not isinstance(given, Mapping):
            msg = f"{what} has to be a dict by split, as data is"
            raise TypeError(msg)
        unknown = sorted(set(given or ()) - set(data))
        if unknown:
            msg = f"{what} has {shown(unknown[0])}, and data not: {near_names(unknown[0], data)}"
            raise ValueError(msg)
    return [
        Split(
            each,
            data[each],
            (ids or {}).get(each),
            (labels or {}).get(each),
            checked_label((dataset or {}).get(each, f"{name}/{each}"), "dataset"),
            each in (dataset or {}),
        )
        for each in wanted
    ]
