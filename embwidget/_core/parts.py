"""What a file or a frame says of a space, before it is one."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Parts(NamedTuple):
    """What a space is made of; None where nothing is said.

    Attributes
    ----------
    vectors : array-like of shape (n_samples, n_dims), or (n_samples,) object of vectors
    ids : array-like of shape (n_samples,), optional
    metadata : frame with n_samples rows, optional
    name, metric : str, optional
    """

    vectors: Any
    ids: Any = None
    metadata: Any = None
    name: str | None = None
    metric: str | None = None


class Entry(NamedTuple):
    """One array of a file, read when it is needed.

    Attributes
    ----------
    shape : tuple of int, optional
        None when the file does not tell: reading it says why.
    read : callable
        Returns it, array-like of that shape.
    """

    shape: tuple[int, ...] | None
    read: Callable[[], Any]
