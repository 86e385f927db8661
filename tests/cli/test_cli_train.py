"""``embwidget train``: settings by file and by hand, what it says, and how it says no."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from embwidget import Registry

pytest.importorskip("torch")
pytest.importorskip("pytorch_metric_learning")

QUICK = ("--set", "epochs=1", "--set", "batch_size=400")


def test_a_recipe_by_a_file_and_by_hand(home: Path, cli: Callable) -> None:
    text = "# ours\nepochs: 7\nlearning_rate: 1e-3\nlabel_smoothing: 0\naugment: yes\n"
    (home / "c.yaml").write_text(text)
    typed = ("train", "cross-entropy", "--config", "c.yaml", *QUICK)
    ended = cli(*typed, "--json")
    assert ended.code == 0, ended.error
    told = json.loads(ended.out, parse_constant=pytest.fail)
    assert told["recipe"] == told["name"] == "cross_entropy"
    settings = told["settings"]
    assert (settings["epochs"], settings["batch_size"]) == (1, 400)
    assert (settings["learning_rate"], settings["label_smoothing"]) == (0.001, 0.0)
    assert settings["augment"] is True
    registry = Registry(home / "home")
    assert told["registry"] == str(registry.path)
    assert told["spaces"] == [row["name"] for row in registry.rows("space")]
    [experiment] = registry.rows("experiment")
    assert experiment["params"]["learning_rate"] == 0.001
    assert {row["when"] for row in told["metrics"]} == {"before", "after"}
    ended = cli(*typed)
    assert ended.code == 0, ended.error
    assert ended.out.startswith("cross_entropy (2)")
    assert "accuracy: 0." in ended.out
    line = next(line for line in ended.out.splitlines() if "embwidget compare" in line)
    assert "'cross_entropy (2)/cross_entropy/encoder/epoch=1'" in line


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("cross_entrpy", "there is no recipe 'cross_entrpy': there are 'cross_entropy'"),
        ("cross_entropy --set epoch=1", "there is no setting 'epoch': give epochs"),
        ("cross_entropy --set epochs", "give a setting and a value"),
        ("cross_entropy --set epochs=many", "epochs='many'"),
        ("cross_entropy --set epochs=[1]", "epochs=[1] (list)"),
        ("cross_entropy --set epochs=", "epochs=''"),
        ("cross_entropy --set epochs=[1", "cannot be read"),
        ("cross_entropy --set learning_rate=fast", "learning_rate='fast' (str): give a number"),
        ("cross_entropy --config no.yaml", "no.yaml"),
        ("cross_entropy --config twice.yaml", "the setting epochs comes twice"),
        ("cross_entropy --config list.yaml", "give one setting a line"),
        ("cross_entropy --config broken.yaml", "is no YAML"),
        ("cross_entropy --config code.yaml", "is no YAML"),
        ("cross_entropy --config near.yaml", "there is no setting 'label_smothing'"),
        ("supcon_two_stage --config near.yaml", "give label_smoothing"),
    ],
)
def test_no_is_said_in_a_sentence(home: Path, cli: Callable, typed: str, said: str) -> None:
    for name, text in {
        "twice": "epochs: 1\nepochs: 2\n",
        "list": "- epochs\n",
        "broken": "epochs: [1\n",
        "code": "epochs: !!python/object/apply:os.mkdir [made]\n",
        "near": "label_smothing: 0.1\n",
    }.items():
        (home / f"{name}.yaml").write_text(text)
    ended = cli("train", *typed.split())
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.error
    assert len(ended.error.splitlines()) == 1
    assert len(ended.error) < 330
    assert not (home / "made").exists()
    assert not (home / "home").exists()


def test_without_torch_it_says_what_to_install(home: Path, alone: Callable) -> None:
    (home / "without" / "torch").mkdir(parents=True)
    (home / "without" / "torch" / "__init__.py").write_text("raise ImportError\n")
    path = f"without:{Path(__file__).parents[2]}"
    ended = alone("embwidget train triplet_vs_arcface", PYTHONPATH=path)
    assert ended.code == 3
    assert 'torch is needed for this: pip install "embwidget[train]"' in ended.error
