"""Several spaces on one screen: what is said of them, and to whom it can be read."""

import json
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from spaces_page import K, N, Open, cell, has, open_spaces
from test_axe import AXE, OF_THE_HOST, RUN


@pytest.fixture
def spaces(page: Page, harness: Path) -> Open:
    return partial(open_spaces, page, harness)


def test_a_cell_says_what_is_known_of_its_pair(spaces: Open) -> None:
    test = "{ k: 10, n_permutations: 99, z: Array(10).fill(34.2), p_value: Array(10).fill(0.01) }"
    page = spaces(f"traits: {{ pairs_test: {test} }}")
    value = page.evaluate(
        """() => { const { several, data } = opened.kernel; const k = 10; let sum = 0;
        for (let item = 0; item < data.n; item++) {
          const lists = [1, 3].map((space) =>
            [...several[space].indices.subarray(item * data.k_max, item * data.k_max + k)]);
          const same = lists[0].filter((near) => lists[1].includes(near)).length;
          sum += same / (2 * k - same);
        }
        return sum / data.n; }"""
    )
    chance = K / (2 * (N - 1))
    words = cell(page, 1, 3).get_attribute("aria-label")
    assert words == cell(page, 1, 3).get_attribute("title")
    assert "DINOv2" in words
    assert "SigLIP" in words
    assert f"{(value - chance) / (1 - chance):.3f} above chance" in words
    assert f"coincidence {value:.3f}, chance {chance:.3f}" in words
    assert "z = 34, p = 0.010 among all pairs" in words
    bar = page.locator("[data-bar='1']")
    expect(bar).to_have_attribute("aria-label", has("MAP@R 0.864 (0.854 to 0.874)"))
    expect(page.locator("[data-bar='5']")).to_have_attribute("aria-label", has("shuffled"))


HOSTILE = [
    "<img src=x onerror='window.stolen = 1'>",
    "long " * 200,
    "\u202eevil",
    "a\nb\u2028c",
    "",
]


@pytest.mark.parametrize("width", [1280, 320])
def test_names_are_text_and_fit(spaces: Open, width: int) -> None:
    page = spaces(f"names: {json.dumps(HOSTILE)}", width=width)
    expect(page.locator(".ew-matrix-head[data-head=a] .ew-matrix-name").first).to_have_text(
        HOSTILE[0]
    )
    cell(page, 0, 1).click()
    assert page.evaluate("window.stolen") is None
    assert page.locator(".ew-spaces-all img").count() == 0
    root = page.locator(".ew-root")
    assert root.evaluate("node => node.scrollWidth <= node.clientWidth")
    strip = page.locator(".ew-spaces-all")
    assert strip.evaluate("node => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("series", [False, True], ids=["models", "series"])
def test_axe_finds_nothing(spaces: Open, series: bool) -> None:
    page = spaces(f"isSeries: {str(series).lower()}")
    if series:
        page.get_by_role("button", name="Agreement of all steps").click()
    cell(page, 3, 1).click()
    page.add_script_tag(path=AXE)
    assert page.evaluate(RUN, {rule: {"enabled": False} for rule in OF_THE_HOST}) == []
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(page.locator(".ew-root")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(RUN.replace("{ rules }", "{ runOnly: ['color-contrast'] }")) == []
