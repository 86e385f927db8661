"""Items are found by their ids, whether these are whole numbers or their digits."""

import numpy as np
import pytest
from traitlets import TraitError

import embwidget as ew
from embwidget.session.answers.search import SearchIndex

VECTORS = np.random.default_rng(0).normal(size=(120, 8))
ORDER = np.random.default_rng(1).permutation(np.arange(100, 220))


def shown(ids):
    comparison = ew.compare(VECTORS, VECTORS[::-1].copy(), ids=ids)
    return ew.EmbeddingCompare.from_comparison(comparison, reducer="pca")


@pytest.mark.parametrize("given", [142, "142", np.int64(142), np.str_("142")])
@pytest.mark.parametrize("ids", [ORDER, [str(i) for i in ORDER], ORDER.astype(np.uint16)])
def test_a_number_and_its_digits_are_the_same_focus(ids, given):
    widget = shown(ids)
    widget.focus = given
    known = widget.comparison.a.ids.tolist()
    assert widget.focus == known[ORDER.tolist().index(142)]
    frame = widget.comparison.neighbors(widget.focus, widget.k)
    assert widget.neighbors_frame()["id_a"].tolist() == frame["id_a"].tolist()


@pytest.mark.parametrize(
    "given", ["0142", "142.0", " 142", "١٤٢", "+142", "42", "-142", True, 1, "9" * 5000]
)
def test_what_only_looks_like_an_id_is_none(given):
    widget = shown(ORDER)
    with pytest.raises(TraitError, match=r"no item has the id .*whole numbers from 100 to 219"):
        widget.focus = given
    assert widget.focus is None


def test_numbers_are_no_rows_of_texts():
    with pytest.raises(TraitError, match="no item has the id '42': ids are texts such as"):
        shown([f"item-{i}" for i in range(120)]).focus = 42


def test_true_is_not_the_second_item():
    widget = shown(np.arange(120))
    for item in (True, np.True_):
        with pytest.raises(KeyError, match="no item has the id"):
            widget.comparison.position_of(item)


def test_a_search_puts_the_id_before_its_beginnings_and_those_before_texts():
    texts = ["of 42", "", "42", "", "nothing"]
    for ids in (np.array([7, 420, 8, 42, 142]), np.array(["7", "420", "8", "42", "142"], object)):
        assert SearchIndex(ids, texts).find("42", 9) == ([3, 1, 0, 2, 4], 5)
        assert SearchIndex(ids, texts).find("42", 2) == ([3, 1], 5)


@pytest.mark.parametrize("strange", ["\x1e", "a\x1eb", "\x1e\n\x1e", "İ\x1e", "\ud83d\x1e"])
def test_what_stands_in_a_text_moves_no_other(strange):
    index = SearchIndex(np.arange(4), [strange, None, "Straße", strange])
    assert index.find("STRASSE", 9) == ([2], 1)
    assert index.find("3", 9) == ([3], 1)
