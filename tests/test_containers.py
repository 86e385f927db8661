"""Objects of other libraries, told by what they can do; sparse matrices; metrics' other names."""

import enum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

import embwidget as ew
from embwidget.metrics import Metric, name_of

V = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
KEYS = list("abcde")
TABLE = pa.table({"id": KEYS, "label": [0, 1, 0, 1, 0], "v": V.tolist()})


class Dataset:
    """A Dataset of Hugging Face whose rows were chosen: the table behind it has all of them."""

    features = ("id", "label", "v")

    def __init__(self, table: Any, rows: list[int]) -> None:
        self.data, self._rows = table, rows


class Formatted(Dataset):
    def with_format(self, kind: str) -> "Formatted":
        return self

    def __getitem__(self, rows: slice) -> Any:
        return self.data.take(self._rows)[rows]


class Pandas(Dataset):
    def to_pandas(self) -> Any:
        return self.data.take(self._rows).to_pandas()


@pytest.mark.parametrize("kind", [Formatted, Pandas])
def test_rows_of_a_dataset_come_in_its_own_order(kind: Any) -> None:
    space = ew.as_space(kind(TABLE, [3, 0, 4]))
    assert np.array_equal(space.vectors, V[[3, 0, 4]])
    assert space.ids.tolist() == ["d", "a", "e"]


class Relation:
    def __init__(self, method: str, give: Any) -> None:
        setattr(self, method, lambda: give)


@pytest.mark.parametrize(
    ("method", "give"),
    [
        ("fetch_arrow_table", TABLE),
        ("to_arrow_table", TABLE),
        ("arrow", TABLE),
        ("arrow", TABLE.to_reader()),
    ],
)
def test_relations_give_tables_or_batches(method: str, give: Any) -> None:
    space = ew.as_space(Relation(method, give))
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == KEYS


class Stream:
    """Whatever speaks Arrow's own protocol."""

    def __arrow_c_stream__(self, requested: Any = None) -> Any:
        return TABLE.__arrow_c_stream__(requested)


def test_streams_of_arrow() -> None:
    assert np.array_equal(ew.as_space(Stream()).vectors, V)
    assert np.array_equal(ew.as_space(TABLE.to_batches()[0]).vectors, V)
    assert np.array_equal(ew.as_space(TABLE["v"], ids=KEYS).vectors, V)


class Words:
    def __init__(self) -> None:
        self.index_to_key, self.vectors = KEYS, V


class Model:
    wv = Words()


@pytest.mark.parametrize("given", [Words(), Model()])
def test_vectors_of_words(given: Any) -> None:
    space = ew.as_space(given)
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == KEYS


def test_dicts_of_vectors() -> None:
    for values in (V, V.tolist(), [tuple(row) for row in V.tolist()]):
        space = ew.as_space(dict(zip(KEYS, values, strict=True)))
        assert np.array_equal(space.vectors, V)
        assert space.ids.tolist() == KEYS
        assert "5 ids" in space.read_from
    assert ew.as_space({7: [1, 2], 5: [3, 4]}).ids.tolist() == [7, 5]
    missing = {"a": [1, 2], "b": None, "c": [3, 4]}
    assert ew.as_space(missing, missing="drop").dropped.tolist() == ["b"]
    with pytest.raises(ValueError, match=r"row 1 \(id 'b'\) has no vector"):
        ew.as_space(missing)
    for columns in ({"id": KEYS, "v": V.tolist()}, {"v": V}, {"v": pd.DataFrame(V)}, {}):
        with pytest.raises(ValueError, match=r"\{id: vector\}"):
            ew.as_space(columns)
    with pytest.raises(TypeError, match="as_space reads"):
        ew.Space({"a": [1, 2]})


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_array, sparse.coo_matrix])
def test_sparse_matrices_are_reduced_or_refused_with_their_size(kind: Any) -> None:
    matrix = kind(sparse.random(60, 30, 0.3, random_state=0))
    with pytest.raises(TypeError, match=r"\(60, 30\): dense it takes 7.2 kB .* n_dims=50"):
        ew.as_space(matrix)
    space = ew.as_space(matrix, n_dims=4)
    expected = TruncatedSVD(4, random_state=0).fit_transform(matrix)
    assert np.allclose(space.vectors, expected, atol=1e-5)
    assert "4 components" in space.read_from
    for n_dims in (0, 30, 2.0, True):
        with pytest.raises(ValueError, match=r"n_dims=.*from 1 to 29"):
            ew.as_space(matrix, n_dims=n_dims)
    with pytest.raises(ValueError, match="these vectors are dense"):
        ew.as_space(V, n_dims=2)


def test_a_series_of_vectors_has_its_index_for_ids() -> None:
    space = ew.Space(pd.Series(list(V), index=KEYS))
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == KEYS
    assert not ew.as_space(pd.Series(list(V), index=[4, 3, 2, 1, 0])).has_ids
    with pytest.raises(ValueError, match="reshape it"):
        ew.as_space(pd.Series([1.0, 2.0]))


def test_a_frame_is_a_space_wherever_vectors_are_taken() -> None:
    frame = pd.DataFrame(V, index=KEYS).assign(label=[0, 1, 0, 1, 0])
    space = ew.Space(frame, name="a", metadata={"m": [1, 2, 3, 4, 5]})
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == KEYS
    assert list(space.metadata.columns) == ["m"]


class Similarity(enum.Enum):
    COSINE = "cosine"
    DOT_PRODUCT = "dot"


NAMES = {
    "cosine": ["Cosine", "COSINE", "cos", "cos_sim", "cosine_similarity", "CosineSimilarity"],
    "euclidean": ["L2", "l2", "euclid", "Euclidean distance", "euclidean_sim", "l2-distance"],
    "inner_product": ["IP", "dot", "dot_score", "inner", "dotProduct", "inner-product", "Dot"],
    "hamming": ["Hamming", "hamming_distance", "HAMMING"],
}


@pytest.mark.parametrize(("name", "other"), [(n, o) for n, many in NAMES.items() for o in many])
def test_metrics_are_known_by_the_names_of_other_libraries(name: str, other: str) -> None:
    assert name_of(other) == name
    assert ew.Space(V, metric=other).metric == name


def test_names_of_metrics_in_enumerations_and_of_ones_own() -> None:
    assert name_of(Similarity.COSINE) == "cosine"
    assert name_of(Similarity.DOT_PRODUCT) == "inner_product"

    class Own(Metric):
        name = "L2"

        def distances(self, x: Any, y: Any) -> Any:
            return np.abs(x - y).sum(axis=-1)

    assert name_of(Own()) == "L2"
    assert ew.Space(V, metric=name_of(Own())).metric == "L2"


@pytest.mark.parametrize("name", ["manhattan_sim", "L1", "cosin", "euclidian_norm", "", "jaccard"])
def test_metrics_that_are_not_there(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not known.*euclidean.*embwidget\.metrics\.Metric"):
        ew.Space(V, metric=name)
