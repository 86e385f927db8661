"""docs/models.md names what there is."""

import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

from collect_models import IMAGES, cnn

import embwidget as ew

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")


def test_each_reshape_is_there_and_does_what_its_row_says():
    named = re.findall(r'^\| (`"[^|]+) \|', PAGE.split("## One vector")[1], re.MULTILINE)
    names = re.findall(r'"(\w+)"', " ".join(named))
    with pytest.raises(ValueError, match="give ") as caught:
        ew.collect(cnn(), IMAGES, "conv", reshape="none")
    (given,) = re.findall(r"give (.*), or a function", str(caught.value))
    assert sorted(given.split(", ")) == sorted(names)


def test_the_columns_of_the_table_are_told():
    told = PAGE.split("## Which layer")[1].split("\n\n")[1]
    assert set(ew.layers(cnn())) <= set(re.findall(r"`(\w+)`", told))
