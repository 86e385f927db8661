"""What of the screen's code a widget sends: it is paid for with each of them."""

from collections.abc import Iterator

import numpy as np
import pytest
from recorded_screen import RecordedScreen

import embwidget as ew

MOST_OF_TWO = 90_000
_rng = np.random.default_rng(0)
SPACES = {name: _rng.normal(size=(30, 4)) for name in ("clip", "dino", "mae")}


@pytest.fixture(params=[2, 3], ids=["two", "three"])
def widget(request: pytest.FixtureRequest, recorded: None) -> Iterator[ew.EmbeddingCompare]:
    chosen = dict(list(SPACES.items())[: request.param])
    made = ew.EmbeddingCompare(chosen, reducer="pca", k_max=5)
    yield made
    made.close()


def test_two_spaces_send_less_than_several(widget: ew.EmbeddingCompare) -> None:
    state = RecordedScreen(widget).state
    sent = len(state["_esm"]) + len(state["_code"])
    assert 10_000 < sent < MOST_OF_TWO
    if len(state["spaces"]) == 0:
        assert state["_spaces_code"] == ""
        assert {len(v) for v in state.values() if isinstance(v, str) and len(v) > 10_000} == {
            len(state["_code"])
        }
    else:
        assert 1_000 < len(state["_spaces_code"]) < 20_000
