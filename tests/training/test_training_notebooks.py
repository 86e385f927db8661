"""The notebooks of trainings run from the top to the end, with few epochs."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def run_notebook(name: str, shorter: dict[str, str]) -> dict[str, Any]:
    """Run the cells of a notebook with some words replaced; returns what they define."""
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text())["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert all(word in "".join(texts) for word in shorter)
    names: dict[str, Any] = {}
    for text in texts:
        for word, instead in shorter.items():
            text = text.replace(word, instead)
        # As a kernel would, in one namespace.
        exec(compile(text, name, "exec"), names)
    return names


@pytest.mark.parametrize(("name", "epochs"), [("metric_learning", 10), ("supcon", 30)])
def test_each_cell_runs(
    name: str, epochs: int, recorded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shorter = {
        f"EPOCHS = {epochs}\n": "EPOCHS = 1\n",
        "result.compare()": 'result.compare(reducer="pca")',
    }
    names = run_notebook(name, shorter)
    assert names["result"].settings.epochs == 1
    assert names["w"].comparison is names["c"]
    names["w"].close()


def test_a_training_is_followed_epoch_by_epoch(
    recorded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "agg")
    names = run_notebook("training_series", {"EPOCHS = 16\n": "EPOCHS = 4\n"})
    series = names["series"]
    assert [*series.steps] == [0, 1, 2, 3, 4]
    assert names["curve"]["precision_at_1"].iloc[-1] > 0.85
    assert names["maps"].positions.shape == (5, 540, 2)
    names["w"].close()
