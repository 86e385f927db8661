"""What says that it is an array or a frame, and lies: read right, or refused in one sentence."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

import embwidget as ew

V = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)


class Raises:
    """An array until it is asked for it."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        msg = "of several\nlines " + "x" * 1000
        raise RuntimeError(msg)


class NoArray:
    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return "none"


class Endless:
    def __len__(self) -> int:
        return 2**62

    def __getitem__(self, at: int) -> list[float]:
        return [1.0, 2.0]


class NoNumber:
    def __float__(self) -> float:
        msg = "no\nnumber"
        raise RuntimeError(msg)


class NoText:
    def __repr__(self) -> str:
        raise RuntimeError


class Indexed(np.ndarray[Any, Any]):
    def __getitem__(self, key: Any) -> Any:
        return 42


def objects(entry: Any) -> np.ndarray[Any, Any]:
    array = np.empty((3, 2), object)
    array[:] = [[entry] * 2] * 3
    return array


def in_itself() -> list[Any]:
    held: list[Any] = []
    held.append(held)
    return held


def of_several_types() -> Any:
    either = pa.UnionArray.from_sparse(pa.array([0, 0], pa.int8()), [pa.array([1, 2])])
    return pa.table({"x": pa.array([1.0, 2.0]), "either": either})


MANY = (10**6, 10**6)
HOSTILE: dict[str, Callable[[], Any]] = {
    "raises": Raises,
    "no array": NoArray,
    "no end": Endless,
    "objects without a number": lambda: objects(NoNumber()),
    "objects without a text": lambda: objects(NoText()),
    "a list of them": lambda: [[NoNumber(), 1.0]],
    "a number that signals": lambda: objects(Decimal("sNaN")),
    "numbers as text, masked": lambda: np.ma.array(objects("1.5")),
    "text, masked": lambda: np.ma.array([["a", "b"]]),
    "one number, 10^12 times": lambda: np.broadcast_to(np.float32(1), MANY),
    "one row, 10^9 times": lambda: np.broadcast_to(V[0], (10**9, 3)),
    "one bit, 10^12 times": lambda: np.broadcast_to(np.True_, MANY),
    "one object, 10^12 times": lambda: np.broadcast_to(np.array([1.5], object), MANY),
    "one text, 10^12 times": lambda: np.broadcast_to(np.array(["[1]"], object), (10**12,)),
    "one tensor, 10^12 times": lambda: torch.ones(1, 1).expand(MANY),
    "no columns": lambda: np.zeros((10**9, 0), np.float32),
    "no rows": lambda: np.zeros((0, 10**9), np.float32),
    "records": lambda: np.zeros(3, [("a", "f4"), ("b", "f4")]),
    "bytes": lambda: np.zeros((2, 2), "V8"),
    "moments": lambda: np.array([["NaT"]], "M8[s]"),
    "longer floats": lambda: V.astype(np.longdouble) * np.longdouble("1e4000"),
    "half floats": lambda: np.full((2, 2), 70_000.0).astype(np.float16),
    "complex": lambda: V + 1j,
    "a list in itself": in_itself,
    "uneven lists": lambda: [[1, [2]], [3, 4]],
    "a generator": lambda: (row for row in V),
    "a set": lambda: {(1.0, 2.0)},
    "lists of sets": lambda: [{1, 2}, {3, 4}],
    "lists of generators": lambda: [(n for n in range(2))],
    "dicts of dicts": lambda: {"a": {"b": 1}},
    "a column of several types": of_several_types,
    "a frame with ids that are lists": lambda: pd.DataFrame({"id": [[1], [2]], "x": [1.5, 2.5]}),
}


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_none_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        ew.as_space(HOSTILE[name]())
    assert 10 < len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def memory_order(rows: Any) -> Any:
    return np.lib.stride_tricks.as_strided(rows, (2, 3), (4 * rows.shape[1] * 3, 4))


READ: dict[str, tuple[Callable[[], Any], Any]] = {
    "backwards": (lambda: V[::-1, ::-1], V[::-1, ::-1]),
    "by columns": (lambda: np.asfortranarray(V), V),
    "every third": (lambda: np.repeat(V, 3, axis=1)[:, ::3], V),
    "far apart": (lambda: memory_order(V), V[[0, 3]]),
    "overlapping": (
        lambda: np.lib.stride_tricks.sliding_window_view(np.arange(1, 9.0), 3),
        np.arange(6)[:, None] + np.arange(1, 4),
    ),
    "bytes swapped": (lambda: V.astype(">f4"), V),
    "unaligned": (lambda: np.ndarray(V.shape, "<f4", b"x" + V.tobytes(), offset=1), V),
    "read only": (lambda: np.frombuffer(V.tobytes(), np.float32).reshape(V.shape), V),
    "one row repeated": (lambda: np.broadcast_to(V[0], V.shape), np.tile(V[0], (6, 1))),
    "longer floats": (lambda: V.astype(np.longdouble), V),
    "a class of its own": (lambda: V.view(Indexed), V),
    "objects": (lambda: V.astype(object), V),
    "masked, none missing": (lambda: np.ma.array(V.astype(object)), V),
    "a column called None": (lambda: pd.DataFrame(V, columns=[None, "b", "c"]), V),
    "lists that are views": (
        lambda: pa.table(
            {
                "v": pa.ListViewArray.from_arrays(
                    pa.array([2, 0, 1], pa.int32()),
                    pa.array([2, 2, 2], pa.int32()),
                    pa.array([1.0, 2.0, 3.0, 4.0]),
                )
            }
        ),
        np.array([[3.0, 4.0], [1.0, 2.0], [2.0, 3.0]]),
    ),
}


@pytest.mark.parametrize("name", READ)
def test_what_lies_strangely_in_memory_is_read_right(name: str) -> None:
    make, expected = READ[name]
    assert np.array_equal(ew.as_space(make()).vectors, expected)
