"""What docs/series.md shows runs as it stands there."""

import re
from pathlib import Path

from embwidget import Series, SeriesMaps

DOCS = (Path(__file__).parents[2] / "docs" / "series.md").read_text("utf-8")


def test_the_first_lines_run(capsys):
    (lines,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    names = {}
    exec(lines, names)
    assert isinstance(names["series"], Series)
    assert isinstance(names["maps"], SeriesMaps)
    assert "300 items in all steps, by position" in capsys.readouterr().out
