"""Works where no thread can be started and numba is not there, and prints what it found."""
# ruff: noqa: E402

import sys
import threading


def refuse(_thread: threading.Thread) -> None:
    msg = "can't start new thread"
    raise RuntimeError(msg)


threading.Thread.start = refuse
# A name that is None cannot be imported.
sys.modules["numba"] = sys.modules["sknetwork"] = sys.modules["umap"] = None

import comm
import numpy as np
from recorded_screen import RecordedComm, RecordedScreen

import embwidget as ew
from embwidget.projection import project

rng = np.random.default_rng(0)
x = rng.normal(size=(3, 16))[np.arange(120) % 3] * 3 + rng.normal(size=(120, 16))
y = x[:, :6] ** 2
label = np.arange(120) % 3
options = {"k_max": 20, "n_jobs": 2}
plain = ew.compare(x, y, label=label, metadata=None, **options)
print("compare", round(plain.similarity, 3), len(plain.quality()), plain.chance() is not None)
for reducer in ("pca", "tsne"):
    print(reducer, project(x, reducer, n_jobs=2).shape)

comm.create_comm = RecordedComm
widget = ew.EmbeddingCompare(x, y, label=label, reducer="tsne", **options)
screen = RecordedScreen(widget)
print("widget", widget.reducer, widget.progress["step"] == "", widget.wait().error)
print({name: info["state"] for name, info in widget.numbers.items()})
screen.select([3, 4])
print(widget.selection.tolist(), widget.selected_frame().shape[0], len(screen.messages("graph")))
broken = ew.EmbeddingCompare(x, y, reducer=lambda v: 1 / 0)
print(broken.error)
try:
    broken.wait()
except ZeroDivisionError as error:
    print("raised", error)
print("page", "<title>A and B" in widget.to_html())
