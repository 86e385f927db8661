"""What docs/many.md shows runs as it stands there."""

import re
from pathlib import Path

from embwidget import Comparisons

DOCS = (Path(__file__).parents[2] / "docs" / "many.md").read_text("utf-8")


def test_the_first_lines_run(capsys):
    (lines,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    names = {}
    exec(lines, names)
    assert isinstance(names["many"], Comparisons)
    said = capsys.readouterr().out
    assert "300 items in all spaces, by position" in said
    assert "shuffled" in said
