"""The header's answer, with Python behind the page: which space is better, and its numbers."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from kernel_page import expect_selection, open_widget
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

ROOT = Path(__file__).parents[2]
HELP = "What these numbers say"
# What the screen calls coincidence, or the same.
OTHER_WORDS = re.compile(r"\b(iou|jaccard|similarity|overlap|shared)\b", re.IGNORECASE)
# The names of other measures, and a verdict's classes.
OTHER_THINGS = ("rank-biased overlap (rbo)", "rank similarity", "their shared classes")
WIDTHS = [480, 844, 1440]


@pytest.fixture(scope="module")
def spaces() -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Four kinds of 30 items; in the second space one of them is noise."""
    rng = np.random.default_rng(7)
    kinds = np.repeat(["ash", "birch", "cedar", "elm"], 30)
    a = np.repeat(rng.normal(size=(4, 16)) * 4, 30, axis=0) + rng.normal(size=(120, 16))
    b = a + 0.1 * rng.normal(size=a.shape)
    b[kinds == "cedar"] = rng.normal(size=(30, 16)) * 4
    return a, b, pd.DataFrame({"tree": kinds})


@pytest.fixture
def shown(page: Page, recorded, spaces):
    """Opens a widget of both spaces; returns it."""
    widgets = []

    def show(a=None, b=None, **options) -> EmbeddingCompare:
        given = (spaces[0] if a is None else a, spaces[1] if b is None else b)
        options = {"metadata": spaces[2], "label": "tree", "reducer": "pca", **options}
        widgets.append(EmbeddingCompare(*given, **options))
        open_widget(page, widgets[-1].wait(60))
        return widgets[-1]

    yield show
    for widget in widgets:
        widget.close()


def parts(page: Page) -> list[str]:
    """What the header says, as it is read."""
    return page.locator(".ew-answer-part:visible").all_inner_texts()


def test_which_is_better_comes_first_then_where_then_what_is_the_same(page, shown):
    widget = shown()
    row = widget.comparison.quality(n_seeds=0).set_index(["metric", "space"])
    difference = row.loc[("mean_average_precision_at_r", "b"), "difference"]
    mean = 10 * widget.comparison.overlap(10).mean()
    assert parts(page) == [
        f"A is better overall by {-100 * difference:.0f} points (MAP@R)",
        "A is better on 1 of 4 labels, B on none",
        f"about {mean:.1f} of 10 neighbours are the same",
    ]


def test_it_is_the_mean_count_and_not_the_mean_coincidence(page, shown):
    widget = shown()
    counted = widget.comparison.shared(25).mean()
    assert abs(counted - 25 * widget.comparison.jaccard(25).mean()) > 0.5
    page.get_by_label("Number of neighbours compared, k").fill("25")
    said = page.locator(".ew-answer-same")
    expect(said).to_have_text(f"about {counted:.1f} of 25 neighbours are the same")


def test_the_sides_change_places_with_the_spaces(page, shown, spaces):
    shown(spaces[1], spaces[0])
    first, second, _ = parts(page)
    assert first.startswith("B is better overall by ")
    assert second == "B is better on 1 of 4 labels, A on none"


def test_an_undecided_pair_is_called_so(page, shown, spaces):
    shown(spaces[0], spaces[0] + 1e-3)
    assert parts(page)[:2] == [
        "No difference shown overall (MAP@R)",
        "no difference shown on any of 4 labels",
    ]


def test_without_labels_nobody_is_called_better(page, shown, spaces):
    shown(spaces[0], spaces[0], label=None)
    words = " ".join(parts(page))
    assert "all of the 10 neighbours are the same" in words
    assert "takes labels" in words
    assert "better overall" not in words


def test_what_may_be_chance_is_doubted_beside_the_count(page, shown, spaces):
    shown(spaces[0], np.random.default_rng(1).normal(size=spaces[0].shape), label=None)
    expect(page.locator(".ew-answer-same")).to_contain_text("are the same, no more than chance")


def test_the_question_mark_opens_each_number_with_its_sentences(page, shown):
    widget = shown()
    region = page.get_by_role("region", name=HELP)
    expect(region).to_be_hidden()
    page.get_by_role("button", name=HELP).click()
    expect(region).to_be_visible()
    value, low, high, chance = widget.curve[9]
    z, within = widget.chance["z"][9], widget.chance["within"][9]
    for number in (f"{value:.3f}", f"{low:.3f}–{high:.3f}", f"{chance:.3f}", f"{within:.3f}"):
        expect(region).to_contain_text(number)
    expect(region).to_contain_text(f"z{z:,.0f}")
    expect(region).to_contain_text("It says how surely there is agreement, not how much")
    page.get_by_label("k as a number").fill("3")
    page.get_by_role("button", name=HELP).focus()
    page.keyboard.press("Escape")
    expect(region).to_be_hidden()


def test_escape_closes_the_numbers_and_leaves_the_selection(page, shown):
    widget = shown()
    page.get_by_role("tab", name="Labels").click()
    page.get_by_role("tabpanel", name="Labels").get_by_role("listitem").first.click()
    expect(page.get_by_text("30 selected")).to_be_visible()
    button = page.get_by_role("button", name=HELP)
    button.click()
    page.get_by_role("region", name=HELP).focus()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_text("30 selected")).to_be_visible()
    button.click()
    page.locator(".ew-status").click()
    expect(page.get_by_role("region", name=HELP)).to_be_hidden()
    trees = widget.comparison.metadata["tree"]
    expect_selection(page, widget, np.flatnonzero(trees == "cedar").tolist())


def test_the_screen_has_one_word_for_coincidence(page, shown):
    shown()
    page.get_by_role("button", name=HELP).click()
    seen = []
    for tab in ("Colours", "Labels", "Groups", "Curve"):
        page.get_by_role("tab", name=tab).click()
        seen += page.evaluate(
            """() => { const root = document.querySelector(".ew-root");
            const named = [...root.querySelectorAll("[title], [aria-label], [placeholder]")];
            const of = (node) => [node.title, node.ariaLabel ?? "", node.placeholder ?? ""];
            return [root.textContent, ...named.flatMap(of)]; }"""
        )
    text = "\n".join(seen)
    for thing in OTHER_THINGS:
        text = text.replace(thing, "")
    assert "oincidence" in text
    assert OTHER_WORDS.findall(text) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_header_fits_and_axe_finds_nothing_in_it(page, shown, width):
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(reduced_motion="reduce")
    shown(names=("sentence-transformers/all-MiniLM-L6-v2", "bge-large-en-v1.5"))
    page.get_by_role("button", name=HELP).click()
    outside = page.evaluate(
        """() => { const header = document.querySelector(".ew-header").getBoundingClientRect();
        const inside = (box) => box.left >= header.left && box.right <= header.right + 0.5;
        const cut = (node) => node.scrollWidth > node.clientWidth + 1;
        return [...document.querySelectorAll(".ew-answer-part, .ew-help, .ew-k, .ew-search")]
          .filter((node) => !inside(node.getBoundingClientRect()) || cut(node))
          .map((node) => node.className); }"""
    )
    assert outside == []
    page.add_script_tag(path=ROOT / "node_modules" / "axe-core" / "axe.min.js")
    run = "async rules => (await axe.run('.ew-header', rules)).violations"
    assert found_by(page.evaluate(run, {})) == []
    # In the dark only colours are others.
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(page.locator(".ew-root")).to_have_attribute("data-theme", "dark")
    assert found_by(page.evaluate(run, {"runOnly": ["color-contrast"]})) == []


def found_by(violations: list[dict]) -> list[tuple[str, list[str]]]:
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in violations]
