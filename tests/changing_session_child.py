"""Files that change while a session works with them, at each of its steps; prints a line a case.

Called with "some" it acts at some of the steps, else in each way at each of them.
"""

import json
import os
import sys
from typing import Any

import numpy as np
from file_changes import ACTS, NEW, OLD, PATH
from session_host import PageHost

import embwidget as ew
from embwidget.comparison import Settings
from embwidget.session.session import Session
from embwidget.session.shown import Shown

OTHER = np.random.default_rng(1).normal(size=(len(OLD), 8)).astype(np.float32)
os.environ["EMBWIDGET_MAP_ABOVE"] = "1000"


class Meddler(PageHost):
    """Acts when the work says so-and-so many different things of how far it is."""

    def __init__(self, session: Session, act: Any, at: int) -> None:
        super().__init__(session)
        self.steps: list[str] = []
        self._act, self._at = act, at

    def publish(self, changes: dict[str, Any]) -> None:
        step = changes.get("progress", {}).get("step", "")
        if step and step not in self.steps:
            self.steps.append(step)
            if len(self.steps) == self._at:
                self._act()
        super().publish(changes)


def shown(act: Any = None, at: int = 0) -> Meddler:
    """A session of the file and another space, at its end."""
    ew.cache.clear()
    PATH.unlink(missing_ok=True)
    np.save(PATH, OLD)
    settings = Settings(k_max=5, n_neighbors=5, n_jobs=1)
    host = Meddler(Session.of_spaces(PATH, OTHER, settings, Shown(reducer="pca")), act, at)
    host.session.start(host, watched=True)
    try:
        host.session.wait(60)
    except OSError:
        assert host.state["error"]
    return host


def shared(x: np.ndarray) -> np.ndarray:
    return ew.compare(x, OTHER, n_neighbors=5, k_max=5).shared(5)


with ew.cache.off():
    TRUE = [shared(x).tolist() for x in (OLD, NEW)]
untouched = shown()
n_steps = len(untouched.steps)
cases = [(act, at) for at in range(1, n_steps + 1) for act in ACTS]
# Each third step with another act.
every = 3 * len(ACTS) + 1 if sys.argv[1:] == ["some"] else 1
for act, at in cases[::every]:
    host = shown(act, at)
    counts = [np.frombuffer(buffers[0], np.uint8)[-len(OLD) :] for _, buffers in host.got("shared")]
    kept = [shared(x).tolist() for x in (OLD, NEW)]
    case = {
        "act": act.__name__,
        "step": host.steps[at - 1],
        "error": host.state["error"],
        "shared": [TRUE[0] == each.tolist() for each in counts],
        "faithfulness": host.state["numbers"]["faithfulness"]["state"],
        "as untouched": host.state["faithfulness"] in (None, untouched.state["faithfulness"]),
        "kept": kept == TRUE,
    }
    print(json.dumps(case), flush=True)
