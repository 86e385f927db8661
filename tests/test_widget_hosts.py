"""Where the work is done: in a script at once, in a notebook's kernel in the background."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from widget_tools import SECONDS

MAKE = """
import numpy as np, embwidget as ew
x = np.random.default_rng(0).normal(size=(300, 8))
"""


def script(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAKE + code],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.parametrize("more", ["", "import ipykernel.ipkernel\n"])
def test_in_a_script_everything_is_there_when_the_widget_is(more):
    done = script(
        f"{more}"
        "w = ew.EmbeddingCompare(x, x[:, :4], reducer=lambda v: v[:, :2])\n"
        "print(w.progress['share'], w.reducer, len(w.curve), w.positions_a.shape, w.wait() is w)\n"
        "print(w)"
    )
    assert done.returncode == 0, done.stderr
    numbers, text = done.stdout.splitlines()
    assert numbers == "1.0 <lambda> 50 (300, 2) True"
    assert text.startswith("EmbeddingCompare: A (8 d) and B (4 d), 300 items, about ")


def test_in_a_script_an_error_is_raised_where_the_widget_is_made():
    done = script(
        "def broken(v): raise ValueError('no map today')\n"
        "ew.EmbeddingCompare(x, x[:, :4], reducer=broken)\n"
        "print('never')"
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1] == "ValueError: no map today"


def test_a_script_can_be_interrupted_by_the_keyboard():
    code = (
        "def slow(v):\n"
        "    print('drawing', flush=True)\n"
        "    import time\n"
        "    time.sleep(1000)\n"
        "ew.EmbeddingCompare(x, x[:, :4], reducer=slow)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", MAKE + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "drawing\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode != 0
    assert errors.splitlines()[-1] == "KeyboardInterrupt"


def test_in_a_kernel_the_work_goes_on_behind_the_cell_and_can_be_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    cells = [
        MAKE,
        "import threading\n"
        "go = threading.Event()\n"
        "def held(v):\n"
        "    assert go.wait(60)\n"
        "    return v[:, :2]\n"
        "w = ew.EmbeddingCompare(x, x[:, :4], reducer=held)\n"
        "w",
        "was = w.progress['step']; go.set(); print(was != '', w.wait() is w, w.reducer)",
    ]
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3").execute()
    outputs = notebook.cells[2].outputs
    assert "".join(output.get("text", "") for output in outputs) == "True True held\n"
    (states,) = [
        models["state"] for models in notebook.metadata["widgets"].values() if "state" in models
    ]
    widget = next(model["state"] for model in states.values() if "n_items" in model["state"])
    assert widget["progress"] == {"step": "", "share": 1.0, "seconds_left": None}
    assert len(widget["curve"]) == 50
