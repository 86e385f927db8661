"""What is measured after the neighbours: tables, columns and states as the screen has them."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from recorded_screen import RecordedScreen
from traitlets import TraitError
from widget_tools import SECONDS, N, nearest

from embwidget.measures.groups.groups import match_groups
from embwidget.session.answers.measured_columns import MEASURED
from embwidget.session.wire.tables import distinct, group_table
from embwidget.widget import EmbeddingCompare

LABEL, CODE, COUNT, A, B, DIFFERENCE, LOW, HIGH, BETTER = range(9)


def values_of(screen: RecordedScreen, name: str, k: int | None = None) -> tuple[dict, np.ndarray]:
    header, (values,), error = screen.ask("column", name=name, k=k)
    assert error == ""
    return header, np.frombuffer(values, "<u2" if header["kind"] == "category" else "<f4")


def agreement(vectors: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Share of the k neighbours with the item's label, by the definition."""
    return (labels[nearest(vectors, k)] == labels[:, None]).mean(axis=1)


@pytest.fixture
def broken(recorded):
    """Five classes, one of which has lost itself in B; the name of that class, and its items."""
    rng = np.random.default_rng(5)
    kinds = np.repeat(["ash", "birch", "cedar", "douglas fir", "elm"], 30)
    centers = rng.normal(size=(5, 16)) * 4
    a = np.repeat(centers, 30, axis=0) + rng.normal(size=(150, 16))
    b = a + 0.1 * rng.normal(size=a.shape)
    lost = kinds == "cedar"
    b[lost] = rng.normal(size=(30, 16)) * 4
    order = rng.permutation(150)
    frame = pd.DataFrame({"tree": kinds[order], "size": rng.normal(size=150)})
    widget = EmbeddingCompare(a[order], b[order], metadata=frame, label="tree", reducer="pca")
    yield widget.wait(SECONDS), np.flatnonzero(lost[order])
    widget.close()


# -- chance and maps -------------------------------------------------------------------------------


def test_chance_is_that_of_the_comparison_for_every_k(widget, screen):
    chance = screen.state["chance"]
    comparison = widget.comparison
    found, within = comparison.chance(), comparison.chance(True)
    assert found.n_permutations == chance["n_permutations"]
    np.testing.assert_allclose(chance["z"], found.z, atol=1e-4)
    np.testing.assert_allclose(chance["within"], within.mean, atol=1e-4)
    assert len(chance["verdicts"]) == widget.k_max
    assert chance["verdicts"][9] == comparison.verdict(k=10)


def test_the_same_space_twice_says_so(recorded, spaces):
    widget = EmbeddingCompare(spaces[0], spaces[0], reducer="pca").wait(SECONDS)
    assert set(widget.chance["verdicts"]) == {"the same neighbours everywhere"}


def test_faithfulness_is_that_of_the_final_maps(widget, screen):
    info = screen.state["faithfulness"]["b"]
    space = widget.comparison.b
    true = nearest(space.vectors, 10)
    gaps = np.linalg.norm(widget.positions_b[:, None] - widget.positions_b, axis=-1)
    np.fill_diagonal(gaps, np.inf)
    near = np.argsort(gaps, axis=1)[:, :10]
    kept = [len({*p} & {*q}) / 10 for p, q in zip(true, near, strict=True)]
    assert info["kept"] == pytest.approx(np.mean(kept), abs=0.01)
    assert (info["n_neighbors"], info["n_items"], info["sampled"]) == (10, 80, False)
    header, trust = values_of(screen, "faithfulness_b")
    assert (header["kind"], header["min"], header["max"], header["steps"]) == ("numeric", 0, 1, 10)
    assert trust.mean() == pytest.approx(info["kept"], abs=1e-4)


def test_every_column_that_is_offered_can_be_had(widget, screen):
    offered = [column["name"] for column in screen.state["columns"]]
    assert offered[0] == "coincidence"
    assert {*MEASURED, "group", "score"} == {*offered}
    for name in offered[1:]:
        header, values = values_of(screen, name, 3)
        assert (header["name"], len(values)) == (name, 80)


# -- labels ----------------------------------------------------------------------------------------


def test_wins_is_the_share_of_own_label_in_b_less_that_in_a(widget, screen):
    comparison = widget.comparison
    labels = comparison.metadata["group"].to_numpy()
    for k in (1, 7, 20):
        header, values = values_of(screen, "wins", k)
        a, b = (agreement(s.vectors, labels, k) for s in (comparison.a, comparison.b))
        np.testing.assert_allclose(values, b - a, atol=1e-6)
        assert (header["kind"], header["min"], header["max"]) == ("difference", -1, 1)
        assert (header["steps"], header["missing"]) == (2 * k, 0)


def test_quality_by_label_is_that_of_the_definition(widget, screen):
    table = screen.ask("quality")[0]
    assert [m["metric"] for m in table["metrics"]] == [
        "mean_average_precision_at_r",
        "precision_at_1",
    ]
    comparison = widget.comparison
    labels = comparison.metadata["group"].to_numpy()
    first = table["metrics"][1]
    right = [agreement(s.vectors, labels, 1) for s in (comparison.a, comparison.b)]
    assert first["total"] == len(first["rows"]) == 4
    for row in first["rows"]:
        own = labels == row[LABEL]
        assert row[COUNT] == own.sum()
        assert row[A] == pytest.approx(right[0][own].mean(), abs=1e-4)
        assert row[B] == pytest.approx(right[1][own].mean(), abs=1e-4)
        assert row[DIFFERENCE] == pytest.approx(row[B] - row[A], abs=1e-4)
        _, (items,), _ = screen.ask("label_items", code=row[CODE])
        assert np.frombuffer(items, "<u4").tolist() == np.flatnonzero(own).tolist()
    assert first["overall"][A] == pytest.approx(right[0].mean(), abs=1e-4)
    assert first["overall"][CODE] == -1


def test_a_class_that_is_lost_leads_both_lists_and_gives_its_items(broken):
    widget, lost = broken
    screen = RecordedScreen(widget)
    for metric in screen.ask("quality")[0]["metrics"]:
        row = metric["rows"][0]
        assert (row[LABEL], row[BETTER], row[COUNT]) == ("cedar", "A", 30)
        assert row[DIFFERENCE] < -0.4
        assert metric["verdict"].startswith("A is better on 1 of 5 labels")
    _, (items,), _ = screen.ask("label_items", code=row[CODE])
    assert np.frombuffer(items, "<u4").tolist() == lost.tolist()
    change = screen.ask("groups")[0]["rows"][0]
    assert (change["name"], change["label"], change["n_items"]) == ("cedar", "cedar", 30)
    assert change["share_changed"] > 0.5
    _, (items,), _ = screen.ask("group_items", row=change["row"])
    assert np.frombuffer(items, "<u4").tolist() == lost.tolist()


def test_labels_of_any_kind_are_shown_as_the_legend_shows_them(recorded, spaces):
    labels = pd.Series([1.0, np.nan, 2.0] * (N // 3))
    frame = pd.DataFrame({"digit": labels})
    widget = EmbeddingCompare(*spaces, metadata=frame, label="digit", reducer="pca")
    screen = RecordedScreen(widget.wait(SECONDS))
    rows = screen.ask("quality")[0]["metrics"][0]["rows"]
    assert {row[LABEL] for row in rows} == {"1", "2"}
    header, values = values_of(screen, "wins", 5)
    assert header["missing"] == np.isnan(values).sum() >= N // 3


def test_sets_of_labels_are_shown_matched_and_selected_by_each(recorded, spaces):
    sets = [{"red", "round"}, ["round"], set(), {"blue", "red"}] * (N // 4)
    widget = EmbeddingCompare(*spaces, label=sets, reducer="pca").wait(SECONDS)
    screen = RecordedScreen(widget)
    assert widget.error == ""
    rows, _, _ = screen.ask("rows", items=[0, 1, 2])
    shown = [(row["label"], row["labels"]) for row in rows["rows"]]
    assert shown == [("red, round", ["red", "round"]), ("round", ["round"]), (None, [])]
    header, _ = values_of(screen, "label")
    assert set(header["categories"]) == {"red, round", "round", "blue, red"}
    assert header["missing"] == N // 4
    table, _, _ = screen.ask("quality")
    codes = {row[LABEL]: row[CODE] for row in table["metrics"][0]["rows"]}
    assert set(codes) == {"red", "round", "blue"}
    _, (items,), _ = screen.ask("label_items", code=codes["red"])
    expected = [i for i in range(N) if "red" in sets[i]]
    assert np.frombuffer(items, "<u4").tolist() == expected
    widget.close()


def test_labels_that_no_two_items_share_say_so(recorded, spaces):
    widget = EmbeddingCompare(*spaces, label=range(N), reducer="pca").wait(SECONDS)
    assert widget.numbers["quality"]["note"].startswith("No two items share a label")
    widget.close()


def test_hostile_labels_travel_as_short_text(recorded, spaces):
    script = "<script>alert(1)</script>" * 40
    labels = [script, "y"] * (N // 2)
    widget = EmbeddingCompare(*spaces, label=labels, reducer="pca").wait(SECONDS)
    rows = RecordedScreen(widget).ask("quality")[0]["metrics"][0]["rows"]
    assert {row[LABEL] for row in rows} == {script[:200], "y"}


# -- groups and hubs -------------------------------------------------------------------------------


def test_group_columns_are_the_clusters_with_names_of_their_own(broken):
    widget, _ = broken
    screen = RecordedScreen(widget)
    clusters = widget.comparison.clusters()
    for side, groups in zip("ab", clusters, strict=True):
        header, codes = values_of(screen, f"group_{side}")
        known = codes != 65535
        np.testing.assert_array_equal(known, groups >= 0)
        np.testing.assert_array_equal(codes[known], groups[known])
        assert len(set(header["categories"])) == len(header["categories"]) == groups.max() + 1
        assert header["counts"] == np.bincount(groups[known]).tolist()
        assert header["missing"] == (~known).sum()
    table = screen.ask("groups")[0]
    assert (table["n_groups_a"], table["n_groups_b"]) == tuple(g.max() + 1 for g in clusters)
    assert table["kept"] + table["total"] == len(widget.comparison.groups())


def test_items_of_kept_groups_are_counted_once():
    groups_a = np.repeat(np.int32([0, 1, 2]), [40, 40, 20])
    groups_b = groups_a.copy()
    # Some of each group are in the other one.
    groups_b[[0, 1, 2, 3, 40, 41]] = [1, 1, 1, 1, 0, 0]
    table = group_table(match_groups(groups_a, groups_b), groups_a, groups_b)
    assert (table["kept"], table["kept_items"], table["total"]) == (3, 94, 0)


@pytest.mark.parametrize("name", ["rbo", "rank_similarity"])
def test_measures_that_items_have_can_colour_them(widget, screen, name):
    for k in (3, 20):
        header, values = values_of(screen, name, k)
        np.testing.assert_array_equal(values, widget.comparison.item_values(name, k))
        assert (header["min"], header["max"], "steps" in header) == (0, 1, False)


def test_hubness_counts_the_lists_that_an_item_stands_in(widget, screen):
    for k in (3, 20):
        header, counts = values_of(screen, "k_occurrence_a", k)
        lists = nearest(widget.comparison.a.vectors, k)
        np.testing.assert_array_equal(counts, np.bincount(lists.ravel(), minlength=80))
        assert header["above"] == (counts > header["max"]).sum() <= 1
        assert header["steps"] == header["max"]


def test_names_that_come_again_are_numbered():
    assert distinct(["food", "place", "food", "food"]) == ["food", "place", "food (2)", "food (3)"]


# -- what is asked for wrongly ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "args", "message"),
    [
        ("column", {"name": "wins"}, "k=None: give a whole number from 1 to 20, for column 'wins'"),
        ("column", {"name": "k_occurrence_a", "k": 21}, "k=21: give a whole number from 1 to 20"),
        ("column", {"name": "wins", "k": "2"}, "k='2': give a whole number from 1 to 20"),
        ("label_items", {"code": 4}, "code=4: give a whole number from 0 to 3, one a label"),
        ("label_items", {"code": None}, "code=None: give a whole number from 0 to 3"),
        ("group_items", {"row": -1}, "row=-1: give a whole number from 0 to "),
        ("group_items", {"row": "a"}, "row='a': give a whole number from 0 to "),
    ],
)
def test_a_bad_question_gets_one_line(screen, kind, args, message):
    result, buffers, error = screen.ask(kind, **args)
    assert (result, buffers) == (None, [])
    assert message in error
    assert "\n" not in error


def test_color_by_takes_what_is_measured_and_refuses_metadata_of_its_names(recorded, spaces):
    frame = pd.DataFrame({"group_a": np.arange(N) % 2, "kind": ["x", "y"] * (N // 2)})
    widget = EmbeddingCompare(*spaces, metadata=frame, reducer="pca", color_by="group_a")
    widget.wait(SECONDS)
    assert widget.color_by == "group_a"
    assert [c["source"] for c in widget.columns if c["name"] == "group_a"] == ["measured"]
    header, _ = values_of(RecordedScreen(widget), "group_a")
    assert header["categories"][0] not in ("0", "1")
    with pytest.raises(TraitError, match=r"color_by='wins' is not possible: it needs classes"):
        widget.color_by = "wins"
    frame = frame.rename(columns={"group_a": "wins"})
    widget = EmbeddingCompare(*spaces, metadata=frame, reducer="pca")
    assert "wins" not in [column["name"] for column in widget.columns]


def test_importing_the_widget_imports_nothing_heavy():
    code = "import sys; from embwidget.widget import EmbeddingCompare; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"scipy", "sklearn", "matplotlib", "pandas"} & {*modules}
