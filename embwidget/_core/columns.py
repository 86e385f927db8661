"""What a column of a frame may be: vectors, numbers, or neither; by its type and some entries."""

import re
from typing import Any, Literal, NamedTuple

import numpy as np

from embwidget._core.checks import shown
from embwidget._core.gaps import is_gap
from embwidget._core.tensors import is_tensor
from embwidget._core.vector_texts import is_bare_vector_text, is_number_text, is_vector_text

_SAMPLE_ROWS = 200
_VECTOR_NAMES = ("embedding", "vector", "feature", "emb", "vec", "latent", "encoding")
# What files of pictures begin with.
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")


class Kind(NamedTuple):
    """What a column may be.

    Attributes
    ----------
    kind : {"vectors", "doubt", "numbers", "texts", "mixed", "other"}
        "doubt" is what may be meant for vectors and cannot be read as such, "texts" are numbers
        as text, and "mixed" is what has at least as many numbers as other entries.
    why : str
        Of a doubt: what it holds, and what to do.
    """

    kind: Literal["vectors", "doubt", "numbers", "texts", "mixed", "other"]
    why: str = ""


_OTHER, _NUMBERS, _VECTORS = Kind("other"), Kind("numbers"), Kind("vectors")
_TEXTS = Kind("texts")
BROKEN = frozenset({"texts", "mixed"})
"""Kinds of columns that may be meant for numbers, and of which an entry is none."""

# Without one of these a text is neither a number nor a vector.
_IN_NUMBERS = re.compile(r"[\d\[({]|nan|inf", re.IGNORECASE)


def kind_of(frame: Any, name: Any, dtype: Any) -> Kind:
    """Say what a column of a narwhals frame, of that dtype of narwhals, may be."""
    import narwhals as nw

    if dtype.is_numeric():
        return _NUMBERS
    if isinstance(dtype, (nw.List, nw.Array)) and is_number(dtype.inner):
        return _VECTORS if len(getattr(dtype, "shape", (0,))) == 1 else _MATRICES
    if dtype.is_temporal() or dtype in (nw.Boolean, nw.Categorical, nw.Enum):
        return _OTHER
    column = frame.get_column(name)
    native = column.to_native()
    kind = str(getattr(native, "dtype", getattr(native, "type", "")))
    for start, remedy in _REMEDIES.items():
        if kind.startswith(start):
            return Kind("doubt", f"is of dtype {kind[:40]}: make plain numbers of it, {remedy}")
    found = _kind_of_entries(entries_of(column))
    if found.kind == "other" and _is_named_vectors(name):
        return Kind("doubt", _nothing_read(column))
    return found


_REMEDIES = {
    "Sparse": "frame[name].sparse.to_dense()",
    "complex": "its absolute values",
    "sparse_union": "a column for each type",
    "dense_union": "a column for each type",
    "run_end_encoded": "pyarrow.compute.run_end_decode(column)",
}
_MATRICES = Kind("doubt", "holds an array of several rows for each item: flatten or average each")


def is_number(dtype: Any) -> bool:
    """Whether entries of a dtype of narwhals are numbers, or true and false."""
    import narwhals as nw

    return bool(dtype.is_numeric() or dtype == nw.Boolean)


def select(frame: Any, names: list[Any]) -> Any:
    """Return the narwhals frame of some columns."""
    import narwhals as nw

    # By far the quicker way for thousands of columns; but pandas may have numbers for names, which
    # would be taken for rows.
    return frame[names] if all(isinstance(n, str) for n in names) else frame.select(nw.col(*names))


def entries_of(column: Any) -> list[Any]:
    """Some entries of a column that are there, from its whole length."""
    if len(column) > _SAMPLE_ROWS:
        rows = np.linspace(0, len(column) - 1, _SAMPLE_ROWS).astype(int).tolist()
        found = _there(column[rows].to_list())
        if found:
            return found
        column = column.drop_nulls()[:_SAMPLE_ROWS]
    return _there(column.to_list())


def _there(entries: list[Any]) -> list[Any]:
    """Entries that stand for something; of the usual types without a call for each."""
    types = set(map(type, entries))
    if types == {str}:
        return [entry for entry in entries if entry.strip()]
    if types == {float}:
        return [entry for entry in entries if entry == entry]
    return [entry for entry in entries if not _is_nothing(entry)]


def _is_nothing(entry: Any) -> bool:
    return is_gap(entry) or (isinstance(entry, str) and not entry.strip())


def _is_named_vectors(name: Any) -> bool:
    text = str(name).lower()
    return any(word in text for word in _VECTOR_NAMES[:3]) or text in _VECTOR_NAMES


def _nothing_read(column: Any) -> str:
    entry = next(iter(entries_of(column)), None)
    if entry is None:
        return "has nothing in it"
    return f"is named like vectors and holds {shown(entry)}: give lists of numbers"


def _kind_of_entries(entries: list[Any]) -> Kind:
    """Kind of a column by some of its entries: it is enough that one may be a vector."""
    types = set(map(type, entries))
    if types and all(issubclass(t, (int, float, np.number)) and t is not bool for t in types):
        return _NUMBERS
    if types == {str}:
        # Of thousands of columns each entry that is there twice is looked at once.
        found = {text: _kind_of_entry(text) for text in set(entries)}
        kinds = [found[text] for text in entries]
    else:
        kinds = [_kind_of_entry(entry) for entry in entries]
    for wanted in ("vectors", "doubt"):
        for kind in kinds:
            if kind.kind == wanted:
                return kind
    # Bytes of vectors are all equally long, and other things seldom.
    lengths = {len(entry) for entry in entries if isinstance(entry, bytes)}
    if len(lengths) == 1 and len(entries) > 1 and all(isinstance(e, bytes) for e in entries):
        return _kind_of_bytes(entries[0])
    for kind in (_NUMBERS, _TEXTS):
        if kinds and all(kind == found for found in kinds):
            return kind
    n_numbers = sum(kind in (_NUMBERS, _TEXTS) for kind in kinds)
    return Kind("mixed") if 2 * n_numbers >= len(kinds) > 0 else _OTHER


def _kind_of_entry(entry: Any) -> Kind:
    if isinstance(entry, str):
        if _IN_NUMBERS.search(entry) is None:
            return _OTHER
        if is_vector_text(entry):
            return _VECTORS
        if is_bare_vector_text(entry):
            return Kind("doubt", f"is text with numbers, {shown(entry)}: vectors= reads them")
        return _TEXTS if is_number_text(entry) else _OTHER
    if isinstance(entry, (bool, np.bool_, bytes)):
        return _OTHER
    if isinstance(entry, dict):
        inner = any(_kind_of_entry(value) == _VECTORS for value in entry.values())
        why = "holds dicts with lists in them: make a column of the lists"
        return Kind("doubt", why) if inner else _OTHER
    if isinstance(entry, (set, frozenset)):
        numbers = bool(entry) and all(_kind_of_entry(value) == _NUMBERS for value in entry)
        return Kind("doubt", "holds sets, which have no order: give lists") if numbers else _OTHER
    if hasattr(entry, "__float__") and np.ndim(entry) == 0 and not is_tensor(entry):
        return _NUMBERS
    # A picture of PIL is an array, too, and no vector.
    holds = hasattr(entry, "__array__") or isinstance(entry, (list, tuple, memoryview))
    holds = (holds or hasattr(entry, "typecode")) and not hasattr(entry, "getbands")
    return _kind_of_array(entry) if holds or is_tensor(entry) else _OTHER


def _kind_of_array(entry: Any) -> Kind:
    if is_tensor(entry):
        shape = tuple(entry.shape)
        return _VECTORS if len(shape) == 1 else _MATRICES
    if isinstance(entry, (list, tuple)):
        entry = [value for value in entry if value is not None]
    try:
        array = np.asarray(entry)
    except ValueError:
        return _MATRICES
    if array.size == 0:
        return _OTHER
    if array.dtype.kind in "fiub":
        return _VECTORS if array.ndim == 1 else _MATRICES
    if array.dtype.kind == "c":
        return Kind("doubt", "holds complex numbers: give their absolute values")
    if array.dtype.kind == "U" and all(map(is_number_text, array.ravel().tolist())):
        return Kind("doubt", "holds lists of text: make numbers of them")
    if array.dtype == object and array.ndim == 1:
        kinds = {_kind_of_entry(value).kind for value in array if not is_gap(value)}
        return _VECTORS if kinds == {"numbers"} else _OTHER
    return _OTHER


def _kind_of_bytes(entry: bytes) -> Kind:
    if len(entry) < 4 or len(entry) % 2 or entry.startswith(_PICTURES):
        return _OTHER
    why = (
        f"holds {len(entry)} bytes each: if float32, make [np.frombuffer(b, np.float32) ...] of it"
    )
    return Kind("doubt", why)
