"""What is mistyped is refused at once, with what may be meant; so is a class for an object."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

import embwidget as ew
from embwidget._core.near import close_to
from embwidget.knn import Engine
from embwidget.metrics import Metric
from embwidget.projection import UMAP

N = 200_000
X = np.random.default_rng(0).normal(size=(30, 4))
MANY = [f"item-{i:06d}" for i in range(N)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("itm-123456", "item-123456"),
        ("item_199999", "item-199999"),
        ("Item-000007", "item-000007"),
        ("tiem-150000", "item-150000"),
    ],
)
def test_one_wrong_letter_is_found_among_many(typed: str, meant: str) -> None:
    assert meant in close_to(typed, dict.fromkeys(MANY))
    assert meant in close_to(typed, MANY)


def test_what_is_near_to_nothing_has_no_near_names() -> None:
    assert close_to("zebra", MANY) == []
    assert close_to("x" * 10**6, ["x" * 10**6 + "y"] * 3) == []
    assert close_to("", ["", "a"]) == [""]
    assert close_to("species", ["genus", "specie"]) == ["specie"]


@pytest.mark.parametrize(
    ("ids", "asked", "message"),
    [
        ([f"item-{i}" for i in range(30)], "itm-12", "'itm-12': there are 'item-12'"),
        ([f"item-{i}" for i in range(30)], 7, "7: ids are texts such as 'item-0', 'item-1'"),
        ([f"item-{i}" for i in range(30)], "zebra", "ids are texts such as 'item-0'"),
        (range(5, 35), "7", "'7': ids are whole numbers from 5 to 34"),
        (range(5, 35), 35, "35: ids are whole numbers from 5 to 34"),
        (range(5, 35), [7], "no item has the id .7.: ids are whole numbers"),
    ],
)
def test_an_unknown_id_is_refused_with_what_ids_are(ids, asked, message) -> None:
    c = ew.compare(X, X, ids=list(ids), n_neighbors=3, k_max=5)
    with pytest.raises(KeyError, match=message):
        c.neighbors(asked)


class OwnMetric(Metric):
    name = "own"

    def distances(self, x, y):
        return np.abs(x - y).sum(axis=-1)


class OwnEngine(Engine):
    name = "own"


@pytest.mark.parametrize(
    ("arguments", "made"),
    [
        ({"reducer": UMAP}, "UMAP"),
        ({"reducer": PCA}, "PCA"),
        ({"metric": OwnMetric}, "OwnMetric"),
        ({"metric": ("cosine", OwnMetric)}, "OwnMetric"),
        ({"engine": OwnEngine}, "OwnEngine"),
    ],
)
def test_a_class_is_refused_by_saying_how_to_make_an_object(arguments, made) -> None:
    pattern = rf"pass an object, {made}\(\.\.\.\)"
    with pytest.raises((TypeError, ValueError), match=pattern) as refused:
        ew.EmbeddingCompare(X, X, **arguments)
    assert len(str(refused.value)) < 300
