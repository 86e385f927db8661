"""What is chosen in one widget is chosen in those that traitlets links with it."""

import numpy as np
import pytest
import traitlets
from recorded_screen import RecordedScreen
from traitlets import TraitError

from embwidget import EmbeddingCompare

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 8))
IDS = [f"item-{i:02d}" for i in range(60)]
LINKED = ("k", "focus", "selection")
LINKS = {
    "link": traitlets.link,
    "dlink there": traitlets.dlink,
    "dlink both ways": lambda a, b: (traitlets.dlink(a, b), traitlets.dlink(b, a)),
}


def widget_of(rows, k_max=30, ids=IDS):
    rows = np.asarray(rows)
    space = X[rows]
    other = space + RNG.normal(size=space.shape)
    named = [ids[i] for i in rows]
    return EmbeddingCompare(space, other, ids=named, reducer="pca", k_max=k_max).wait(60)


@pytest.fixture
def pair(recorded):
    return widget_of(range(60)), widget_of(range(60))


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_what_is_chosen_in_one_is_chosen_in_the_other(pair, link):
    one, other = pair
    for name in LINKED:
        link((one, name), (other, name))
    one.k, one.focus = 7, "item-33"
    assert (other.k, other.focus) == (7, "item-33")
    for chosen in ([3, 5, 59], [], np.arange(60) < 30, [0], None):
        one.selection = chosen
        assert other.selection.tolist() == one.selection.tolist()
        assert other.session.selection.tolist() == one.selection.tolist()


def test_links_go_both_ways_and_from_the_page(pair):
    one, other = pair
    for name in LINKED:
        traitlets.link((one, name), (other, name))
    other.selection = [1, 2]
    assert one.selection.tolist() == [1, 2]
    left, right = RecordedScreen(one), RecordedScreen(other)
    left.set(k=4, focus=9)
    assert (other.k, other.focus) == (4, "item-09")
    assert (right.state["k"], right.state["focus"]) == (4, 9)
    right.forget()
    left.select([7, 8])
    assert other.selection.tolist() == [7, 8]
    assert right.selected() == [7, 8]
    assert one.error == other.error == ""


def test_a_ring_of_three_comes_to_rest(recorded):
    ring = [widget_of(range(60)) for _ in range(3)]
    for at, widget in enumerate(ring):
        for name in LINKED:
            traitlets.link((widget, name), (ring[at - 1], name))
    ring[1].selection = [4, 5]
    ring[2].k = 3
    assert [w.selection.tolist() for w in ring] == [[4, 5]] * 3
    assert [w.k for w in ring] == [3] * 3


@pytest.fixture
def uneven(recorded):
    """Of 60 items and of 40 of them, in another order."""
    one, other = widget_of(range(60)), widget_of(range(39, -1, -1), k_max=20)
    for name in LINKED:
        traitlets.link((one, name), (other, name))
    return one, other


def test_focus_goes_by_id_and_selections_of_other_items_are_refused(uneven):
    one, other = uneven
    one.focus = "item-33"
    assert other.focus == "item-33"
    for name, value, why in (
        ("focus", "item-55", "no item has the id 'item-55'"),
        ("k", 25, "k=25: give a whole number from 1 to 20"),
        ("selection", [3, 4], "rows of another widget"),
    ):
        before = np.array(getattr(other, name))
        with pytest.raises(TraitError, match=why):
            setattr(one, name, value)
        assert np.array_equal(getattr(other, name), before)
    one.selection = None
    one.focus = "item-12"
    assert other.focus == "item-12"


def test_a_page_is_told_why_the_other_does_not_follow(uneven):
    one, other = uneven
    screen = RecordedScreen(one)
    screen.set(focus=55)
    assert "no item has the id 'item-55'" in screen.state["error"]
    screen.set(error="")
    screen.select([3, 4])
    assert "rows of another widget" in screen.state["error"]
    assert (one.focus, one.selection.tolist()) == ("item-55", [3, 4])
    assert (other.focus, other.selection.tolist()) == (None, [])


def test_same_items_in_another_order_are_other_rows(recorded):
    one, other = widget_of(range(60)), widget_of(range(59, -1, -1))
    one.selection = [3]
    with pytest.raises(TraitError, match="in another order"):
        other.selection = one.selection
    other.selection = np.array(one.selection)
    assert other.selection.tolist() == [3]


def test_a_selection_is_an_array_like_any_other(pair):
    one, other = pair
    one.selection = other.selection = [3, 5, 9]
    rows = one.selection
    assert isinstance(rows, np.ndarray)
    assert rows.dtype == np.int64
    assert repr(rows) == "array([3, 5, 9])"
    assert (rows == 5).tolist() == [False, True, False]
    assert (rows[1:] != rows[:-1]).tolist() == [True, True]
    assert (rows + 1 == [4, 6, 10]).all()
    assert (rows == other.selection) is True
    assert (rows != other.selection) is False
    np.testing.assert_array_equal(rows, other.selection)
    assert np.arange(20)[rows].tolist() == [3, 5, 9]
