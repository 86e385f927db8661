"""What people hold their vectors in, beside arrays: told by what it can do, and never imported."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from embwidget._core.checks import listed, near_names, shown
from embwidget._core.frames import is_frame, split_frame
from embwidget._core.numbers_given import sparse_text
from embwidget._core.parts import Parts
from embwidget._core.tensors import is_tensor

# One of these, beside features, makes a dataset of Hugging Face.
_DATASET = ("with_format", "to_pandas", "data")
_ARROW_METHODS = ("fetch_arrow_table", "to_arrow_table", "arrow")


def parts_of(
    x: Any,
    *,
    vectors: str | list[str] | None = None,
    id: str | None = None,  # noqa: A002 (the word of every frame)
    apart: Sequence[str] = (),
) -> Parts:
    """Take anything in memory apart that holds vectors; what is an array stays one.

    Parameters
    ----------
    x : array-like, frame, Series, dict, AnnData, KeyedVectors, Dataset, or relation of DuckDB
    vectors, id
        As for `Space.from_frame`; of an AnnData a key of ``obsm``.
    apart : sequence of str
        Columns that are no dimensions.
    """
    if isinstance(x, (np.ndarray, list, tuple)) or is_tensor(x) or hasattr(x, "nnz"):
        return Parts(x)
    if isinstance(x, dict):
        return _of_dict(x)
    if hasattr(x, "obs_names") and hasattr(x, "X"):
        return parts_of_anndata(x, vectors)
    words = getattr(x, "wv", x)
    if hasattr(words, "index_to_key") and hasattr(words, "vectors"):
        return Parts(words.vectors, list(words.index_to_key), what="the vectors of words")
    frame = _frame_of(x)
    if frame is None:
        return Parts(x)
    return split_frame(frame, vectors=vectors, id=id, apart=apart)


def parts_of_anndata(data: Any, vectors: Any) -> Parts:
    """Take an AnnData apart; see `Space.from_anndata`."""
    keys = list(data.obsm.keys())
    if vectors is not None and vectors not in keys:
        msg = f"obsm has no {shown(vectors)}: {near_names(vectors, keys)}"
        raise ValueError(msg)
    held = data.X if vectors is None else data.obsm[vectors]
    if held is None:
        msg = (
            f"AnnData.X is None: use a key of obsm ({near_names('', keys)}): "
            "Space.from_anndata(data, vectors=...)"
        )
        raise TypeError(msg)
    what = f"AnnData.{'X' if vectors is None else f'obsm[{shown(vectors)}]'}"
    if hasattr(held, "nnz") and keys:
        what = f"{what}, beside which there are {listed(keys, 3)} for vectors=,"
    return Parts(held, np.asarray(data.obs_names, object), data.obs, what=what)


def reduced(parts: Parts, n_dims: int | None) -> Parts:
    """Bring a sparse matrix to so many dimensions; TypeError for one if none are said.

    The same ones every time, by scikit-learn's TruncatedSVD, which needs no dense matrix.
    """
    if not hasattr(parts.vectors, "nnz"):
        if n_dims is not None:
            msg = f"n_dims={shown(n_dims)} is for sparse matrices, and these vectors are dense"
            raise ValueError(msg)
        return parts
    if n_dims is None:
        raise TypeError(sparse_text(parts.vectors, parts.what))
    most = min(parts.vectors.shape) - 1
    if isinstance(n_dims, bool) or not isinstance(n_dims, int) or not 1 <= n_dims <= most:
        msg = f"n_dims={shown(n_dims)}: give a whole number from 1 to {most}"
        raise ValueError(msg)
    from sklearn.decomposition import TruncatedSVD

    matrix = parts.vectors.astype(np.float64)
    svd = TruncatedSVD(n_dims, random_state=0)
    said = f"{n_dims} components of a sparse matrix of {matrix.shape[1]} columns"
    return parts._replace(vectors=svd.fit_transform(matrix), read_from=said)


def _of_dict(x: dict[Any, Any]) -> Parts:
    """Take {id: vector} apart; a dict of columns, or of whole arrays, is refused."""
    if not x:
        msg = "an empty dict holds no vectors: give {id: vector}"
        raise ValueError(msg)
    splits = [name for name, value in x.items() if hasattr(value, "features")]
    if splits:
        msg = f"it has several splits, {listed(splits)}: give one of them, x[{shown(splits[0])}]"
        raise ValueError(msg)
    for key, value in x.items():
        if np.ndim(value) > 1 if hasattr(value, "shape") else _is_column(value):
            msg = (
                f"a dict is read as {{id: vector}}, and that of {shown(key)} is none: for columns "
                "give pandas.DataFrame(x), for an array and its ids Space(vectors, ids=ids)"
            )
            raise ValueError(msg)
    entries = np.fromiter(x.values(), object, len(x))
    return Parts(entries, list(x), read_from=f"a dict of {len(x)} ids")


def _is_column(value: Any) -> bool:
    """Whether the value of a dict is a column of texts or of vectors, judged by its first entry."""
    if not isinstance(value, (list, tuple)):
        return isinstance(value, dict)
    return any(isinstance(entry, (str, list, tuple, dict, np.ndarray)) for entry in value[:1])


def _frame_of(x: Any) -> Any:
    """Return a frame of any library that is in memory, or None for what is none."""
    if hasattr(x, "features") and any(hasattr(x, name) for name in _DATASET):
        return _of_dataset(x)
    # A lazy frame is refused by as_frame, which says what to call.
    if is_frame(x) or hasattr(x, "collect"):
        return x
    for method in _ARROW_METHODS:
        if callable(getattr(x, method, None)):
            return _table_of(getattr(x, method)())
    module = type(x).__module__.partition(".")[0]
    if module == "pyarrow" or (hasattr(x, "__arrow_c_stream__") and not hasattr(x, "__array__")):
        return _table_of(x)
    return _of_series(x)


def _of_dataset(x: Any) -> Any:
    """Return the table of a Dataset of Hugging Face, its rows as they were chosen and sorted."""
    table = getattr(x, "data", None)
    # The table that lies behind knows nothing of rows that were chosen, shuffled or sorted.
    if hasattr(x, "with_format") and table is not None:
        return _table_of(x.with_format("arrow")[:])
    if hasattr(x, "to_pandas"):
        return x.to_pandas()
    if table is not None and getattr(x, "_indices", None) is None:
        return _table_of(getattr(table, "table", table))
    msg = "a dataset that is read as it streams has no length: make a Dataset of some rows first"
    raise TypeError(msg)


def _table_of(x: Any) -> Any:
    """Return the table of Arrow of one column, of batches, or of what streams them."""
    import pyarrow as pa

    if is_frame(x):
        return x
    if isinstance(x, (pa.Array, pa.ChunkedArray)):
        kind = x.type
        return pa.table({"vectors": x}) if _is_nested(kind, pa) else None
    if hasattr(x, "read_all"):
        return x.read_all()
    return pa.table(x) if not isinstance(x, pa.RecordBatch) else pa.Table.from_batches([x])


def _is_nested(kind: Any, pa: Any) -> bool:
    return not (pa.types.is_primitive(kind) or pa.types.is_boolean(kind))


def _of_series(x: Any) -> Any:
    """Return the frame of a Series whose entries are vectors; None for numbers, and for others."""
    import narwhals as nw

    series = nw.from_native(x, series_only=True, pass_through=True)
    if not isinstance(series, nw.Series) or series.dtype.is_numeric():
        return None
    return series.alias(str(series.name or "vectors")).to_frame().to_native()
