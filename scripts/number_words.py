"""Write what the screen says of its numbers from ``docs/numbers.md`` to TypeScript: ``make types``.

``--check`` writes nothing, and fails when the file is not what would be written. Takes the text to
read and the file to write when they are others than those of the repository.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "docs" / "numbers.md"
TARGET = ROOT / "js" / "src" / "ui" / "number_words.ts"

HEAD = "/** Written from `docs/numbers.md` by `make types`: change it there. */"
# What the header is about; the bundle travels with every widget, so that the rest stays behind.
PARAGRAPHS = {
    "same": "Neighbours that are the same.",
    "item": "Coincidence of an item.",
    "mean": "Mean coincidence.",
    "interval": "95 % interval.",
    "chance": "Chance.",
    "z": "z.",
    "within": "Within-class chance and z.",
    "verdict": "The verdict.",
    "metric": "MAP@R.",
    "precision": "R-precision.",
    "difference": "Difference, its interval, better.",
    "labels": "Better on a label.",
}


def plain(text: str) -> str:
    """A paragraph as it reads on a page: one line, without the marks of Markdown."""
    return re.sub(r"[*`]", "", " ".join(text.split()))


def paragraphs(source: str) -> dict[str, str]:
    """Text of each paragraph that begins with a title in bold, by that title."""
    found = re.findall(r"^\*\*(.+?)\*\*(.*?)(?=\n\n|\Z)", source, re.MULTILINE | re.DOTALL)
    return {title: plain(text) for title, text in found}


def written(source: str) -> str:
    """The TypeScript for a text."""
    known = paragraphs(source)
    missing = [title for title in PARAGRAPHS.values() if title not in known]
    if missing:
        msg = f"docs/numbers.md has no paragraph {missing[0]!r}, which the widget shows"
        raise SystemExit(msg)
    lines = [HEAD, "", "export const NUMBER_WORDS = {"]
    for name, title in PARAGRAPHS.items():
        lines.append(f"  {name}: {{")
        lines.append(f"    title: {quoted(title.rstrip('.'))},")
        lines.append(f"    text: {quoted(known[title])},")
        lines.append("  },")
    return "\n".join([*lines, "};", ""])


def quoted(text: str) -> str:
    """A literal of TypeScript, in the quotes that need fewer escapes."""
    if text.count('"') <= text.count("'"):
        return json.dumps(text, ensure_ascii=False)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def main() -> None:
    """Write, or check what is written."""
    check = "--check" in sys.argv
    source, target = map(Path, [a for a in sys.argv[1:] if a != "--check"] or [SOURCE, TARGET])
    text = written(source.read_text("utf-8"))
    if not check:
        target.write_text(text, "utf-8")
    elif not target.exists() or target.read_text("utf-8") != text:
        msg = f"{target.name} is not what {source.name} says: make types"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
