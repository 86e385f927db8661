"""Plays a screen on a session; `test_session.py` imports it where no widget library is."""

import base64

import numpy as np
import pandas as pd
import pytest
from session_host import PageHost

from embwidget.comparison import Settings
from embwidget.session.session import Session
from embwidget.session.shown import Shown

N, SECONDS = 80, 60

rng = np.random.default_rng(0)
kinds = rng.integers(0, 4, N)
vectors = rng.normal(size=(4, 16))[kinds] * 3 + rng.normal(size=(N, 16))
metadata = pd.DataFrame({"kind": [f"kind {k}" for k in kinds], "score": rng.normal(size=N)})


def opened(**shown: object) -> PageHost:
    spaces = vectors, vectors[:, :6] ** 2
    settings = Settings(k_max=20)
    session = Session.of_spaces(*spaces, settings, Shown(**shown), metadata=metadata, label="kind")
    host = PageHost(session)
    session.start(host, watched=True)
    return host


host = opened(reducer="pca", text="kind")
host.session.wait(SECONDS)
assert host.state == vars(host.session.state)
assert {info["state"] for info in host.state["numbers"].values()} == {"known"}
assert [content["type"] for content, _ in host.messages] == ["positions", "shared", "graph"]

# A page that came late.
host.messages.clear()
host.say({"type": "ready"})
((holds, _),) = host.messages
assert holds == {"type": "holds", "versions": {"positions": 1, "shared": 1, "graph": 1}}
host.say({"type": "fetch", "parts": ["shared", "weather"]})
((header, (counts,)),) = host.got("shared")
assert header["k_max"] == 20
np.testing.assert_array_equal(
    np.frombuffer(counts, np.uint8).reshape(20, N)[9], host.session.comparison.shared(10)
)

# Questions.
_, (indices, *_), error = host.ask("neighbors", item=3)
assert error == ""
assert np.frombuffer(indices, "<u4").tolist() == host.session.comparison.graph_a.indices[3].tolist()
assert host.ask("rows", items=[3])[0]["rows"][0]["label"] == f"kind {kinds[3]}"
assert host.ask("quality")[0]["metrics"][0]["total"] == 4
header, (values,), _ = host.ask("column", name="wins", k=5)
assert header["kind"] == "difference"
assert len(np.frombuffer(values, "<f4")) == N
result, _, error = host.ask("weather")
assert result is None
assert error.startswith("question='weather' is not known")

# A lasso, and what a person changes.
chosen = np.arange(N) % 3 == 0
mask = base64.b64encode(np.packbits(chosen, bitorder="little")).decode()
host.session.change(selected=f"mask:{mask}")
assert host.selection == np.flatnonzero(chosen).tolist()
with pytest.raises(ValueError, match="a mask of 80 items has 10 bytes"):
    host.session.change(selected="mask:AA==")
assert host.selection == np.flatnonzero(chosen).tolist()
host.session.change(k=5, focus=4, color_by="score", error="")
assert (host.state["k"], host.state["focus"], host.state["error"]) == (5, 4, "")
assert len(host.session.neighbors_frame()) == 5
assert host.session.selected_frame()["id"].tolist() == host.selection
with pytest.raises(ValueError, match="focus=80: give a whole number from 0 to 79"):
    host.session.change(k=6, focus=N)
assert (host.state["k"], host.state["focus"]) == (5, 4)


# Work that is cancelled, and work that fails.
def cancelling(x: np.ndarray) -> np.ndarray:
    cancelled.say({"type": "cancel"})
    return x[:, :2]


def broken(x: np.ndarray) -> np.ndarray:
    msg = "no map today"
    raise ValueError(msg)


cancelled = opened(reducer=cancelling)
cancelled.session.wait(SECONDS)
assert cancelled.state["progress"]["share"] < 1
assert cancelled.state["error"] == ""
failed = opened(reducer=broken)
with pytest.raises(ValueError, match="no map today"):
    failed.session.wait(SECONDS)
assert failed.state["error"].endswith(": no map today")
assert failed.ask("shared", k=3)[2] == ""
