"""What the door lets in, and as what."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from embwidget._core import vectors as vectors_of_core
from embwidget._core.checks import check_n_neighbors, listed, near_names, shown
from embwidget._core.ids import as_ids
from embwidget._core.vectors import as_vectors

PLAIN = [[1, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize(
    "given",
    [
        PLAIN,
        tuple(map(tuple, PLAIN)),
        [np.array(row) for row in PLAIN],
        np.array(PLAIN, np.float64),
        np.array(PLAIN, np.float16),
        np.array(PLAIN, np.int64),
        np.array(PLAIN, np.uint8),
        np.array(PLAIN, bool),
        np.array(PLAIN, ">f4"),
        np.array(PLAIN, object),
        np.array(PLAIN, np.float32, order="F"),
        np.array(PLAIN, np.float32)[:, ::-1][:, ::-1],
        np.ma.masked_less(PLAIN, 0),
        pd.DataFrame(PLAIN),
        pl.DataFrame(PLAIN, orient="row"),
        pd.Series(PLAIN),
    ],
    ids=lambda given: f"{type(given).__name__}-{getattr(given, 'dtype', '')}",
)
def test_numbers_of_any_kind_become_float32(given: object) -> None:
    vectors = as_vectors(given)
    assert type(vectors) is np.ndarray
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    assert vectors.tolist() == PLAIN


def test_lists_of_rows_in_an_object_array_are_stacked() -> None:
    rows = np.empty(3, object)
    rows[:] = [[1, 0], np.array([0.0, 1.0]), (1, 1)]
    assert as_vectors(rows).tolist() == PLAIN


def test_a_float32_array_is_not_copied() -> None:
    given = np.array(PLAIN, np.float32)
    assert as_vectors(given) is given


def test_numbers_that_begin_between_two_words_are_copied() -> None:
    shifted = np.frombuffer(b"\0" + np.array(PLAIN, np.float32).tobytes(), np.uint8)[1:]
    vectors = as_vectors(shifted.view(np.float32).reshape(3, 2))
    assert vectors.flags.aligned
    assert vectors.tolist() == PLAIN


def test_float64_is_rounded_to_the_nearest_float32() -> None:
    given = np.array([[0.1, 1e-50], [3e38, -3e38]])
    assert np.array_equal(as_vectors(given), given.astype(np.float32))


def test_a_memmap_stays_on_disk(tmp_path: Path) -> None:
    given = np.memmap(tmp_path / "x", np.float32, "w+", shape=(3, 2))
    given[:] = PLAIN
    assert as_vectors(given) is given


def test_blocks_find_what_is_not_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_of_core, "_BLOCK_ENTRIES", 4)
    given = np.zeros((11, 2), np.float32)
    given[9, 1] = -np.inf
    with pytest.raises(ValueError, match=r"row 9, column 1 is -inf: drop or fill"):
        as_vectors(given)


def test_large_but_finite_sums_pass() -> None:
    assert np.isfinite(as_vectors(np.full((4, 50), 3e38))).all()


@pytest.mark.parametrize(
    ("given", "dtype", "plain"),
    [
        ([3, 1], np.int64, [3, 1]),
        (range(2), np.int64, [0, 1]),
        ((row for row in "ab"), object, ["a", "b"]),
        (np.array([1, 2], np.uint8), np.int64, [1, 2]),
        (np.array([-1, 2], np.int16), np.int64, [-1, 2]),
        ([np.int8(1), 2], np.int64, [1, 2]),
        ([2**64 - 1, 0], np.uint64, [2**64 - 1, 0]),
        (np.array([2**64 - 1, 0], np.uint64), np.uint64, [2**64 - 1, 0]),
        ([2**63 - 1, -(2**63)], np.int64, [2**63 - 1, -(2**63)]),
        (["a", ""], object, ["a", ""]),
        (np.array(["a", "bb"]), object, ["a", "bb"]),
        (np.array(["a", "bb"], np.dtypes.StringDType()), object, ["a", "bb"]),
        ([np.str_("a"), "b"], object, ["a", "b"]),
        (pd.Series(["a", "b"]), object, ["a", "b"]),
        (pd.Series(["a", "b"], dtype="category"), object, ["a", "b"]),
        (pd.Series([5, 6], dtype="Int64"), np.int64, [5, 6]),
        (pd.Index([5, 6]), np.int64, [5, 6]),
        (pl.Series(["a", "b"]), object, ["a", "b"]),
        (pa.array(["a", "b"]), object, ["a", "b"]),
        (pa.chunked_array([[1], [2]]), np.int64, [1, 2]),
    ],
    ids=lambda given: shown(given)[:30],
)
def test_ids_are_int_or_python_str(given: object, dtype: type, plain: list[object]) -> None:
    ids = as_ids(given, 2)
    assert ids.dtype == dtype
    assert ids.tolist() == plain
    assert {type(key) for key in ids.tolist()} <= {int, str}


def test_ids_are_a_copy_that_later_changes_do_not_reach() -> None:
    given = np.array([1, 2])
    ids = as_ids(given, 2)
    given[0] = 2
    assert ids.tolist() == [1, 2]


def test_n_neighbors_may_be_any_integer_below_n() -> None:
    assert check_n_neighbors(np.int32(4), 5) == 4
    assert type(check_n_neighbors(np.int32(4), 5)) is int


@pytest.mark.parametrize(
    "value",
    [
        "x" * 10**6,
        ["x" * 100] * 10,
        "\n" * 100,
        np.eye(9),
        pd.DataFrame({"a": range(50)}),
        {"a": 9},
    ],
    ids=lambda value: type(value).__name__,
)
def test_shown_values_are_short_and_on_one_line(value: object) -> None:
    assert len(shown(value)) <= 60
    assert "\n" not in shown(value)


def test_shown_values_read_as_python() -> None:
    assert [shown(np.int64(3)), shown("a"), shown(np.str_("a"))] == ["3", "'a'", "'a'"]
    assert listed(range(7), 2) == "0, 1 and 5 more"
    assert listed(np.array(["a"])) == "'a'"


def test_near_names_come_first() -> None:
    names = [*(f"column {i}" for i in range(20)), "species"]
    assert near_names("specie", names).startswith("there are 'species', 'column 0'")
    assert near_names("x", []) == "there are none"


def test_a_tensor_is_known_by_what_it_can_do() -> None:
    """Real tensors are in test_torch_input.py; this holds where torch is not installed."""

    class Tensor(SimpleNamespace):
        def detach(self) -> "Tensor":
            return self

        cpu = float = detach

        def numpy(self) -> np.ndarray:
            return np.array(PLAIN, np.float32)

    tensor = Tensor(layout="torch.strided", dtype="torch.bfloat16", shape=(3, 2))
    assert as_vectors(tensor).tolist() == PLAIN
    sparse = Tensor(layout="torch.sparse_coo", dtype="torch.float32", shape=(3, 2))
    with pytest.raises(TypeError, match=r"sparse tensor of shape \(3, 2\): use .to_dense\(\)"):
        as_vectors(sparse)
