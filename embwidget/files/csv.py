"""Tables as text, with a line of column names; what stands between the fields is found out."""

from pathlib import Path

from embwidget.files.delimited import layout_of, named_table
from embwidget.files.tables import TableFormat, TableRead


def _read(path: Path, id: str | None) -> TableRead:  # noqa: A002 (the word of every frame)
    return named_table(path, id, layout_of(path))


FORMAT = TableFormat((".csv",), _read)
