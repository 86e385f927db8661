"""Tables as text, with a line of column names."""

from pathlib import Path
from typing import Any

from embwidget._core.whole_file import open_regular
from embwidget.files.tables import TableFormat, TableRead, check_columns, usual_id

# The header that pandas gives to an index written without a name.
_UNNAMED = "Unnamed: 0"
_MOST_LINE_BYTES = 16_000_000


def _read(path: Path, id: str | None) -> TableRead:  # noqa: A002 (the word of every frame)
    import pandas as pd

    _check_lines(path)
    frame = pd.read_csv(path, low_memory=False)
    names = list(frame.columns)
    _check_header(names)
    if id is None:
        id = usual_id(names, names[:1] if names[:1] == [_UNNAMED] else [])  # noqa: A001
    if id in names:
        # Read anew as text, for pandas makes 7 of "007" and nothing of "NA".
        texts = pd.read_csv(path, usecols=[id], dtype=str, na_filter=False)[id].tolist()
        frame[id] = pd.Series(_keys(texts), frame.index, dtype=object)
    extra = [name for name in names[:1] if name == _UNNAMED and name != id]
    return TableRead(frame.drop(columns=extra), id)


FORMAT = TableFormat((".csv",), _read)


def _check_lines(path: Path) -> None:
    """Refuse what has no rows, or too many columns, before it is parsed: that takes minutes."""
    with open_regular(path) as file:
        for what in ("column names", "rows below them"):
            line = b"\n"
            while line.isspace():
                line = file.readline(_MOST_LINE_BYTES)
            if not line:
                msg = f"it has no {what}"
                raise ValueError(msg)
            if len(line) == _MOST_LINE_BYTES:
                msg = f"it has a line of more than {_MOST_LINE_BYTES // 1_000_000} MB"
                raise ValueError(msg)
            check_columns(line.count(b",") + 1)


def _check_header(names: list[str]) -> None:
    """Refuse a first line of numbers, which would be lost as names; 0, 1, 2, ... is from pandas."""
    names = [name for name in names if name != _UNNAMED]
    if names and all(map(_is_number, names)) and names != [str(i) for i in range(len(names))]:
        msg = (
            "it begins with numbers where the names of columns are expected: write a first line "
            "like id,x0,x1,x2"
        )
        raise ValueError(msg)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _keys(texts: list[str]) -> list[Any]:
    """Whole numbers where all texts are such, written plainly; None where there is no text."""
    try:
        numbers = [int(text) for text in texts]
    except ValueError:
        return [text or None for text in texts]
    return numbers if list(map(str, numbers)) == texts else list(texts)
