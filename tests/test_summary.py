"""Three sentences of a comparison, and of a widget whose work may not be done."""

import re

import numpy as np
import pandas as pd
import pytest
from widget_tools import SECONDS, N

import embwidget as ew
from embwidget.comparison.sentences import same_words
from embwidget.measures.labels.quality import VERDICT_METRIC, labels_won
from embwidget.widget import EmbeddingCompare

KINDS = np.repeat(["ash", "birch", "cedar", "elm"], 30)


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    """Four kinds; in the second space one of them is noise."""
    rng = np.random.default_rng(7)
    a = np.repeat(rng.normal(size=(4, 16)) * 4, 30, axis=0) + rng.normal(size=(120, 16))
    b = a + 0.1 * rng.normal(size=a.shape)
    b[KINDS == "cedar"] = rng.normal(size=(30, 16)) * 4
    return a, b


def sentences(text: str) -> list[str]:
    """Each of the three, without the stop at its end."""
    assert "\n" not in text
    found = re.split(r"\.(?: |$)", text)
    assert len(found) == 4
    assert found.pop() == ""
    return found


@pytest.mark.parametrize("swapped", [False, True])
def test_the_better_space_comes_first_with_its_figures(pair, swapped):
    a, b = pair[::-1] if swapped else pair
    found = ew.compare(a, b, label=KINDS, names=("GloVe", "MiniLM"))
    first, second, third = sentences(found.summary())
    better, worse = ("B (MiniLM)", "A") if swapped else ("A (GloVe)", "B")
    assert first.startswith(f"{better} is better by the labels of 'label': MAP@R is ")
    assert first.endswith(f"{better[0]} is better on 1 of 4 labels, {worse} on none")
    table = found.quality(n_seeds=0).set_index(["metric", "space"])
    for side in "ab":
        assert f"{table.loc[(VERDICT_METRIC, side), 'value']:.3f} in {side.upper()}" in first
    assert f"they differ most on 'cedar' ({better[0]} +" in second
    assert f"about {found.shared().mean():.1f} of 10 neighbours are the same" in second
    assert f"z = {found.chance().z[9]:,.0f}" in third
    assert "120 items by their exact neighbours" in third


def test_undecided_is_said_and_no_space_is_called_better(pair):
    text = ew.compare(pair[0], pair[0] + 1e-3, label=KINDS).summary()
    first, second, _ = sentences(text)
    assert "no difference shown" in first
    assert "is better" not in text
    assert second.startswith("No single label shows a difference")


def test_without_labels_none_is_called_better_and_what_coincides_is_said(pair):
    found = ew.compare(*pair)
    first, second, _ = sentences(found.summary())
    assert first.startswith("Without labels neither A nor B can be called better")
    assert f"about {found.shared().mean():.1f} of 10 neighbours are the same" in first
    none = (found.shared() == 0).mean()
    assert f"{100 * none:.0f} % of the items that have none of their 10" in second


def test_labels_given_now_decide_and_k_is_that_asked_for(pair):
    found = ew.compare(*pair)
    assert sentences(found.summary(KINDS, 25))[0].startswith("A is better by the labels of")
    assert f"{found.shared(25).mean():.1f} of 25" in found.summary(k=25)
    with pytest.raises(ValueError, match=r"k=0: give a whole number from 1 to 50"):
        found.summary(k=0)
    with pytest.raises(ValueError, match="no column"):
        found.summary("kind")


def test_labels_that_no_two_items_have_call_nobody_better(pair):
    first, *_ = sentences(ew.compare(*pair, label=range(120)).summary())
    assert first.startswith("Neither A nor B can be called better")
    assert first.endswith("no two items share a label")


def test_the_same_space_twice_differs_nowhere(pair):
    _, second, third = sentences(ew.compare(pair[0], pair[0]).summary())
    assert second == "They differ in no list of the 10 nearest neighbours"
    assert third.startswith("The spaces have the same neighbours everywhere")


def test_what_was_left_out_and_sampled_is_said(pair):
    ids = [f"i{at}" for at in range(120)]
    a, b = ew.Space(pair[0], ids=ids), ew.Space(pair[1][:100], ids=ids[:100])
    frame = pd.DataFrame({"id": ids, "tree": KINDS})
    found = ew.compare(a, b, metadata=frame, label="tree")
    third = sentences(found.summary(max_queries=40))[2]
    assert "left out were 20 only in A" in third
    asked = int(found.quality(n_seeds=0, max_queries=40)["n"].iloc[0])
    assert f"a sample, {asked} of 100" in third
    copies = np.repeat(pair[0][:40], 3, axis=0)
    assert "cut through items equally near" in ew.compare(copies, copies + 0).summary()


def test_texts_of_the_user_stand_as_they_are_on_one_line_and_short(pair):
    names = ("<b>one</b>\nspace", "x" * 500)
    labels = np.where(KINDS == "cedar", "<script>alert(1)</script>" * 9, KINDS)
    text = ew.compare(*pair, label=labels, names=names).summary()
    assert "A (<b>one</b> space)" in text
    assert "\n" not in text
    assert len(text) < 1500


def test_the_figures_are_there_by_name(pair):
    found = ew.compare(*pair)
    figures = found.figures()
    assert figures["mean Jaccard"] == found.similarity
    assert figures["verdict"] == found.verdict()


def test_the_mean_that_is_the_same_is_counted_at_every_k(pair):
    found = ew.compare(*pair, unique=True)
    np.testing.assert_allclose(
        found.mean_shared_by_k(), [found.shared(k).mean() for k in range(1, 51)]
    )
    mean = found.mean_shared(20)
    assert mean == pytest.approx(20 * found.overlap(20).mean())
    assert mean.low < mean < mean.high
    assert mean.chance == pytest.approx(20 * 20 / 119)


@pytest.mark.parametrize(
    ("mean", "k", "words"),
    [
        (4.26, 10, "about 4.3 of 10 neighbours are the same"),
        (10.0, 10, "all of the 10 neighbours are the same"),
        (9.97, 10, "more than 9.9 of 10 neighbours are the same"),
        (0.0, 10, "none of the 10 neighbours are the same"),
        (0.01, 10, "fewer than 0.1 of 10 neighbours are the same"),
        (0.314, 1, "the nearest neighbour is the same for 31 % of the items"),
    ],
)
def test_a_mean_is_never_rounded_to_all_or_none(mean, k, words):
    assert same_words(mean, k) == words


def test_labels_are_counted_for_the_side_that_has_more():
    better = ["A"] * 27 + [""] * 13
    table = pd.DataFrame({"metric": VERDICT_METRIC, "better": better})
    assert labels_won(table) == ("A is better on 27 of 40 labels, B on none", 13)


# -- a widget --------------------------------------------------------------------------------------


def test_a_widget_says_what_its_comparison_does(recorded, pair):
    widget = EmbeddingCompare(*pair, label=KINDS, reducer="pca").wait(SECONDS)
    assert widget.summary() == widget.comparison.summary()
    widget.k = 4
    assert widget.summary() == widget.comparison.summary(k=4)
    widget.close()


def test_the_screen_has_the_lead_of_the_tables(recorded, pair):
    widget = EmbeddingCompare(*pair, label=KINDS, reducer="pca").wait(SECONDS)
    row = widget.comparison.quality(n_seeds=0).iloc[[2, 3]].set_index("space")
    quality = widget.quality
    assert quality["metric"] == VERDICT_METRIC == row["metric"]["a"]
    assert (quality["a"], quality["b"]) == tuple(row["value"].round(5))
    assert quality["better"] == row["better"]["a"] == "A"
    assert quality["labels"] == "A is better on 1 of 4 labels, B on none"
    np.testing.assert_allclose(widget.mean_shared, widget.comparison.mean_shared_by_k())
    assert "neighbours are the same" in repr(widget)
    widget.close()


def test_before_the_work_is_done_it_does_not_wait_and_has_no_numbers(gate, spaces):
    widget = EmbeddingCompare(*spaces, label=np.arange(N) % 3, reducer="pca")
    text = widget.summary()
    sentences(text)
    assert text.count("it is still being measured") == 3
    assert re.findall(r"\d", text) == []
    gate.open()
    assert "still being measured" not in widget.wait(SECONDS).summary()
    widget.close()


def test_of_a_stopped_work_it_says_so(gate, spaces):
    widget = EmbeddingCompare(*spaces, reducer="pca")
    widget.cancel()
    gate.open()
    widget.wait(SECONDS)
    assert "the work was stopped before" in sentences(widget.summary())[1]


def test_what_failed_is_named_and_the_rest_is_said(recorded, monkeypatch, spaces):
    def fail(*args, **options):
        msg = "no memory"
        raise MemoryError(msg)

    monkeypatch.setattr(ew.comparison.Comparison, "quality", fail)
    widget = EmbeddingCompare(*spaces, label=np.arange(N) % 3, reducer="pca").wait(SECONDS)
    first, second, _ = sentences(widget.summary())
    assert first.endswith("is not known: it could not be measured, MemoryError: no memory")
    assert f"of {widget.k} neighbours are the same" in second
    widget.close()


def test_in_a_script_it_measures_what_nobody_asked_for(pair):
    widget = EmbeddingCompare(*pair, label=KINDS, reducer="pca")
    assert sentences(widget.summary())[0].startswith("A is better by the labels of")
