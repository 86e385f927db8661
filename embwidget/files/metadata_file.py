"""Metadata in files: Parquet, or JSON where the package for that is not installed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.metadata import as_pandas
from embwidget._core.names import with_text_names
from embwidget._core.optional import import_extra
from embwidget._core.parsing import parsing
from embwidget._core.whole_file import open_regular
from embwidget.files.parquet import parquet_schema, read_batches, read_parquet

_PARQUET, _JSON = ".parquet", ".json"
_EXTRA = "files"
_NUMBERS = {
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "bool"),
}


def stored_frame(native: Any) -> Any:
    """Copy of any frame in pandas, with texts for the names of its columns."""
    return with_text_names(as_pandas(native), "metadata")


def suffix_for_metadata() -> str:
    """Format that metadata is written in here."""
    return _PARQUET if find_spec("pyarrow") is not None else _JSON


def write_metadata(file: IO[bytes], frame: Any, suffix: str) -> None:
    """Write a pandas frame; ValueError or TypeError that names a column which cannot be."""
    if suffix == _PARQUET:
        arrow = import_extra("pyarrow", extra=_EXTRA)
        parquet = import_extra("pyarrow.parquet", extra=_EXTRA)
        with parsing("the metadata cannot be stored (drop the column, or make it text)"):
            parquet.write_table(arrow.Table.from_pandas(frame, preserve_index=False), file)
        return
    columns = [_packed(name, frame[name]) for name in frame.columns]
    packed = json.dumps({"n": len(frame), "columns": columns}, ensure_ascii=False)
    file.write(packed.encode("utf-8", "surrogatepass"))


def read_metadata(path: Path) -> Any:
    """Read a pandas frame; ValueError when the file is damaged."""
    with _reading(path):
        if path.suffix == _JSON:
            return _unpacked(path)
        table = read_parquet(path)
        # Offsets and codes of a damaged file may point anywhere, and Arrow follows them.
        table.validate(full=True)
        return _in_pandas(table.replace_schema_metadata(None))


def read_keys(path: Path, column: str) -> Any:
    """Read one column, (n_rows,) of any dtype, without the others and mostly without pandas."""
    with _reading(path):
        if path.suffix == _JSON:
            return _unpacked(path)[column]
        from pyarrow import types

        [values] = read_parquet(path, [column]).columns
        values.validate(full=True)
        kind = values.type
        if not values.null_count and (types.is_string(kind) or types.is_large_string(kind)):
            return np.fromiter(values.to_pylist(), object, len(values))
        if values.null_count or not (types.is_int64(kind) or types.is_uint64(kind)):
            return values.to_pandas()
        return np.concatenate([_numbers(chunk) for chunk in values.chunks])


def read_texts(
    path: Path, column: str, size: int
) -> Iterator[tuple[NDArray[np.int64], bytes]] | None:
    """Read a column of texts without making one of each, block by block.

    Returns
    -------
    iterator or None
        Of so many texts each: lengths (n_block,) int64 in UTF-8, and their bytes. None where it is
        another kind of column.
    """
    if path.suffix != _PARQUET:
        return None
    with _reading(path):
        from pyarrow import types

        [kind] = parquet_schema(path, [column]).types
    is_large = types.is_large_string(kind)
    if not is_large and not types.is_string(kind):
        return None
    return _blocks_of_texts(path, column, size, np.int64 if is_large else np.int32)


def _blocks_of_texts(
    path: Path, column: str, size: int, dtype: type[np.signedinteger[Any]]
) -> Iterator[tuple[NDArray[np.int64], bytes]]:
    """Lengths (n_block,) int64 and bytes, block by block; the column's offsets are of a dtype."""
    held: list[tuple[NDArray[np.int64], bytes]] = []
    n_held = 0
    with _reading(path):
        for batch in read_batches(path, [column]):
            values = batch.column(0)
            values.validate(full=True)
            if values.null_count:
                msg = f"column {shown(column)} has gaps"
                raise ValueError(msg)
            start = 0
            # Blocks have so many texts, however many a batch has.
            while start < len(values):
                some = values.slice(start, size - n_held)
                held.append(_utf8(some, dtype))
                start, n_held = start + len(some), n_held + len(some)
                if n_held == size:
                    yield _joined(held)
                    held, n_held = [], 0
        if held:
            yield _joined(held)


def _joined(
    blocks: list[tuple[NDArray[np.int64], bytes]],
) -> tuple[NDArray[np.int64], bytes]:
    """One block of several, of lengths (n_block,) int64 each and bytes."""
    return np.concatenate([each[0] for each in blocks]), b"".join(each[1] for each in blocks)


def _utf8(values: Any, dtype: type[np.signedinteger[Any]]) -> tuple[NDArray[np.int64], bytes]:
    """Lengths (n,) int64 and bytes of the texts of an Arrow array with offsets of a dtype."""
    _, offsets, data = values.buffers()
    ends = np.frombuffer(offsets, dtype)[values.offset : values.offset + len(values) + 1]
    utf8 = b"" if data is None else data[int(ends[0]) : int(ends[-1])].to_pybytes()
    return np.diff(ends).astype(np.int64), utf8


def _numbers(chunk: Any) -> NDArray[Any]:
    """Numbers (n_rows,) int64 or uint64 of an Arrow array without gaps, which pandas is not for."""
    numbers: NDArray[Any] = np.frombuffer(chunk.buffers()[1], str(chunk.type))
    return numbers[chunk.offset : chunk.offset + len(chunk)]


def _in_pandas(table: Any) -> Any:
    """Pandas frame of an Arrow table; beside a gap whole numbers stay such, and truths."""
    import pandas as pd
    from pyarrow import types

    frame = table.to_pandas()
    # Alone, Arrow makes them floats, in which large numbers become the same one.
    for field, column in zip(table.schema, table.columns, strict=True):
        kind = field.type
        if column.null_count and (types.is_integer(kind) or types.is_boolean(kind)):
            name = str(kind).replace("uint", "UInt").replace("int", "Int")
            dtype = pd.api.types.pandas_dtype(name.replace("bool", "boolean"))
            one = table.select([field.name]).to_pandas(types_mapper={kind: dtype}.get)
            frame[field.name] = one[field.name]
    return frame


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Name the file, or the package that it needs, in what is raised."""
    if path.suffix == _PARQUET:
        import_extra("pyarrow", extra=_EXTRA)
    with parsing(f"the metadata {path.name[:12]}… cannot be read"):
        yield


def _packed(name: str, column: Any) -> dict[str, Any]:
    """One column as what JSON has; TypeError for other things than numbers, texts and dates."""
    dtype = str(column.dtype)
    if dtype in _NUMBERS:
        return {"name": name, "dtype": dtype, "values": column.to_numpy().tolist()}
    if dtype.startswith("datetime64[") and "," not in dtype:
        moments = column.to_numpy().astype("datetime64[ns]").astype(np.int64).tolist()
        return {"name": name, "dtype": "datetime64[ns]", "values": moments}
    if dtype == "category":
        inner = _packed(name, column.cat.categories.to_series())
        codes = column.cat.codes.to_numpy().tolist()
        ordered = bool(column.cat.ordered)
        return {**inner, "codes": codes, "ordered": ordered}
    gaps = column.isna().tolist()
    values = [None if gap else each for each, gap in zip(column.tolist(), gaps, strict=True)]
    if all(value is None or isinstance(value, (str, bool, int)) for value in values):
        return {"name": name, "dtype": "object", "values": values}
    msg = (
        f"column {shown(name)} has other things than numbers, texts and dates, which are stored "
        f'as Parquet alone: pip install "embwidget[{_EXTRA}]"'
    )
    raise TypeError(msg)


def _unpacked(path: Path) -> Any:
    import pandas as pd

    with open_regular(path, follow=False) as file:
        held = json.loads(file.read().decode("utf-8", "surrogatepass"))
    return pd.DataFrame(
        {each["name"]: _column(each, pd) for each in held["columns"]}, index=range(held["n"])
    )


def _column(packed: dict[str, Any], pd: Any) -> Any:
    """Values of one column, (n_rows,) of the dtype that they had."""
    dtype = packed["dtype"]
    if dtype not in {*_NUMBERS, "object", "datetime64[ns]"}:
        msg = f"a column is of type {shown(dtype)}"
        raise ValueError(msg)
    if dtype == "datetime64[ns]":
        values = np.array(packed["values"], np.int64).view(dtype)
    elif dtype == "object":
        values = np.fromiter(packed["values"], object, len(packed["values"]))
    else:
        values = np.array(packed["values"], dtype)
    if "codes" not in packed:
        return values
    return pd.Categorical.from_codes(packed["codes"], values, ordered=packed["ordered"])
