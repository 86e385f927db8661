"""Tables as text with tabs; without names, as the Embedding Projector has them in two files."""

from pathlib import Path
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget.files.delimited import (
    Layout,
    check_names,
    is_number,
    layout_of,
    named_table,
    read_rows,
)
from embwidget.files.tables import TableFormat, TableRead, usual_id


def _read(path: Path, id: str | None) -> TableRead:  # noqa: A002 (the word of every frame)
    layout = layout_of(path, b"\t")
    first = [field.replace(layout.decimal, ".") for field in layout.first]
    if not all(map(is_number, first)) or first == [str(i) for i in range(len(first))]:
        return named_table(path, id, layout)
    return _projector(path, id, layout)


FORMAT = TableFormat((".tsv",), _read)


def _projector(path: Path, id: str | None, layout: Layout) -> TableRead:  # noqa: A002
    """Read numbers without names, and what ``metadata.tsv`` beside ``vectors.tsv`` says of them."""
    import pandas as pd

    frame = read_rows(path, layout, header=None)
    ids, *others = frame.columns
    if others and _is_whole(frame[ids]) and not any(_is_whole(frame[name]) for name in others):
        msg = (
            "its first column has whole numbers alone and may be ids: write a first line of names "
            "like id, x0, x1, x2"
        )
        raise ValueError(msg)
    beside = path.with_name(path.name.replace("vectors", "metadata"))
    if beside == path or not beside.is_file():
        return TableRead(frame, id, list(frame.columns))
    metadata = _metadata(beside, len(frame))
    table = pd.concat([frame, metadata], axis=1)
    return TableRead(table, id or usual_id(list(metadata.columns), []), list(frame.columns))


def _is_whole(column: Any) -> bool:
    return column.dtype.kind in "iu" or (
        column.dtype.kind == "f" and bool(np.all(column == np.rint(column)))
    )


def _metadata(path: Path, n_rows: int) -> Any:
    """Frame of the file beside the vectors: its names stand above, if it has several columns."""
    import pandas as pd

    layout = layout_of(path, b"\t")
    options = {"sep": "\t", "skip_blank_lines": False}
    has_names = "\t" in layout.delimiter and len(layout.first) > 1
    if has_names:
        check_names(layout)
    frame = read_rows(path, layout, header=0 if has_names else None, **options)
    if not has_names:
        frame = pd.DataFrame({"label": frame[0]})
        if len(frame) == n_rows + 1:
            frame = frame[1:].reset_index(drop=True)
    if len(frame) != n_rows:
        msg = f"{shown(path.name)} beside it has {len(frame)} rows, and there are {n_rows} vectors"
        raise ValueError(msg)
    return frame
