"""Every synced trait has one name and one type on both sides of the wire."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import anywidget
import numpy as np
import pytest
from traitlets import HasTraits, TraitError

from embwidget.measures.groups.groups import match_groups
from embwidget.session.answers.answers import QUESTIONS
from embwidget.session.choices import selected_positions
from embwidget.session.wire.state import State
from embwidget.session.wire.tables import group_table
from embwidget.widget import EmbeddingCompare
from embwidget.widget.traits import Selection, traits_of

ROOT = Path(__file__).parents[1]
MODEL_TS, STATE_TS = (ROOT / "js/src/wire" / name for name in ("model.ts", "state.ts"))
STATE_PY = ROOT / "embwidget/session/wire/state.py"
WIRE = MODEL_TS.read_text() + STATE_TS.read_text()


def interface(name: str) -> dict[str, str]:
    """Fields of a TypeScript interface and their types."""
    body = re.search(rf"export interface {name} \{{(.*?)\n\}}", WIRE, re.DOTALL)
    code = re.sub(r"/\*\*.*?\*/", "", body[1], flags=re.DOTALL)
    return dict(re.findall(r"(\w+): (.+);", code))


def run_wire_types(source: str, folder: Path) -> str:
    """What the script writes for a module with this source."""
    state, types = folder / "state.py", folder / "state.ts"
    state.write_text(source)
    script = [sys.executable, ROOT / "scripts" / "wire_types.py", state, types]
    subprocess.run(script, check=True, capture_output=True, text=True)
    return types.read_text()


def synced() -> dict[str, object]:
    ours = EmbeddingCompare.class_traits(sync=True)
    return {name: ours[name] for name in ours.keys() - anywidget.AnyWidget.class_traits()}


def test_the_types_of_the_screen_are_those_of_the_state(tmp_path):
    assert run_wire_types(STATE_PY.read_text(), tmp_path) == STATE_TS.read_text()


def test_a_field_of_the_state_is_a_trait_on_both_sides(tmp_path):
    source = STATE_PY.read_text() + '    title: str = ""\n    """Head of the page."""\n'
    assert "  /** Head of the page. */\n  title: string;\n" in run_wire_types(source, tmp_path)
    titled = dataclasses.make_dataclass("Titled", [("title", str, "")], bases=(State,))
    assert traits_of(titled).keys() - synced().keys() == {"title"}


def test_what_the_screen_has_no_type_for_is_refused(tmp_path):
    with pytest.raises(subprocess.CalledProcessError) as error:
        run_wire_types("class State:\n    size: complex\n", tmp_path)
    assert "no word in TypeScript for complex" in error.value.stderr


def test_every_question_of_the_screen_has_an_answer_and_none_is_left_over():
    body = re.search(r"export type Question =(.*?);\n\n", MODEL_TS.read_text(), re.DOTALL)[1]
    assert sorted(re.findall(r'kind: "(\w+)"', body)) == sorted(QUESTIONS)


@pytest.mark.parametrize(
    ("trait", "type_name"),
    [
        ("space_a", "SpaceInfo"),
        ("join_report", "JoinInfo"),
        ("progress", "ProgressInfo"),
        ("numbers", "NumberInfos"),
        ("chance", "ChanceInfo"),
        ("faithfulness", "FaithfulnessInfo"),
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
    for name in synced().keys() - {"k", "color_by", "focus", "height", "pair", "selected"}:
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
