"""Six widgets on one page: nothing of one is taken for another's, and links go between them."""

import numpy as np
import pytest
import traitlets
from kernel_page import open_widgets
from playwright.sync_api import Page, expect

from embwidget import EmbeddingCompare

N = 90
RNG = np.random.default_rng(0)
CENTERS = RNG.normal(size=(6, 12)) * 2
LABEL = np.arange(N) % 6
BASE = CENTERS[LABEL] + RNG.normal(size=(N, 12))
TEXTS = [f"text of {i}" for i in range(N)]

# Every id once, and every reference to one that is there.
REFERENCES = """() => {
  const all = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const found = all.filter((id, at) => all.indexOf(id) !== at);
  const names = ["for", "list", "aria-controls", "aria-labelledby", "aria-describedby",
    "aria-activedescendant", "aria-owns"];
  for (const name of names)
    for (const element of document.querySelectorAll(`[${name}]`))
      for (const id of element.getAttribute(name).split(" ")) {
        const other = document.getElementById(id);
        if (other === null) found.push(`${name}=${id} is nowhere`);
        else if (other.closest(".ew-root") !== element.closest(".ew-root"))
          found.push(`${name}=${id} is another widget's`);
      }
  for (const radio of document.querySelectorAll("input[type=radio]"))
    if (document.querySelectorAll(`input[name="${radio.name}"]`).length > 9) found.push(radio.name);
  return found;
}"""


def widgets_of(n: int) -> list[EmbeddingCompare]:
    made = []
    for at in range(n):
        other = BASE + (at + 1) * 0.4 * RNG.normal(size=BASE.shape)
        how = {"label": LABEL.astype(str), "text": TEXTS, "k_max": 20, "reducer": "pca"}
        made.append(EmbeddingCompare(BASE, other, height=240, names=("A", f"B{at}"), **how))
    return [widget.wait(60) for widget in made]


@pytest.fixture
def six(page: Page, recorded: None) -> list[EmbeddingCompare]:
    widgets = widgets_of(6)
    open_widgets(page, widgets)
    yield widgets
    for widget in widgets:
        widget.close()


def test_no_id_comes_twice_and_each_label_names_its_own(
    page: Page, six: list[EmbeddingCompare]
) -> None:
    assert page.evaluate(REFERENCES) == []
    roots = page.locator(".ew-root")
    for tab in ("Labels", "Groups", "Curve", "Colours"):
        for at in (0, 5):
            roots.nth(at).get_by_role("tab", name=tab, exact=True).click()
        assert page.evaluate(REFERENCES) == []
    for at in (1, 4):
        roots.nth(at).get_by_role("combobox", name="Find an item").fill("text of 1")
        expect(roots.nth(at).locator(".ew-hit").first).to_be_visible()
        assert page.evaluate(REFERENCES) == []
    # A click on a caption reaches the menu of its own widget.
    roots.nth(3).get_by_text("Colour by").click()
    expect(roots.nth(3).get_by_label("Colour by")).to_be_focused()
    roots.nth(3).get_by_label("Colour by").select_option("label")
    expect(roots.nth(3).locator(".ew-legend [data-code]")).to_have_count(6)
    for at in (0, 1, 2, 4, 5):
        expect(roots.nth(at).get_by_label("Colour by")).to_have_value("coincidence")


def test_what_is_linked_follows_on_the_page_and_the_others_stay(
    page: Page, six: list[EmbeddingCompare]
) -> None:
    for name in ("k", "focus", "selection"):
        traitlets.link((six[0], name), (six[1], name))
    first, second, third = (page.locator(".ew-root").nth(at) for at in range(3))
    first.get_by_label("k as a number").fill("4")
    expect(second.get_by_label("k as a number")).to_have_value("4")
    second.get_by_label("Colour by").select_option("label")
    second.locator(".ew-legend [data-code]").first.click()
    expect(second.get_by_text("15 selected")).to_be_visible()
    expect(first.get_by_text("15 selected")).to_be_visible()
    assert six[0].selection.tolist() == six[1].selection.tolist()
    first.get_by_role("combobox", name="Find an item").fill("text of 17")
    first.locator(".ew-hit").first.click()
    expect(second.locator(".ew-focus-text")).to_contain_text("text of 17")
    expect(second.locator(".ew-table-a tbody tr").first).to_contain_text("text of")
    assert (six[1].focus, six[1].k) == (six[0].focus, 4)
    expect(third.get_by_label("k as a number")).to_have_value("10")
    expect(third.get_by_text("nothing selected")).to_be_visible()
    assert all(widget.error == "" for widget in six)
