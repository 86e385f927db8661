"""Where an engine finds fewer neighbours than asked for, none is made up."""

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget.knn import Engine, KNNGraph

N = 30
KINDS = ["x", "y", "z"] * 10


class OneEach(Engine):
    """Finds the next row and no other."""

    name = "one each"
    is_exact = False

    def search(self, vectors, n_neighbors, *, metric, **options):
        indices = np.full((len(vectors), n_neighbors), -1, np.int32)
        distances = np.full(indices.shape, np.inf, np.float32)
        indices[:, 0] = (np.arange(len(vectors)) + 1) % len(vectors)
        distances[:, 0] = 0.5
        return KNNGraph(indices, distances, metric.name, self.name)


@pytest.fixture
def given() -> dict:
    vectors = np.random.default_rng(0).normal(size=(N, 4))
    prices = np.arange(N) * 1.5
    metadata = pd.DataFrame(
        {"kind": KINDS, "price": prices, "words": [f"text {i}" for i in range(N)]}
    )
    options = {"engine": OneEach(), "n_neighbors": 3, "k_max": 4, "label": "kind"}
    return {"a": vectors, "b": vectors[:, :3], "metadata": metadata, **options}


def test_the_neighbours_that_were_not_found_are_missing(given):
    found = ew.compare(**given).neighbors(2)
    assert found["id_a"].tolist() == found["id_b"].tolist() == [3, None, None]
    assert found["label_a"].tolist() == ["x", None, None]
    assert found["shared_a"].tolist() == [True, False, False]
    assert found["rank_in_b"].isna().tolist() == [False, True, True]
    assert found["distance_b"].isna().tolist() == [False, True, True]


def test_so_are_their_texts_and_shown_columns(given, recorded):
    widget = ew.EmbeddingCompare(**given, text="words", show=["price"], reducer="pca").wait(60)
    widget.focus = 2
    found = widget.neighbors_frame()
    assert found["text_a"].tolist() == ["text 3", None, None]
    assert found["price_b"].tolist() == [4.5, None, None]
    widget.close()
