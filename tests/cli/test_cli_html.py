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


def test_texts_stand_on_the_page_alone(added: Path, cli: Callable) -> None:
    typed = ("compare", "resnet50", "convnext", "--text", "digit")
    ended = cli(*typed)
    assert ended.code == 3
    assert "give --html FILE, too" in ended.error
    assert cli(*typed, "--html", "out.html").code == 0
    ended = cli("compare", "resnet50", "convnext", "--text", "none", "--html", "other.html")
    assert ended.code == 3
    assert "'none'" in ended.error
    assert not (added / "other.html").exists()
