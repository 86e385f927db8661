"""Batches out of whatever holds the items: a loader, a dataset, arrays, texts."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown, whole
from embwidget._core.keys import index_of, is_plain
from embwidget._core.tensors import is_tensor
from embwidget.collecting.loaders import LoaderOrder, generators_of, is_loader, of_items, order_of
from embwidget.collecting.outputs import named_items
from embwidget.collecting.state import same_random

# Items at once where nobody says, fewer where each is large.
_MOST_ITEMS, _MOST_BYTES, _TEXTS = 256, 1 << 26, 64


@dataclass(frozen=True, eq=False)
class Source:
    """Batches of items, in an order.

    Attributes
    ----------
    batches : callable
        Gives an iterator of batches.
    n_given : int or None
        Items that there are; None = it is not known before the end.
    n_rows : int or None
        Those that will come.
    order : Order
    generators : list of torch.Generator
        What else draws random numbers.
    index : pandas.Index or None
        Of the pandas object that the items came in, where it says more than 0, 1 ...
    are_texts : bool
    """

    batches: Callable[[], Iterator[Any]]
    n_given: int | None
    n_rows: int | None
    order: LoaderOrder
    generators: list[Any] = field(default_factory=list)
    index: Any = None
    are_texts: bool = False

    @property
    def n_left_out(self) -> int:
        """Items that a loader has and drops."""
        return self.order.n_left_out


def read_data(
    data: Any, batch_size: int | None, select: Any, dtype: Any, most: int = _MOST_ITEMS
) -> Source:
    """Find out what holds the items.

    Parameters
    ----------
    data : DataLoader, Dataset, array, tensor, dict or tuple of those, list of texts
    batch_size : int or None
    select : array-like of int or bool, or None
        Items that are wanted, in that order.
    dtype : torch.dtype or None
        To which decimal numbers of numpy are brought, which has double precision where nobody
        asks for it; None = they stay.
    most : int
        Items that are run at once where nobody says.
    """
    size = None if batch_size is None else whole(batch_size, "batch_size", 1)
    if is_loader(data):
        return _of_loader(data, size, select)
    index = index_of(data)
    if index is not None:
        data = data.to_numpy()
    if _is_stream(data):
        return _of_loader(_loader_of(data, size or most), None, select)
    if isinstance(data, list) and _is_table(data):
        # torch would make one batch of each column.
        data = np.array(data)
    texts = _texts(data)
    if texts is not None:
        rows = _selected(select, len(texts))
        return _of_slices(
            texts, len(texts), size or min(most, _TEXTS), rows, _given(index), are_texts=True
        )
    if _is_array(data) or _are_arrays(data):
        n_items = _length(data)
        rows = _selected(select, n_items)
        take = _with_dtype(data, dtype)
        step = size or _fitting(_bytes_of(data) // max(1, n_items), most)
        return _of_slices(take, n_items, step, rows, _given(index))
    is_single = isinstance(data, Mapping) or hasattr(data, "shape")
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not is_single:
        return _of_dataset(data, size, select, most)
    msg = (
        f"data: expected a DataLoader, Dataset, array, tensor or list of texts, "
        f"got {shown(type(data).__name__)}: put it into a DataLoader"
    )
    raise TypeError(msg)


def _is_stream(data: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(data, torch.utils.data.IterableDataset)


def _loader_of(data: Any, size: int) -> Any:
    from torch.utils.data import DataLoader

    return DataLoader(data, batch_size=size)


def _is_table(data: list[Any]) -> bool:
    """Whether it is a list of lists of numbers."""
    plain = (int, float, np.number)
    rows = data[:1]
    return bool(rows) and all(
        isinstance(row, list) and row and all(isinstance(v, plain) for v in row) for row in rows
    )


def _of_loader(loader: Any, size: int | None, select: Any) -> Source:
    if size is not None:
        msg = f"batch_size={size}: the loader makes batches of its own: leave it out"
        raise ValueError(msg)
    order = order_of(loader)
    if not order.is_known:
        if select is not None:
            msg = f"select: which item is where cannot be known, {order.why}"
            raise ValueError(msg)
        return Source(lambda: iter(loader), None, None, order, generators_of(loader))
    n_given = len(loader.dataset)
    _check_some(n_given)
    rows = _selected(select, n_given)
    if rows is not None:
        loader, order = of_items(loader, rows), LoaderOrder(True, positions=rows)
    if loader.batch_sampler is None and order.positions is None:
        # Each item of its dataset may be a batch.
        return Source(lambda: iter(loader), None, None, order, generators_of(loader))
    n_rows = n_given if order.positions is None else len(order.positions)
    if n_rows == 0:
        msg = f"data: the loader brings none of its {n_given} items: see its drop_last"
        raise ValueError(msg)
    return Source(lambda: iter(loader), n_given, n_rows, order, generators_of(loader))


def _of_dataset(dataset: Any, size: int | None, select: Any, most: int) -> Source:
    from torch.utils.data import DataLoader, Subset

    n_given = len(dataset)
    _check_some(n_given)
    rows = _selected(select, n_given)
    some = dataset if rows is None else Subset(dataset, rows.tolist())

    def batches() -> Iterator[Any]:
        with same_random():
            step = size or _fitting(_bytes_of(some[0]), most)
        return iter(DataLoader(some, batch_size=step))

    return Source(batches, n_given, len(some), LoaderOrder(True, positions=rows))


def _of_slices(
    data: Any,
    n_items: int,
    size: int,
    rows: NDArray[np.intp] | None,
    index: Any,
    *,
    are_texts: bool = False,
) -> Source:
    """Batches of what can be cut, at rows (n_rows,) intp or all."""
    _check_some(n_items)
    n_rows = n_items if rows is None else len(rows)

    def batches() -> Iterator[Any]:
        for start in range(0, n_rows, size):
            stop = min(start + size, n_rows)
            yield _cut(data, slice(start, stop) if rows is None else rows[start:stop])

    order = LoaderOrder(True, positions=rows)
    return Source(batches, n_items, n_rows, order, index=index, are_texts=are_texts)


def _cut(data: Any, rows: Any) -> Any:
    """Some items of every array, copied: a model may write into what it is given."""
    if isinstance(data, _Typed):
        return _cut(data.data, rows) if data.dtype is None else data.cut(rows)
    if isinstance(data, tuple):
        return tuple(_cut(each, rows) for each in data)
    items = named_items(data)
    if items is not None:
        return {name: _cut(each, rows) for name, each in items.items()}
    if isinstance(data, list):
        return data[rows] if isinstance(rows, slice) else [data[row] for row in rows]
    if is_tensor(data):
        return data[rows].clone() if isinstance(rows, slice) else data[rows.tolist()]
    return np.array(data[rows])


@dataclass(frozen=True, eq=False)
class _Typed:
    """Arrays whose decimal numbers are brought to a dtype when they are cut."""

    data: Any
    dtype: Any

    def cut(self, rows: Any) -> Any:
        return _each_typed(_cut(self.data, rows), self.dtype)


def _with_dtype(data: Any, dtype: Any) -> _Typed:
    return _Typed(data, dtype)


def _each_typed(x: Any, dtype: Any) -> Any:
    import torch

    if isinstance(x, tuple):
        return tuple(_each_typed(each, dtype) for each in x)
    if isinstance(x, dict):
        return {name: _each_typed(each, dtype) for name, each in x.items()}
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        # torch knows one order of bytes.
        return torch.from_numpy(x.astype(x.dtype.newbyteorder("="), copy=False)).to(dtype)
    return x


def _fitting(n_bytes: int, most: int) -> int:
    """How many items of so many bytes are run at once."""
    return max(1, min(most, _MOST_BYTES // max(1, n_bytes)))


def _selected(select: Any, n_items: int) -> NDArray[np.intp] | None:
    """Rows (n_rows,) intp that a mask or indices choose; None = all."""
    if select is None:
        return None
    given = np.asarray(select.cpu() if is_tensor(select) else select)
    if given.dtype == np.bool_ and given.shape == (n_items,):
        rows = np.flatnonzero(given)
    elif given.ndim == 1 and (given.dtype.kind in "iu" or not len(given)):
        rows = given.astype(np.intp)
    else:
        msg = (
            f"select={shown(select)}: give positions of items, or a mask of {n_items} truth values"
        )
        raise ValueError(msg)
    if not len(rows):
        msg = f"select: it chooses none of {n_items} items"
        raise ValueError(msg)
    outside = (rows < 0) | (rows >= n_items)
    if outside.any():
        msg = f"select: {rows[outside][0]} is no item: there are 0 to {n_items - 1}"
        raise ValueError(msg)
    values, counts = np.unique(rows, return_counts=True)
    if len(values) < len(rows):
        msg = f"select: item {values[counts > 1][0]} is chosen more than one time"
        raise ValueError(msg)
    return rows


def _check_some(n_items: int) -> None:
    if n_items == 0:
        msg = "data: it holds no items: at least 1 is needed"
        raise ValueError(msg)


def _given(index: Any) -> Any:
    return None if index is None or is_plain(index) else index


def _texts(data: Any) -> list[str] | None:
    """Texts as a list; None when the data is something else."""
    if isinstance(data, str):
        msg = f"data={shown(data)}: give a list of texts"
        raise TypeError(msg)
    is_array = isinstance(data, np.ndarray) and data.ndim == 1 and data.dtype.kind in "OUT"
    if not (is_array or isinstance(data, (list, tuple))) or not len(data):
        return None
    texts = data.tolist() if is_array else list(data)
    is_text = [isinstance(text, str) for text in texts]
    if not any(is_text):
        return None
    if not all(is_text):
        row = is_text.index(False)
        msg = f"data: row {row} is {shown(texts[row])}, not a text as others: fill or drop it"
        raise TypeError(msg)
    return texts


def _is_array(x: Any) -> bool:
    if isinstance(x, np.ndarray) and x.dtype.kind not in "biufc":
        msg = f"data: an array of {x.dtype} holds no numbers: convert it"
        raise TypeError(msg)
    return (is_tensor(x) or isinstance(x, np.ndarray)) and len(x.shape) > 0


def _are_arrays(x: Any) -> bool:
    """Whether it is a dict or a tuple of arrays, with a row for each item in every one."""
    items = named_items(x)
    parts = list(items.values()) if items is not None else list(x) if type(x) is tuple else []
    return bool(parts) and all(_is_array(part) for part in parts)


def _length(data: Any) -> int:
    items = named_items(data)
    parts = enumerate(data) if isinstance(data, tuple) else (items or {"": data}).items()
    lengths = {name: len(part) for name, part in parts}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{shown(name)} has {n}" for name, n in list(lengths.items())[:4])
        msg = f"data: its parts have unlike numbers of items: {told}"
        raise ValueError(msg)
    return next(iter(lengths.values()))


def _bytes_of(x: Any) -> int:
    """Bytes of the arrays in an item, or in all of them."""
    items = named_items(x)
    if items is not None:
        return sum(map(_bytes_of, items.values()))
    if isinstance(x, (tuple, list)):
        return sum(map(_bytes_of, x))
    return int(getattr(x, "nbytes", 0))
