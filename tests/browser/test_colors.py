"""Columns as a person reads and picks them, and pictures that cannot be read."""

import numpy as np
import pandas as pd
import pytest
from kernel_page import open_widget
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

N = 60
SIZES = ["small", "medium", "large"]


@pytest.fixture
def columned(recorded):
    rng = np.random.default_rng(0)
    row = np.arange(N)
    frame = pd.DataFrame(
        {
            "day": np.datetime64("1965-03-01") + 400 * row,
            "when": pd.date_range("2024-07-02", periods=N, freq="h", tz="UTC"),
            "large": 2**60 + row,
            "size": pd.Categorical(np.array(SIZES)[np.minimum(row % 5, 2)], SIZES, ordered=True),
            "took": pd.to_timedelta(row, unit="h"),
            "rate": np.where(row == 3, np.inf, row),
        }
    )
    pictures = [np.full((8, 8), i, np.uint8) if i % 20 else b"<svg>" for i in range(N)]
    vectors = rng.standard_normal((N, 4))
    widget = EmbeddingCompare(vectors, vectors, metadata=frame, image=pictures, reducer="pca")
    yield widget.wait(60)
    widget.close()


def test_axes_and_legends_name_what_a_column_holds(page: Page, columned: EmbeddingCompare):
    open_widget(page, columned)
    side = page.get_by_role("group", name="Numbers")
    axis, legend = side.locator(".ew-histogram .ew-axis"), side.locator(".ew-legend")
    for column, title, low, high in [
        ("day", "day", "1965", "2029"),
        ("when", "when (UTC)", "2024-07-02 00:00", "2024-07-04 11:00"),
        ("large", "large", "1,152,921,504,606,846,976", "+ 59"),
        ("took", "took", "0 s", "2 d 11 h"),
        ("rate", "rate", "0", "59"),
    ]:
        side.get_by_label("Colour by").select_option(column)
        expect(side.locator(".ew-histogram .ew-caption")).to_have_text(title)
        expect(axis.locator("span")).to_have_text([low, high])
        expect(legend.locator(".ew-ramp-ends span")).to_have_text([low, high])
    expect(legend.get_by_role("button")).to_have_text(["infinite1"])
    side.get_by_label("Colour by").select_option("large")
    side.locator(".ew-bar").first.click()
    expect(page.get_by_text("2 selected")).to_be_visible()


def test_ordered_categories_are_listed_in_their_order(page: Page, columned: EmbeddingCompare):
    open_widget(page, columned)
    page.get_by_label("Colour by").select_option("size")
    entries = page.locator(".ew-legend").get_by_role("button")
    expect(entries).to_have_text(["small12", "medium12", "large36"])
    entries.first.click()
    expect(page.get_by_text("12 selected")).to_be_visible()


def test_pictures_that_cannot_be_read_are_counted_at_the_foot(
    page: Page, columned: EmbeddingCompare
):
    open_widget(page, columned)
    note = "3 of 60 pictures cannot be read: row 0: it starts with b'<svg>'"
    expect(page.locator("footer")).to_contain_text(note)
    assert page.get_by_role("alert").count() == 0
