"""What the README shows works as it stands there."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def python_below(heading: str) -> str:
    """The first block of Python in a section."""
    section = README.split(f"## {heading}\n", 1)[1]
    block = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return block[1]


@pytest.mark.usefixtures("recorded")
def test_the_first_lines_and_what_comes_back_run():
    names: dict[str, object] = {}
    exec(python_below("Ten lines"), names)
    exec(python_below("What comes back in Python"), names)
    assert len(names["w"].neighbors_frame()) == names["w"].k
    assert names["c"].similarity > names["c"].similarity.chance


def test_what_the_readme_names_is_there():
    root = Path(__file__).parents[1]
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []
