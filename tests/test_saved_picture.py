"""What a cell's output holds for viewers without a kernel: a picture of both maps, and words."""

import base64
import io
import re
from itertools import count
from typing import Any

import nbformat
import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel
from PIL import Image
from widget_tools import SECONDS

WIDGET = "application/vnd.jupyter.widget-view+json"
CELL_IDS = count()
HOSTILE = "<img src=x onerror=alert(1)>\"'&"
BEFORE = f"""
import numpy as np, embwidget as ew
x = np.random.default_rng(0).normal(size=(300, 8))
flat = lambda v: v[:, :2]
pair = ew.Space(x, name={HOSTILE!r}), ew.Space(x + 0.5 * x[::-1], name="plain")
"""
CELL = "w = ew.EmbeddingCompare(*pair, reducer=flat)\nw"


class Kernel:
    """Runs cells, and keeps their outputs as a notebook does."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.outputs: list[dict[str, Any]] = []
        self._by_display: dict[str, list[dict[str, Any]]] = {}
        self.updates = 0

    def run(self, code: str, *, until_updated: int = 0) -> None:
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        # One that ran before closes its widgets when it runs again.
        cell = {"cellId": str(next(CELL_IDS))}
        message = self._client.session.msg("execute_request", content, metadata=cell)
        self._client.shell_channel.send(message)
        idle = False
        while not idle or self.updates < until_updated:
            heard = self._client.get_iopub_msg(timeout=SECONDS)
            said = heard["content"]
            assert heard["msg_type"] != "error", said
            if "data" in said and heard["msg_type"].endswith("display_data"):
                self._take(heard["msg_type"], said)
            is_mine = heard["parent_header"].get("msg_id") == message["header"]["msg_id"]
            idle |= is_mine and said.get("execution_state") == "idle"

    def _take(self, kind: str, said: dict[str, Any]) -> None:
        display_id = said["transient"].get("display_id")
        known = self._by_display.setdefault(display_id or "", [])
        if kind == "update_display_data":
            # A widget of another test may still tell of its end.
            self.updates += bool(known)
            for output in known:
                output |= {"data": said["data"], "metadata": said["metadata"]}
            return
        output = {"output_type": "display_data", "data": said["data"], "metadata": said["metadata"]}
        self.outputs.append(output)
        if display_id:
            known.append(output)


@pytest.fixture(scope="module")
def client() -> Any:
    manager, client = start_new_kernel(kernel_name="python3")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(client: Any) -> Kernel:
    started = Kernel(client)
    started.run(BEFORE)
    return started


def picture(output: dict[str, Any]) -> np.ndarray:
    png = base64.b64decode(output["data"]["image/png"])
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def test_the_output_gets_a_picture_when_all_is_known(kernel: Kernel) -> None:
    kernel.run(CELL, until_updated=1)
    live, saved = kernel.outputs
    assert WIDGET in live["data"]
    assert "image/png" not in live["data"]
    assert sum(len(str(output)) for output in kernel.outputs) < 300_000
    assert "neighbours are the same" in saved["data"]["text/plain"]
    pixels = picture(saved)
    # Points in both maps, in more than two colours of the ramp.
    for half in np.array_split(pixels[20:-60], 2, axis=1):
        colors = {tuple(color) for color in half.reshape(-1, 3)}
        assert len(colors) > 5
        assert (half.min(axis=2) < 200).sum() > 1000
    assert saved["data"]["image/png"] in saved["data"]["text/html"]
    assert saved["metadata"]["image/png"]["width"] * 2 == pixels.shape[1]


def test_names_of_spaces_are_no_html(kernel: Kernel) -> None:
    kernel.run(CELL, until_updated=1)
    html = kernel.outputs[1]["data"]["text/html"]
    assert len(re.findall("<img", html)) == 1
    alt = re.search(r'<img alt="([^"]*)" width="\d+" src="data:image/png;base64,[^"]+">', html)
    assert alt
    assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;" in alt.group(1)
    assert "<img src=x" not in html


def test_what_is_shown_again_has_the_picture_at_once(kernel: Kernel) -> None:
    kernel.run(CELL + ".wait()")
    assert picture(kernel.outputs[1]).any()
    kernel.run("w.k = 3")
    kernel.outputs.clear()
    kernel.run("display(w)")
    assert "of 3 neighbours are the same" in kernel.outputs[1]["data"]["text/html"]
    assert picture(kernel.outputs[1]).any()


def test_work_that_failed_or_was_stopped_leaves_a_note_alone(kernel: Kernel) -> None:
    kernel.run(CELL.replace("flat", "lambda v: 1 / 0"), until_updated=1)
    kernel.run("gone = ew.EmbeddingCompare(*pair); gone.cancel()\ngone")
    for output in kernel.outputs[1::2]:
        assert "image/png" not in output["data"]
        assert "run the cell again" in output["data"]["text/html"]


def test_a_converted_notebook_shows_the_picture_once(kernel: Kernel) -> None:
    # Three seconds of CPU in each worker, were it imported with this file.
    from nbconvert import HTMLExporter

    kernel.run(CELL, until_updated=1)
    cell = nbformat.v4.new_code_cell(CELL, outputs=[*map(nbformat.from_dict, kernel.outputs)])
    html, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    png = kernel.outputs[1]["data"]["image/png"]
    assert html.count(png) == 1
    assert html.count("neighbours are the same") >= 1


def test_a_notebook_that_is_executed_by_a_program_has_it_too(tmp_path: Any) -> None:
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell(source) for source in (BEFORE + CELL, "w.wait();")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    where = {"metadata": {"path": tmp_path}}
    NotebookClient(notebook, kernel_name="python3", resources=where).execute()
    assert "image/png" in notebook.cells[0].outputs[1]["data"]
