"""Tables in Parquet files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from embwidget._core.parsing import check_unpacked
from embwidget.files.arrow_tables import checked_table
from embwidget.files.tables import TableFormat, TableRead, check_columns

_BATCH_ROWS = 65_536
# Read of a column at a time; else all of it is.
_BUFFER_BYTES = 1 << 20


def read_parquet(path: Path, columns: list[str] | None = None) -> Any:
    """Read an Arrow table, or some columns of it; it may raise anything."""
    import pyarrow as arrow

    batches = list(read_batches(path, columns))
    return arrow.Table.from_batches(batches, parquet_schema(path, columns))


def read_batches(path: Path, columns: list[str] | None = None) -> Iterator[Any]:
    """Read an Arrow table batch by batch, of which nobody needs to hold all; as `read_parquet`."""
    from pyarrow import parquet

    size = path.stat().st_size
    # Not read_table: it would make columns of folders named like "year=2026".
    with parquet.ParquetFile(
        path, page_checksum_verification=True, buffer_size=_BUFFER_BYTES
    ) as file:
        # What is said of single columns is not looked at: damaged, it ends the interpreter.
        about = file.metadata
        check_columns(about.num_columns)
        check_unpacked(4 * about.num_rows * about.num_columns, size)
        n_bytes = 0
        # Runs of one value take no room in the file, and lists have any length.
        for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
            n_bytes += batch.nbytes
            check_unpacked(n_bytes, size)
            yield batch


def parquet_schema(path: Path, columns: list[str] | None = None) -> Any:
    """Names and types of the columns of a file, or of some."""
    import pyarrow as arrow
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        check_columns(file.metadata.num_columns)
        schema = file.schema_arrow
    return schema if columns is None else arrow.schema([schema.field(each) for each in columns])


def _read(path: Path, id: str | None) -> TableRead:  # noqa: A002 (the word of every frame)
    return checked_table(read_parquet(path), id)


FORMAT = TableFormat((".parquet",), _read, package="pyarrow")
