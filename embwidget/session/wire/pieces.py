"""Large messages cut into pieces, so that the page can show how much of them has come."""

from collections.abc import Iterator
from itertools import count
from typing import Any

MAX_WHOLE_BYTES = 16_000_000
PIECE_BYTES = 8_000_000

_transfers = count(1)


def pieces_of(
    content: dict[str, Any], buffers: list[memoryview]
) -> Iterator[tuple[dict[str, Any], list[memoryview]]]:
    """Cut a message into what is sent one after the other; a small one stays whole.

    Parameters
    ----------
    content : dict
        The message, as JSON.
    buffers : list of memoryview of bytes
        What comes beside it.

    Yields
    ------
    content, buffers
        `Piece` of ``js/src/wire/model.ts`` with one buffer each: the buffers in turn, none of them
        longer than 8 MB; or the message itself where all its buffers together have 16 MB at most.
    """
    sizes = [len(buffer) for buffer in buffers]
    if sum(sizes) <= MAX_WHOLE_BYTES:
        yield content, buffers
        return
    cuts = [
        buffer[start : start + PIECE_BYTES]
        for buffer in buffers
        for start in range(0, len(buffer), PIECE_BYTES)
    ]
    transfer = next(_transfers)
    for index, cut in enumerate(cuts):
        piece: dict[str, Any] = {"type": "piece", "transfer": transfer, "index": index}
        # The first one says what is to come.
        yield (piece if index else piece | {"whole": content, "sizes": sizes}), [cut]
