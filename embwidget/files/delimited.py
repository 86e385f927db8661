"""Tables as text: what stands between their fields, and whether they begin with names."""

import re
from pathlib import Path
from typing import IO, Any, NamedTuple

from embwidget._core.checks import shown
from embwidget._core.whole_file import open_regular
from embwidget.files.tables import TableRead, check_columns, usual_id

# The header that pandas gives to an index written without a name.
_UNNAMED = "Unnamed: 0"
_MOST_LINE_BYTES = 16_000_000
_MOST_QUOTES = 200_000
_DELIMITERS = {b",": "comma", b"\t": "tab", b";": "semicolon", b"|": "bar"}
_DECIMAL_COMMA = re.compile(rb"\s*[-+]?\d+,\d+(?:[eE][-+]?\d+)?\s*")


class Layout(NamedTuple):
    """How a table of text is written.

    Attributes
    ----------
    delimiter : str
    decimal : str
        "." or ",".
    first : list of str
        Fields of the first line, without quotes.
    has_rows : bool
        Whether there are lines below it.
    """

    delimiter: str
    decimal: str
    first: list[str]
    has_rows: bool

    @property
    def options(self) -> dict[str, Any]:
        """What `pandas.read_csv` has to be told."""
        return {"sep": self.delimiter, "decimal": self.decimal, "low_memory": False}


def layout_of(path: Path) -> Layout:
    """Look at the first lines, so that what has no rows, or too many columns, is never parsed."""
    with open_regular(path) as file:
        first = _record(file)
        second = _record(file)
    if not first:
        msg = "it has no column names"
        raise ValueError(msg)
    counts = {mark: len(_fields(first, mark)) for mark in _DELIMITERS}
    alike = {m for m, n in counts.items() if n > 1 and n == len(_fields(second, m))}
    mark = max(alike or counts, key=lambda m: counts[m])
    check_columns(counts[mark])
    below = _fields(second, mark)
    if len(below) > counts[mark]:
        msg = (
            f"its first line has {counts[mark]} fields and the next has {len(below)}, with a "
            f"{_DELIMITERS[mark]} between them: name every column, and put fields that have a "
            f"{_DELIMITERS[mark]} in them into quotes"
        )
        raise ValueError(msg)
    if counts[mark] == 1 and len(second.split()) == len(first.split()) > 1 and _all_numbers(second):
        msg = (
            "its first line has no comma, tab, semicolon or bar in it, but spaces: write one of "
            "those between the fields"
        )
        raise ValueError(msg)
    comma = mark == b";" and any(map(_DECIMAL_COMMA.fullmatch, below))
    texts = [field.decode("utf-8-sig", "replace").strip() for field in _fields(first, mark)]
    return Layout(mark.decode(), "," if comma else ".", texts, has_rows=bool(second))


def _record(file: IO[bytes]) -> bytes:
    """Next line that is not empty, with those that its quotes go on over; b"" at the end."""
    line = b"\n"
    while line.isspace():
        line = file.readline(_MOST_LINE_BYTES)
    while line.count(b'"') % 2 and len(line) < _MOST_LINE_BYTES:
        more = file.readline(_MOST_LINE_BYTES - len(line))
        if not more:
            break
        line += more
    if line.count(b'"') > _MOST_QUOTES:
        msg = f"it has a line of more than {_MOST_QUOTES:,} quotes"
        raise ValueError(msg)
    if len(line) >= _MOST_LINE_BYTES:
        msg = f"it has a line of more than {_MOST_LINE_BYTES // 1_000_000} MB"
        raise ValueError(msg)
    return line


def _fields(record: bytes, mark: bytes) -> list[bytes]:
    """Fields of a record that a mark parts, but for marks in quotes."""
    if b'"' not in record:
        return record.rstrip(b"\r\n").split(mark)
    fields = [b""]
    for number, part in enumerate(record.rstrip(b"\r\n").split(b'"')):
        outside = part.split(mark) if number % 2 == 0 else [part]
        fields[-1] += outside[0]
        fields.extend(outside[1:])
    return fields


def _all_numbers(record: bytes) -> bool:
    return all(is_number(token.decode("latin-1")) for token in record.split())


def is_number(text: str) -> bool:
    """Whether a text is a number for Python."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def named_table(path: Path, id: str | None, layout: Layout) -> TableRead:  # noqa: A002
    """Read a table that begins with the names of its columns."""
    import pandas as pd

    if not layout.has_rows:
        msg = "it has column names, and no rows below them"
        raise ValueError(msg)
    frame = pd.read_csv(path, **layout.options)
    names = list(frame.columns)
    _check_header(names)
    if id is None:
        id = usual_id(names, names[:1] if names[:1] == [_UNNAMED] else [])  # noqa: A001
    if id in names:
        # Read anew as text, for pandas makes 7 of "007" and nothing of "NA".
        texts = pd.read_csv(path, usecols=[id], dtype=str, na_filter=False, sep=layout.delimiter)[
            id
        ].tolist()
        frame[id] = pd.Series(_keys(texts), frame.index, dtype=object)
    extra = [name for name in names[:1] if name == _UNNAMED and name != id]
    return TableRead(frame.drop(columns=extra), id)


def _check_header(names: list[str]) -> None:
    """Refuse a first line of numbers, which would be lost as names; 0, 1, 2, ... is from pandas."""
    names = [name for name in names if name != _UNNAMED]
    numbers = [name for name in names if is_number(name)]
    plain = numbers == [str(i) for i in range(len(numbers))]
    decimal = [name for name in numbers if not name.isdigit()]
    if (numbers == names and names and not plain) or len(decimal) * 2 > len(names):
        msg = (
            f"it begins with numbers, {shown(numbers[0])}, where the names of columns are "
            "expected: write a first line like id,x0,x1,x2"
        )
        raise ValueError(msg)


def _keys(texts: list[str]) -> list[Any]:
    """Whole numbers where all texts are such, written plainly; None where there is no text."""
    try:
        numbers = [int(text) for text in texts]
    except ValueError:
        return [text or None for text in texts]
    return numbers if list(map(str, numbers)) == texts else list(texts)
