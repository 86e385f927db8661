"""Several spaces on one screen: what a person chooses above the maps, and what follows it."""

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from spaces_page import K, Open, cell, has, open_spaces

GRAPHS = pytest.mark.parametrize("withheld", [[], ["graphs"]], ids=["graphs", "asked"])
# How many neighbours two spaces share on average, and who is nearest, from the lists themselves.
SAME = """([a, b, k]) => {
  const { several, data } = opened.kernel;
  let sum = 0;
  for (let item = 0; item < data.n; item++) {
    const [one, other] = [a, b].map((space) =>
      [...several[space].indices.subarray(item * data.k_max, item * data.k_max + k)]);
    sum += one.filter((near) => other.includes(near)).length;
  }
  return (sum / data.n).toFixed(1);
}"""
NEAREST = """([space, item]) => {
  const { several, data } = opened.kernel;
  return data.items[several[space].indices[item * data.k_max]].id;
}"""


@pytest.fixture
def spaces(page: Page, harness: Path) -> Open:
    return partial(open_spaces, page, harness)


def names(page: Page) -> list[str]:
    return page.locator(".ew-map-name").all_inner_texts()


def expect_pair(page: Page, a: str, b: str) -> None:
    expect(page.locator(".ew-map-name").nth(0)).to_have_text(f"A · {a}")
    expect(page.locator(".ew-map-name").nth(1)).to_have_text(f"B · {b}")


def expect_same(page: Page, a: int, b: int, k: int = K) -> None:
    mean = page.evaluate(SAME, [a, b, k])
    words = f"about {mean} of {k} neighbours are the same"
    if float(mean) == k:
        words = f"all of the {k} neighbours are the same"
    expect(page.locator(".ew-answer-same")).to_have_text(words)


def saved_pair(page: Page, pair: list[int]) -> None:
    page.wait_for_function(
        "pair => JSON.stringify(opened.kernel.saved.pair) === JSON.stringify(pair)", arg=pair
    )


def asked(page: Page, kind: str) -> list[dict]:
    return page.evaluate(
        "kind => opened.kernel.received.filter(m => m.kind === kind).map(m => m.args)", kind
    )


def test_two_spaces_have_nothing_above_the_maps(page: Page, harness: Path) -> None:
    page.set_content("<div id=place></div>")
    page.add_style_tag(path=harness / "harness.css")
    page.add_script_tag(path=harness / "harness.js")
    page.evaluate("() => { embwidget.open(document.getElementById('place'), 50, 5); }")
    page.locator(".ew-maps[data-state=ready]").wait_for()
    expect(page.locator(".ew-spaces-all")).to_be_hidden()


@GRAPHS
def test_a_cell_chooses_the_pair_and_everything_follows(spaces: Open, withheld: list[str]) -> None:
    page = spaces(f"withheld: {withheld}")
    page.evaluate("opened.kernel.set('focus', 3)")
    expect(page.locator(".ew-table [data-item]").first).to_be_visible()
    page.get_by_role("tab", name="Labels").click()
    expect(page.get_by_role("tabpanel", name="Labels")).to_contain_text("labels")
    expect_same(page, 0, 1)
    cell(page, 4, 2).click()
    expect_pair(page, "ResNet-50", "MAE")
    expect(page.locator(".ew-space-name")).to_have_text(["ResNet-50", "MAE"])
    expect_same(page, 4, 2)
    expect(cell(page, 4, 2)).to_have_attribute("aria-selected", "true")
    saved_pair(page, [4, 2])
    for side, space in enumerate([4, 2]):
        nearest = page.evaluate(NEAREST, [space, 3])
        first = page.locator(f".ew-table-{'ab'[side]} [data-item]").first
        expect(first).to_contain_text(nearest)
    # What the histogram counts is what these two share.
    page.get_by_role("tab", name="Colours").click()
    bars = page.locator(".ew-bars [role=option]")
    expect(bars).to_have_count(K + 1)
    counted = page.evaluate(
        """([a, b, k]) => {
          const { several, data } = opened.kernel;
          const bins = new Array(k + 1).fill(0);
          for (let item = 0; item < data.n; item++) {
            const [one, other] = [a, b].map((space) =>
              [...several[space].indices.subarray(item * data.k_max, item * data.k_max + k)]);
            bins[one.filter((near) => other.includes(near)).length]++;
          }
          return bins;
        }""",
        [4, 2, K],
    )
    most = counted.index(max(counted))
    expect(bars.nth(most)).to_have_attribute("aria-label", f"{most} the same: {counted[most]}")
    assert ({"a": 4, "b": 2, "k": K} in asked(page, "pair_shared")) == bool(withheld)


def test_the_panels_ask_anew_for_another_pair(spaces: Open) -> None:
    page = spaces("turnMs: null")
    page.get_by_role("tab", name="Labels").click()
    expect(page.get_by_role("tabpanel", name="Labels")).to_contain_text("B is better on")
    assert len(asked(page, "quality")) == 1
    cell(page, 3, 1).click()
    # What was measured of the last two is not said of these.
    expect(page.get_by_role("tabpanel", name="Labels")).to_contain_text("Being measured…")
    saved_pair(page, [3, 1])
    page.evaluate("opened.kernel.turn()")
    expect(page.get_by_role("tabpanel", name="Labels")).to_contain_text("B is better on")
    assert len(asked(page, "quality")) == 2


def test_arrows_move_in_the_matrix_and_enter_chooses(spaces: Open) -> None:
    page = spaces()
    cell(page, 0, 1).focus()
    page.keyboard.press("ArrowDown")
    # Over the diagonal, where there is no pair.
    expect(cell(page, 2, 1)).to_be_focused()
    page.keyboard.press("End")
    expect(cell(page, 2, 4)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cell(page, 2, 4)).to_be_focused()
    assert names(page) == ["A · CLIP", "B · DINOv2"]
    page.keyboard.press("Enter")
    expect_pair(page, "MAE", "ResNet-50")
    expect(cell(page, 2, 4)).to_have_attribute("tabindex", "0")
    assert page.locator(".ew-matrix [tabindex='0']").count() == 1


def test_k_recolours_the_matrix(spaces: Open) -> None:
    page = spaces()
    share = "node => node.style.getPropertyValue('--ew-share')"
    far = cell(page, 0, 4)
    expect(far).to_have_attribute("aria-label", has(f"at k = {K};"))
    before, figure = far.evaluate(share), far.get_attribute("data-figure")
    page.get_by_label("k as a number").fill("2")
    expect(far).to_have_attribute("aria-label", has("at k = 2;"))
    assert far.evaluate(share) != before
    assert far.get_attribute("data-figure") not in (None, figure)


@GRAPHS
def test_play_leads_to_the_last_step_and_ends(spaces: Open, withheld: list[str]) -> None:
    page = spaces(f"isSeries: true, withheld: {withheld}")
    expect_pair(page, "epoch 0", "epoch 4")
    page.get_by_label("Speed").select_option("4")
    page.evaluate(
        """() => { window.seen = []; const shown = document.querySelector('.ew-map-name');
        new MutationObserver(() => seen.push(shown.textContent))
          .observe(shown, { childList: true, characterData: true, subtree: true });
        window.offered = []; const play = document.querySelector('[aria-label=Play]');
        new MutationObserver(() => offered.push(play.ariaLabel))
          .observe(play, { attributeFilter: ["aria-label"] }); }"""
    )
    page.evaluate("opened.kernel.received.length = 0")
    page.get_by_role("button", name="Play").click()
    # B is the last step, and A ends beside it.
    expect_pair(page, "epoch 3", "epoch 4")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert page.evaluate("seen") == ["A · epoch 1", "A · epoch 2", "A · epoch 3"]
    assert page.evaluate("offered") == ["Pause", "Play"]
    expect_same(page, 3, 4)
    saved_pair(page, [3, 4])
    # The kernel turned to one pair alone, and was asked for each step once.
    steps = [(args["a"], args["b"]) for args in asked(page, "pair_shared")]
    assert steps == ([(1, 4), (2, 4), (3, 4)] if withheld else [])
    # Played again, it begins at the first.
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("seen[3] === 'A · epoch 0'")


def test_pause_step_side_and_speed(spaces: Open) -> None:
    page = spaces("isSeries: true")
    page.get_by_label("Which space moves").select_option("b")
    page.get_by_role("button", name="One step back").click()
    expect_pair(page, "epoch 0", "epoch 3")
    saved_pair(page, [0, 3])
    page.get_by_role("button", name="One step forward").click()
    expect_pair(page, "epoch 0", "epoch 4")
    forward = page.get_by_role("button", name="One step forward")
    expect(forward).to_have_attribute("aria-disabled", "true")
    # Slow enough to be stopped on its way.
    page.get_by_label("Speed").select_option("0.5")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".ew-map-name").nth(1)).not_to_have_text("B · epoch 4")
    page.get_by_role("button", name="Pause").click()
    paused = names(page)
    saved_pair(page, [0, int(paused[1].split()[-1])])
    # Another choice ends it, too.
    page.get_by_role("button", name="Play").click()
    page.evaluate("opened.kernel.setPair([2, 1])")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect_pair(page, "epoch 2", "epoch 1")


def test_handles_move_by_key_and_pointer_and_never_onto_each_other(spaces: Open) -> None:
    page = spaces("isSeries: true")
    a, b = page.get_by_label("Step of A"), page.get_by_label("Step of B")
    a.focus()
    page.keyboard.press("ArrowRight")
    expect_pair(page, "epoch 1", "epoch 4")
    expect(a).to_have_attribute("aria-valuetext", "epoch 1")
    b.focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    expect_pair(page, "epoch 1", "epoch 2")
    page.keyboard.press("ArrowLeft")
    expect_pair(page, "epoch 1", "epoch 0")
    page.keyboard.press("ArrowLeft")
    expect_pair(page, "epoch 1", "epoch 0")
    plot = page.locator(".ew-timeline-plot").bounding_box()
    middle = plot["y"] + plot["height"] / 2
    page.mouse.move(plot["x"] + 0.26 * plot["width"], middle)
    page.mouse.down()
    page.mouse.move(plot["x"] + 0.77 * plot["width"], middle, steps=3)
    page.mouse.up()
    expect_pair(page, "epoch 3", "epoch 0")
    expect(page.locator(".ew-timeline-note").first).to_have_text(has("keeps 10 %"))


def test_the_matrix_of_a_series_opens_beside_its_line(spaces: Open) -> None:
    page = spaces("isSeries: true")
    expect(page.locator(".ew-matrix")).to_be_hidden()
    page.get_by_role("button", name="Agreement of all steps").click()
    cell(page, 3, 1).click()
    expect_pair(page, "epoch 3", "epoch 1")
    expect(page.get_by_label("Step of A")).to_have_value("3")


def test_a_pair_that_python_sets_is_followed(spaces: Open) -> None:
    page = spaces()
    page.evaluate("opened.kernel.setPair([3, 2])")
    expect_pair(page, "SigLIP", "MAE")
    expect_same(page, 3, 2)
    expect(cell(page, 3, 2)).to_have_attribute("aria-selected", "true")


def test_what_was_answered_of_the_last_pair_is_never_shown(spaces: Open) -> None:
    page = spaces("withheld: ['graphs', 'graph', 'shared'], turnMs: 30")
    page.get_by_label("Colour by").select_option("wins")
    page.evaluate("opened.kernel.set('focus', 3)")
    expect(page.locator(".ew-table [data-item]").first).to_be_visible()
    page.get_by_label("Colour by").select_option("coincidence")
    expect(page.locator(".ew-bars [role=option]")).to_have_count(K + 1)
    # A kernel that is busy: two pairs are chosen before it answers for the first.
    page.evaluate("opened.kernel.alive = false")
    cell(page, 0, 4).click()
    expect(page.locator(".ew-table [data-item]")).to_have_count(0)
    expect(page.locator(".ew-bars [role=option]")).to_have_count(0)
    late = page.evaluate(
        "opened.kernel.received.filter(m => m.kind === 'neighbors').at(-1).request"
    )
    cell(page, 4, 3).click()
    page.evaluate("opened.kernel.alive = true")
    page.evaluate(
        """request => { const ids = Uint32Array.of(7, 8, 9), far = Float32Array.of(1, 2, 3);
        opened.kernel.emit({ type: 'reply', request, result: {}, error: '' },
          [ids, far, ids, far]); }""",
        late,
    )
    expect_pair(page, "ResNet-50", "SigLIP")
    expect(page.locator(".ew-table [data-item='7']")).to_have_count(0)
