"""Comparisons that are stored by a name: made, listed, shown and deleted from the command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import embwidget as ew


def test_a_comparison_is_stored_listed_and_deleted(
    added: Path, cli: Callable[..., Any], asked: Callable[..., Any]
) -> None:
    typed = "compare resnet50 convnext --k 5 --label digit --name"
    said = asked(*typed.split(), "mine; or not")
    assert said["name"] == "mine; or not"
    opened = ew.Registry().comparison("mine; or not")
    assert opened.similarity.value == said["similarity"]["value"]
    assert (opened.n_neighbors, opened.label) == (5, "digit")
    numbers, stored = asked("ls", "comparisons")["comparisons"]
    assert (numbers["name"], numbers["bytes"]) == ("resnet50 and convnext, k=5", None)
    assert (stored["name"], stored["label"]) == ("mine; or not", "digit")
    assert stored["bytes"] > 0
    assert "mine; or not" in cli("ls", "comparisons").out
    assert "bytes" in cli("show", "mine; or not").out
    [shown] = asked("show", "mine; or not")["found"]
    assert shown["row"] == stored
    assert "mine; or not" in asked("show", "convnext")["found"][0]["used_by"]["comparisons"]
    assert cli("embeddings", "delete", "convnext").code == 3
    gone = {"deleted": [{"kind": "comparison", "name": "mine; or not"}]}
    assert asked("comparison", "delete", "mine; or not") == gone
    assert [row["name"] for row in asked("ls", "comparisons")["comparisons"]] == [numbers["name"]]
    assert cli("gc").out == "There was nothing to delete.\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("compare resnet50.npy convnext --name x", "`embwidget add` 'resnet50.npy'"),
        ("compare resnet50 convnext --name there", "there is a comparison 'there' already"),
        ("comparison delete x", "there is no comparison 'x': there are"),
    ],
)
def test_what_is_wrong_with_it_is_one_sentence(
    typed: str, said: str, added: Path, cli: Callable[..., Any]
) -> None:
    assert cli("compare", "resnet50", "convnext", "--name", "there").code == 0
    before = cli("ls", "--json").out
    ended = cli(*typed.split())
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.error
    assert ended.error.count("\n") == 1
    assert cli("ls", "--json").out == before
