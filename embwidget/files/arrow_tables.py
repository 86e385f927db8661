"""What Parquet and Arrow files have in common: a table of Arrow, safe to be looked into."""

from typing import Any

from embwidget.files.tables import TableRead, usual_id


def checked_table(table: Any, id: str | None) -> TableRead:  # noqa: A002
    """Make sure of an Arrow table, and tell its columns of ids.

    An index that pandas wrote is taken for the ids, or left out: it is no dimension.
    """
    # Offsets and codes of a damaged file may point anywhere, and Arrow follows them.
    table.validate(full=True)
    written = (table.schema.pandas_metadata or {}).get("index_columns", [])
    # A range of rows is described by a dict and has no column.
    index = [name for name in written if isinstance(name, str)]
    if id is None:
        id = usual_id(table.column_names, index)  # noqa: A001
    table = table.drop_columns([name for name in index if name != id])
    return TableRead(table.replace_schema_metadata(None), id)
