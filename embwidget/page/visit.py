"""One page that is connected: what it says, one message after the other."""

import asyncio
import logging
from typing import Any

from embwidget._core.checks import shown
from embwidget.page.asked import Asked
from embwidget.page.catalogue import Catalogue
from embwidget.page.connection import Connection
from embwidget.page.frames import unpacked
from embwidget.page.sessions import OpenSession, Sessions

_MOST_WRONG = 100
_KEY_CHARS = 64

_log = logging.getLogger("embwidget")


class Visit:
    """Takes the messages of a page; whatever is wrong with one, the next is taken.

    Parameters
    ----------
    socket : object
        A WebSocket: an asynchronous iterator of frames, with ``send`` and ``close``.
    catalogue : Catalogue
    sessions : Sessions
    """

    def __init__(self, socket: Any, catalogue: Catalogue, sessions: Sessions) -> None:
        self._socket = socket
        self._catalogue = catalogue
        self._sessions = sessions
        self._connection = Connection(socket)
        self._opening: asyncio.Task[None] | None = None
        self._shown: OpenSession | None = None
        self._wrong = 0

    async def run(self) -> None:
        """Listen until the page goes."""
        pump = asyncio.create_task(self._connection.pump())
        try:
            async for frame in self._socket:
                if self._sessions.is_closed:
                    break
                await self._take(frame)
                if self._wrong > _MOST_WRONG:
                    await self._socket.close(1008, "too much that was not understood")
                # Who does not listen is not listened to.
                await self._connection.calm()
        finally:
            pump.cancel()
            await self._stop_opening()
            if self._shown is not None:
                self._sessions.leave(self._shown)

    async def _take(self, frame: bytes | str) -> None:
        try:
            head, _ = unpacked(frame)
            await self._answer(head)
        except ValueError as error:
            self._wrong += 1
            self._connection.put({"type": "refused", "error": str(error)})
        except Exception:  # noqa: BLE001 whatever one message does, the next one is taken
            self._wrong += 1
            _log.warning("a message of a page was not understood", exc_info=True)
            self._connection.put({"type": "refused", "error": "a message was not understood"})

    async def _answer(self, head: dict[str, Any]) -> None:
        kind = head.get("type")
        if kind == "open":
            await self._begin(Asked.of(head.get("asked")), _key_in(head))
        elif kind == "close":
            await self._stop_opening()
            self._let_go()
        elif kind == "columns":
            await self._tell_columns(head.get("space"))
        elif kind == "traits" and isinstance(head.get("state"), dict):
            if self._shown is not None:
                await self._in_thread(self._shown.host.take, head["state"])
        elif kind == "custom" and isinstance(head.get("content"), dict):
            if self._shown is not None:
                await self._in_thread(self._shown.session.receive, head["content"])
        else:
            msg = f"a message of type {shown(kind)} is not known"
            raise ValueError(msg)

    async def _begin(self, asked: Asked, key: str) -> None:
        """Leave what is shown, and open what is asked for while further messages are taken."""
        await self._stop_opening()
        self._let_go()
        self._opening = asyncio.create_task(self._open(asked, key))

    async def _open(self, asked: Asked, key: str) -> None:
        from embwidget.session.worker import one_line

        try:
            self._shown = await self._sessions.open(self._connection, asked, key)
        except Exception as error:  # noqa: BLE001 whatever cannot be opened, the page is told
            self._connection.put({"type": "failed", "error": one_line(error)})

    async def _stop_opening(self) -> None:
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.cancel()
            await asyncio.wait([opening])

    def _let_go(self) -> None:
        """Stop what is shown; the page asked for something else."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self._sessions.close(shown)

    async def _tell_columns(self, space: Any) -> None:
        if not isinstance(space, str):
            msg = f"space={shown(space)}: give the name of a space"
            raise ValueError(msg)  # noqa: TRY004 what a page says has no type that a caller chose
        found: dict[str, Any] = {"labels": [], "texts": [], "label": "", "error": ""}
        try:
            found |= await self._in_thread(self._catalogue.columns, space)
        except Exception as error:  # noqa: BLE001 a damaged file ends no page
            found["error"] = str(error.args[0]) if error.args else type(error).__name__
        self._connection.put({"type": "columns", "space": space, **found})

    async def _in_thread(self, do: Any, *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._sessions.threads, do, *arguments)


def _key_in(head: dict[str, Any]) -> str:
    key = head.get("session", "")
    if not isinstance(key, str) or len(key) > _KEY_CHARS:
        msg = f"session={shown(key)} is none that this server gave"
        raise ValueError(msg)
    return key
