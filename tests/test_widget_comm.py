"""A host that is no kernel hands the widget a comm of its own, without touching the kernel's."""

import threading

import comm
import numpy as np
import pytest
from recorded_screen import RecordedComm, RecordedScreen

import embwidget as ew
from embwidget.widget import comms_made_by

SECONDS = 60


def test_a_widget_speaks_over_a_comm_that_is_handed_in() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(60, 6))
    before = comm.create_comm
    with comms_made_by(RecordedComm):
        w = ew.EmbeddingCompare(a, a[:, :3], reducer="pca")
        # Another thread is another host.
        others: list[ew.EmbeddingCompare] = []
        thread = threading.Thread(
            target=lambda: others.append(ew.EmbeddingCompare(a, a, reducer="pca"))
        )
        thread.start()
        thread.join(SECONDS)
    assert comm.create_comm is before
    assert isinstance(w.comm, RecordedComm)
    assert not isinstance(others[0].comm, RecordedComm)
    # Somebody looks on, so that the work went to the background, and all of it is told.
    w.wait(SECONDS)
    screen = RecordedScreen(w)
    assert screen.state["progress"]["share"] == 1
    assert screen.state["curve"][9][0] == pytest.approx(w.comparison.similarity.value)
    assert [len(screen.messages(kind)) for kind in ("positions", "shared", "graph")] == [1, 1, 1]
    w.comm.handle_msg(
        {"content": {"data": {"method": "update", "state": {"k": 4}, "buffer_paths": []}}}
    )
    assert w.k == 4
    assert not isinstance(ew.EmbeddingCompare(a, a, reducer="pca").comm, RecordedComm)
    w.close()


def test_a_comparison_is_shown_so_too() -> None:
    a = np.random.default_rng(1).normal(size=(40, 5))
    with comms_made_by(RecordedComm):
        w = ew.EmbeddingCompare.from_comparison(ew.compare(a, a[:, :2]), reducer="pca")
    assert w.wait(SECONDS).comm.state["n_items"] == 40
    w.close()
