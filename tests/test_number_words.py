"""What the widget says of its numbers is what docs/numbers.md says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS, WORDS = ROOT / "docs" / "numbers.md", ROOT / "js" / "src" / "ui" / "number_words.ts"


def run(source: str, folder: Path) -> str:
    """What the script writes for a text."""
    docs, words = folder / "numbers.md", folder / "number_words.ts"
    docs.write_text(source, "utf-8")
    script = [sys.executable, ROOT / "scripts" / "number_words.py", docs, words]
    subprocess.run(script, check=True, capture_output=True, text=True)
    return words.read_text("utf-8")


def test_the_words_of_the_widget_are_those_of_the_docs(tmp_path):
    assert run(DOCS.read_text("utf-8"), tmp_path) == WORDS.read_text("utf-8")


def test_a_changed_sentence_changes_the_widget(tmp_path):
    source = DOCS.read_text("utf-8")
    changed = source.replace("It says how surely", "With `z` it's *said* how surely")
    assert changed != source
    assert "With z it's said how surely" in run(changed, tmp_path)


def test_every_paragraph_that_the_widget_shows_is_whole(tmp_path):
    texts = re.findall(r"text: ([\"'])(.*)\1,\n", WORDS.read_text("utf-8"))
    assert len(texts) > 8
    assert all(text.endswith(".") and text.count(". ") >= 2 for _, text in texts)


def test_a_paragraph_that_is_gone_fails_with_its_name(tmp_path):
    source = DOCS.read_text("utf-8").replace("**Chance.**", "**By luck.**")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run(source, tmp_path)
    assert "no paragraph 'Chance.'" in failed.value.stderr
