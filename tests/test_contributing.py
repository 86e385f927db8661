"""CONTRIBUTING names one file for each behaviour: there is such a file, and it is about that."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
TABLE = TEXT[TEXT.index("| behaviour | file |") : TEXT.index("Conventions:")]
# What a reader looks for in the file that the table names.
HOLDS = {
    "the k slider's recolour": '"k"',
    "a tie between neighbours": "ties by position",
    "the interval of quality": "Estimate(mean, standard_error",
    "a selection becomes a frame": "def selected_frame",
    "the cache": "class Cache",
    "the verdict": "def verdict",
    "a measure": "class Measure",
    "a reducer": "class Reducer",
    "an engine": "class Engine",
    "a file format": "class Format",
    "a trait": "class State",
    "a panel": "interface Panel",
    "a column of the registry": "STEPS: dict",
}
ROWS = dict(re.findall(r"^\| ([^|`]+?) \| `([^`|]+)` \|", TABLE, re.MULTILINE))


def test_the_table_names_all_behaviours() -> None:
    assert set(ROWS) == set(HOLDS)


@pytest.mark.parametrize("behaviour", HOLDS)
def test_each_stands_in_one_file(behaviour: str) -> None:
    assert HOLDS[behaviour] in (ROOT / ROWS[behaviour]).read_text()


def test_all_files_that_are_named_are_there() -> None:
    named = re.findall(r"`((?:embwidget|js|tests|docs|scripts)/[\w./]+)`", TEXT)
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []
