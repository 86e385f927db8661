"""Tables in Arrow's own formats: IPC files, streams, Feather."""

from pathlib import Path

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
        return checked_table(reader.read_all(), id)


FORMAT = TableFormat((".arrow", ".feather", ".ipc"), _read, package="pyarrow")
