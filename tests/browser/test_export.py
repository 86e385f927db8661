"""Exported files: opened from the disk, off the network, they answer as the kernel does."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exported_page import OfflineBrowser, assert_same, questions
from nasty_texts import NASTY, nasty_widget
from playwright.sync_api import Browser, expect
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare, compare
from embwidget.session.answers.answers import QUESTIONS

N = 90


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[OfflineBrowser]:
    opened = OfflineBrowser(browser)
    yield opened
    opened.context.close()
    assert opened.elsewhere() == []


def sets_and_copies() -> EmbeddingCompare:
    """Sets of labels, copies that do not count, inner products of both signs, bits, all types."""
    rng = np.random.default_rng(2)
    a = rng.normal(size=(N, 7)).astype(np.float32)
    a[40:50] = a[30:40]
    bits = (a @ rng.normal(size=(7, 30)) > 0).astype(np.uint8)
    frame = pd.DataFrame(
        {
            "tags": [sorted({"Straße", "ΟΔΟΣ", "x"}, key=len)[: i % 4] for i in range(N)],
            "note": [f"Row {i} of STRASSE\u2028</script><!--" if i % 7 else None for i in range(N)],
            "size": np.where(np.arange(N) % 9, a[:, 0], np.nan),
            "large": 2**60 + np.arange(N),
            "day": np.datetime64("1969-12-01") + np.arange(N),
            "grade": pd.Categorical(np.array(list("cab"))[rng.integers(0, 3, N)], ordered=True),
        }
    )
    ids = [f"Item-{i}" for i in range(N - 3)] + ["item", "ITEM-1 no more", "ılık İÇ"]
    found = compare(
        (a, bits)[0],
        bits,
        ids=ids,
        metadata=frame,
        label="tags",
        metric=("inner_product", "hamming"),
        k_max=12,
        unique=True,
    )
    shown = {"text": "note", "show": ["size", "day", "grade"]}
    return EmbeddingCompare.from_comparison(found, **shown, reducer="pca")


# What a person chose, as the page has it.
CHOSEN = """() => {
  const { selection, selections } = embwidget.model;
  const named = Array.from(selections, ([name, items]) => [name, Array.from(items)]);
  const of = (name) => embwidget.model.get(name);
  return [Array.from(selection), Object.fromEntries(named), of("focus"), of("k")];
}"""
QUERIES = ["item-1", "ITEM", " row 1 ", "strasse", "STRAẞE", "οδος", "ı", "İç", "nothing", "  ", ""]
MADE = {"sets and copies": sets_and_copies, "nasty texts": nasty_widget}


@pytest.fixture(params=MADE)
def widget(request: pytest.FixtureRequest, recorded: None) -> Iterator[EmbeddingCompare]:
    made = MADE[request.param]().wait(120)
    yield made
    made.close()


def test_every_question_is_answered_as_by_the_kernel(
    widget: EmbeddingCompare, offline: OfflineBrowser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    ids = widget.comparison.a.ids.tolist()
    widget.selection, widget.selections = [4, 1], {"rare": ids[7:9], "last": ids[-1:]}
    widget.focus, widget.k = ids[3], 4
    assert widget.to_html(path) is None
    page, kernel = offline.open(path), RecordedScreen(widget)
    asked = questions(widget, [*QUERIES, *(text[:40] for text in NASTY[::3])])
    assert {kind for kind, _ in asked} == set(QUESTIONS)
    refused = {kind for kind, args in asked if assert_same(kind, args, page, kernel)}
    assert refused >= {"neighbors", "rows", "texts", "column", "shared", "label_items", "ranks"}
    chosen = page.page.evaluate(CHOSEN)
    n = len(ids)
    assert chosen == [[1, 4], {"rare": [7, 8], "last": [n - 1]}, 3, 4]
    assert page.page.evaluate("window.hit ?? null") is None
    page.close()


def test_the_text_lives_in_a_frame_of_another_page(offline: OfflineBrowser, made: Path) -> None:
    page = offline.context.new_page()
    frame = html.escape((made / "whole.html").read_text("utf-8"))
    page.set_content(f'<iframe srcdoc="{frame}" width="1200" height="800"></iframe>')
    inside = page.frame_locator("iframe")
    inside.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
    expect(inside.locator(".ew-colors")).to_contain_text("Coincidence at k = 10")
    page.close()


# -- the page --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one comparison as a whole page, and as one without lists and pictures."""
    folder = tmp_path_factory.mktemp("exported")
    rng = np.random.default_rng(5)
    kinds = rng.integers(0, 4, 400)
    a = rng.normal(size=(4, 12))[kinds] * 2 + rng.normal(size=(400, 12))
    frame = pd.DataFrame(
        {
            "kind": [f"kind {k}" for k in kinds],
            "title": [f"the title of {i}" for i in range(400)],
            "photo": list(rng.integers(0, 256, (400, 6, 6), dtype=np.uint8)),
        }
    )
    ids = [f"item-{i:03d}" for i in range(400)]
    found = compare(
        a, a[:, :5], ids=ids, metadata=frame, label="kind", names=("<i>A", "B</script>")
    )
    shown = {"text": "title", "image": "photo", "reducer": "pca"}
    found.to_html(folder / "whole.html", **shown)
    with pytest.raises(ValueError, match="give at least that") as refused:
        found.to_html(**shown, max_mb=0.01)
    least = float(str(refused.value).partition("takes ")[2].split()[0])
    with pytest.warns(UserWarning, match="neighbour lists, with what is measured in them"):
        found.to_html(folder / "small.html", **shown, max_mb=least + 0.003)
    return folder


# What a script that got into the page could try, and what stops it.
ATTEMPTS = """async (directives) => {
  const broken = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    broken.push(event.effectiveDirective));
  // In a task of its own: what a debugger runs may evaluate whatever it likes.
  const tried = (attempt) =>
    new Promise((run) => setTimeout(run)).then(attempt).then(() => "done", () => "no");
  const said = [
    await tried(() => fetch("http://elsewhere.test/")),
    await tried(() => fetch("data:text/plain,x")),
    await tried(() => eval("1")),
    await tried(() => new Function("return 1")()),
    await tried(() => import("data:text/javascript,export default 1")),
  ];
  const add = (tag, attributes) =>
    document.body.append(Object.assign(document.createElement(tag), attributes));
  add("script", { textContent: "window.hit = 1" });
  add("img", { src: "http://elsewhere.test/a.png" });
  add("link", { rel: "stylesheet", href: "http://elsewhere.test/a.css" });
  add("iframe", { srcdoc: "<script>parent.hit = 2</script>" });
  add("div", { innerHTML: "<b onclick='window.hit = 3'></b>" });
  document.body.lastChild.firstChild.click();
  // What is refused is told a moment later.
  for (let turn = 0; turn < 100; turn++) {
    await new Promise((done) => setTimeout(done, 100));
    if (directives.every((each) => broken.includes(each))) break;
  }
  return [said, broken, window.hit ?? null];
}"""


def test_the_policy_in_the_file_holds(offline: OfflineBrowser, made: Path) -> None:
    opened = offline.open(made / "whole.html")
    opened.watch.allow("Content Security Policy|Content-Security-Policy|violates the following")
    directives = ["connect-src", "script-src", "img-src", "style-src-elem"]
    said, broken, hit = opened.page.evaluate(ATTEMPTS, directives)
    assert said == ["no"] * 5
    assert hit is None
    assert set(directives) <= set(broken)
    opened.close()


def test_all_of_the_widget_is_there_but_what_takes_python(
    offline: OfflineBrowser, made: Path
) -> None:
    opened = offline.open(made / "whole.html")
    page = opened.page
    expect(page).to_have_title("<i>A and B</script> · embwidget")
    expect(page.locator(".ew-map-name").first).to_contain_text("<i>A")
    foot = page.locator("#embwidget-foot")
    expect(foot).to_contain_text("UTC by embwidget")
    expect(foot).not_to_contain_text("Left out")
    expect(page.locator(".ew-banner")).to_be_hidden()

    search = page.get_by_role("combobox", name="Find an item by id or text")
    search.fill("title of 7")
    found = page.get_by_role("listbox", name="Items found").get_by_role("option")
    expect(found).to_have_count(11)
    found.first.click()
    expect(page.locator(".ew-focus-id")).to_contain_text("item-007")
    rows = page.locator(".ew-table-a tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.first.locator("img")).to_have_js_property("naturalWidth", 6)
    page.get_by_role("slider").first.press("ArrowRight")
    expect(rows).to_have_count(11)

    for tab, text in {"Labels": "kind 1", "Groups": "Groups", "Curve": "k"}.items():
        page.get_by_role("tab", name=tab).click()
        expect(page.locator(".ew-side")).to_contain_text(text)
    page.get_by_role("tab", name="Colours").click()
    colors = page.get_by_role("combobox", name="Colour by")
    for value in [option.get_attribute("value") for option in colors.locator("option").all()]:
        colors.select_option(value)
        page.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()

    box = page.locator(".ew-map").first.bounding_box()
    assert box is not None
    page.get_by_role("button", name="Box").first.click()
    page.mouse.move(box["x"] + 5, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    page.mouse.up()
    selection = page.get_by_role("region", name="Selection")
    expect(selection).to_contain_text("items selected")
    n_selected = int(selection.locator("strong").first.inner_text().split()[0])
    assert n_selected > 380
    expect(selection.get_by_role("button", name="Copy ids")).to_be_visible()
    expect(selection).not_to_contain_text("selected_frame")
    with page.expect_download() as download:
        selection.get_by_role("button", name="Save CSV").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert len(lines) == 1 + n_selected
    page.get_by_role("textbox", name="Name of this selection").fill("most of it")
    selection.get_by_role("button", name="Store").click()
    expect(page.locator(".ew-names")).to_contain_text("most of it")
    expect(page.locator(".ew-banner")).to_be_hidden()
    opened.close()


def test_what_was_left_out_is_said_and_not_asked_for(offline: OfflineBrowser, made: Path) -> None:
    opened = offline.open(made / "small.html")
    page = opened.page
    foot = page.locator("#embwidget-foot")
    expect(foot).to_contain_text(re.compile(r"Left out to fit into 0\.\d+ MB: pictures"))
    expect(foot).to_contain_text("neighbour lists, with what is measured in them")
    page.get_by_role("slider").first.press("ArrowRight")
    expect(page.locator(".ew-colors")).to_contain_text("Coincidence at k = 11")
    search = page.get_by_role("combobox", name="Find an item by id or text")
    search.fill("item-007")
    page.get_by_role("listbox", name="Items found").get_by_role("option").first.click()
    expect(page.locator(".ew-focus-id")).to_contain_text("item-007")
    # Nothing is counted in lists that are not there.
    expect(page.locator(".ew-neighbors")).to_have_text(re.compile("has no lists of neighbours"))
    expect(page.locator(".ew-bottom")).not_to_contain_text("neighbours have")
    expect(page.locator(".ew-bottom")).not_to_contain_text("the same neighbours")
    page.evaluate("() => embwidget.model.select(Uint32Array.of(1, 2, 3))")
    expect(page.get_by_role("region", name="Selection")).to_contain_text("3 items selected")
    page.get_by_role("tab", name="Labels").click()
    expect(page.locator(".ew-side")).to_contain_text("kind 1")
    expect(page.get_by_role("button", name="where B loses")).to_have_count(0)
    page.get_by_role("tab", name="Colours").click()
    options = page.get_by_role("combobox", name="Colour by").locator("option").all_text_contents()
    assert "coincidence" in options
    assert not [option for option in options if "occurrence" in option or "wins" in option]
    expect(page.locator(".ew-banner")).to_be_hidden()
    opened.close()


INKED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) if (data[at] > 0) inked++;
  return inked;
}"""


def test_a_dark_page_is_printed_light_with_its_maps(offline: OfflineBrowser, made: Path) -> None:
    opened = offline.open(made / "whole.html", scheme="dark")
    page, root = opened.page, opened.page.locator(".ew-root")
    expect(root).to_have_attribute("data-theme", "dark")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(root).to_have_attribute("data-theme", "light")
    assert page.locator(".ew-maps-paper").evaluate(INKED) > 1000
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.locator(".ew-maps-paper")).to_have_count(0)
    opened.close()


def test_pictures_are_shown_where_a_policy_forbids_short_addresses(
    offline: OfflineBrowser, made: Path, tmp_path: Path
) -> None:
    text = (made / "whole.html").read_text("utf-8")
    path = tmp_path / "stricter.html"
    path.write_text(text.replace("img-src blob: data:", "img-src data:", 1), "utf-8")
    opened = offline.open(path)
    opened.watch.allow("blob:.* violates|Refused to load the image 'blob:|Loading the image 'blob:")
    opened.page.evaluate("() => embwidget.model.set('focus', 7)")
    picture = opened.page.locator(".ew-table-a tbody tr img").first
    expect(picture).to_have_js_property("naturalWidth", 6)
    expect(picture).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    opened.close()


def test_half_a_file_says_so(offline: OfflineBrowser, made: Path, tmp_path: Path) -> None:
    text = (made / "whole.html").read_text("utf-8")
    path = tmp_path / "half.html"
    path.write_text(text[: text.index('id="ew-ids"')], "utf-8")
    opened = offline.open(path)
    alert = opened.page.get_by_role("alert").filter(has_text="This file is not whole")
    expect(alert).to_be_visible()
    opened.page.close()
