"""Tables in Parquet files."""

from pathlib import Path

from embwidget._core.parsing import check_unpacked
from embwidget.files.arrow_tables import checked_table
from embwidget.files.tables import TableFormat, TableRead, check_columns


def _read(path: Path, id: str | None) -> TableRead:  # noqa: A002 (the word of every frame)
    from pyarrow import parquet

    # Not read_table: it would make columns of folders named like "year=2026".
    with parquet.ParquetFile(path, page_checksum_verification=True) as file:
        about = file.metadata
        check_columns(about.num_columns)
        # Runs of one value take no room in the file.
        groups = [about.row_group(place) for place in range(about.num_row_groups)]
        values = sum(
            group.column(place).num_values for group in groups for place in range(group.num_columns)
        )
        check_unpacked(4 * max(values, about.num_rows), path.stat().st_size)
        return checked_table(file.read(), id)


FORMAT = TableFormat((".parquet",), _read, package="pyarrow")
