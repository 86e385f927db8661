"""Neighbours, card and tooltip: what is read at any width, and taken along."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from kernel_page import open_widget, resize
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

WIDTHS = (480, 844, 1037, 1440, 2560)
N = 60
START = "archive/2024/questions/of the evening quiz/number_"
IDS = [f"{START}{i:04d}.json" for i in range(N)]
QUESTIONS = [f"What is the capital of the country that has the number {i} here?" for i in range(N)]
HOSTILE = "<img src=x onerror=window.hit=1>"
METADATA = pd.DataFrame(
    {
        "question": QUESTIONS,
        "kind": [f"kind {i % 3}" for i in range(N)],
        "answer": [None, HOSTILE, *(f"the answer of {i}" for i in range(2, N))],
        "price": np.arange(N) * 1.25,
    }
)

# Widths of the words of each item, of the widest other cell beside them, and whether all is in
# sight: the table within its half, the rows as high as their content.
ROWS = """() => [...document.querySelectorAll(".ew-table tbody tr")].map((row) => {
  const words = row.querySelector(".ew-item-words").getBoundingClientRect();
  const others = [...row.cells].filter((cell) => !cell.matches(".ew-cell-item"));
  const half = row.closest("table").getBoundingClientRect();
  const last = row.getBoundingClientRect();
  return { words: words.width, others: Math.max(...others.map((cell) => cell.offsetWidth)),
    fits: last.right <= half.right + 1 && words.height <= row.offsetHeight };
})"""


def vectors() -> tuple[np.ndarray, np.ndarray]:
    a = np.random.default_rng(0).normal(size=(N, 6)).astype(np.float32)
    return a, a[:, :4]


def opened(page: Page, **options) -> EmbeddingCompare:
    """A widget on the page, with the second item in focus."""
    widget = EmbeddingCompare(*vectors(), reducer="pca", n_neighbors=5, k_max=10, **options)
    widget.wait(60).focus = widget.comparison.a.ids[1:2].tolist()[0]
    open_widget(page, widget)
    expect(page.locator(".ew-table [data-item] .ew-item-id:not(:empty)")).to_have_count(10)
    return widget


@pytest.mark.parametrize(
    "options",
    [
        {"ids": IDS, "metadata": METADATA, "label": "kind", "text": "question", "show": "answer"},
        {"ids": IDS, "label": METADATA["kind"], "color_by": "label"},
        {"image": np.random.default_rng(1).random((N, 8, 8)), "text": QUESTIONS},
    ],
    ids=["texts", "ids that begin alike", "pictures"],
)
def test_the_words_of_an_item_are_the_widest_thing_at_any_width(
    page: Page, recorded: None, options: dict
) -> None:
    opened(page, **options)
    for width in WIDTHS:
        resize(page, width)
        page.wait_for_function(
            f"""() => {{ const rows = ({ROWS})();
            return rows.length === 10 && rows.every((row) => row.fits
              && row.words > row.others && row.words >= Math.min(110, {width} / 5)); }}"""
        )
        if "image" in options:
            tiles = page.locator(".ew-tile")
            expect(tiles).to_have_count(10)
            sizes = tiles.evaluate_all("tiles => tiles.map((tile) => tile.offsetWidth)")
            assert all(64 <= size <= 96 for size in sizes)


def test_columns_drop_out_one_by_one(page: Page, recorded: None) -> None:
    opened(
        page, ids=IDS, metadata=METADATA, label="kind", text="question", show=["answer", "price"]
    )
    seen = []
    heads = page.locator(".ew-table-a thead th:visible")
    for width in (2560, 1700, 1440, 1037, 480):
        resize(page, width)
        page.wait_for_function(f"() => ({ROWS})().every((row) => row.fits)")
        seen.append(heads.all_inner_texts()[2:])
    assert seen[0] == ["kind", "answer", "price", "coincidence", "cos. dist.", "rank in B"]
    assert seen[-1] == []
    counts = [len(names) for names in seen]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) >= 4
    assert all(set(fewer) <= set(more) for more, fewer in pairwise(seen))


def test_names_that_begin_alike_show_what_tells_them_apart_and_are_copied_whole(
    page: Page, recorded: None
) -> None:
    opened(page, ids=IDS)
    resize(page, 844)
    first = page.locator(".ew-table-a .ew-item-id").first
    expect(first.locator(".ew-cut")).to_have_count(1)
    whole = first.text_content()
    assert whole in IDS
    # Each character that is seen lies within the cell.
    seen = first.evaluate(
        """(id) => { const range = document.createRange(), box = id.getBoundingClientRect();
        const parts = [...id.childNodes].filter((part) => part.nodeType === Node.TEXT_NODE);
        return parts.map((part) => [...part.data].filter((_, at) => {
          range.setStart(part, at); range.setEnd(part, at + 1);
          const { left, right } = range.getBoundingClientRect();
          return left >= box.left - 1 && right <= box.right + 1; }).join("")); }"""
    )
    assert seen[0]
    assert START.startswith(seen[0])
    assert whole.endswith(seen[1])
    assert len(seen[1]) >= len("0007.json")
    copied = first.evaluate(
        "(id) => { getSelection().selectAllChildren(id); return String(getSelection()); }"
    )
    assert copied.strip() == whole


def test_a_drag_takes_text_and_a_click_walks_on(page: Page, recorded: None) -> None:
    widget = opened(page, ids=IDS, metadata=METADATA, text="question")
    before = widget.focus
    row = page.locator(".ew-table-b tbody tr").first
    text = row.locator(".ew-item-text")
    box = text.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 8, steps=4)
    page.mouse.up()
    taken = page.evaluate("String(getSelection())")
    assert len(taken) > 5
    assert taken in text.text_content()
    item = int(row.get_attribute("data-item"))
    assert page.locator(".ew-focus-id").text_content() == before
    text.click()
    expect(page.locator(".ew-focus-id")).to_have_text(IDS[item])


def test_shown_columns_and_the_value_of_the_colour_stand_in_card_tooltip_and_tables(
    page: Page, recorded: None
) -> None:
    widget = opened(
        page, ids=IDS, metadata=METADATA, label="kind", show=["answer"], color_by="price"
    )
    card = page.locator(".ew-focus")
    for part in (HOSTILE, "price 1.25", "the same neighbours "):
        expect(card).to_contain_text(part)
    resize(page, 2560)
    frame = widget.neighbors_frame()
    for side in "ab":
        cells = page.locator(f".ew-table-{side} .ew-cell-shown:is(td)")
        expect(cells).to_have_text([answer or "–" for answer in frame[f"answer_{side}"]])
        prices = page.locator(f".ew-table-{side} .ew-cell-color:is(td)")
        rows = [IDS.index(name) for name in frame[f"id_{side}"]]
        expect(prices).to_have_text([f"{1.25 * row:g}" for row in rows])
    page.locator(".ew-overlay-focus").first.hover(force=True)
    tooltip = page.locator(".ew-tooltip")
    for part in (HOSTILE, "price 1.25", IDS[1]):
        expect(tooltip).to_contain_text(part)
    assert page.evaluate("window.hit ?? null") is None
    page.get_by_label("Colour by").select_option("kind")
    expect(page.locator(".ew-cell-color")).to_have_count(0)


def test_texts_of_the_user_are_written_in_their_own_direction(page: Page, recorded: None) -> None:
    arabic = [f"ما هي عاصمة البلد رقم {i}؟" for i in range(N)]
    opened(page, text=arabic, label=[f"فئة {i % 3}" for i in range(N)])
    for part in (".ew-item-text", "td.ew-cell-label", ".ew-focus-text", ".ew-rank-name"):
        if part == ".ew-rank-name":
            page.get_by_role("tab", name="Labels").click()
        named = page.locator(part).filter(has_text=re.compile("فئة|عاصمة")).first
        direction = named.evaluate("part => getComputedStyle(part).direction")
        assert direction == "rtl", part
    ids = page.locator(".ew-item-id").first
    assert ids.evaluate("id => getComputedStyle(id).direction") == "ltr"
