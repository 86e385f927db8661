"""`EmbeddingCompare` in a real JupyterLab, used with the mouse as a person does.

Two spaces of real digits: their pixels, and what linear discriminant analysis makes of them; then a
second notebook, for what travels and what is left of it. All tests stand in one
file, which `--dist loadfile` keeps on one worker and so on one server.
"""

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from labserver import Notebook
from notebook_cells import BEFORE, CELLS, DATA, SECOND
from notebook_screen import (
    HEAD,
    WATCH_REBUILDS,
    Frames,
    colors,
    edge_distances,
    is_inside,
    neighbors,
    places,
    surface,
    wait_until_drawn,
)
from playwright.sync_api import expect

pytestmark = pytest.mark.lab

MAIN, UMAP, AGAIN, BROKEN = 1, 2, 3, 4

ANYTHING = re.compile("")


@pytest.fixture(scope="module")
def data() -> SimpleNamespace:
    """The same arrays as in the notebook."""
    names: dict[str, object] = {}
    exec(DATA, names)
    return SimpleNamespace(**names)


@pytest.fixture(scope="module")
def opened(lab, lab_page, lab_watch):
    """The notebook, run."""
    notebook = Notebook(lab_page)
    notebook.open(lab.write("digits.ipynb", *CELLS))
    notebook.run_all()
    notebook.until("w.progress['step'] == ''")
    return notebook


@pytest.fixture
def nb(opened, notebook):
    """The notebook with its widgets as they were at first; complaints of the page fail the test."""
    opened.execute("w.selection = None; w.focus = None; w.k = 10; w.color_by = 'coincidence'")
    opened.page.mouse.move(1, 1)
    return opened


# -- what is drawn ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [MAIN, UMAP, AGAIN, BROKEN])
@pytest.mark.parametrize("side", ["a", "b"])
def test_both_maps_of_every_widget_are_drawn(nb, cell, side):
    map_surface = surface(nb, cell, side)
    map_surface.scroll_into_view_if_needed()
    wait_until_drawn(map_surface)


def test_numbers_on_the_screen_are_those_of_the_kernel(nb, data):
    widget = nb.output(MAIN)
    shared = [
        len({*neighbors(data.pixels, i, 10)[0]} & {*neighbors(data.lda, i, 10)[0]})
        for i in range(len(data.rows))
    ]
    expect(widget).to_contain_text(f"about {np.mean(shared):.1f} of 10 neighbours are the same")
    expect(widget.get_by_text("300 items joined · 0 only in A · 0 only in B")).to_be_visible()
    expect(widget.get_by_role("progressbar")).to_be_hidden()


def test_an_error_in_the_kernel_is_shown_in_the_widget(nb):
    expect(nb.output(BROKEN).get_by_role("alert")).to_contain_text("no map today")


# -- mouse and kernel ------------------------------------------------------------------------------


def test_a_lasso_selects_in_the_kernel_what_lies_inside_it(nb, data):
    points = places(nb, MAIN, "w")["a"]
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    polygon = np.round(np.median(points, axis=0) + circle * [90, 60])
    nb.output(MAIN).get_by_role("button", name="Lasso").click()
    mouse = nb.page.mouse
    mouse.move(*polygon[0])
    mouse.down()
    for corner in polygon[1:]:
        mouse.move(*corner)
    mouse.up()
    nb.output(MAIN).get_by_role("button", name="Pan").click()
    nb.until("len(w.selection)")
    selected = nb.value("w.selected_frame()['id'].tolist()")
    inside = is_inside(points, polygon)
    clear = edge_distances(points, polygon) > 1.5
    assert 10 < inside.sum() < len(points) - 10
    chosen = np.isin(data.ids, selected)
    np.testing.assert_array_equal(chosen[clear], inside[clear])
    expect(nb.output(MAIN).get_by_text(f"{len(selected)} selected")).to_be_visible()
    frame = nb.value("w.selected_frame()[['digit', 'coincidence']].to_dict('list')")
    assert frame["digit"] == data.frame["digit"][chosen].tolist()
    expected = nb.value("w.comparison.jaccard(10)[w.selection].tolist()")
    assert frame["coincidence"] == pytest.approx(expected)


def test_a_click_shows_the_neighbours_of_brute_force(nb, data):
    points = places(nb, MAIN, "w")["b"]
    box = surface(nb, MAIN, "b").bounding_box()
    low = np.array([box["x"] + 10, box["y"] + HEAD])
    high = np.array([box["x"] + box["width"] - 10, box["y"] + box["height"] - 10])
    gaps = np.linalg.norm(points[:, None] - points, axis=-1) + np.eye(len(points)) * 1e9
    in_sight = ((points > low) & (points < high)).all(axis=1)
    item = int((gaps.min(axis=1) * in_sight).argmax())  # the one that no other is near
    nb.page.mouse.click(*points[item])
    nb.until(f"w.focus == {data.ids[item]!r}")
    widget = nb.output(MAIN)
    expect(widget.locator(".ew-focus-id")).to_have_text(data.ids[item])
    for side, vectors in (("a", data.pixels), ("b", data.lda)):
        expected, distances = neighbors(vectors, item, 10)
        table = widget.locator(f".ew-table-{side}")
        expect(table.locator(".ew-item-id")).to_have_text([data.ids[i] for i in expected])
        labels = [str(data.frame["digit"][i]) for i in expected]
        expect(table.locator("td.ew-cell-label")).to_have_text(labels)
        shown = table.locator("td.ew-cell-distance").all_inner_texts()
        decimals = len(shown[0].partition(".")[2])
        assert [float(text) for text in shown] == pytest.approx(distances, abs=0.51 * 10**-decimals)
        thumbnails = table.locator("tbody img")
        expect(thumbnails).to_have_count(10)
        assert thumbnails.first.evaluate("img => img.decode().then(() => img.naturalWidth)") == 8
    frame = nb.value("w.neighbors_frame()['id_a'].tolist()")
    assert frame == [data.ids[i] for i in neighbors(data.pixels, item, 10)[0]]


def test_the_slider_sets_k_in_the_kernel(nb):
    widget = nb.output(MAIN)
    slider = widget.get_by_label("Number of neighbours compared, k")
    slider.focus()
    for _ in range(5):
        nb.page.keyboard.press("ArrowRight")
    nb.until("w.k == 15")
    mean = nb.value("float(w.comparison.shared(15).mean())")
    expect(widget).to_contain_text(f"about {mean:.1f} of 15 neighbours are the same")


# -- the kernel's word on the screen ---------------------------------------------------------------


def test_what_python_sets_is_shown_wherever_the_widget_is(nb, data):
    nb.execute("w.selection = frame['digit'] == 3; w.k = 7; w.color_by = 'digit'; w.focus = ids[0]")
    threes = int((data.frame["digit"] == 3).sum())
    for cell in (MAIN, AGAIN):
        widget = nb.output(cell)
        expect(widget.get_by_text(f"{threes} selected")).to_be_visible()
        expect(widget.get_by_label("k as a number")).to_have_value("7")
        expect(widget.get_by_label("Colour by")).to_have_value("digit")
        expect(widget.locator(".ew-focus-id")).to_have_text(data.ids[0])
        expect(widget.locator(".ew-table-a .ew-item-id")).to_have_count(7)


def test_two_widgets_on_a_page_keep_apart(nb):
    nb.execute("w.selection = [0, 1]; v.selection = [2]")
    expect(nb.output(MAIN).get_by_text("2 selected")).to_be_visible()
    expect(nb.output(UMAP).get_by_text("1 selected")).to_be_visible()
    nb.output(UMAP).get_by_role("button", name="clear").click()
    nb.until("len(v.selection) == 0")
    assert nb.value("w.selection.tolist()") == [0, 1]


def test_a_cell_that_is_run_again_shows_the_state_that_holds(nb):
    nb.execute("w.selection = [0, 1, 2]")
    nb.run_cell(AGAIN)
    expect(nb.output(AGAIN).get_by_text("3 selected")).to_be_visible()
    wait_until_drawn(surface(nb, AGAIN, "a"))
    expect(nb.output(AGAIN).locator(".ew-root")).to_have_count(1)


def test_the_theme_is_followed_there_and_back(nb):
    root = nb.output(MAIN).locator(".ew-root")
    backgrounds = {}
    for theme in ("Dark", "Light"):
        nb.use_theme(f"JupyterLab {theme}")
        expect(root).to_have_attribute("data-theme", theme.lower())
        expect(root.locator(".ew-maps")).not_to_have_attribute("data-drawing", ANYTHING)
        for side in "ab":
            wait_until_drawn(surface(nb, MAIN, side))
        css = root.evaluate("node => getComputedStyle(node).backgroundColor")
        backgrounds[theme] = brightness(css)
    assert backgrounds["Dark"] < 80 < 200 < backgrounds["Light"]


def brightness(css: str) -> float:
    return float(np.mean([float(part) for part in css[css.index("(") + 1 : -1].split(",")[:3]]))


def test_umap_follows_the_first_map(nb):
    nb.until("v.progress['step'] == ''")
    assert nb.value("v.error") == ""
    assert nb.value("v.reducer") == "umap"
    expect(nb.output(UMAP).locator(".ew-map-detail").first).to_have_text("UMAP")


# -- reloading and restarting ----------------------------------------------------------------------


def test_a_reload_keeps_the_state(nb, data):
    nb.execute("w.selection = [0, 1, 2, 3]; w.k = 6; w.focus = ids[5]; w.color_by = 'ink'")
    nb.save()
    nb.reload()
    widget = nb.output(MAIN)
    expect(widget.get_by_text("4 selected")).to_be_visible()
    expect(widget.get_by_label("k as a number")).to_have_value("6")
    expect(widget.get_by_label("Colour by")).to_have_value("ink")
    expect(widget.locator(".ew-focus-id")).to_have_text(data.ids[5])
    expect(widget.locator(".ew-table-a .ew-item-id")).to_have_count(6)
    wait_until_drawn(surface(nb, MAIN, "a"))
    expect(nb.page.locator(".ew-fallback")).to_have_count(4)
    for note in nb.page.locator(".ew-fallback").all():
        expect(note).to_be_hidden()


# -- a second notebook: what travels, what is left without a kernel --------------------------------


@pytest.fixture(scope="module")
def second(lab, lab_page, lab_watch):
    """One notebook for all of these tests: to open one takes JupyterLab ten seconds of CPU."""
    notebook = Notebook(lab_page)
    frames = Frames(lab_page)
    notebook.open(lab.write("second.ipynb", *SECOND))
    notebook.run_cell(0)
    notebook.run_cell(MAIN)
    notebook.output(MAIN).locator(".ew-root").wait_for()
    lab_page.evaluate(WATCH_REBUILDS)
    notebook.output(MAIN).locator(".ew-fallback img").wait_for(state="attached")
    notebook.until("w.progress['step'] == ''")
    return SimpleNamespace(notebook=notebook, frames=frames, path=lab.root / "second.ipynb")


def test_the_picture_to_be_saved_leaves_the_living_widget_alone(second, notebook):
    wait_until_drawn(surface(notebook, MAIN, "a"))
    expect(notebook.output(MAIN).locator(".ew-fallback img")).to_be_hidden()
    assert notebook.page.evaluate("rebuilt") == 0


def test_bulk_comes_once_and_again_after_a_reload(second, notebook):
    names: dict[str, object] = {}
    exec(BEFORE, names)
    widget = notebook.output(MAIN)

    def is_complete() -> None:
        for side in "ab":
            wait_until_drawn(surface(notebook, MAIN, side))
        notebook.execute("w.focus = 5")
        expected = [str(i) for i in neighbors(names["x"], 5, 10)[0]]
        expect(widget.locator(".ew-table-a .ew-item-id")).to_have_text(expected)
        expect(widget.get_by_role("alert")).to_be_hidden()
        notebook.execute("w.focus = None")

    def bulk() -> dict[str, int]:
        kinds = ("positions", "shared", "graph", "piece")
        return {kind: second.frames.count(kind) for kind in kinds}

    is_complete()
    once = bulk()
    # The maps, 4800 bytes, are small enough to stay whole; the counts and the graph are not.
    sizes = [600 * 50, 600 * 50 * 2, 600 * 50 * 4, 600 * 50 * 2, 600 * 50 * 4]
    pieces = sum(-(-size // 5000) for size in sizes)
    assert once == {"positions": 1, "shared": 0, "graph": 0, "piece": pieces}
    notebook.save()
    notebook.reload()
    is_complete()
    assert bulk() == {kind: 2 * count for kind, count in once.items()}


def test_a_restarted_kernel_leaves_a_readable_widget(second, notebook):
    notebook.run_cell(2)
    computing = notebook.output(2)
    expect(computing.get_by_role("progressbar")).to_be_visible()
    notebook.execute("w.focus = 5")
    widget = notebook.output(MAIN)
    expect(widget.locator(".ew-table-a .ew-item-id").first).not_to_be_empty()
    notebook.save()
    notebook.restart()
    expect(computing.get_by_role("alert")).to_contain_text("run the cell again")
    expect(computing.get_by_role("progressbar")).to_be_hidden()
    expect(widget.locator(".ew-focus-id")).to_have_text("5")
    wait_until_drawn(surface(notebook, MAIN, "a"))
    widget.get_by_role("combobox", name="Find an item").fill("1")
    expect(widget.get_by_role("alert")).to_contain_text("run the cell again")


def test_a_saved_notebook_shows_a_picture_where_nobody_answers(second, notebook, lab_watch):
    notebook.save()
    notebook.page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    outputs = json.loads(second.path.read_text())["cells"][MAIN]["outputs"]
    assert len(json.dumps(outputs)) < 300_000
    assert "image/png" in outputs[1]["data"]

    # After a restart and a reload there is nobody to draw it, and JupyterLab complains of that.
    notebook.restart()
    lab_watch.allow("widget model not found")
    notebook.reload()
    note = notebook.output(MAIN).locator(".ew-fallback")
    saved = note.locator("img")
    expect(saved).to_be_visible()
    expect(note).to_contain_text("EmbeddingCompare: before (16 d) and after (16 d), 600 items")
    expect(note).to_contain_text("neighbours are the same")
    expect(note).to_contain_text("run the cell again")
    assert colors(saved) > 2000

    # Three seconds of CPU in each worker, were it imported with this file.
    from nbconvert import HTMLExporter

    html, _ = HTMLExporter().from_filename(str(second.path))
    # Formulas and the like would come from elsewhere.
    page = notebook.page.context.browser.new_page(offline=True)
    page.set_content(html)
    expect(page.locator("img")).to_have_count(1)
    expect(page.locator("img")).to_be_visible()
    assert colors(page.locator("img")) > 2000
    page.close()

    notebook.run_cell(0)
    notebook.run_cell(MAIN)
    wait_until_drawn(surface(notebook, MAIN, "a"))
    expect(note).to_be_hidden()
    expect(notebook.output(MAIN).get_by_text("600 items joined")).to_be_visible()
