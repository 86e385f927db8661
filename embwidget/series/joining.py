"""All steps of a series brought to the same items, once."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.ids import as_ids
from embwidget._core.join_report import EXAMPLES
from embwidget._core.keys import is_plain, plain_type
from embwidget._core.metadata import as_pandas
from embwidget.joining import match_rows
from embwidget.series.report import SeriesReport
from embwidget.series.step import SeriesItems, Step
from embwidget.space import Space

# Below this part of the smallest step the ids are probably not meant to be the same.
_FEW = 0.5


@dataclass(frozen=True, eq=False)
class JoinedSteps:
    """Steps of the same items, what is known of these, and what was left out.

    Attributes
    ----------
    steps : list of Step
    items : SeriesItems
    report : SeriesReport
    """

    steps: list[Step]
    items: SeriesItems
    report: SeriesReport


def join_steps(
    steps: list[Step], splits: tuple[str, ...], datasets: tuple[str, ...] = ()
) -> JoinedSteps:
    """Find the items that all steps have, in the order of the first one that tells its items.

    Parameters
    ----------
    steps : list of Step
        As they were given, all with the same splits.
    splits : tuple of str
        Names of the splits, empty where each step is one space.
    datasets : tuple of str
        The dataset of each split; empty = the splits are all that is known.

    Raises
    ------
    ValueError
        When nothing says which rows belong together, or no item is in all steps.
    """
    for step in steps:
        dims = {space.n_dims for space in step.spaces}
        if len(dims) > 1:
            said = " and ".join(map(str, sorted(dims)))
            msg = (
                f"the splits of {step.noun} {shown(step.name)[:40]} have {said} dimensions: "
                "give vectors of one model"
            )
            raise ValueError(msg)
    told = _told_apart(steps, splits)
    keys = [_key_space(step, splits, told) for step in steps]
    reference = _reference(keys)
    first = keys[reference]
    rows_of = [_rows(keys, reference, which, steps) for which in range(len(keys))]
    noun = steps[0].noun
    in_all = np.all([rows >= 0 for rows, _ in rows_of], axis=0)
    common = np.flatnonzero(in_all)
    if len(common) == 0:
        msg = f"no item is in all {len(steps)} {noun}s: are these the same items?"
        raise ValueError(msg)
    taken = [rows[common] for rows, _ in rows_of]
    notes: tuple[str, ...] = ()
    n_least = min(map(len, keys))
    if len(common) < _FEW * n_least:
        notes += (f"{len(common)} of {n_least} ids are in all {noun}s: are these the same items?",)
    if told:
        notes += ("ids have their split in front, for splits have some in common",)
    report = SeriesReport(
        len(common),
        *_left_out(steps, keys, taken),
        {step.name: n for step in steps if (n := sum(len(space.dropped) for space in step.spaces))},
        next((by for which, (_, by) in enumerate(rows_of) if which != reference), "alone"),
        notes,
        noun,
    )
    joined = [
        replace(step, rows=None if _are_all(rows, len(key)) else rows)
        for step, key, rows in zip(steps, keys, taken, strict=True)
    ]
    ids, has_ids = first.ids[common], first.has_ids
    if not has_ids and report.paired_by == "by index" and first.index.is_unique:
        ids, has_ids = as_ids(plain_type(first.index[common]), len(common)), True
    items = SeriesItems(
        ids,
        has_ids,
        _metadata(steps, taken),
        _split_of(steps[reference], splits, common),
        _split_of(steps[reference], datasets, common),
    )
    return JoinedSteps(joined, items, report)


def _told_apart(steps: list[Step], splits: tuple[str, ...]) -> bool:
    """Whether ids need their split in front: there are none, or splits have some in common."""
    if len(splits) < 2:
        return False
    for step in steps:
        ids = [space.ids for space in step.spaces]
        kinds = {one.dtype.kind for one in ids}
        if len(kinds) > 1 or not all(space.has_ids for space in step.spaces):
            return True
        every = np.concatenate(ids)
        if len(set(every.tolist())) < len(every):
            return True
    return False


def _key_space(step: Step, splits: tuple[str, ...], told: bool) -> Space:
    """What tells the items of a step apart; the vectors of several splits are not read for it."""
    if len(step.spaces) == 1:
        return step.spaces[0]
    ids: Any = np.concatenate([space.ids for space in step.spaces])
    if told:
        # Without ids all rows have to be there for their numbers to mean anything.
        ids = [
            f"{split}/{one}"
            for split, space in zip(splits, step.spaces, strict=True)
            for one in space.ids.tolist()
        ]
    return Space(np.zeros((len(ids), 1), np.float32), ids=ids)


def _reference(keys: list[Space]) -> int:
    """The first step that has ids, else the first with an index that says something, else 0."""
    for which, key in enumerate(keys):
        if key.has_ids:
            return which
    for which, key in enumerate(keys):
        if key.index is not None and not is_plain(key.index):
            return which
    return 0


def _rows(
    keys: list[Space], reference: int, which: int, steps: list[Step]
) -> tuple[NDArray[np.intp], str]:
    """Row of each item of the reference in a step, (n_reference,) intp, -1 = none, and by what."""
    first = keys[reference]
    if which == reference:
        return np.arange(len(first)), ""
    try:
        matching = match_rows(first, keys[which])
    except (ValueError, TypeError) as error:
        first_name, name = (shown(steps[at].name)[:30] for at in (reference, which))
        names = f"a is {steps[which].noun} {first_name}, b {name}"
        msg = f"{names}: {error}"
        raise type(error)(msg[:299]) from error
    rows = np.full(len(first), -1, np.intp)
    mine = np.arange(len(first)) if matching.rows_a is None else matching.rows_a
    theirs = np.arange(len(keys[which])) if matching.rows_b is None else matching.rows_b
    rows[mine] = theirs
    return rows, matching.by


def _left_out(
    steps: list[Step], keys: list[Space], taken: list[NDArray[np.intp]]
) -> tuple[dict[str, int], dict[str, tuple[Any, ...]]]:
    """By step, how many of its items are not in all, and a few of them; rows are (n_items,)."""
    counts, examples = {}, {}
    for step, key, rows in zip(steps, keys, taken, strict=True):
        if len(rows) < len(key):
            is_left = np.ones(len(key), bool)
            is_left[rows] = False
            left = np.flatnonzero(is_left)
            counts[step.name] = len(left)
            examples[step.name] = tuple(key.ids[left[:EXAMPLES]].tolist())
    return counts, examples


def _metadata(steps: list[Step], taken: list[NDArray[np.intp]]) -> Any:
    """Metadata of the first step that has any, with n_items rows, at (n_items,) intp.

    Of several models also the columns that later ones alone have, as `compare` has them of a pair;
    steps of a training say the same again and again.
    """
    import pandas as pd

    found = None
    for step, rows in zip(steps, taken, strict=True):
        held = [space.metadata for space in step.spaces]
        if any(frame is not None for frame in held):
            frames = [
                pd.DataFrame(index=range(len(space))) if frame is None else as_pandas(frame)
                for space, frame in zip(step.spaces, held, strict=True)
            ]
            every = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
            frame = every.iloc[rows].reset_index(drop=True)
            if found is None:
                found = frame
            else:
                more = [name for name in frame.columns if name not in found.columns]
                # Names of columns need not be texts.
                found = pd.concat([found, frame[more]], axis=1) if more else found
            if step.noun == "step":
                break
    return found


def _split_of(step: Step, names: tuple[str, ...], common: NDArray[np.intp]) -> NDArray[Any] | None:
    """Name of the split of each item, (n_items,) object, of the rows (n_items,) of a step."""
    if not names:
        return None
    lengths = [len(space) for space in step.spaces]
    return np.repeat(np.array(names, object), lengths)[common]


def _are_all(rows: NDArray[np.intp], n: int) -> bool:
    """Whether rows (m,) intp are all of n, as they lie."""
    return len(rows) == n and bool((rows == np.arange(n)).all())
