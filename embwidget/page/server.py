"""The server of the page: HTTP for the page itself, one WebSocket for each that is open."""

import asyncio
import json
import logging
import socket as sockets
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from embwidget._core.bundle import run_code
from embwidget._core.checks import shown
from embwidget._core.optional import import_extra
from embwidget.page.catalogue import Catalogue
from embwidget.page.door import CODE, MESSAGES, SPACES, Door, Reply, data, is_loopback, said
from embwidget.page.sessions import KEEP_SECONDS, STOP_SECONDS, Sessions
from embwidget.page.visit import Visit

PORT = 8765
"""Where the page is, or at one of the ports behind it where that is taken."""

MOST_PAGES = 32

# A mask of ten million items is 1.25 MB, and pages say nothing that is larger.
_MOST_BYTES = 4_000_000
# Frames of a page that wait to be read; TCP holds up the others.
_MOST_FRAMES = 4
_PORTS_TRIED = 20
_HIGHEST_PORT = 65_535


class PageServer:
    """A page of `Catalogue`'s spaces at a port of this machine.

    Parameters
    ----------
    catalogue : Catalogue
    host : str
        Beyond this machine only where `allow_remote` is true.
    port : int, optional
        0 = any that is free; None = `PORT`, or one of those behind it.
    allow_remote : bool
    stop_seconds, keep_seconds : float
        As of `Sessions`.

    Attributes
    ----------
    door : Door
        Has the address to be opened.

    Raises
    ------
    ImportError
        When the extra "run" is not installed.
    ValueError, OSError
        When the host is not to be listened on, or the port is taken.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        allow_remote: bool = False,
        stop_seconds: float = STOP_SECONDS,
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        self._websockets = import_extra("websockets.asyncio.server", extra="run")
        if not allow_remote and not is_loopback(host):
            msg = (
                f"host {shown(host)} can be reached from other machines: add --allow-remote if "
                "whoever has the printed address may see all spaces"
            )
            raise ValueError(msg)
        self._code = run_code()
        self._catalogue = catalogue
        self._seconds = {"stop_seconds": stop_seconds, "keep_seconds": keep_seconds}
        self._socket = _listening(host, port)
        self.door = Door(host, self._socket.getsockname()[1])
        self._n_pages = 0

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until cancelled.

        Parameters
        ----------
        ready : callable
            Called once pages are answered.
        """
        sessions = Sessions(self._catalogue, **self._seconds)

        async def visited(socket: Any) -> None:
            if self._n_pages >= MOST_PAGES:
                await socket.close(1013, f"{MOST_PAGES} pages are open, which is the most")
                return
            self._n_pages += 1
            try:
                await Visit(socket, self._catalogue, sessions).run()
            except self._closed:
                # A page may go at any time.
                pass
            finally:
                self._n_pages -= 1

        server = await self._websockets.serve(
            visited,
            sock=self._socket,
            process_request=self._answer,
            compression=None,
            max_size=_MOST_BYTES,
            max_queue=_MOST_FRAMES,
            server_header=None,
            logger=_quiet(),
        )
        try:
            ready()
            await server.serve_forever()
        finally:
            sessions.close_all()

    @property
    def _closed(self) -> Any:
        return import_extra("websockets.exceptions", extra="run").ConnectionClosed

    async def _answer(self, connection: Any, request: Any) -> Any:
        """Answer a request; None lets a page in that wants to send messages."""
        # Older releases of websockets take no other method, and have no word for it.
        if getattr(request, "method", "GET") != "GET":
            refused = said(HTTPStatus.METHOD_NOT_ALLOWED, "Give GET.\n", {"Allow": "GET"})
            return _response(connection, refused)
        names = ("host", "origin", "cookie", "sec-fetch-site")
        # Said twice, it is anybody's guess which one counts.
        given = {name: request.headers.get_all(name) for name in names}
        if any(len(values) > 1 for values in given.values()):
            return _response(connection, said(HTTPStatus.BAD_REQUEST, "A header stands twice.\n"))
        headers = {name: values[0] if values else None for name, values in given.items()}
        reply = self.door.reply(request.path, headers)
        if reply is not None:
            return _response(connection, reply)
        path = request.path.partition("?")[0]
        if path == CODE:
            return _response(connection, data(self._code, "text/javascript; charset=utf-8"))
        if path == SPACES:
            listed = await asyncio.to_thread(self._catalogue.listed)
            return _response(connection, data(json.dumps(listed), "application/json"))
        assert path == MESSAGES  # noqa: S101 the door lets no other path through
        return None


def _response(connection: Any, reply: Reply) -> Any:
    response = connection.respond(reply.status, "")
    for name in ("Content-Type", "Content-Length"):
        del response.headers[name]
    response.headers.update({**reply.headers, "Content-Length": str(len(reply.body))})
    response.body = reply.body
    return response


def _listening(host: str, port: int | None) -> sockets.socket:
    """Socket at a port that is free; OSError or ValueError says why there is none."""
    if port is not None and not 0 <= port <= _HIGHEST_PORT:
        msg = f"port {port}: give 0 to {_HIGHEST_PORT:,}, 0 for any that is free"
        raise ValueError(msg)
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    ports = range(PORT, PORT + _PORTS_TRIED) if port is None else (port,)
    for each in ports:
        try:
            return sockets.create_server((host, each), family=family)
        except (OSError, UnicodeError) as error:
            failed = error
    tried = f"{ports[0]}" if len(ports) == 1 else f"{ports[0]} to {ports[-1]}"
    reason = getattr(failed, "strerror", None) or str(failed)
    msg = f"{shown(host)} at port {tried}: {reason}: give another --port, or 0 for any that is free"
    raise OSError(msg)


def _quiet() -> logging.Logger:
    """A log that does not tell of each request that was wrong."""
    logger = logging.getLogger("embwidget.page")
    logger.setLevel(logging.CRITICAL)
    return logger
