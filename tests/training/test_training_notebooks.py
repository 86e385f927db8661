"""The notebooks of trainings run from the top to the end, with few epochs."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize(("name", "epochs"), [("metric_learning", 10), ("supcon", 30)])
def test_each_cell_runs(
    name: str, epochs: int, recorded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text())["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert f"EPOCHS = {epochs}\n" in texts[0]
    names: dict[str, Any] = {}
    for text in texts:
        short = text.replace(f"EPOCHS = {epochs}\n", "EPOCHS = 1\n")
        short = short.replace("result.compare()", 'result.compare(reducer="pca")')
        # As a kernel would, in one namespace.
        exec(compile(short, name, "exec"), names)
    assert names["result"].settings.epochs == 1
    assert names["w"].comparison is names["c"]
    names["w"].close()
