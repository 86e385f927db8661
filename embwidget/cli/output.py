"""What commands print: tables, JSON, and notes beside them."""

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

# Rich lays out a thousand rows in a second, and nobody reads so many on a screen.
_MOST_RICH = 200


def say(text: str = "") -> None:
    """Print a line of the answer; what no screen shows becomes visible."""
    print(_visible(text))


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
        _print_rich(title, heads, cells, is_number)
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
    for head, is_right in zip(heads, is_number, strict=True):
        made.add_column(Text(head), justify="right" if is_right else "left", overflow="fold")
    for row in cells:
        # As texts, for a name is no markup.
        made.add_row(*map(Text, row))
    console.print(made)


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
