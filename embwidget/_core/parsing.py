"""What parsers say of a damaged file, as one sentence; and how far a file may unpack."""

from collections.abc import Iterator
from contextlib import contextmanager

from embwidget._core.progress import Cancelled

_MOST_CHARS = 170
_MOST_SHOWN = 2000

# No model gives vectors that pack so well; a bomb packs a thousand times.
_MOST_TIMES = 200
# As float32, with ids, up to a dozen times as much in memory.
_SMALL_BYTES = 25_000_000


@contextmanager
def parsing(start: str) -> Iterator[None]:
    """Turn whatever a parser raises into one ValueError.

    A library that meets damaged bytes may raise anything, so nothing but its calls belongs inside.

    Parameters
    ----------
    start : str
        Begins the message, and names the file.
    """
    try:
        yield
    except Cancelled:
        raise
    except Exception as error:
        msg = f"{start}: {reason_of(error)}"
        raise ValueError(msg) from error


def reason_of(error: Exception) -> str:
    """Say on one short line of printable text what went wrong."""
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    kind = type(error).__name__
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 (raised by a library's own text, which may be of any kind)
        said = ""
    # Raw bytes of the file stand in some messages, and thousands of them.
    text = printable(said)
    if not text or isinstance(error, LookupError):
        text = f"{kind}: {text}" if text else kind
    return text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…"


def printable(text: str) -> str:
    """Bring a text to one line without anything that a screen does not show; cut if very long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:_MOST_SHOWN]).split())


def check_unpacked(n_bytes: int, packed_bytes: int) -> None:
    """Refuse what would fill the memory out of a few bytes.

    Parameters
    ----------
    n_bytes : int
        What it says that it unpacks to.
    packed_bytes : int
        What there is of it in the file.
    """
    if n_bytes > max(_SMALL_BYTES, _MOST_TIMES * packed_bytes):
        msg = (
            f"it would unpack {packed_bytes:,} bytes to {n_bytes:,}, which no vectors do: "
            "save them unpacked, numpy.savez(path, vectors=...)"
        )
        raise ValueError(msg)
