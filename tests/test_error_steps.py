"""What went wrong in the background is told with what was being done."""

import re
from pathlib import Path

import numpy as np
import pytest

from embwidget import EmbeddingCompare
from embwidget.projection.maps import REDUCERS, reducer_title

X = np.random.default_rng(0).normal(size=(60, 8))
WORDS = Path(__file__).parents[1] / "js" / "src" / "views" / "work.ts"


class FailsOnce:
    """Draws a map, and fails at the one with this number."""

    def __init__(self, at: int) -> None:
        self._left = at

    def fit_transform(self, x):
        if self._left == 0:
            msg = "no room"
            raise MemoryError(msg)
        self._left -= 1
        return x[:, :2]


@pytest.mark.parametrize(("at", "side"), [(0, "A"), (1, "B")])
def test_a_map_that_fails_is_named(recorded, at, side):
    widget = EmbeddingCompare(X, X[:, ::-1].copy(), reducer=FailsOnce(at))
    with pytest.raises(MemoryError, match="no room"):
        widget.wait(60)
    assert widget.error == f"while drawing map {side} by FailsOnce: MemoryError: no room"


def test_a_search_that_fails_is_named(recorded, monkeypatch):
    def search(*_args, **_options):
        msg = "two\nlines"
        raise OSError(msg)

    monkeypatch.setattr("embwidget.comparison.comparison.knn_graph", search)
    widget = EmbeddingCompare(X, X[:, ::-1].copy(), reducer="pca")
    with pytest.raises(OSError, match="two"):
        widget.wait(60)
    assert widget.error == "while searching the neighbours in A: OSError: two"


def test_reducers_are_called_as_on_the_screen():
    titles = dict(re.findall(r'\["([^"]+)", "([^"]+)"\],', WORDS.read_text()))
    assert {name: reducer_title(name) for name in REDUCERS} == {
        name: titles[name] for name in REDUCERS
    }
