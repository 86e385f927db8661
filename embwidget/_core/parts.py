"""What a file or a frame says of a space, before it is one."""

from collections.abc import Callable
from typing import Any, NamedTuple

_MOST_CHARS = 290


class Parts(NamedTuple):
    """What a space is made of; None where nothing is said.

    Attributes
    ----------
    vectors : array-like of shape (n_samples, n_dims), or (n_samples,) object of vectors
    ids : array-like of shape (n_samples,), optional
    metadata : frame with n_samples rows, optional
    name : str, optional
    metric : str or Metric, optional
    read_from : str
        What was taken for the dimensions where that was guessed, else "".
    what : str
        How messages call the vectors.
    index : pandas.Index of length n_samples, optional
        That of the pandas object which held them.
    """

    vectors: Any
    ids: Any = None
    metadata: Any = None
    name: str | None = None
    metric: Any = None
    read_from: str = ""
    what: str = "vectors"
    index: Any = None

    def merged(self, given: "Parts") -> "Parts":
        """Return them with what else is given in the place of what they say themselves."""
        return self._replace(
            ids=self.ids if given.ids is None else given.ids,
            metadata=self.metadata if given.metadata is None else given.metadata,
            name=self.name if given.name is None else given.name,
            metric=self.metric if given.metric is None else given.metric,
        )


def with_source(message: str, read_from: str) -> str:
    """Say at the end of a message what was taken for the dimensions, if that was guessed."""
    source = f" (read from {read_from})" if read_from else ""
    return f"{message}{source}" if len(message) + len(source) < _MOST_CHARS else message


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
