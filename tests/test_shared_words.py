"""What stands in both languages is the same there: colours, and words of what changes."""

import re
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from embwidget.plots import style
from embwidget.plots.plots import CHANGE_WORDS

SOURCES = Path(__file__).parents[1] / "js" / "src"


def source_with(text: str) -> str:
    """The one TypeScript or style file that holds a text."""
    files = [path for ending in ("ts", "css") for path in sorted(SOURCES.rglob(f"*.{ending}"))]
    (found,) = [source for path in files if text in (source := path.read_text())]
    return found


def light_colors() -> dict[str, str]:
    """Names and colours of the light theme, the strings of one name joined."""
    body = re.search(r"\n  light: \{(.*?)\n  \},", source_with("const COLORS"), re.DOTALL)[1]
    return {
        name: "".join(re.findall(r'"([^"]*)"', value))
        for name, value in re.findall(r"(\w+): (list\(.*?\)|\"[^\"]*\"),", body, re.DOTALL)
    }


def test_plots_have_the_colours_of_the_widget():
    # What is chosen on a screen has colours of its own.
    assert {name: css for name, css in light_colors().items() if name != "chosen"} == {
        **style.RAMPS,
        "categories": " ".join(style.CATEGORIES),
        "other": style.OTHER,
        "missing": style.MISSING,
    }


def test_both_sides_have_the_colours_of_the_widget():
    css = source_with("--ew-a-ink:")
    light = dict(reversed(re.findall(r"(--ew-[\w-]+):\s*(#[0-9a-f]{6});", css)))
    for side in "ab":
        assert style.SIDES[side] == light[f"--ew-{side}"]
        assert style.SIDES_INK[side] == light[f"--ew-{side}-ink"]


def test_what_changes_is_said_in_the_same_words():
    source = source_with("function changeWords")
    body = re.search(r"function changeWords.*?\n\}", source, re.DOTALL)[0]
    templates = {text.replace("${", "{") for text in re.findall(r"`([^`]*)`", body)}
    of_one_word = {f"{name} in B" for name in ("appears", "dissolves")}
    assert {CHANGE_WORDS[name] for name in ("appears", "dissolves")} == of_one_word
    assert templates == {CHANGE_WORDS["splits"], CHANGE_WORDS["merges"], "{change} in B"}
