"""Tables as text: what stands between their fields, and whether they begin with names."""

import csv
import re
from codecs import BOM_UTF8
from contextlib import suppress
from io import TextIOWrapper
from itertools import chain
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
_DECIMAL = re.compile(rb"\s*[-+]?\d+(?P<mark>[,.])\d+(?:[eE][-+]?\d+)?\s*")
# A line of numbers that was cut at the wrong marks.
_NUMERIC = re.compile(r"[-+\d.,;|\s]*\d[-+\d.,;|\s]*")
_BLOCK_BYTES = 1 << 20
# Looked at for the decimal mark.
_FIRST_CHARS = 200_000


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


def layout_of(path: Path, likely: bytes = b"") -> Layout:
    """Look at the first lines, so that what has no rows, or too many columns, is never parsed.

    Parameters
    ----------
    path : Path
    likely : bytes
        What stands between fields by the name of the file, wherever it may.
    """
    with open_regular(path) as file:
        _check_bytes(file)
        # Old lines end in a carriage return alone, which parsers know, too.
        lines = TextIOWrapper(file, "latin-1")
        first, second = _record(lines), _record(lines)
        more = lines.readlines(_FIRST_CHARS) if second else []
    if not first:
        msg = "it has no column names"
        raise ValueError(msg)
    counts = {mark: len(_fields(first, mark)) for mark in _DELIMITERS}
    alike = {m for m, n in counts.items() if n > 1 and n == len(_fields(second, m))}
    mark = likely if likely in alike else max(alike or counts, key=lambda m: counts[m])
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
    texts = [field.decode("utf-8", "replace").strip() for field in _fields(first, mark)]
    rows = [first, second, *(line.encode("latin-1") for line in more[:-1])]
    decimal = "," if mark != b"," and _has_decimal_commas(rows, mark) else "."
    return Layout(mark.decode(), decimal, texts, has_rows=bool(second))


def _check_bytes(file: IO[bytes]) -> None:
    """Refuse nulls, at which parsers end a field without a word; stands at the first text then."""
    n_lines = 1
    while block := file.read(_BLOCK_BYTES):
        at = block.find(b"\0")
        if at >= 0:
            line = n_lines + block.count(b"\n", 0, at)
            msg = f"line {line} has a null in it: of 16 bits a letter, save it as UTF-8"
            raise ValueError(msg)
        n_lines += block.count(b"\n")
    file.seek(0)
    start = file.read(len(BOM_UTF8))
    file.seek(len(BOM_UTF8) if start == BOM_UTF8 else 0)


def _has_decimal_commas(rows: list[bytes], mark: bytes) -> bool:
    """Whether more numbers have a comma in them than a point."""
    fields = (field for row in rows for field in _fields(row, mark))
    marks = [found["mark"] for field in fields if (found := _DECIMAL.fullmatch(field))]
    return 2 * marks.count(b",") > len(marks)


def _record(lines: IO[str]) -> bytes:
    """Next line that is not empty, with those that its quotes go on over; b"" at the end."""
    line = "\n"
    while line.isspace():
        line = lines.readline(_MOST_LINE_BYTES)
    while line.count('"') % 2 and len(line) < _MOST_LINE_BYTES:
        more = lines.readline(_MOST_LINE_BYTES - len(line))
        if not more:
            break
        line += more
    if line.count('"') > _MOST_QUOTES:
        msg = f"it has a line of more than {_MOST_QUOTES:,} quotes"
        raise ValueError(msg)
    if len(line) >= _MOST_LINE_BYTES:
        msg = f"it has a line of more than {_MOST_LINE_BYTES // 1_000_000} MB"
        raise ValueError(msg)
    return line.encode("latin-1")


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
    check_names(layout)
    frame = read_rows(path, layout)
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


def check_names(layout: Layout) -> None:
    """Refuse a name that stands above two columns, which would get another one."""
    names = [name for name in layout.first if name]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        msg = f"several of its columns are called {shown(twice)}: rename them"
        raise ValueError(msg)


def read_rows(path: Path, layout: Layout, **options: Any) -> Any:
    """Frame of pandas of all rows; ValueError for one that ends before the others."""
    import pandas as pd

    frame = pd.read_csv(path, **{**layout.options, **options})
    # Fields that are not there are filled, so that only a row which ends empty may be short.
    if frame[frame.columns[-1]].isna().any():
        with suppress(csv.Error):
            _check_ends(path, frame.shape[1], options.get("sep", layout.delimiter))
    return frame


def _check_ends(path: Path, n_fields: int, delimiter: str) -> None:
    with open_regular(path) as file:
        lines = enumerate(TextIOWrapper(file, "latin-1"), 1)
        for number, line in lines:
            if not line.strip(" \n"):
                continue
            n_here = line.count(delimiter) + 1
            if '"' in line:
                rest = (line for _, line in lines)
                n_here = len(next(csv.reader(chain([line], rest), delimiter=delimiter)))
            if n_here < n_fields:
                msg = (
                    f"line {number} has {n_here} fields, and others have {n_fields}: it may be "
                    "cut: fill it, or delete it"
                )
                raise ValueError(msg)


def _check_header(names: list[str]) -> None:
    """Refuse a first line of numbers, which would be lost as names; 0, 1, 2, ... is from pandas."""
    names = [name for name in names if name != _UNNAMED]
    numbers = [name for name in names if is_number(name) or _NUMERIC.fullmatch(name)]
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
