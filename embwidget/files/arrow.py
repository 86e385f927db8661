"""Tables in Arrow's own formats: IPC files, streams, Feather."""

from pathlib import Path
from typing import Any

from embwidget._core.parsing import check_unpacked
from embwidget.files.arrow_tables import checked_table
from embwidget.files.tables import TableFormat, TableRead, check_columns

_FILE = b"ARROW1"
_FEATHER_1 = b"FEA1"


def _read(path: Path, id: str | None) -> TableRead:  # noqa: A002 (the word of every frame)
    import pyarrow as arrow

    # Not mapped: whoever looks into a map of a file that gets shorter is killed.
    with arrow.OSFile(str(path)) as source:
        start = source.read(len(_FILE))
        source.seek(0)
        if start.startswith(_FEATHER_1):
            # Arrow itself follows wrong places in such files, before they can be checked.
            msg = (
                "it is of Feather's first version, which cannot be read safely: write it anew, "
                "pandas.read_feather(path).to_feather(path)"
            )
            raise ValueError(msg)
        reader = arrow.ipc.open_file(source) if start == _FILE else arrow.ipc.open_stream(source)
        check_columns(len(reader.schema))
        read = checked_table(reader.read_all(), id)
        check_unpacked(_viewed_bytes(read.frame), path.stat().st_size)
        return read


def _viewed_bytes(table: Any) -> int:
    """Room that lists take which may all be views of the same entries."""
    from pyarrow import compute, types

    views = [
        column
        for column in table.columns
        if types.is_list_view(column.type) or types.is_large_list_view(column.type)
    ]
    return 8 * sum(compute.sum(compute.list_value_length(view)).as_py() or 0 for view in views)


FORMAT = TableFormat((".arrow", ".feather", ".ipc"), _read, package="pyarrow")
