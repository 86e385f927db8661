"""What commands print: tables, JSON, and notes beside them."""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from textwrap import fill
from typing import Any

# Rich lays out a thousand rows in a second, and nobody reads so many on a screen.
_MOST_RICH = 200
# Longer lines are hard to read, however wide a terminal is.
_MOST_COLUMNS = 100
# Letters of a text that stay on one line, a date among them; numbers are never cut.
_LEAST_TEXT = 12
_GAP = 2


def say(text: str = "") -> None:
    """Print a line of the answer; what no screen shows becomes visible."""
    print(_visible(text))


def say_sentences(text: str) -> None:
    """Print a paragraph: on a terminal in lines of whole words, in a pipe as one."""
    if sys.stdout.isatty():
        width = min(get_terminal_size().columns, _MOST_COLUMNS)
        text = fill(_visible(text), width, break_long_words=False, break_on_hyphens=False)
        print(text)
    else:
        say(text)


def note(text: str) -> None:
    """Print beside the answer, which a pipe does not take along."""
    print(f"embwidget: {_visible(text)}", file=sys.stderr)


def say_json(value: Any) -> None:
    """Print JSON that every parser takes: no NaN, and ASCII whatever the terminal is."""
    print(json.dumps(_plain(value), indent=2, allow_nan=False))


def shows_progress() -> bool:
    """Whether somebody looks at the terminal that a bar would be drawn in."""
    return sys.stderr.isatty()


def table(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows, without the columns that are empty in all of them.

    Parameters
    ----------
    title : str
        Stands above them; "" = nothing.
    rows : sequence of mapping
    columns : sequence of str
        Keys of the rows in their order; the first one is always shown.
    """
    shown = [
        name for name in columns if name == columns[0] or any(_cell(row[name]) for row in rows)
    ]
    cells = [[_cell(row[name]) for name in shown] for row in rows]
    is_number = [all(_is_number(row[name]) for row in rows) for name in shown]
    heads = [name.replace("_", " ") for name in shown]
    # NO_COLOR is taken at its word: no bold letters either.
    is_plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    if not is_plain and len(rows) <= _MOST_RICH:
        least = _least_widths(heads, cells, is_number)
        # On a terminal that is too narrow columns would be cut into pieces.
        fits = sum(least) + _GAP * (len(least) - 1) <= get_terminal_size().columns
        if fits:
            _print_rich(title, heads, cells, is_number)
        else:
            _print_records(title, heads, cells)
    else:
        _print_plain(title, heads, cells, is_number)


def _print_rich(
    title: str, heads: list[str], cells: list[list[str]], is_number: list[bool]
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if title:
        console.print(Text(title, style="bold"))
    made = Table(
        box=None, pad_edge=False, header_style="dim", show_header=any(map(str.strip, heads))
    )
    least = _least_widths(heads, cells, is_number)
    for head, is_right, width in zip(heads, is_number, least, strict=True):
        made.add_column(
            Text(head),
            justify="right" if is_right else "left",
            overflow="fold",
            no_wrap=is_right,
            min_width=width,
        )
    for row in cells:
        # As texts, for a name is no markup.
        made.add_row(*map(Text, row))
    console.print(made)


def _least_widths(heads: list[str], cells: list[list[str]], is_number: list[bool]) -> list[int]:
    """Letters that each column needs to be read."""
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    return [
        width if is_right else min(width, _LEAST_TEXT)
        for width, is_right in zip(widths, is_number, strict=True)
    ]


def _print_records(title: str, heads: list[str], cells: list[list[str]]) -> None:
    """Print each row as lines of its own, below its first cell."""
    if title:
        print(title)
    width = max(map(len, heads))
    for row in cells:
        print(row[0])
        for head, cell in zip(heads[1:], row[1:], strict=True):
            if cell:
                print(f"  {head.ljust(width)}  {cell}")


def _print_plain(
    title: str, heads: list[str], cells: list[list[str]], is_number: list[bool]
) -> None:
    if title:
        print(title)
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    for row in [heads, *cells] if any(map(str.strip, heads)) else cells:
        laid = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, is_number, strict=True)
        ]
        print("  ".join(laid).rstrip())


def _cell(value: Any) -> str:
    """A value as it stands in a table: one line."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}" if math.isfinite(value) else ""
    if isinstance(value, Mapping):
        return ", ".join(f"{_visible(str(key))}={_cell(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_cell, value))
    return _visible(str(value))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _visible(text: str) -> str:
    """A text without line ends, and without what moves a cursor or turns the writing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _plain(value: Any) -> Any:
    """What JSON has a word for, in the place of what comes out of numpy and of a registry."""
    value = value.item() if hasattr(value, "item") and not hasattr(value, "keys") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, float):
        # An `Estimate` is a float of a class of its own.
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value
