"""Steps out of what `Series` was given: spaces by name, one after the other, or by split."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from embwidget._core.checks import listed, shown
from embwidget._core.npz import read_npy
from embwidget._core.parsing import parsing
from embwidget.files.read import local_path
from embwidget.series.step import Step
from embwidget.space import Space, as_space

_HOW = "give a dict of name -> space, or a list of spaces"


class Splits(NamedTuple):
    """Steps as they were given, and the names of their splits.

    Attributes
    ----------
    steps : list of Step
    splits : tuple of str
        Empty where each step is one space.
    given : list
        What each step was given as.
    """

    steps: list[Step]
    splits: tuple[str, ...]
    given: list[Any]


def read_steps(
    spaces: Any, numbers: Any, missing: str, apart: tuple[str, ...] = (), noun: str = "step"
) -> Splits:
    """Make the steps of a series; nothing is joined yet.

    Parameters
    ----------
    spaces : mapping or iterable
        See `Series`.
    numbers : sequence or None
        What stands for each step on an axis.
    missing : {"raise", "drop"}
    apart : tuple of str
        Columns of frames that are no dimensions, however numeric.
    noun : str
        What messages call a step.
    """
    named, given = named_spaces(spaces)
    if not given:
        msg = f"there are no spaces: {_HOW}"
        raise ValueError(msg)
    if numbers is not None:
        numbers = list(numbers)
        if len(numbers) != len(given) or not all(_is_label(one) for one in numbers):
            msg = f"steps={shown(numbers)}: give {len(given)} numbers or texts, one for each space"
            raise ValueError(msg)
    splits: tuple[str, ...] = ()
    steps: list[Step] = []
    for position, (key, value) in enumerate(zip(named, given, strict=True)):
        called = str(position) if key is None else str(key)
        by_split = _by_split(value)
        if position == 0:
            splits = tuple(by_split or ())
        elif tuple(by_split or ()) != splits:
            msg = (
                f"{noun} {shown(called)} has the splits {_said(tuple(by_split or ()))}, the first "
                f"one {_said(splits)}: give the same ones, in the same order, at each {noun}"
            )
            raise ValueError(msg)
        values = by_split.values() if by_split else (value,)
        what = f"{noun} {shown(called)[:40]}"
        parts = tuple(_space(each, what, missing, apart) for each in values)
        _check_splits(what, splits, parts)
        steps.append(Step(called, position if key is None else key, parts, noun=noun))
    if None in named:
        _name_by_spaces(steps, numbers)
    _check_names(steps)
    for position, number in enumerate(numbers or ()):
        steps[position].number = number
    return Splits(steps, splits, given)


def named_spaces(spaces: Any) -> tuple[list[Any], list[Any]]:
    """Names, None where there are none, and what stands for the spaces."""
    if isinstance(spaces, Mapping):
        names = [key.item() if isinstance(key, np.generic) else key for key in spaces]
        wrong = [key for key in names if not _is_label(key)]
        if wrong:
            msg = f"spaces has the name {shown(wrong[0])}: give texts or numbers"
            raise TypeError(msg)
        return names, list(spaces.values())
    if not isinstance(spaces, Space) and len(getattr(spaces, "shape", ())) == 3:
        return [None] * len(spaces), list(spaces)
    is_one = isinstance(spaces, (str, bytes, Path, Space)) or hasattr(spaces, "columns")
    if is_one or hasattr(spaces, "shape") or not isinstance(spaces, Iterable):
        msg = f"spaces is one {type(spaces).__name__}, and several are needed: {_HOW}"
        raise TypeError(msg)
    given = list(spaces)
    if given and all(np.isscalar(each) and not isinstance(each, str) for each in given):
        msg = f"spaces is a list of numbers: {_HOW}"
        raise TypeError(msg)
    return [None] * len(given), given


def _is_label(key: Any) -> bool:
    """Whether a text or a finite number."""
    if isinstance(key, bool):
        return False
    if isinstance(key, (int, float, np.integer, np.floating)):
        return bool(np.isfinite(key))
    return isinstance(key, str)


def _by_split(value: Any) -> dict[str, Any] | None:
    """Spaces by the names of splits; None for one space, such as a dict of id -> vector."""
    if not isinstance(value, Mapping) or not value:
        return None
    are_spaces = all(
        isinstance(each, (Space, Path, str)) or _ndim(each) == 2 for each in value.values()
    )
    if not are_spaces or not all(isinstance(key, str) for key in value):
        return None
    return dict(value)


def _ndim(given: Any) -> int:
    """Axes of an array, tensor, frame or list of lists."""
    shape = getattr(given, "shape", None)
    if shape is not None:
        return len(shape)
    is_nested = isinstance(given, (list, tuple)) and given and isinstance(given[0], (list, tuple))
    return 2 if is_nested else 1


def _space(given: Any, what: str, missing: str, apart: tuple[str, ...]) -> Space:
    """Space of one step; an .npy stays in its file, and an error says which step it is about."""
    try:
        if isinstance(given, (str, Path)) and str(given).lower().endswith(".npy"):
            path = local_path(given)
            if path.is_file():
                with parsing(f"{shown(path.name)} cannot be read"):
                    vectors = read_npy(path, above=0)
                return Space(vectors, name=path.stem, missing=missing)
        return as_space(given, missing=missing, apart=apart)
    except (ValueError, TypeError) as error:
        if type(error) not in {ValueError, TypeError}:
            raise
        msg = f"{what}: {error}"
        raise type(error)(msg) from error


def _check_splits(what: str, splits: tuple[str, ...], parts: tuple[Space, ...]) -> None:
    """Refuse layers or models of the same items in the place of splits, which have different ones.

    Without ids, as many rows are taken for the same items.
    """
    if len(parts) < 2:
        return
    ids = [set(space.ids.tolist()) for space in parts]
    if all(each == ids[0] for each in ids):
        msg = (
            f"{what} has {listed(splits, 3)} of the same items, and splits have "
            f"different ones: choose one, as [{shown(splits[0])}], or give ids"
        )
        raise ValueError(msg)


def _name_by_spaces(steps: list[Step], numbers: Any) -> None:
    """Names of listed steps: those of their spaces where these tell them apart, else numbers."""
    names = [step.spaces[0].name if len(step.spaces) == 1 else None for step in steps]
    if None not in names and len(set(names)) == len(names):
        for step, name in zip(steps, names, strict=True):
            step.name = step.number = str(name)
    elif numbers is not None:
        for step, number in zip(steps, numbers, strict=True):
            step.name = str(number)


def _check_names(steps: list[Step]) -> None:
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        msg = (
            f"two {steps[0].noun}s are called {shown(twice)}: "
            "give a dict of different names -> spaces"
        )
        raise ValueError(msg)


def _said(splits: tuple[str, ...]) -> str:
    return listed(splits) if splits else "of one space alone"
