"""Spaces taken as A and B by their small maps, and steps of a series a step apart."""

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from spaces_page import Open, open_spaces

NAMES = ["CLIP", "DINOv2", "MAE", "SigLIP", "ResNet-50"]


@pytest.fixture
def spaces(page: Page, harness: Path) -> Open:
    return partial(open_spaces, page, harness)


def small(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Maps of all spaces").get_by_role("button", name=name)


def expect_pair(page: Page, a: str, b: str) -> None:
    expect(page.locator(".ew-map-name")).to_have_text([f"A · {a}", f"B · {b}"])


def expect_saved(page: Page, pair: list[int]) -> None:
    page.wait_for_function(
        "pair => JSON.stringify(opened.kernel.saved.pair) === JSON.stringify(pair)", arg=pair
    )


def test_a_click_takes_a_map_as_b_and_one_with_shift_as_a(spaces: Open) -> None:
    page = spaces()
    expect_pair(page, "CLIP", "DINOv2")
    expect(small(page, "CLIP, now A")).to_have_attribute("aria-current", "true")
    small(page, "MAE").click()
    expect_pair(page, "CLIP", "MAE")
    expect_saved(page, [0, 2])
    expect(small(page, "MAE, now B")).to_be_visible()
    expect(small(page, "DINOv2")).to_have_accessible_name("DINOv2")
    small(page, "SigLIP").click(modifiers=["Shift"])
    expect_pair(page, "SigLIP", "MAE")
    # By its letter, without a key.
    small(page, "ResNet-50").hover()
    small(page, "ResNet-50").locator("[data-as=a]").click()
    expect_pair(page, "ResNet-50", "MAE")
    expect_saved(page, [4, 2])
    expect(page.locator(".ew-matrix-cell[data-at='4 2']")).to_have_attribute(
        "aria-selected", "true"
    )


def test_the_one_that_is_taken_from_the_other_side_changes_places_with_it(spaces: Open) -> None:
    page = spaces()
    small(page, "CLIP").click()
    expect_pair(page, "DINOv2", "CLIP")
    small(page, "CLIP").click()
    expect_pair(page, "DINOv2", "CLIP")
    small(page, "CLIP").click(modifiers=["Shift"])
    expect_pair(page, "CLIP", "DINOv2")
    expect_saved(page, [0, 1])


def test_keys_take_them_too(spaces: Open) -> None:
    page = spaces()
    small(page, "CLIP").focus()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(small(page, "MAE")).to_be_focused()
    page.keyboard.press("Enter")
    expect_pair(page, "CLIP", "MAE")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Enter")
    expect_pair(page, "SigLIP", "MAE")
    expect(small(page, "SigLIP, now A")).to_be_focused()


def test_b_is_played_with_a_a_step_behind(spaces: Open) -> None:
    page = spaces("isSeries: true")
    page.evaluate(
        """() => { window.seen = []; const shown = document.querySelectorAll('.ew-map-name');
        new MutationObserver(() => seen.push(Array.from(shown, (name) => name.textContent.at(-1))))
          .observe(document.querySelector('.ew-maps'),
            { childList: true, characterData: true, subtree: true }); }"""
    )
    which = page.get_by_label("Which space moves")
    which.focus()
    # The last of three, by keys alone.
    page.keyboard.press("End")
    expect(which).to_have_value("both")
    expect_pair(page, "epoch 3", "epoch 4")
    page.get_by_label("Speed").select_option("4")
    page.get_by_role("button", name="Play").click()
    expect_pair(page, "epoch 0", "epoch 1")
    expect_pair(page, "epoch 3", "epoch 4")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect_saved(page, [3, 4])
    pairs = page.evaluate("seen.map(([a, b]) => a + b)")
    assert {"01", "12", "23", "34"} <= set(pairs)
    page.get_by_role("button", name="One step back").click()
    expect_pair(page, "epoch 2", "epoch 3")


def test_both_handles_move_when_a_is_a_step_behind(spaces: Open) -> None:
    page = spaces("isSeries: true")
    page.get_by_label("Which space moves").select_option("both")
    a, b = page.get_by_label("Step of A"), page.get_by_label("Step of B")
    b.focus()
    for step in (3, 2, 1, 1):
        page.keyboard.press("ArrowLeft")
        expect_pair(page, f"epoch {step - 1}", f"epoch {step}")
        expect(b).to_have_value(str(step))
    a.focus()
    page.keyboard.press("ArrowRight")
    expect_pair(page, "epoch 1", "epoch 2")
    expect(a).to_have_value("1")
    # Another choice of what moves leaves them where they are, and lets them go.
    page.get_by_label("Which space moves").select_option("b")
    page.get_by_role("button", name="One step forward").click()
    expect_pair(page, "epoch 1", "epoch 3")
