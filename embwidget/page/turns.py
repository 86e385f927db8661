"""Who may compute now: two comparisons at once, the others in the order in which they came."""

import asyncio

MOST_RUNNING = 2


class Turns:
    """Hands out turns; all of it in the thread of the loop."""

    def __init__(self, most: int = MOST_RUNNING) -> None:
        self._most = most
        self._running: set[object] = set()
        self._waiting: list[object] = []
        self._changed = asyncio.Event()

    def join(self) -> object:
        """Stand in line; returns what the turn is known by."""
        ticket = object()
        self._waiting.append(ticket)
        self._move()
        return ticket

    def before(self, ticket: object) -> int:
        """How many are before this one, those that run among them; 0 = it is its turn."""
        if ticket in self._running:
            return 0
        return len(self._running) + self._waiting.index(ticket)

    async def moved(self) -> None:
        """Wait until somebody's turn begins or ends."""
        await self._changed.wait()

    def leave(self, ticket: object) -> None:
        """End a turn, or leave the line; once more does nothing."""
        self._running.discard(ticket)
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        self._move()

    def _move(self) -> None:
        while self._waiting and len(self._running) < self._most:
            self._running.add(self._waiting.pop(0))
        # Whoever waits hears of it, and waits for the next one.
        self._changed.set()
        self._changed = asyncio.Event()
