"""A gate's verdict as a table for a pull request."""

import re
import unicodedata
from typing import Any

_MOST_CHARS = 60
_MOST_SENTENCE = 400
_MOST_ROWS, _MOST_LOST = 10, 5
# Signs of ASCII that end a cell, begin a tag, a link or a formula, or stress a word: they are
# written as numbers. An underscore inside of a word is none of these, nor is a colon before space.
_MARKUP = re.compile(r"_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_|:(?! )|[!-~](?<![\w .,%+=();'/:_-])")
# Controls, formats that turn the direction of a line, halves of signs, and ends of lines.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_ZERO_WIDTH = "\u200b"

Cells = tuple[str, ...]

_SIGNS = {"pass": "✅", "regression": "❌", "undecided": "❔"}


def markdown_of(found: dict[str, Any]) -> str:
    """Markdown of what `Gate.to_dict` gives."""
    verdict = found["verdict"]
    lines = [
        f"### {_SIGNS[verdict]} {verdict}: {_name(found['b'])} in place of {_name(found['a'])}",
        "",
        f"{found['n_items']:,} items in both, the {found['k']} nearest of each.",
        "",
        *_table(
            ("check", "verdict", "value", "95 %", "limit", "what it says"),
            [
                (
                    _name(each["name"]),
                    f"{_SIGNS[each['verdict']]} {each['verdict']}",
                    _number(each["value"]),
                    _ends(each),
                    _number(each["limit"]),
                    _name(each["sentence"], _MOST_SENTENCE),
                )
                for each in found["checks"]
            ],
        ),
    ]
    for title, heads, rows in (_labels(found), _canaries(found), _items(found)):
        if rows:
            lines += ["", f"{title}:", "", *_table(heads, rows)]
    return "\n".join(lines) + "\n"


def _labels(found: dict[str, Any]) -> tuple[str, Cells, list[Cells]]:
    heads = ("label", "metric", "items", "in use", "candidate", "drop", "95 %", "verdict")
    rows: list[Cells] = [
        (
            *(_name(row["label"]), _name(row["metric"]), f"{row['n']:,}"),
            *(_number(row["a"]), _number(row["b"]), _number(row["drop"])),
            *(_ends(row), row["verdict"]),
        )
        for row in found["labels"][:_MOST_ROWS]
    ]
    return "Labels that lose most", heads, rows


def _canaries(found: dict[str, Any]) -> tuple[str, Cells, list[Cells]]:
    heads = ("canary", "same neighbours", "limit", "verdict", "lost")
    rows: list[Cells] = [
        (
            *(_name(row["id"]), _number(row["overlap"]), _number(row["limit"])),
            *(row["verdict"], ", ".join(map(_name, row["lost"][:_MOST_LOST]))),
        )
        for row in found["canaries"][:_MOST_ROWS]
    ]
    return "Canaries", heads, rows


def _items(found: dict[str, Any]) -> tuple[str, Cells, list[Cells]]:
    heads = ("item", "label", "coincidence", "drop")
    rows: list[Cells] = [
        (_name(row["id"]), _name(row["label"]), _number(row["jaccard"]), _number(row["drop"]))
        for row in found["items"][:_MOST_ROWS]
    ]
    return "Items that lose most", heads, rows


def _table(heads: tuple[str, ...], rows: list[Cells]) -> list[str]:
    """Lines of a table whose cells are Markdown already."""
    lines = [heads, ("---",) * len(heads), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _name(value: Any, most: int = _MOST_CHARS) -> str:
    """A text in which nothing is Markdown, HTML, a mention or a link."""
    text = "" if value is None else str(value)[: 4 * most]
    text = "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    text = " ".join(text.split())
    text = text if len(text) <= most else text[: most - 1] + "…"
    return _MARKUP.sub(_as_number, text).replace("www.", "www&#46;")


def _as_number(found: re.Match[str]) -> str:
    sign = found[0]
    # A host makes mentions and links of issues out of what it has drawn, too.
    return f"&#{ord(sign)};{_ZERO_WIDTH if sign in '@#' else ''}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _ends(row: dict[str, Any]) -> str:
    if row["low"] is None or row["high"] is None:
        return ""
    return f"{_number(row['low'])} to {_number(row['high'])}"
