"""`Series`: spaces of the same items over epochs, steps, layers or models."""

from dataclasses import replace
from typing import Any, Self

import numpy as np

from embwidget._core.aligning import in_order
from embwidget._core.arguments import told_by_name
from embwidget._core.checks import near_names, shown
from embwidget._core.metadata import with_values
from embwidget._core.names import as_name
from embwidget.comparison import Settings
from embwidget.registry import Registry
from embwidget.series.agreement import StepAgreement
from embwidget.series.curve import TrainingCurve
from embwidget.series.joining import JoinedSteps, join_steps
from embwidget.series.reading import read_steps
from embwidget.series.step import SeriesItems, Step, with_metrics
from embwidget.series.stored import stored_steps
from embwidget.space import as_space

_SPLIT = "split"


class Series(TrainingCurve, StepAgreement):
    """Spaces of the same items over epochs, steps, layers or models, joined by id once.

    Items that are not in all steps are left out, which `join_report` says. Vectors in a file stay
    there, and are read one step at a time.

    Parameters
    ----------
    spaces : dict of name -> space, or list of spaces
        Each is whatever `EmbeddingCompare` takes as a space: an array, tensor, frame, `Space` or
        path; an array of shape (n_steps, n_samples, n_dims) is a list of them. Their dimensions may
        differ. Names may be numbers, such as epochs; those of a list are the spaces' own, else 0,
        1 ... A step may be a dict of splits: ``{"train": space, "val": space}``, the same ones at
        each step. The order is the one given.
    name : str, optional
    steps : sequence of numbers or str, optional
        What stands for each step on an axis; by default the names.
    ids : array-like of shape (n_samples,), optional
        Ids of the first step, where it has none of its own.
    metadata : frame with a row for each item, optional
        Of the first step; by default that of the first space which has any.
    label : str or array-like of shape (n_samples,), optional
        What an item is: a column of the metadata, or one value for each item of the first step.
    split : str or array-like of shape (n_samples,), optional
        "train", "val" ... in the same way; by default the column "split", where there is one.
    metric : str or Metric, or one of these for each step, optional
        What nearness means; by default, and for None, each space's own, else the cosine.
    missing : {"raise", "drop"}, default="raise"
        Whether an item without a vector is an error or left out.

    Attributes
    ----------
    names : tuple of str
    steps : tuple of int, float or str
        What stands for each step on an axis.
    n : int
        Number of items; the length is the number of steps.
    spaces : sequence of Space
        By name and by position, as the series itself; a slice of it is a series.
    join_report : SeriesReport

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above, or no item is in all steps.

    Examples
    --------
    >>> import numpy as np
    >>> start = np.random.default_rng(0).normal(size=(50, 8))
    >>> series = Series({"epoch 0": start, "epoch 1": start + 0.1})
    >>> series
    Series(2 steps, "epoch 0" to "epoch 1", 50 items)
    >>> series["epoch 1"]
    Space('epoch 1', 50 x 8)
    """

    @told_by_name
    def __init__(
        self,
        spaces: Any,
        *,
        name: str | None = None,
        steps: Any = None,
        ids: Any = None,
        metadata: Any = None,
        label: Any = None,
        split: Any = None,
        metric: Any = None,
        missing: str = "raise",
    ) -> None:
        self._read(
            spaces,
            name=name,
            steps=steps,
            ids=ids,
            metadata=metadata,
            label=label,
            split=split,
            metric=metric,
            missing=missing,
        )

    @classmethod
    def of_models(cls, spaces: Any, **options: Any) -> Self:
        """Make one whose steps are models, which messages call spaces; options as for `Series`."""
        made = cls.__new__(cls)
        made._read(spaces, noun="space", **options)
        return made

    def _read(
        self,
        spaces: Any,
        *,
        name: str | None = None,
        steps: Any = None,
        ids: Any = None,
        metadata: Any = None,
        label: Any = None,
        split: Any = None,
        metric: Any = None,
        missing: str = "raise",
        noun: str = "step",
    ) -> None:
        if missing not in ("raise", "drop"):
            msg = f'missing={shown(missing)}: give "raise" or "drop"'
            raise ValueError(msg)
        label, split = as_name(label), as_name(split)
        apart = tuple(each for each in (label, split) if isinstance(each, str))
        made, splits = read_steps(spaces, steps, missing, apart, noun)
        _say_more(made, ids, metadata, {"label": label, "split": split})
        joined = join_steps(made, splits)
        self._fill(joined, name, metric, _column(label, "label"), _column(split, "split"))

    @classmethod
    def from_registry(
        cls,
        registry: Any,
        *,
        name: str | None = None,
        label: str | None = None,
        metric: Any = None,
        **filters: Any,
    ) -> Self:
        """Take the spaces of a registry that fit, ordered by epoch.

        Spaces of one epoch that differ in their split, or in their dataset, are one step together.

        Parameters
        ----------
        registry : Registry
        name, label, metric
            As for `Series`.
        **filters
            As for `Registry.spaces`: ``experiment="resnet"``, ``layer="fc"``, ``split="val"``,
            ``dataset=``, ``epoch=[0, 4, 8]``; None is no filter.

        Raises
        ------
        ValueError
            When no space fits, or it is not plain which of them belong to an epoch.
        """
        if not isinstance(registry, Registry):
            msg = f"registry is a {type(registry).__name__}: give ew.Registry(folder)"
            raise TypeError(msg)
        asked = {key: value for key, value in filters.items() if value is not None}
        steps, splits, datasets = stored_steps(registry, asked)
        made = cls.__new__(cls)
        joined = join_steps(steps, splits, datasets)
        made._fill(joined, name, metric, _column(as_name(label), "label"), None)
        return made

    def _fill(
        self,
        joined: JoinedSteps,
        name: str | None,
        metric: Any,
        label: str | None,
        split: str | None,
    ) -> None:
        self.name = None if name is None else str(name)
        self.label, self.join_report, self.settings = label, joined.report, Settings()
        self._steps = with_metrics(joined.steps, metric)
        self._items = _with_split(joined.items, split)
        if label is not None:
            _check_column(joined.items, label, "label")

    def __repr__(self) -> str:
        called = f"{shown(self.name)}, " if self.name else ""
        first, last = (_quoted(name) for name in (self.names[0], self.names[-1]))
        steps = f"{len(self)} steps, {first} to {last}" if len(self) > 1 else f"1 step, {first}"
        return f"Series({called}{steps}, {self.n} items)"


def _quoted(name: str) -> str:
    return f'"{shown(name)[1:-1]}"'


def _say_more(steps: list[Step], ids: Any, metadata: Any, columns: dict[str, Any]) -> None:
    """Put ids, metadata and columns of values into the first step, for which they are given."""
    values = {name: each for name, each in columns.items() if not isinstance(each, str | None)}
    given = {"ids": ids, "metadata": metadata, **values}
    asked = [name for name, each in given.items() if each is not None]
    if not asked:
        return
    first = steps[0]
    if len(first.spaces) > 1:
        msg = (
            f"{asked[0]}= is given, and each step has splits: "
            "say it of the spaces of the first step, Space(..., metadata=...)"
        )
        raise ValueError(msg)
    space = as_space(first.spaces[0], ids=ids, metadata=metadata)
    for name, each in values.items():
        ordered = in_order(each, space.items, name)
        space = as_space(space, metadata=with_values(space.metadata, len(space), name, ordered))
    first.spaces = (space,)


def _column(given: Any, name: str) -> str | None:
    """Column that holds what was given: the one that was named, or one of its own."""
    return given if isinstance(given, str | None) else name


def _check_column(items: SeriesItems, column: str, what: str) -> None:
    names = [] if items.metadata is None else list(items.metadata.columns)
    if column not in names:
        has = near_names(column, names) if names else "there is no metadata, pass metadata="
        msg = f"{what}={shown(column)} is no column of the metadata: {has}"
        raise ValueError(msg)


def _with_split(items: SeriesItems, column: str | None) -> SeriesItems:
    """Items with what a column says of their splits."""
    if column is None:
        held = items.metadata is not None and _SPLIT in items.metadata.columns
        if items.split is not None or not held:
            return items
        column = _SPLIT
    _check_column(items, column, "split")
    values = items.metadata[column]
    told = [None if none else str(value) for value, none in zip(values, values.isna(), strict=True)]
    split = np.empty(len(told), object)
    split[:] = told
    return replace(items, split=split)
