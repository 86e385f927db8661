"""What a space is made of, and how two of them meet."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import anndata
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embwidget.joining import JoinReport, join
from embwidget.space import Space, as_space

VECTORS = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
FRAMES = [pd.DataFrame, pl.DataFrame, pa.table]


def columns(frame: Any) -> dict[str, list[Any]]:
    """Content of a frame of any library."""
    if isinstance(frame, pd.DataFrame):
        return frame.to_dict("list")
    return frame.to_dict(as_series=False) if isinstance(frame, pl.DataFrame) else frame.to_pydict()


def test_a_space_knows_its_size_and_says_so() -> None:
    space = Space(VECTORS, name="bert", metric="l2")
    assert (space.n_samples, space.n_dims, len(space)) == (3, 2, 3)
    assert repr(space) == "Space('bert', 3 x 2, euclidean)"
    assert repr(Space(VECTORS)) == "Space(3 x 2)"
    assert space.ids.tolist() == [0, 1, 2]
    assert space.ids.dtype == np.int64
    assert not space.has_ids


def test_vectors_are_not_copied() -> None:
    assert Space(VECTORS).vectors is VECTORS


@pytest.mark.parametrize("make", FRAMES)
def test_metadata_is_kept_as_it_came(make: Callable[..., Any]) -> None:
    frame = make({"label": ["x", "y", "z"]})
    assert Space(VECTORS, metadata=frame).metadata is frame


def test_a_dict_of_columns_is_metadata() -> None:
    space = Space(VECTORS, metadata={"label": ["x", "y", "z"]})
    assert columns(space.metadata) == {"label": ["x", "y", "z"]}


@pytest.mark.parametrize("make", FRAMES)
def test_rows_are_taken_with_all_that_belongs_to_them(make: Callable[..., Any]) -> None:
    frame = make({"label": ["x", "y", "z"]})
    space = Space(VECTORS, ids=list("abc"), metadata=frame, name="n", metric="cosine")
    taken = space.take(np.array([2, 0]))
    assert taken.vectors.tolist() == [[5, 6], [1, 2]]
    assert taken.ids.tolist() == ["c", "a"]
    assert type(taken.metadata) is type(frame)
    assert columns(taken.metadata) == {"label": ["z", "x"]}
    assert (taken.name, taken.metric) == ("n", "cosine")
    assert len(space) == 3


def test_rows_taken_from_a_space_without_ids_are_still_the_same_items() -> None:
    a, b, report = join(Space(VECTORS).take(np.array([2, 1])), Space(VECTORS))
    assert a.vectors.tolist() == b.vectors.tolist() == [[5, 6], [3, 4]]
    assert report.only_b == 1


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("nested", [True, False])
def test_a_frame_is_cut_into_vectors_ids_and_the_rest(
    make: Callable[..., Any], nested: bool
) -> None:
    held = {"v": VECTORS.tolist()} if nested else {"v0": [1.0, 3.0, 5.0], "v1": [2, 4, 6]}
    frame = make({"key": ["a", "b", "c"], **held, "label": ["x", "y", "z"]})
    space = Space.from_frame(
        frame, vectors="v" if nested else ["v0", "v1"], id="key", name="n", metric="ip"
    )
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.ids.tolist() == ["a", "b", "c"]
    assert type(space.metadata) is type(frame)
    assert columns(space.metadata) == {"label": ["x", "y", "z"]}
    assert (space.name, space.metric) == ("n", "inner_product")


@pytest.mark.parametrize("make", FRAMES)
def test_a_frame_with_one_column_of_vectors_needs_no_names(make: Callable[..., Any]) -> None:
    frame = make({"v": VECTORS.tolist(), "score": [1, 2, 3], "tags": [["p"], [], ["q"]]})
    space = as_space(frame)
    assert space.vectors.tolist() == VECTORS.tolist()
    assert columns(space.metadata) == {"score": [1, 2, 3], "tags": [["p"], [], ["q"]]}


@pytest.mark.parametrize("make", FRAMES)
def test_else_all_numeric_columns_are_dimensions(make: Callable[..., Any]) -> None:
    space = as_space(make({"x": [1.5, 2.5], "name": ["p", "q"], "y": [3, 4]}))
    assert space.vectors.tolist() == [[1.5, 3], [2.5, 4]]
    assert columns(space.metadata) == {"name": ["p", "q"]}


def test_a_pandas_frame_made_of_an_array_has_numbers_as_names() -> None:
    frame = pd.DataFrame(VECTORS)
    assert as_space(frame).vectors.tolist() == VECTORS.tolist()
    assert Space.from_frame(frame, vectors=[1, 0]).vectors.tolist() == VECTORS[:, ::-1].tolist()


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("vectors", [None, ["x"]])
def test_a_column_called_id_is_no_dimension(make: Callable[..., Any], vectors: Any) -> None:
    space = Space.from_frame(make({"id": [7, 5], "x": [1.0, 2.0]}), vectors=vectors)
    assert space.ids.tolist() == [7, 5]
    assert space.vectors.tolist() == [[1.0], [2.0]]


def test_an_index_of_text_is_the_ids_and_one_of_numbers_is_not() -> None:
    named = pd.DataFrame({"x": [1.0, 2.0]}, index=["b", "a"])
    assert as_space(named).ids.tolist() == ["b", "a"]
    filtered = pd.DataFrame({"x": [1.0, 2.0, 3.0]}).iloc[[0, 2]]
    assert not as_space(filtered).has_ids


@pytest.mark.parametrize("dtype", [pl.List(pl.Float32), pl.Array(pl.Float32, 2)])
@pytest.mark.parametrize("chunks", [1, 2])
def test_columns_of_vectors_in_any_chunks(dtype: Any, chunks: int) -> None:
    """Entries are read one behind the other, whatever was cut off before or glued behind."""
    longer = pl.DataFrame({"v": [[9, 9], *VECTORS.tolist()]}, schema={"v": dtype})
    frame = longer[1:] if chunks == 1 else pl.concat([longer[1:2], longer[2:]], rechunk=False)
    table = (
        longer.to_arrow()[1:]
        if chunks == 1
        else pa.concat_tables([longer.to_arrow()[1:2], longer.to_arrow()[2:]])
    )
    for given_frame in (frame, table, table.to_pandas(types_mapper=pd.ArrowDtype)):
        assert as_space(given_frame).vectors.tolist() == VECTORS.tolist()


def test_vectors_of_fixed_size_arrays() -> None:
    assert as_space(pl.DataFrame({"v": VECTORS})).vectors.tolist() == VECTORS.tolist()
    fixed = pa.array(VECTORS.tolist(), pa.list_(pa.float32(), 2))
    assert as_space(pa.table({"v": fixed})).vectors.tolist() == VECTORS.tolist()
    backed = pd.Series(VECTORS.tolist(), dtype=pd.ArrowDtype(fixed.type))
    assert as_space(pd.DataFrame({"v": backed})).vectors.tolist() == VECTORS.tolist()


def test_ids_of_arrow_dictionaries() -> None:
    table = pa.table({"k": pa.array(["a", "b"]).dictionary_encode(), "x": [1, 2]})
    assert Space.from_frame(table, id="k").ids.tolist() == ["a", "b"]


def test_anndata_brings_names_and_observations() -> None:
    obs = pd.DataFrame({"cell": ["x", "y", "z"]}, index=["a", "b", "c"])
    space = as_space(anndata.AnnData(VECTORS, obs=obs))
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.ids.tolist() == ["a", "b", "c"]
    assert space.metadata["cell"].tolist() == ["x", "y", "z"]


def test_anndata_has_reduced_vectors_too() -> None:
    data = anndata.AnnData(np.eye(3), obsm={"X_pca": VECTORS})
    space = Space.from_anndata(data, vectors="X_pca", name="pca", metric="l2")
    assert space.vectors.tolist() == VECTORS.tolist()
    assert (space.name, space.metric, space.has_ids) == ("pca", "euclidean", True)


def test_a_space_stays_itself_unless_something_is_changed() -> None:
    space = Space(VECTORS, ids=list("abc"), metadata={"m": [1, 2, 3]}, name="n", metric="l2")
    assert as_space(space) is space
    changed = as_space(space, name="other", ids=[7, 8, 9], metadata={"k": [4, 5, 6]})
    assert (changed.name, changed.ids.tolist(), changed.metric) == ("other", [7, 8, 9], "euclidean")
    assert columns(changed.metadata) == {"k": [4, 5, 6]}
    assert (space.name, space.ids.tolist()) == ("n", ["a", "b", "c"])
    assert changed.vectors is space.vectors


def test_without_ids_rows_meet_by_position() -> None:
    a, b, report = join(VECTORS, VECTORS * 2)
    assert a.vectors is VECTORS
    assert b.vectors.tolist() == (VECTORS * 2).tolist()
    assert report == JoinReport(3)
    assert str(report) == "3 items in both, by position"


def test_equal_ids_are_joined_without_a_copy() -> None:
    a, b = Space(VECTORS, ids=list("abc")), Space(VECTORS, ids=list("abc"))
    joined_a, joined_b, _ = join(a, b)
    assert joined_a is a
    assert joined_b is b


def test_a_is_not_copied_when_b_has_all_of_it() -> None:
    a = Space(VECTORS, ids=list("abc"))
    joined_a, joined_b, _ = join(a, Space(VECTORS[::-1], ids=list("cba")))
    assert joined_a is a
    assert joined_b.vectors.tolist() == VECTORS.tolist()


def test_common_items_come_in_the_order_of_a() -> None:
    a = Space(VECTORS, ids=["c", "a", "x"], metadata={"m": [1, 2, 3]}, name="left")
    b = Space(VECTORS * 10, ids=["a", "y", "c"])
    joined_a, joined_b, report = join(a, b)
    assert joined_a.ids.tolist() == joined_b.ids.tolist() == ["c", "a"]
    assert joined_a.vectors.tolist() == [[1, 2], [3, 4]]
    assert joined_b.vectors.tolist() == [[50, 60], [10, 20]]
    assert columns(joined_a.metadata) == {"m": [1, 2]}
    assert joined_a.name == "left"
    assert report == JoinReport(2, 1, 1, ("x",), ("y",))
    assert str(report) == "2 items in both, by id; 1 only in a ('x'); 1 only in b ('y')"


def test_a_report_gives_three_examples_at_most() -> None:
    _, _, report = join(Space(np.eye(9), ids=range(9)), Space(np.eye(9)[:2], ids=[0, 1]))
    assert report.only_a == 7
    assert str(report) == "2 items in both, by id; 7 only in a (2, 3, 4, …)"


def test_ids_of_different_integer_types_meet() -> None:
    a = Space(VECTORS, ids=np.array([2**64 - 1, 1, 2], np.uint64))
    b = Space(VECTORS, ids=np.array([1, 2, -3], np.int64))
    assert join(a, b)[2].matched == 2


@pytest.mark.parametrize("sides", [slice(None), slice(None, None, -1)])
def test_ids_of_one_side_are_those_of_the_other_row_by_row(sides: slice) -> None:
    a, b, report = join(*[Space(VECTORS, ids=[2, 1, 0]), VECTORS * 2][sides])
    assert a.ids.tolist() == b.ids.tolist() == [2, 1, 0]
    assert (b.vectors * 2 == a.vectors * 2 * [2, 0.5][sides.step == -1]).all()
    assert report.paired_by == f"by position, with the ids of {'ab'[sides.step == -1]}"


keys = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=20, unique=True),
    st.lists(st.text(max_size=4), min_size=1, max_size=20, unique=True),
)


# A busy machine is no failure.
@settings(deadline=None)
@given(data=st.data(), pool=keys)
def test_the_order_of_rows_changes_nothing_in_what_matches(data: Any, pool: list[Any]) -> None:
    rows = st.lists(st.sampled_from(range(len(pool))), min_size=1, unique=True)
    both = data.draw(st.sampled_from(range(len(pool))))

    def matched(rows_a: list[int], rows_b: list[int]) -> set[tuple[Any, float, float]]:
        # The vector of an item is its place in the pool, and so tells which row it was.
        a, b, report = join(
            Space(np.array(rows_a)[:, None], ids=[pool[row] for row in rows_a]),
            Space(np.array(rows_b)[:, None], ids=[pool[row] for row in rows_b]),
        )
        assert report.matched + report.only_a == len(rows_a)
        assert report.matched + report.only_b == len(rows_b)
        places = {key: place for place, key in enumerate([pool[row] for row in rows_a])}
        order = [places[key] for key in a.ids.tolist()]
        assert order == sorted(order)
        assert a.ids.tolist() == b.ids.tolist()
        return set(
            zip(a.ids.tolist(), a.vectors[:, 0].tolist(), b.vectors[:, 0].tolist(), strict=True)
        )

    rows_a = sorted({*data.draw(rows), both})
    rows_b = sorted({*data.draw(rows), both})
    expected = {(pool[row], float(row), float(row)) for row in set(rows_a) & set(rows_b)}
    assert matched(rows_a, rows_b) == expected
    shuffled = matched(data.draw(st.permutations(rows_a)), data.draw(st.permutations(rows_b)))
    assert shuffled == expected


def test_importing_spaces_imports_no_library_of_frames() -> None:
    heavy = ("pandas", "polars", "pyarrow", "torch", "narwhals", "scipy")
    code = (
        "import sys, numpy as np, embwidget.joining as s; s.join(np.eye(3), np.eye(3));"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
