"""The gate as a command: exit codes, what it prints and writes, and docs/gate.md as it stands."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

DOCS = (Path(__file__).parents[2] / "docs" / "gate.md").read_text("utf-8")
WORKFLOW, HOOK = re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
N = 300


@pytest.fixture
def models(home: Path) -> Path:
    """Folder of a model in use, the same once more, a candidate like it and one unlike it."""
    rng = np.random.default_rng(0)
    classes = np.arange(N) % 5
    x = rng.normal(size=(5, 8))[classes] * 3 + rng.normal(size=(N, 8))

    def write(name: str, error: float) -> None:
        table = pd.DataFrame(x + error * rng.normal(size=x.shape)).add_prefix("x")
        table.insert(0, "label", [f"class {c}" for c in classes])
        table.insert(0, "id", [f"i{row}" for row in range(N)])
        table.to_csv(home / f"{name}.csv", index=False)

    write("in_use", 0)
    write("in_use_again", 0.01)
    write("candidate", 0.01)
    write("other", 5)
    return home


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("in_use.csv candidate.csv --min-jaccard .8", 0, "pass"),
        ("in_use.csv other.csv --min-jaccard .8", 1, "regression"),
        ("in_use.csv other.csv --label label --max-drop map_at_r=.02 --per-label", 1, "class "),
        ("in_use.csv few.csv --min-jaccard .8", 2, "undecided"),
    ],
)
def test_the_exit_code_is_the_verdict(
    models: Path, cli: Callable, typed: str, code: int, said: str
) -> None:
    few = pd.read_csv(models / "in_use.csv").head(30)
    few.to_csv(models / "few.csv", index=False)
    ended = cli("gate", *typed.split())
    assert ended.code == code, ended.error
    assert said in ended.out
    told = json.loads(cli("gate", *typed.split(), "--json").out, parse_constant=pytest.fail)
    assert told["exit_code"] == code
    assert ended.out.startswith(told["verdict"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("in_use.csv candidate.csv", "nothing is asked"),
        ("in_use.csv gone.csv --min-jaccard .8", "no such file"),
        ("in_use.csv candidate.csv --max-drop map=.02 --label labels", "'label'"),
        ("in_use.csv candidate.csv --max-drop mapatr=.02 --label label", "map_at_r"),
        ("in_use.csv candidate.csv --canary ids.txt", "i299"),
        ("in_use.csv candidate.csv --canary none.txt", "none.txt"),
    ],
)
def test_what_is_wrong_ends_with_three_and_a_sentence(
    models: Path, cli: Callable, typed: str, said: str
) -> None:
    (models / "ids.txt").write_text("i2999\n")
    ended = cli("gate", *typed.split())
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.error
    assert ended.error.count("\n") == 1


def test_canaries_and_files(models: Path, cli: Callable) -> None:
    (models / "ids.txt").write_text("\ufeffi3\r\n\r\n i7 \n", "utf-8")
    asked = ["in_use.csv", "other.csv", "--canary", "ids.txt"]
    ended = cli("gate", *asked, "--junit", "g.xml", "--markdown", "g.md", "--json")
    told = json.loads(ended.out)
    assert {row["id"] for row in told["canaries"]} == {"i3", "i7"}
    assert ended.code == told["exit_code"] == 1
    assert ElementTree.parse(models / "g.xml").getroot().tag == "testsuites"
    assert "in place of" in (models / "g.md").read_text("utf-8")
    assert ended.error.count("is written") == 2


def test_names_of_the_registry(added: Path, cli: Callable) -> None:
    ended = cli("gate", "resnet50", "resnet50", "--min-jaccard", ".8", "--label", "digit")
    assert ended.code == 0, ended.error
    ended = cli("gate", "resnet50", "convnext", "--min-jaccard", ".95")
    assert ended.code == 1, ended.error
    assert ended.out.startswith("regression: 'convnext' in place of 'resnet50'")


def test_the_workflow_and_the_hook_as_they_stand(models: Path, alone: Callable) -> None:
    steps = re.findall(r"run: \|\n((?: {10}.*\n)+)", WORKFLOW)
    (summary,) = re.findall(r"run: (cat .*)", WORKFLOW)
    line = "\n".join(steps) + summary
    ended = alone(f"set -e\n{line}", GITHUB_STEP_SUMMARY="summary.md")
    assert ended.code == 0, ended.error
    assert (models / "summary.md").read_bytes() == (models / "gate.md").read_bytes()
    (entry,) = re.findall(r"entry: (.*)", HOOK)
    assert alone(entry).code == 0
