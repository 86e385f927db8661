"""What only several spaces need is a part of its own: who gets it, and what is said without it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from kernel_page import open_widget
from playwright.sync_api import Browser, Page, expect

import embwidget as ew

N = 60
_rng = np.random.default_rng(7)
SPACES = {name: _rng.normal(size=(N, 6)) for name in ("clip", "dino", "mae")}
NO_BLOB = "script-src 'unsafe-inline' data:; img-src data:"


@pytest.fixture
def widget(recorded: None) -> Iterator[ew.EmbeddingCompare]:
    made = ew.EmbeddingCompare(SPACES, reducer="pca", n_neighbors=5, k_max=8)
    yield made.wait(120)
    made.close()


@pytest.fixture
def own_page(browser: Browser) -> Iterator[Page]:
    """What such a page complains of is part of the test."""
    page = browser.new_page()
    yield page
    page.close()


def test_it_comes_where_blob_is_forbidden(own_page: Page, widget: ew.EmbeddingCompare) -> None:
    policy = f'<meta http-equiv="Content-Security-Policy" content="{NO_BLOB}">'
    open_widget(own_page, widget, host=f"{policy}<body><div id=place>")
    expect(own_page.locator(".ew-matrix-cell")).to_have_count(6)
    own_page.locator(".ew-matrix-cell[data-at='2 1']").click()
    expect(own_page.locator(".ew-map-name")).to_have_text(["A · mae", "B · dino"])
    own_page.wait_for_function("() => document.querySelector('.ew-spaces-all').offsetHeight > 0")


@pytest.mark.parametrize("code", ["", "#" * 41, "<html>"], ids=["none", "no code", "no text of it"])
def test_a_broken_one_says_so_and_leaves_the_maps(
    own_page: Page, widget: ew.EmbeddingCompare, code: str
) -> None:
    widget.set_trait("_spaces_code", code)
    open_widget(own_page, widget)
    alert = own_page.get_by_role("alert")
    expect(alert).to_contain_text("The choice among all spaces could not be loaded (")
    expect(alert).to_contain_text("The two maps are whole: run the cell again")
    expect(own_page.locator(".ew-spaces-all")).to_have_count(0)
    expect(own_page.locator(".ew-map-name")).to_have_text(["A · clip", "B · dino"])
    expect(own_page.locator(".ew-answer-same")).to_contain_text("of 5 neighbours are the same")


def test_a_file_whose_script_was_changed_says_so(
    own_page: Page, widget: ew.EmbeddingCompare, tmp_path: Path
) -> None:
    text = str(widget.to_html())
    changed = text.replace("<script>", "<script>0;", 1)
    path = tmp_path / "changed.html"
    path.write_text(changed, encoding="utf-8")
    own_page.goto(path.as_uri())
    own_page.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
    said = "The choice among all spaces could not be loaded (its script in this file does not run)"
    expect(own_page.get_by_role("alert")).to_contain_text(said)
    expect(own_page.locator(".ew-spaces-all")).to_have_count(0)
