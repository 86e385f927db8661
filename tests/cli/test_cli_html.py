"""``compare --html``: the widget as one page."""

import json
from collections.abc import Callable
from pathlib import Path


def test_html_writes_the_page(added: Path, cli: Callable) -> None:
    typed = ("compare", "resnet50", "convnext", "--label", "digit", "--html")
    assert cli(*typed, "no/out.html").code == 3
    ended = cli(*typed, "out.html", "--json")
    assert (ended.code, ended.error) == (0, "")
    assert json.loads(ended.out)["html"] == "out.html"
    text = (added / "out.html").read_text("utf-8")
    assert "<title>resnet50 and convnext · embwidget</title>" in text
