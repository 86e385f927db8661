"""What every panel beside the maps promises, and that a new one is a class in the list."""

import pytest
from bundle import bundle
from playwright.sync_api import Page, expect

ENTRY = """
export { makeData } from "@/demo/fake_data.ts";
export { FakeKernel } from "@/demo/fake_kernel.ts";
export { numbersIn } from "@/demo/fake_numbers.ts";
export { PANELS } from "@/src/panels/index.ts";
export { SidePanel } from "@/src/panels/side.ts";
export { Store } from "@/src/wire/store.ts";
"""
# A fifth panel; `calls` has every update of all of them.
OPEN = """async (options) => {
  class HeightPanel {
    title = "Height";
    node = document.createElement("div");
    watches = ["height", "theme"];
    isAlwaysOn = false;
    constructor(context) { this.context = context }
    update() {
      this.node.textContent = `${this.context.store.get("height")} px, ${this.context.theme()}`;
    }
    destroy() { calls.push([this.title, "destroyed"]) }
  }
  window.calls = [];
  window.heard = [];
  const hear = (name) => (value) => heard.push([name, value]);
  window.watched = {};
  const recorded = [...panels.PANELS, HeightPanel].map((PanelClass) =>
    class extends PanelClass {
      constructor(context) {
        super(context);
        watched[this.title] = this.watches;
      }
      update(changed) {
        calls.push([this.title, changed]);
        super.update(changed);
      }
    });
  window.data = panels.makeData(120, 12);
  window.kernel = new panels.FakeKernel(data, options);
  window.store = new panels.Store(kernel);
  window.side = new panels.SidePanel(store, {
    onColors: ({ legend }) => heard.push(["colors", legend.kind]),
    onSelect: (items, mode) => heard.push(["select", items.length, mode]),
    onClear: hear("clear"),
    onError: hear("error"),
  }, recorded);
  document.body.replaceChildren(side.node);
  await new Promise((resolve) => setTimeout(resolve));
}"""
CHANGE = """(name) => {
  calls.length = 0;
  if (name === "theme") side.setTheme(window.theme = window.theme === "dark" ? "light" : "dark");
  else if (name === "selection") kernel.select(Uint32Array.of(1, 2));
  else if (name === "shared") kernel.know({ graph: data });
  else kernel.set(name, structuredClone(kernel.get(name)));
  return calls.map(String);
}"""
STATES = {
    "known": "{}",
    "coming": "{send: 'maps'}",
    "failed": "{traits: {chance: null, numbers: panels.numbersIn('failed', 'no memory')}}",
    "stopped": "{send: 'maps', traits: {numbers: panels.numbersIn('stopped'), progress: "
    "{step: '', share: 0.4, seconds_left: null}}}",
    "none": "{traits: {chance: null, numbers: panels.numbersIn('none', 'it needs a label')}}",
}
WORDS = {
    "coming": "Being measured",
    "failed": "no memory",
    "stopped": "Stopped before",
    "none": "it needs a label",
}
TITLES = ["Colours", "Labels", "Groups", "Curve", "Height"]


@pytest.fixture
def side(page: Page):
    def open_side(state: str = "known") -> Page:
        page.add_script_tag(content=bundle(ENTRY, "panels"))
        page.evaluate(OPEN, page.evaluate(f"() => ({STATES[state]})"))
        return page

    return open_side


def choose(page: Page, title: str):
    page.get_by_role("tab", name=title).click()
    return page.get_by_role("tabpanel")


def test_every_panel_of_the_list_has_its_tab_in_that_order(side):
    page = side()
    expect(page.get_by_role("tab")).to_have_text(TITLES)
    for title in TITLES:
        panel = choose(page, title)
        expect(panel).to_have_count(1)
        expect(panel).to_have_accessible_name(title)


def test_a_panel_follows_what_it_watches_once_it_is_open(side):
    page = side()
    watched = page.evaluate("watched")
    assert list(watched) == TITLES
    for title in TITLES:
        choose(page, title)
        for name in watched[title]:
            assert f"{title},{name}" in page.evaluate(CHANGE, name)


def test_a_panel_that_nobody_sees_rests_unless_its_colours_are_seen(side):
    page = side()
    choose(page, "Curve")
    for name in ("numbers", "height", "k"):
        told = {call.split(",")[0] for call in page.evaluate(CHANGE, name)}
        assert told <= {"Curve", "Colours"}
    assert "Colours,k" in page.evaluate(CHANGE, "k")


@pytest.mark.parametrize("state", STATES)
def test_whatever_is_known_a_panel_has_words_for_it(side, state):
    page = side(state)
    watched = page.evaluate("watched")
    for title in TITLES:
        panel = choose(page, title)
        expect(panel).not_to_be_empty()
        if "numbers" in watched[title] and state != "known":
            expect(panel).to_contain_text(WORDS[state])
        elif title in ("Labels", "Groups"):
            expect(panel.get_by_role("listitem").first).to_be_visible()
    assert [name for name, *_ in page.evaluate("heard") if name == "error"] == []


def test_a_panel_hands_out_through_its_context(side):
    page = side()
    page.wait_for_function("heard.some(([name, kind]) => kind === 'coincidence')")
    choose(page, "Groups").get_by_role("button").first.click(modifiers=["Shift"])
    page.wait_for_function("heard.some(([name, , mode]) => name === 'select' && mode === 'add')")


@pytest.mark.parametrize(
    ("shift", "counted"),
    [(False, [(1, "replace")]), (True, [(0, "replace"), (1, "add")])],
    ids=["another", "one more"],
)
def test_of_choices_that_are_answered_late_the_last_counts_with_what_it_adds_to(
    side, shift, counted
):
    page = side()
    rows = choose(page, "Groups").get_by_role("button")
    expect(rows).to_have_count(3)
    page.evaluate(
        """(shiftKey) => { heard.length = 0;
        const { answers } = store, slow = [];
        const ask = answers.groupItems.bind(answers);
        answers.groupItems = (row) => new Promise((done) => slow.push(() => done(ask(row))));
        const buttons = document.querySelectorAll("[role=tabpanel]:not([hidden]) button");
        buttons[0].click();
        buttons[1].dispatchEvent(new MouseEvent("click", { bubbles: true, shiftKey }));
        for (const go of slow.reverse()) go(); }""",
        shift,
    )
    page.wait_for_function(f"heard.length >= {len(counted)}")
    sizes = page.evaluate("async () => (await store.answers.groups()).rows.map((r) => r.n_items)")
    assert page.evaluate("heard") == [["select", sizes[row], mode] for row, mode in counted]


def test_a_fifth_panel_is_a_class_in_the_list(side):
    page = side()
    panel = choose(page, "Height")
    expect(panel).to_have_text("400 px, light")
    page.evaluate("kernel.set('height', 500)")
    expect(panel).to_have_text("500 px, light")
    page.evaluate("side.setTheme('dark')")
    expect(panel).to_have_text("500 px, dark")


def test_panels_go_with_their_view_and_leave_no_listener(side):
    page = side()
    for title in TITLES:
        choose(page, title)
    before = page.evaluate("kernel.listenerCount()")
    page.evaluate("side.destroy()")
    assert "Height,destroyed" in page.evaluate("calls.map(String)")
    assert 0 < page.evaluate("kernel.listenerCount()") < before
    page.evaluate("store.destroy()")
    assert page.evaluate("kernel.listenerCount()") == 0
    assert page.evaluate(CHANGE, "k") == []
