"""The comparisons that pages look at: one session a page, kept for a while when the page goes."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from embwidget.page.asked import Asked
from embwidget.page.catalogue import Catalogue
from embwidget.page.connection import Connection
from embwidget.page.known import KnownComparisons, KnownKey
from embwidget.page.turns import Turns

# Nothing heavy before the first comparison is opened: a server that waits takes 45 MB.
if TYPE_CHECKING:
    from embwidget.page.host import SocketHost
    from embwidget.session.session import Session

STOP_SECONDS = 5.0
"""Without a page for so long, the work stops: a page that is loaded again is back sooner."""

KEEP_SECONDS = 60.0
"""Without a page for so long, a session is forgotten."""

MOST_OPEN = 12
"""Sessions at once, those among them that wait for their page to come back."""

_K_MAX = 50
_HEIGHT = 480
_LET_GO_SECONDS = 2.0
_THREADS = 16


@dataclass(eq=False)
class OpenSession:
    """A session, and who looks at it.

    Attributes
    ----------
    key : str
        What its page knows it by, and nobody else.
    asked : Asked
    session : Session
    host : SocketHost
    is_free : Event
        Set while no page is connected.
    is_cut : bool
        Whether its work was stopped because nobody looked on.
    timers : list of TimerHandle
        What happens when no page comes back.
    """

    key: str
    asked: Asked
    session: "Session"
    host: "SocketHost"
    is_free: asyncio.Event = field(default_factory=asyncio.Event)
    is_cut: bool = False
    timers: list[asyncio.TimerHandle] = field(default_factory=list)


class Sessions:
    """Opens, keeps and forgets sessions; its methods run in the thread of the loop.

    Parameters
    ----------
    catalogue : Catalogue
    stop_seconds, keep_seconds : float
        How long a session without a page works on, and how long it is kept.

    Attributes
    ----------
    is_closed : bool
        Whether the server ends, and takes nothing any more.
    threads : ThreadPoolExecutor
        For what would hold up the loop.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        stop_seconds: float = STOP_SECONDS,
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._catalogue = catalogue
        self._stop_seconds = stop_seconds
        self._keep_seconds = keep_seconds
        self._open: dict[str, OpenSession] = {}
        self._known = KnownComparisons()
        self._turns = Turns()
        self._loop = asyncio.get_running_loop()
        self.is_closed = False
        self.threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="embwidget page")

    async def open(self, connection: Connection, asked: Asked, key: str) -> OpenSession:
        """Show what was asked for on a page: the session of this key, or one that is made.

        The page hears how many are before it, and that its own is being opened.

        Raises
        ------
        Exception
            What is wrong with what was asked for.
        """
        before = await self._free(key)
        if before is not None and before.asked == asked and not before.is_cut:
            self._attach(before, connection)
            return before
        self._make_room()
        ticket = self._turns.join()
        is_started = False
        try:
            while (others := self._turns.before(ticket)) > 0:
                connection.put({"type": "waiting", "others": others})
                await self._turns.moved()
            connection.put({"type": "opening"})
            made = await self._loop.run_in_executor(
                self.threads, self._made, asked, lambda: self._end_turn(ticket)
            )
            if before is not None and before.asked == asked:
                take_over(before.session, made.session)
            self._open[made.key] = made
            self._attach(made, connection)
            made.session.start(made.host, watched=True)
            is_started = True
        finally:
            # That of a session that works ends with its work.
            if not is_started:
                self._turns.leave(ticket)
            if before is not None:
                self.close(before)
        return made

    def leave(self, left: OpenSession) -> None:
        """The page went; it may come back."""
        left.host.detach()
        left.is_free.set()
        left.timers = [
            self._loop.call_later(self._stop_seconds, self._stop, left),
            self._loop.call_later(self._keep_seconds, self.close, left),
        ]

    def close(self, closed: OpenSession) -> None:
        """Stop the work of a session and forget it."""
        for timer in closed.timers:
            timer.cancel()
        self._open.pop(closed.key, None)
        closed.host.detach()
        closed.session.cancel()

    def close_all(self) -> None:
        """Stop all work; what is being opened is no longer waited for."""
        self.is_closed = True
        for each in list(self._open.values()):
            self.close(each)
        self.threads.shutdown(wait=False, cancel_futures=True)

    async def _free(self, key: str) -> OpenSession | None:
        """Session of a key, once no other page has it; None where one keeps it, or there is none.

        A page that is loaded again may be here before its line of before is seen to be closed; a
        page that was copied has the key of one that stays.
        """
        found = self._open.get(key)
        if found is None:
            return None
        try:
            await asyncio.wait_for(found.is_free.wait(), _LET_GO_SECONDS)
        except TimeoutError:
            return None
        return found if self._open.get(key) is found else None

    def _attach(self, opened: OpenSession, connection: Connection) -> None:
        for timer in opened.timers:
            timer.cancel()
        opened.timers = []
        opened.is_free.clear()
        head = {"session": opened.key, "asked": opened.asked.told()}
        opened.host.attach(connection, head)

    def _stop(self, left: OpenSession) -> None:
        if not left.host.is_done.is_set():
            left.is_cut = True
            left.session.cancel()

    def _make_room(self) -> None:
        """Forget the session that has been without a page for longest where there are too many."""
        if len(self._open) < MOST_OPEN:
            return
        left = next((each for each in self._open.values() if each.is_free.is_set()), None)
        if left is None:
            msg = f"{MOST_OPEN} comparisons are open, which is the most: close one of their pages"
            raise ValueError(msg)
        self.close(left)

    def _end_turn(self, ticket: object) -> None:
        """End a turn, from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._turns.leave, ticket)

    def _made(self, asked: Asked, on_end: Callable[[], None]) -> OpenSession:
        """Read both spaces and join them; nothing is computed yet. In a thread of its own."""
        from embwidget.comparison import Settings, compare_pair, prepare
        from embwidget.page.host import SocketHost
        from embwidget.session.session import Session
        from embwidget.session.shown import Shown

        k_max = max(asked.k, _K_MAX)
        stamps = self._catalogue.stamp(asked.a), self._catalogue.stamp(asked.b)
        key = KnownKey(stamps, asked.metric, k_max, asked.k, asked.label)
        settings = Settings(n_neighbors=asked.k, k_max=k_max, metric=asked.metric or None)
        shown = Shown(text=asked.text or None, reducer=asked.reducer, height=_HEIGHT)
        known, graphs = self._known.get(key), self._known.graphs(key)
        if known is not None:
            session = Session(known, settings, shown)
        else:
            a, b = self._catalogue.opened(asked.a), self._catalogue.opened(asked.b)
            label = asked.label or None
            if graphs is None:
                session = Session.of_spaces(a, b, settings, shown, label=label)
            else:
                pair = prepare(a, b, settings, label=label)
                session = Session(compare_pair(pair, settings, graphs=graphs), settings, shown)
        host = SocketHost(
            session,
            on_found=lambda: self._known.add(key, session.comparison),
            on_end=on_end,
        )
        return OpenSession(secrets.token_urlsafe(16), asked, session, host)


def take_over(old: "Session", new: "Session") -> None:
    """Give a session that was not started yet what a person chose in another of the same items."""
    state = old.state
    new.change(k=state.k, height=state.height, color_by=state.color_by, focus=state.focus)
    new.select(old.selection)
    if old.named.ids:
        new.named.assign(old.named.ids)
