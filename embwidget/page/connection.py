"""The line to one page: frames from any thread, in their order, and no more than it can take."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from embwidget.page.frames import packed

# A page that takes nothing any more is let go of; the next one fetches what it lacks.
MOST_WAITING_BYTES = 256_000_000
# Above, what a page says next is not read before it has taken some of what it was told.
_CALM_BYTES = 8_000_000


class Connection:
    """Messages to one page.

    Parameters
    ----------
    socket : object
        Whose ``send`` and ``close`` are coroutines.

    Attributes
    ----------
    is_full : bool
        Whether a page took so little that it is to be let go of.
    """

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self.is_full = False

    def put(self, head: dict[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Hand a message to the page, from any thread; waits for nobody."""
        frame = packed(head, buffers)
        # A loop that is closed has no page.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._add, frame)

    def _add(self, frame: bytes) -> None:
        if self._bytes + len(frame) > MOST_WAITING_BYTES:
            self.is_full = True
        else:
            self._frames.append(frame)
            self._bytes += len(frame)
        self._changed.set()

    async def pump(self) -> None:
        """Send what is put in, until this is cancelled or the page takes too little."""
        while not self.is_full:
            if not self._frames:
                self._changed.clear()
                await self._changed.wait()
                continue
            frame = self._frames.popleft()
            await self._socket.send(frame)
            self._bytes -= len(frame)
            self._changed.set()
        await self._socket.close(1013, "the page takes too little")

    async def calm(self) -> None:
        """Wait until the page has taken most of what it was told."""
        while self._bytes > _CALM_BYTES and not self.is_full:
            self._changed.clear()
            await self._changed.wait()
