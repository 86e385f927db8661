"""Large messages cut into pieces: hosts end long ones, and the page shows how much has come."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from embwidget.session.wire.text import for_wire

# Databricks takes 5 MB at most, and other hosts write a third more, for they send base64.
PIECE_BYTES = 3_000_000

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
        longer than 3 MB; or the message itself where it has 3 MB at most. What is long for its
        JSON is a ``written`` one, whose last buffer is that.
    """
    # Half of a character is nothing that UTF-8 can hold.
    content = for_wire(content)
    # No text in it is longer than what it is written as.
    written = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    if len(written) + sum(map(len, buffers)) <= PIECE_BYTES:
        yield content, buffers
        return
    if len(written) > PIECE_BYTES // 8:
        content, buffers = {"type": "written"}, [*buffers, memoryview(written)]
    sizes = [len(buffer) for buffer in buffers]
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
