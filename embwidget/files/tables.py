"""Files that hold a table: parquet, Arrow, csv. Each reader gives the frame and its id column."""

from pathlib import Path
from typing import Any

from embwidget._core.checks import near_names, shown
from embwidget._core.optional import import_extra
from embwidget.files.arrays import reading

# The header that pandas gives to an index written without a name.
_UNNAMED = "Unnamed: 0"


def read_parquet(path: Path, id: str | None) -> tuple[Any, str | None]:  # noqa: A002
    """Read a Parquet file into an Arrow table."""
    parquet = import_extra("pyarrow.parquet", extra="files")
    arrow = import_extra("pyarrow", extra="files")
    with reading(path, arrow.ArrowException):
        # Not read_table: it would make columns of folders named like "year=2026".
        table = parquet.ParquetFile(path).read()
    return _index_apart(table, id)


def read_arrow(path: Path, id: str | None) -> tuple[Any, str | None]:  # noqa: A002
    """Read an Arrow file, stream or Feather file into an Arrow table."""
    arrow = import_extra("pyarrow", extra="files")
    feather = import_extra("pyarrow.feather", extra="files")
    with reading(path, arrow.ArrowException):
        try:
            table = feather.read_table(path, memory_map=True)
        except arrow.ArrowInvalid:
            with arrow.memory_map(str(path)) as source:
                table = arrow.ipc.open_stream(source).read_all()
    return _index_apart(table, id)


def _index_apart(table: Any, id: str | None) -> tuple[Any, str | None]:  # noqa: A002
    """Take an index that pandas wrote for the ids, or leave it out: it is no dimension."""
    written = (table.schema.pandas_metadata or {}).get("index_columns", [])
    # A range of rows is described by a dict and has no column.
    index = [name for name in written if isinstance(name, str)]
    if id is None:
        id = _usual_id(table.column_names, index)  # noqa: A001
    table = table.drop_columns([name for name in index if name != id])
    return table.replace_schema_metadata(None), id


def _usual_id(names: list[str], index: list[str]) -> str | None:
    """Column of the ids when none is named: "id", else the index if it is a single column."""
    if "id" in names:
        return "id"
    return index[0] if len(index) == 1 else None


def read_csv(path: Path, id: str | None) -> tuple[Any, str | None]:  # noqa: A002
    """Read a csv file with a line of column names into a pandas frame."""
    import pandas as pd

    with reading(path):
        names = list(pd.read_csv(path, nrows=0).columns)
    _check_header(path, names)
    if id is None:
        id = _usual_id(names, names[:1] if names[:1] == [_UNNAMED] else [])  # noqa: A001
    if id is not None and id not in names:
        msg = f"{shown(path.name)} has no column id={shown(id)}: {near_names(id, names)}"
        raise ValueError(msg)
    with reading(path):
        frame = pd.read_csv(path, low_memory=False)
        if id is not None:
            # Read anew as text, for pandas makes 7 of "007" and nothing of "NA".
            texts = pd.read_csv(path, usecols=[id], dtype=str, na_filter=False)[id].tolist()
            frame[id] = pd.Series(_keys(texts), frame.index, dtype=object)
    return frame.drop(columns=[name for name in names[:1] if name == _UNNAMED and name != id]), id


def _check_header(path: Path, names: list[str]) -> None:
    """Refuse a first line of numbers, which would be lost as names; 0, 1, 2, ... is from pandas."""
    names = [name for name in names if name != _UNNAMED]
    if names and all(map(_is_number, names)) and names != [str(i) for i in range(len(names))]:
        msg = (
            f"{shown(path.name)} begins with numbers where the names of columns are expected: "
            "write a first line like id,x0,x1,x2"
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
