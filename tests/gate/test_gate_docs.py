"""What docs/gate.md shows runs as it stands there."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from gate_data import kinds, shaken

import embwidget as ew
from embwidget.gating.bounds import STRETCH

DOCS = (Path(__file__).parents[2] / "docs" / "gate.md").read_text("utf-8")
SCRIPT, TEST = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


@pytest.mark.parametrize(("by", "code"), [(0.02, 0), (3.0, 1)])
def test_the_script_ends_with_the_verdict(tmp_path, monkeypatch, capsys, by, code):
    monkeypatch.chdir(tmp_path)
    a, label = kinds(300)
    ids = np.array([f"i{row}" for row in range(300)])
    pd.DataFrame({"id": ids, "label": label}).to_csv("items.csv", index=False)
    vectors = {"in_use": a, "candidate": shaken(a, by, 1), "in_use_again": shaken(a, 0.02, 2)}
    for name, each in vectors.items():
        np.savez(f"{name}.npz", vectors=each, ids=ids)
    with pytest.raises(SystemExit) as ended:
        exec(compile(SCRIPT, "gate.py", "exec"), {"__name__": "__main__"})
    assert ended.value.code == code
    assert capsys.readouterr().out.startswith(("pass", "regression")[code])
    assert ElementTree.parse("gate.xml").getroot().tag == "testsuites"
    assert "in place of" in Path("gate.md").read_text("utf-8")


def test_the_test_passes_and_fails(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a, _ = kinds(100)
    names: dict = {}
    exec(TEST, names)
    np.save("in_use.npy", a)
    np.save("candidate.npy", a)
    names["test_the_candidate_loses_no_neighbours"]()
    np.save("candidate.npy", -shaken(a, 3, 1))
    with pytest.raises(AssertionError, match="regression"):
        names["test_the_candidate_loses_no_neighbours"]()


def test_what_the_page_lists_is_there():
    a, label = kinds(80)
    found = ew.gate(a, shaken(a, 1, 1), min_jaccard=0.5, label=label, canary=[1]).to_dict()
    for kind in ("checks", "labels", "items", "canaries"):
        listed = re.search(rf"`{kind}` \([^`)]*`([^`]+)`", DOCS)[1].split()
        assert listed == list(found[kind][0])
    assert "by 4/3" in DOCS
    assert STRETCH["jaccard"] == 4 / 3
