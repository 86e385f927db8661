"""What a gate answers: on the demo's data, on made spaces, and on what is hostile."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from gate_data import LOOSE, kinds, of_wordnet, quantised, scrambled, shaken, wordnet

import embwidget as ew


def test_the_same_space_passes():
    space = wordnet("minilm")
    found = of_wordnet(space, space, per_label=True, **LOOSE)
    assert (found.verdict, found.exit_code) == ("pass", 0)
    assert [each.verdict for each in found.checks] == ["pass"] * 5
    assert found.items == []


def test_a_scrambled_label_fails_and_is_named_first():
    space = wordnet("minilm")
    found = of_wordnet(space, scrambled(space, "animal"), per_label=True, **LOOSE)
    assert (found.verdict, found.exit_code) == ("regression", 1)
    verdicts = {each.name: each.verdict for each in found.checks}
    assert verdicts["jaccard"] == "pass"  # a 24th of the items hides in the mean of all
    assert verdicts["mean_average_precision_at_r by label"] == "regression"
    assert found.labels[0]["label"] == "animal"
    assert {row["label"] for row in found.labels if row["verdict"] == "regression"} == {"animal"}
    assert {row["label"] for row in found.items} == {"animal"}
    assert "'animal'" in str(found)


def test_int8_passes_with_its_noise():
    space = wordnet("glove")
    asked = {"min_jaccard": 0.97, "max_drop": {"map_at_r": 0.02}}
    found = of_wordnet(space, quantised(space), noise=quantised(space, 1), per_label=True, **asked)
    assert found.verdict == "pass"
    jaccard = found.checks[1]
    assert jaccard.value < asked["min_jaccard"]
    assert jaccard.limit == pytest.approx(asked["min_jaccard"] * jaccard.noise)
    assert jaccard.verdict == "pass"
    # Without its noise, the same is a regression.
    alone = ew.gate(space, quantised(space), min_jaccard=asked["min_jaccard"])
    assert alone.checks[1].verdict == "regression"


@pytest.mark.parametrize("made", [lambda x: x, quantised, lambda x: scrambled(x, "animal")])
def test_forty_items_are_undecided(made):
    space = wordnet("minilm")
    rows = np.random.default_rng(0).permutation(len(space))[:40]
    found = of_wordnet(space.take(rows), made(space).take(rows), per_label=True, **LOOSE)
    assert (found.verdict, found.exit_code) == ("undecided", 2)
    assert found.checks[0].needed == 50
    assert "fewer than 50" in found.checks[0].sentence


def test_what_is_undecided_says_how_many_items_would_tell():
    a, label = kinds(120)
    check = ew.gate(a, shaken(a, 0.3, 1), max_drop="precision@1=.02", label=label).checks[1]
    assert check.verdict == "undecided"
    assert check.low < check.limit < check.high
    margin, half = check.limit - check.value, check.high - check.value
    assert check.needed == math.ceil(120 * (half / margin) ** 2)
    assert f"about {check.needed:,} items" in check.sentence


def test_nothing_hangs_on_the_order_of_items_on_threads_or_on_the_run():
    a, label = kinds()
    b, noise = shaken(a, 0.4, 1), shaken(a, 0.1, 2)
    asked = {"min_jaccard": 0.3, "max_drop": ["map_at_r=.02", "mrr=.05"], "per_label": 0.1}
    ids = np.array([f"item {i:03d}" for i in range(len(a))])

    def found(rows: np.ndarray, n_jobs: int) -> dict:
        return ew.gate(
            *(a[rows], b[rows]),
            noise=noise[rows],
            ids=ids[rows],
            label=label[rows],
            canary=["item 007", "item 100"],
            n_jobs=n_jobs,
            **asked,
        ).to_dict()

    rows = np.arange(len(a))
    first = found(rows, 1)
    assert first["verdict"] == "regression"
    assert found(rows, 2) == first
    other = found(np.random.default_rng(3).permutation(len(a)), 1)
    for one, two in zip(first["checks"], other["checks"], strict=True):
        assert one["verdict"] == two["verdict"]
        assert [one[x] for x in ("value", "low", "high", "limit")] == pytest.approx(
            [two[x] for x in ("value", "low", "high", "limit")], abs=1e-12
        )
    assert [row["label"] for row in first["labels"]] == [row["label"] for row in other["labels"]]
    assert [row["id"] for row in first["items"]] == [row["id"] for row in other["items"]]


@pytest.mark.parametrize("n", [2, 3, 12, 49])
def test_of_few_items_nothing_is_said(n):
    a, label = kinds(n)
    found = ew.gate(a, a, min_jaccard=0.5, max_drop="map_at_r=.02", label=label, per_label=True)
    assert {each.verdict for each in found.checks} == {"undecided"}
    assert found.k == min(10, n - 1)
    json.dumps(found.to_dict(), allow_nan=False)


def test_vectors_that_are_all_the_same_decide_nothing():
    same, (a, label) = np.ones((80, 4), np.float32), kinds(80, 4)
    asked = {"min_jaccard": 0.5, "max_drop": "map_at_r=.05", "label": label, "per_label": True}
    found = ew.gate(same, same, **asked)
    assert {each.verdict for each in found.checks[1:]} == {"undecided"}
    assert "equally far" in found.checks[1].sentence
    # A candidate that has collapsed is a regression all the same.
    assert ew.gate(a, same, **asked).verdict == "regression"


def test_a_tie_of_many_is_not_taken_for_agreement():
    rng = np.random.default_rng(0)
    # Two unrelated halves: lists are the first rows of a half, which the spaces have in common.
    first, second = (np.eye(2, dtype=np.float32)[rng.integers(0, 2, 200)] for _ in range(2))
    by_rows = ew.compare(first, second, metric="euclidean").similarity.value
    check = ew.gate(first, second, metric="euclidean", min_jaccard=by_rows - 0.1).checks[1]
    assert check.value == pytest.approx(by_rows)
    assert check.low < check.chance * 2 < by_rows - 0.1
    assert check.verdict == "undecided"


def test_spaces_joined_in_part_pass_only_when_little_is_missing():
    a, _ = kinds(200)
    ids = np.arange(200)
    whole = ew.Space(a, ids=ids)
    some, most = (ew.Space(a[:n], ids=ids[:n]) for n in (150, 195))
    found = ew.gate(whole, some, min_jaccard=0.5)
    assert found.verdict == "undecided"
    assert found.to_dict()["left_out"]["only_a"] == 50
    assert "75%" in found.checks[0].sentence
    assert ew.gate(whole, most, min_jaccard=0.5).verdict == "pass"
    assert ew.gate(whole, some, min_jaccard=0.5, min_joined=0.7).verdict == "pass"
    assert (
        ew.gate(whole, ew.Space(shaken(a, 9, 1)[:150], ids=ids[:150]), min_jaccard=0.5).exit_code
        == 1
    )
    with pytest.raises(ValueError, match="no id"):
        ew.gate(whole, ew.Space(a, ids=ids + 1000), min_jaccard=0.5)


def test_items_without_a_label_and_labels_of_one_item_are_no_harm():
    a, label = kinds(240)
    values = label.astype(object)
    values[:30] = None
    values[30] = "alone"
    found = ew.gate(
        a, shaken(a, 0.05, 1), min_jaccard=0.3, max_drop="map_at_r=.2", label=values, per_label=0.6
    )
    rows = {(row["label"], row["metric"]): row for row in found.labels}
    alone = rows["alone", "mean_average_precision_at_r"]
    assert (alone["n"], alone["verdict"]) == (1, "")
    assert math.isnan(alone["drop"])
    assert found.verdict == "pass"
    assert "1 labels with too few items" in found.checks[-1].sentence
    with pytest.raises(ValueError, match="no item has a label"):
        ew.gate(a, a, max_drop="map_at_r=.02", label=[None] * len(a))


def test_noise_is_matched_by_id_and_has_to_have_all_items():
    a, _ = kinds(100)
    ids = np.array([f"i{i}" for i in range(100)])
    space, b = ew.Space(a, ids=ids), ew.Space(shaken(a, 0.2, 1), ids=ids)
    noise = ew.Space(shaken(a, 0.2, 2), ids=ids)
    rows = np.random.default_rng(0).permutation(100)
    plain = ew.gate(space, b, noise=noise, min_jaccard=0.8).to_dict()
    assert ew.gate(space, b, noise=noise.take(rows), min_jaccard=0.8).to_dict() == plain
    with pytest.raises(ValueError, match=r"noise lacks 10 of the 100 items"):
        ew.gate(space, b, noise=noise.take(np.arange(90)), min_jaccard=0.8)


def test_canaries_have_to_stay():
    a, _ = kinds(100)
    ids = [f"bird {i}" for i in range(100)]
    b = a.copy()
    b[7] = -a[7]
    found = ew.gate(a, b, ids=ids, canary=["bird 7", "bird 8", "bird 7"], names=("old", "new"))
    assert found.verdict == "regression"
    assert [row["id"] for row in found.canaries] == ["bird 7", "bird 8"]
    first = found.canaries[0]
    before = ew.compare(a, b, ids=ids).neighbors("bird 7", 10)
    gone = before.loc[~before["shared_a"].astype(bool), "id_a"].tolist()
    assert first["lost"] == gone
    assert first["overlap"] == pytest.approx(1 - len(gone) / 10)
    assert "'bird 7'" in found.checks[-1].sentence
    with pytest.raises(ValueError, match=r"canary: 1 of 2 .* 'brid 8': there are 'bird 8'"):
        ew.gate(a, b, ids=ids, canary=["bird 7", "brid 8"])
    # As a file of ids has them.
    assert ew.gate(a, b, canary=["7", 8]).canaries[0]["id"] == 7


def test_noise_that_is_no_noise_is_refused():
    a, _ = kinds(100)
    b = shaken(a, 2, 1)
    with pytest.raises(ValueError, match="noise is the candidate itself"):
        ew.gate(a, b, noise=b, min_jaccard=0.9)
    with pytest.raises(ValueError, match="noise has 5 dimensions and a 12"):
        ew.gate(a, b, noise=b[:, :5], min_jaccard=0.9)
    # A model that gives the same bits each time has none.
    assert ew.gate(a, a, noise=a, min_jaccard=0.9).verdict == "pass"
    bare = ew.gate(a, b, min_jaccard=0.1).checks[1]
    with_none = ew.gate(a, b, noise=a, min_jaccard=0.1).checks[1]
    assert (bare.value, bare.low, bare.high) == pytest.approx(
        (with_none.value, with_none.low, with_none.high), abs=1e-3
    )


def test_a_canary_is_held_to_what_the_noise_leaves():
    a, _ = kinds(100)
    noise = a.copy()
    noise[7] = -a[7]
    b = noise.copy()
    b[50] = -a[50]
    found = ew.gate(a, b, noise=noise, canary=[7], min_overlap=0.9)
    (row,) = found.canaries
    assert row["noise"] == row["overlap"] < 0.5
    assert row["verdict"] != "regression"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "nothing is asked"),
        ({"max_drop": "map_at_r=.1"}, "max_drop needs labels: pass label="),
        ({"min_jaccard": 0.5, "per_label": True}, "per_label needs labels"),
        ({"min_jaccard": 0}, "above 0, at most 1"),
        ({"min_jaccard": 80}, "above 0, at most 1"),
        ({"min_jaccard": float("nan")}, "above 0, at most 1"),
        ({"min_jaccard": True}, "above 0, at most 1"),
        ({"canary": "bird 7"}, "give a list of ids"),
        ({"canary": []}, "no id in it"),
        ({"canary": [[1]]}, "no id"),
        ({"canary": [1], "min_overlap": 2}, "min_overlap is 2"),
        ({"min_jaccard": 0.5, "min_items": 1}, "min_items=1"),
        ({"min_jaccard": 0.5, "k": 0}, "k=0"),
        ({"min_jaccard": 0.5, "label": "kind"}, "no metadata"),
        ({"min_jaccard": 0.5, "noise": np.ones((3, 2))}, "noise"),
        ({"max_drop": "ami=.1", "label": [1, 2] * 30, "per_label": True}, "give min_jaccard="),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, says):
    a, _ = kinds(60)
    with pytest.raises(ValueError, match=says) as caught:
        ew.gate(a, a, **asked)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)


def test_a_mistyped_argument_is_named():
    with pytest.raises(TypeError, match="min_jaccard="):
        ew.gate(np.ones((3, 2)), np.ones((3, 2)), min_jacard=0.5)


@pytest.mark.parametrize(
    "given",
    [
        {"map_at_r": 0.02, "precision_at_1": 0.05},
        {"mean_average_precision_at_r": "0.02", "Precision@1": 0.05},
        "map_at_r=.02,precision_at_1=.05",
        ["MAP@R = 2e-2", "precision-at-1=.05"],
    ],
)
def test_drops_are_read_in_every_spelling(given):
    drops = {"mean_average_precision_at_r": 0.02, "precision_at_1": 0.05}
    assert ew.parse_drops(given) == drops


def test_every_metric_of_quality_may_be_asked():
    a, label = kinds(60)
    metrics = set(ew.compare(a, a, label=label).quality()["metric"])
    assert set(ew.parse_drops(dict.fromkeys(metrics, 0.1))) == metrics
    found = ew.gate(a, a, max_drop=dict.fromkeys(metrics, 0.1), label=label)
    assert found.verdict == "pass"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("map_ar_r=.02", "'map_ar_r': there are 'map_at_r'"),
        ("map_at_r", "give a metric and what it may lose"),
        ("map_at_r=two", "a number from 0 to 1"),
        ({"map_at_r": 2}, "a number from 0 to 1"),
        ({"map_at_r": -0.1}, "a number from 0 to 1"),
        ({"map_at_r": None}, "a number from 0 to 1"),
        ({"map_at_r": 0.1, "MAP@R": 0.2}, "twice"),
        (0.02, "give {"),
        ([0.02], "give {"),
        ("", "give a metric"),
    ],
)
def test_drops_that_are_none_are_refused(given, says):
    with pytest.raises(ValueError, match=says) as caught:
        ew.parse_drops(given)
    assert len(str(caught.value)) < 300


def test_a_frame_with_its_columns_is_taken():
    a, label = kinds(90)
    frame = pd.DataFrame({"key": [f"r{i}" for i in range(90)], "kind": label})
    found = ew.gate(
        *(a, shaken(a, 0.05, 1)),
        noise=shaken(a, 0.05, 2),
        metadata=frame,
        id="key",
        label="kind",
        max_drop="map_at_r=.5",
        canary=["r5"],
    )
    assert found.verdict == "pass"
    assert found.canaries[0]["id"] == "r5"
