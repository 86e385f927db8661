"""`Series`: spaces of the same items over epochs, steps, layers or models."""

from dataclasses import replace
from functools import partial
from typing import Any, Self

import numpy as np

from embwidget._core.arguments import told_by_name
from embwidget._core.checks import shown
from embwidget._core.names import as_name
from embwidget.comparison import Settings
from embwidget.registry import Registry
from embwidget.series.agreement import StepAgreement
from embwidget.series.beside import GivenBeside
from embwidget.series.curve import TrainingCurve
from embwidget.series.joining import JoinedSteps, join_steps
from embwidget.series.reading import read_steps
from embwidget.series.step import SeriesItems, with_metrics
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
        made, splits, given = read_steps(spaces, steps, missing, apart, noun)
        more = GivenBeside(ids, metadata, {"label": label, "split": split})
        more.put_into(made, given, partial(as_space, missing=missing, apart=apart))
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
            joined.items.check_column(label, "label")

    def __repr__(self) -> str:
        called = f"{shown(self.name)}, " if self.name else ""
        first, last = (_quoted(name) for name in (self.names[0], self.names[-1]))
        steps = f"{len(self)} steps, {first} to {last}" if len(self) > 1 else f"1 step, {first}"
        return f"Series({called}{steps}, {self.n} items)"


def _quoted(name: str) -> str:
    return f'"{shown(name)[1:-1]}"'


def _column(given: Any, name: str) -> str | None:
    """Column that holds what was given: the one that was named, or one of its own."""
    return given if isinstance(given, str | None) else name


def _with_split(items: SeriesItems, column: str | None) -> SeriesItems:
    """Items with what a column says of their splits."""
    if column is None:
        held = items.metadata is not None and _SPLIT in items.metadata.columns
        if items.split is not None or not held:
            return items
        column = _SPLIT
    items.check_column(column, "split")
    values = items.metadata[column]
    told = [None if none else str(value) for value, none in zip(values, values.isna(), strict=True)]
    split = np.empty(len(told), object)
    split[:] = told
    return replace(items, split=split)
