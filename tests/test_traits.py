"""Every synced trait has one name and one type on both sides of the wire."""

import dataclasses
import re
from pathlib import Path

import anywidget
import numpy as np
import pytest
from traitlets import HasTraits, TraitError

from embwidget.measures.groups.groups import match_groups
from embwidget.session.answers.answers import QUESTIONS
from embwidget.session.choices import selected_positions
from embwidget.session.state import State
from embwidget.session.wire.tables import group_table
from embwidget.widget import EmbeddingCompare
from embwidget.widget.traits import Selection

MODEL_TS = Path(__file__).parents[1] / "js" / "src" / "wire" / "model.ts"

# What a trait of this class is to TypeScript.
TYPES = {
    "Int": "number",
    "NeighborCount": "number",
    "Unicode": "string",
    "ColorBy": "string",
    "Focus": "number | null",
}


def interface(name: str) -> dict[str, str]:
    """Fields of a TypeScript interface and their types."""
    body = re.search(rf"export interface {name} \{{(.*?)\n\}}", MODEL_TS.read_text(), re.DOTALL)
    code = re.sub(r"/\*\*.*?\*/", "", body[1], flags=re.DOTALL)
    return dict(re.findall(r"(\w+): (.+);", code))


def synced() -> dict[str, object]:
    ours = EmbeddingCompare.class_traits(sync=True)
    return {name: ours[name] for name in ours.keys() - anywidget.AnyWidget.class_traits()}


def test_both_sides_name_the_same_traits():
    assert synced().keys() == interface("Traits").keys()
    assert {field.name for field in dataclasses.fields(State)} == interface("Traits").keys()


def test_every_question_of_the_screen_has_an_answer_and_none_is_left_over():
    body = re.search(r"export type Question =(.*?);\n\n", MODEL_TS.read_text(), re.DOTALL)[1]
    assert sorted(re.findall(r'kind: "(\w+)"', body)) == sorted(QUESTIONS)


def test_plain_traits_have_the_same_type():
    declared = interface("Traits")
    for name, trait in synced().items():
        if type(trait).__name__ in TYPES:
            assert TYPES[type(trait).__name__] == declared[name], name


@pytest.mark.parametrize(
    ("trait", "type_name"),
    [
        ("space_a", "SpaceInfo"),
        ("join_report", "JoinInfo"),
        ("progress", "Progress"),
        ("numbers", "Numbers"),
        ("chance", "ChanceInfo"),
        ("faithfulness", "Faithfulness"),
    ],
)
def test_dictionaries_have_the_fields_of_their_interface(widget, trait, type_name):
    assert getattr(widget, trait).keys() == interface(type_name).keys()
    assert interface("Traits")[trait].removesuffix(" | null") == type_name


def test_numbers_have_the_fields_of_their_interfaces(widget, screen):
    assert all(info.keys() == interface("NumberInfo").keys() for info in widget.numbers.values())
    for side in "ab":
        assert widget.faithfulness[side].keys() == interface("MapFaithfulness").keys()
    quality = screen.ask("quality")[0]
    assert quality.keys() == interface("QualityTable").keys()
    assert all(m.keys() == interface("QualityMetric").keys() for m in quality["metrics"])
    groups = screen.ask("groups")[0]
    assert groups.keys() == interface("GroupTable").keys()
    whole, halves = np.zeros(6, np.int32), np.repeat(np.int32([0, 1]), 3)
    (row,) = group_table(match_groups(whole, halves), whole, halves)["rows"]
    assert row.keys() == interface("GroupRow").keys()


def test_columns_have_the_fields_of_their_interface(widget):
    assert all(column.keys() == interface("ColumnInfo").keys() for column in widget.columns)


def test_what_a_person_moves_quickly_is_not_echoed():
    for name in ("k", "color_by", "focus"):
        assert synced()[name].metadata["echo_update"] is False


def test_what_a_person_does_not_choose_cannot_be_set(widget):
    for name in synced().keys() - {"k", "color_by", "focus", "height"}:
        with pytest.raises(TraitError, match="read-only"):
            setattr(widget, name, getattr(widget, name))


class Holder(HasTraits):
    n_items = 5
    selection = Selection()


def test_a_selection_is_sorted_unique_int64_and_read_only():
    holder = Holder()
    assert holder.selection.dtype == np.int64
    assert len(holder.selection) == 0
    holder.selection = [4, 0, 4]
    assert holder.selection.tolist() == [0, 4]
    assert holder.selection.dtype == np.int64
    with pytest.raises(ValueError, match="read-only"):
        holder.selection[0] = 1


def test_a_selection_takes_masks_arrays_and_none():
    mask = np.array([False, True, False, False, True])
    assert selected_positions(mask, 5).tolist() == [1, 4]
    assert selected_positions(np.array([3, 1], np.uint8), 5).tolist() == [1, 3]
    assert selected_positions((), 5).tolist() == []
    assert selected_positions(None, 5).tolist() == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([5], r"positions go from 0 to 4, found 5"),
        ([-1], r"positions go from 0 to 4, found -1"),
        ([True, False], r"a boolean mask has 5 values, one an item, not 2"),
        ([0.5], r"must be row positions \(0..4\) or a boolean mask, not float64"),
        (["id-1"], r"turn ids into positions with w.comparison.position_of"),
        ([[1]], r"must be 1-D, not of shape \(1, 1\)"),
        (3, r"must be 1-D"),
    ],
)
def test_a_bad_selection_says_what_is_allowed(value, message):
    holder = Holder()
    holder.selection = [2]
    with pytest.raises(TraitError, match=message):
        holder.selection = value
    assert holder.selection.tolist() == [2]


def test_observers_hear_of_a_selection_only_when_it_changes():
    holder = Holder()
    heard = []
    holder.observe(lambda change: heard.append(change["new"].tolist()), "selection")
    for value in ([], [1], [1, 1], [2, 1], [], []):
        holder.selection = value
    assert heard == [[1], [1, 2], []]
