"""The whole screen on a page with a kernel inside: what a person does, what Python would hear."""

import json
from pathlib import Path

import pytest
from answer_page import same_neighbors
from kernel_page import resize
from playwright.sync_api import Page, expect

N, K = 300, 10


@pytest.fixture
def widget(page: Page, harness: Path):
    """Opens a widget on made-up data; returns the page, with `opened` in its reach."""

    def open_widget(n: int = N, options: str = "{}", *, dark: bool = False) -> Page:
        page.set_viewport_size({"width": 1280, "height": 1000})
        light = str(not dark).lower()
        page.set_content(f"<body data-jp-theme-light={light}><div id=place></div></body>")
        page.add_style_tag(path=harness / "harness.css")
        page.add_script_tag(path=harness / "harness.js")
        page.evaluate(
            f"""() => {{ const place = document.getElementById("place");
            window.opened = window.embwidget.open(place, {n}, 50, {options}); }}"""
        )
        return page

    return open_widget


def trait(page: Page, name: str):
    return page.evaluate(f"opened.kernel.saved.{name}")


def kernel_selection(page: Page) -> list[int]:
    return page.evaluate("Array.from(opened.kernel.selection)")


def test_everything_is_on_the_screen(widget):
    page = widget(options="{traits: {as_given: ['b']}}")
    expect(page.locator(".ew-answer-same")).to_have_text(same_neighbors(page, K))
    expect(page.get_by_text("300 items joined · 3 only in A · 0 only in B")).to_be_visible()
    expect(page.get_by_text("· paired by id · metadata by index")).to_be_visible()
    expect(page.locator(".ew-map-title").nth(1)).to_contain_text("as given")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.locator(".ew-bars [role=option]")).to_have_count(K + 1)


def test_the_k_slider_recolours_at_once_and_tells_the_kernel(widget):
    page = widget()
    slider = page.get_by_label("Number of neighbours compared, k")
    slider.fill("25")
    expect(page.locator(".ew-bars [role=option]")).to_have_count(26)
    expect(page.locator(".ew-answer-same")).to_have_text(same_neighbors(page, 25))
    page.wait_for_function("opened.kernel.saved.k === 25")


def test_brushing_the_histogram_selects_the_items_of_those_bars(widget):
    page = widget()
    bars = page.locator(".ew-bars [role=option]")
    low, high = bars.nth(0).bounding_box(), bars.nth(3).bounding_box()
    page.mouse.move(low["x"] + 3, low["y"] + low["height"] - 3)
    page.mouse.down()
    page.mouse.move(high["x"] + 3, high["y"] + high["height"] - 3, steps=4)
    page.mouse.up()
    expected = page.evaluate(
        f"""() => {{ const {{shared, n}} = opened.kernel.data; const at = {K - 1} * n;
        return Array.from({{length: n}}, (_, i) => i).filter((i) => shared[at + i] <= 3); }}"""
    )
    page.wait_for_function(f"opened.kernel.selection.length === {len(expected)}")
    assert kernel_selection(page) == expected
    page.keyboard.press("Escape")
    page.wait_for_function("opened.kernel.selection.length === 0")


def test_a_legend_entry_selects_its_items_and_shift_adds_another(widget):
    page = widget()
    page.get_by_label("Colour by").select_option("kind")
    entries = page.locator(".ew-legend [data-code]")
    entries.nth(0).click()
    entries.nth(1).click(modifiers=["Shift"])
    labels = page.evaluate("opened.kernel.data.items.map(({label}) => label)")
    kinds = sorted({x for x in labels if x}, key=lambda x: -labels.count(x))[:2]
    expected = [i for i, label in enumerate(labels) if label in kinds]
    page.wait_for_function(f"opened.kernel.selection.length === {len(expected)}")
    assert kernel_selection(page) == expected
    assert trait(page, "color_by") == "kind"


def test_a_numeric_column_gets_a_histogram_and_missing_values_a_place(widget):
    page = widget()
    page.get_by_label("Colour by").select_option("score")
    expect(page.locator(".ew-bars [role=option]")).to_have_count(32)
    expect(page.locator(".ew-legend")).to_contain_text("missing")


def test_search_finds_an_item_and_focusing_it_shows_both_tables(widget):
    page = widget()
    page.get_by_role("combobox", name="Find an item by id or text").fill("item-0042")
    page.get_by_role("option", name="item-0042").click()
    page.wait_for_function("opened.kernel.saved.focus === 42")
    for side in "ab":
        expected = page.evaluate(
            f"""() => {{ const {{ k_max, items, indices_{side}: found }} = opened.kernel.data;
            const list = found.subarray(42 * k_max, 42 * k_max + {K});
            return Array.from(list, (i) => items[i].id); }}"""
        )
        cells = page.locator(f".ew-table-{side} .ew-item-id")
        expect(cells).to_have_text(expected)


def test_a_row_can_be_walked_on_from(widget):
    page = widget(options="{traits: {focus: 42}}")
    row = page.locator(".ew-table-b [data-item]").first
    item = int(row.get_attribute("data-item"))
    row.click()
    page.wait_for_function(f"opened.kernel.saved.focus === {item}")


def test_every_neighbour_shows_its_text_however_long_its_id_is(widget):
    page = widget()
    page.evaluate("for (const item of opened.kernel.data.items) item.id = 'x'.repeat(60) + item.id")
    page.evaluate("opened.kernel.set('focus', 42)")
    texts = page.locator(".ew-table .ew-item-text:visible")
    expect(texts).to_have_count(2 * K)
    assert min(texts.evaluate_all("texts => texts.map(text => text.clientWidth)")) > 40


def test_names_stand_in_one_line_with_the_rest_only_when_they_fit(widget):
    page = widget()
    resize(page, 1000, 1000)
    header = page.locator(".ew-header")
    assert header.bounding_box()["height"] < 80
    for side in "ab":
        page.evaluate(
            f"opened.kernel.set('space_{side}', "
            f"{{...opened.kernel.get('space_{side}'), name: 'a rather long name of a space'}})"
        )
    names = page.locator(".ew-space-name")
    assert header.bounding_box()["height"] > 90
    assert names.evaluate_all("names => names.every(e => e.scrollWidth <= e.clientWidth)")


def test_item_zero_can_be_in_focus(widget):
    page = widget(options="{traits: {focus: 0}}")
    expect(page.locator(".ew-focus")).to_contain_text("item-0000")


def test_a_selection_made_in_python_shows(widget):
    page = widget()
    page.evaluate("opened.kernel.select(Uint32Array.of(0, 7, 8))")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("button", name="clear").click()
    page.wait_for_function("opened.kernel.selection.length === 0")


def test_the_same_widget_in_two_places_shares_its_state(widget):
    page = widget()
    page.evaluate(
        """() => { const second = document.createElement("div"); second.id = "second";
        document.body.append(second); opened.render(second); }"""
    )
    page.evaluate("opened.kernel.select(Uint32Array.of(0, 7))")
    expect(page.get_by_text("2 selected")).to_have_count(2)
    page.locator("#place").get_by_label("Colour by").select_option("kind")
    expect(page.locator("#second").get_by_label("Colour by")).to_have_value("kind")


def test_a_view_that_goes_leaves_no_listener(widget):
    page = widget()
    before = page.evaluate(
        """() => { const before = opened.kernel.listenerCount();
        opened.render(document.createElement("div"))(); return before; }"""
    )
    assert page.evaluate("opened.kernel.listenerCount()") == before
    page.evaluate("opened.close()")
    assert page.evaluate("opened.kernel.listenerCount()") == 0
    assert page.locator(".ew-root").count() == 0


def test_maps_come_before_the_numbers(widget):
    page = widget(options="{send: 'maps'}")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".ew-answer")).to_contain_text("the same: being counted…")
    page.evaluate("opened.kernel.sendAll('all')")
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.locator(".ew-answer-same")).to_have_text(same_neighbors(page, K))


def test_the_bar_says_what_is_done_how_far_it_is_and_how_long_it_takes(widget):
    page = widget(options="{send: 'maps'}")
    pill = page.locator(".ew-progress-pill")
    for part in ("finding neighbours in A", "30 %", "about 40 s left"):
        expect(pill).to_contain_text(part)
    page.evaluate("opened.kernel.set('progress', {step: 'x', share: 0.01, seconds_left: null})")
    expect(pill).not_to_contain_text("left")


def test_what_is_on_its_way_is_named_with_the_share_that_has_come(widget):
    page = widget(options="{send: 'maps'}")
    page.evaluate(
        """() => { const whole = {type: "graph", version: 1, k_max: 50, dtype: "uint32"};
        opened.kernel.emit({type: "piece", transfer: 1, index: 0, whole, sizes: [4, 4]},
          [Uint8Array.of(1, 2)]); }"""
    )
    pill = page.locator(".ew-progress-pill")
    expect(pill).to_contain_text("receiving the neighbour graph")
    expect(pill).to_contain_text("25 %")
    page.evaluate("opened.kernel.emit({type: 'piece', transfer: 1, index: 3}, [Uint8Array.of(1)])")
    expect(page.get_by_role("alert").filter(has_text="is damaged")).to_be_visible()
    expect(pill).to_contain_text("finding neighbours in A")


STOPPED = "{step: '', share: 0.4, seconds_left: null}"


def test_what_was_stopped_says_so_calmly(widget):
    page = widget(options=f"{{send: 'none', traits: {{progress: {STOPPED}}}}}")
    expect(page.get_by_text("Stopped before the first map")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    page = widget(options="{send: 'maps'}")
    expect(page.get_by_text("Stopped")).to_be_hidden()
    page.evaluate(f"opened.kernel.set('progress', {STOPPED})")
    expect(page.get_by_text("Stopped before the neighbours")).to_be_visible()
    page.evaluate("opened.kernel.sendAll('all')")
    expect(page.get_by_text("Stopped")).to_be_hidden()
    page.evaluate(f"opened.kernel.set('progress', {STOPPED})")
    expect(page.get_by_text("Stopped before the final maps")).to_be_visible()
    page.evaluate("""() => {
      const { kernel } = opened;
      kernel.set("reducer", "umap");
      const chance = { state: "stopped", note: "" };
      kernel.set("numbers", { ...kernel.get("numbers"), chance });
    }""")
    expect(page.get_by_text("Stopped before chance was known")).to_be_visible()
    page.get_by_label("Colour by").select_option("kind")
    expect(page.locator(".ew-legend [data-code]")).not_to_have_count(0)


def test_a_colour_that_is_being_measured_is_waited_for_and_missed_only_at_the_end(widget):
    page = widget(options="{send: 'maps', traits: {color_by: 'wins'}}")
    menu = page.get_by_label("Colour by")
    expect(menu).to_have_value("wins")
    expect(page.locator(".ew-bars.ew-skeleton")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    page.evaluate(f"opened.kernel.set('progress', {STOPPED})")
    expect(page.get_by_role("alert").filter(has_text="no column wins")).to_be_visible()
    page.evaluate("opened.kernel.sendAll('all')")
    expect(page.locator(".ew-bars [role=option]")).to_have_count(2 * K + 1)
    expect(menu.locator("option:checked")).to_have_text("A wins / B wins")


def test_cancel_reaches_the_kernel(widget):
    page = widget(options="{send: 'maps'}")
    page.get_by_role("button", name="Cancel").click()
    assert {"type": "cancel"} in page.evaluate("opened.kernel.received")


def test_an_error_of_the_kernel_is_shown_as_text(widget):
    page = widget()
    page.evaluate("opened.kernel.set('error', '<img src=x onerror=alert(1)> is no column')")
    expect(page.get_by_role("alert").filter(has_text="<img src=x")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("alert").filter(has_text="<img src=x")).to_be_hidden()


def test_a_question_that_the_kernel_refuses_is_shown(widget):
    page = widget()
    page.evaluate("opened.kernel.set('color_by', 'colour')")
    expect(page.get_by_role("alert").filter(has_text="no column colour")).to_be_visible()


def test_neighbours_still_show_when_the_kernel_is_gone(widget):
    page = widget()
    page.evaluate("opened.kernel.alive = false")
    page.evaluate("opened.kernel.set('focus', 5)")
    expect(page.locator(".ew-table-a [data-item]")).to_have_count(K)
    expect(page.get_by_text("The kernel does not answer")).to_be_visible()


def test_neighbours_are_asked_for_where_the_graph_stays_in_the_kernel(widget):
    page = widget(options="{withheld: ['graph'], traits: {focus: 5}}")
    expect(page.locator(".ew-table-a [data-item]")).to_have_count(K)
    asked = page.evaluate("opened.kernel.received.filter(({kind}) => kind === 'neighbors')")
    assert [question["args"]["item"] for question in asked] == [5]


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_follows_the_host(widget, dark):
    page = widget(dark=dark)
    expect(page.locator(".ew-root")).to_have_attribute("data-theme", "dark" if dark else "light")
    page.evaluate(f"document.body.dataset.jpThemeLight = '{str(dark).lower()}'")
    expect(page.locator(".ew-root")).to_have_attribute("data-theme", "light" if dark else "dark")


def test_two_items_are_enough(widget):
    page = widget(n=2)
    expect(page.get_by_text("2 items joined")).to_be_visible()
    expect(page.locator(".ew-bars [role=option]")).to_have_count(2)


def test_hostile_names_stay_text(widget):
    hostile = "<script>window.hacked = true</script><img src=x onerror=window.hacked=true>"
    said = dict.fromkeys(("name", "metric", "distance"), hostile)
    space = {"n_dims": 2, "engine": "exact", "recall": None} | said
    columns = [
        {"name": name, "title": name, "kind": "numeric", "source": "metadata"}
        for name in ("coincidence", hostile)
    ]
    traits = {"focus": 42, "label": hostile, "space_a": space, "columns": columns}
    page = widget(options=json.dumps({"traits": traits}))
    expect(page.locator(".ew-header")).to_contain_text("<script>window.hacked")
    assert page.evaluate("window.hacked") is None
    assert page.locator(".ew-root script, .ew-root img[src=x]").count() == 0


def test_the_kernel_hears_once_that_the_first_map_is_drawn(widget):
    """A search on all cores waits for it, so as not to hold up the page."""
    page = widget()
    received = "opened.kernel.received.filter(({ type }) => type === 'drawn').length"
    page.wait_for_function(f"() => {received} === 1")
    page.get_by_role("slider").first.press("ArrowRight")
    page.wait_for_function("() => !document.querySelector('.ew-maps[data-drawing]')")
    assert page.evaluate(received) == 1
