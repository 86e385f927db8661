"""Widgets that are closed, or whose cell runs again, are let go of."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel
from widget_tools import SECONDS

from embwidget import EmbeddingCompare

CELL = """
import numpy as np, embwidget as ew
x = np.random.default_rng(0).normal(size=(60, 8))
w = ew.EmbeddingCompare(x, x[:, :4], reducer=lambda v: v[:, :2]).wait()
w
"""
OTHER = CELL.replace("w = ", "other = ").replace("\nw\n", "\nother\n")
WATCH = "import gc, weakref; kept = globals().get('kept', []); kept.append(weakref.ref(w))"
COUNT = "gc.collect(); print(sum(r() is not None for r in kept))"


def test_closed_widgets_die_with_their_data(recorded: None, spaces: Any) -> None:
    def life() -> list[weakref.ref[Any]]:
        widget = EmbeddingCompare(*spaces, label=np.arange(len(spaces[0])) % 3, reducer="pca")
        widget.wait(SECONDS)
        widget.observe(lambda change: widget.k, "k")
        widget.k, widget.selection, widget.focus = 5, [1, 2], 3
        widget.close()
        return [weakref.ref(each) for each in (widget, widget.session, widget.comparison)]

    references = [each for _ in range(3) for each in life()]
    gc.collect()
    assert [each() for each in references] == [None] * 9


@pytest.fixture
def cell() -> Any:
    """Runs code in a cell of a kernel, and returns what it prints."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code: str, cell_id: str) -> str:
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        client.shell_channel.send(message)
        printed = ""
        while True:
            heard = client.get_iopub_msg(timeout=SECONDS)
            if heard["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            assert heard["msg_type"] != "error", heard["content"]
            if heard["msg_type"] == "stream":
                printed += heard["content"]["text"]
            if heard["content"].get("execution_state") == "idle":
                return printed.strip()

    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_cell_that_runs_again_closes_its_former_widget_and_no_other(cell: Any) -> None:
    cell(OTHER, "first")
    for _ in range(3):
        cell(CELL, "second")
        cell(WATCH, "third")
    assert cell(COUNT, "fourth").split()[0] == "1"
    assert cell("print(other.comm is None, w.comm is None)", "fourth") == "False False"
    # Two widgets and the layout of each.
    assert cell("import comm; print(len(comm.get_comm_manager().comms))", "fourth") == "4"


def test_what_a_name_still_holds_can_be_used_without_its_screen(cell: Any) -> None:
    cell(CELL, "first")
    cell("old = w", "second")
    cell(CELL, "first")
    printed = cell("print(old.comm is None, old is w, len(old.comparison.curve()))", "second")
    assert printed == "True False 50"
