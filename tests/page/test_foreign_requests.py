"""Requests of other programs on this machine, and of none that the server speaks with."""

import asyncio
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
from served import Served

from embwidget.page.catalogue import Catalogue
from embwidget.page.frames import packed
from embwidget.page.sessions import Sessions
from embwidget.page.visit import Visit
from embwidget.registry import Registry

CROWD = 300


def first_line(served: Served, cookie: bytes, method: str = "GET", host: str = "") -> bytes:
    """Status line of what is answered to a request for the spaces."""
    head = f"{method} /spaces HTTP/1.1\r\nHost: {host or served.netloc}\r\nCookie: ".encode()
    with socket.create_connection(("127.0.0.1", served.server.door.port), timeout=30) as line:
        line.sendall(head + cookie + b"\r\n\r\n")
        with line.makefile("rb") as answer:
            return answer.readline()


@pytest.mark.parametrize(
    "other",
    [
        b'settings={"a": [1, 2]}',
        b"a name=x",
        b"weird[]=1",
        b"a=\xff",
        b'open="',
        b"nothing",
        b"=",
        b"embwidget-{port}=of-another-server",
    ],
)
def test_cookies_of_other_servers_shut_nobody_out(served: Served, other: bytes) -> None:
    other = other.replace(b"{port}", str(served.server.door.port).encode())
    own = served.cookie.encode()
    for cookies in (other + b"; " + own, own + b"; " + other, other + b";" + own):
        assert b" 200 " in first_line(served, cookies)
    assert b" 403 " in first_line(served, other)


def test_a_token_counts_in_its_own_cookie_alone(served: Served) -> None:
    port, token = served.server.door.port, served.server.door.token
    for name in (f"embwidget-{port + 1}", f"x embwidget-{port}", f"EMBWIDGET-{port}", "token", ""):
        assert b" 403 " in first_line(served, f"{name}={token}".encode())
    assert b" 403 " in first_line(served, f"x={served.cookie}".encode())


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("LOCALHOST", b" 200 "),
        ("[::1]", b" 200 "),
        ("[0:0:0:0:0:0:0:1]", b" 200 "),
        ("localhost.", b" 403 "),
        ("127.0.0.1.", b" 403 "),
        ("127.1", b" 403 "),
        ("0.0.0.0", b" 403 "),
        ("[::]", b" 403 "),
        ("2130706433", b" 403 "),
        ("evil@127.0.0.1", b" 403 "),
    ],
)
def test_names_of_this_machine_are_known_in_their_forms(
    served: Served, name: str, status: bytes
) -> None:
    host = f"{name}:{served.server.door.port}"
    assert status in first_line(served, served.cookie.encode(), host=host)


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "OPTIONS", "TRACE"])
def test_only_get_is_answered(served: Served, method: str) -> None:
    # Older releases of websockets close the line without a word.
    line = first_line(served, served.cookie.encode(), method)
    assert line == b"" or b" 405 " in line


def test_a_crowd_that_says_half_a_word_holds_up_nobody(served: Served) -> None:
    with served.page() as page, ExitStack() as crowd:
        assert page.is_answered()
        for _ in range(CROWD):
            # The system itself may have no room for one more, which ends the crowd.
            with suppress(OSError):
                line = socket.create_connection(("127.0.0.1", served.server.door.port), timeout=5)
                crowd.enter_context(line).sendall(b"GET /spaces HT")
        assert page.is_answered()
        assert page.open()["type"] == "opened"
    assert b" 200 " in first_line(served, served.cookie.encode())


def test_what_a_page_says_while_the_server_ends_is_passed_over(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> list[bytes]:
        catalogue = Catalogue(registry, {}, {})
        sessions = Sessions(catalogue)
        line = EndingLine(sessions)
        await Visit(line, catalogue, sessions).run()
        return line.sent

    # On a thread of its own: where a browser was driven before, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        assert len(thread.submit(asyncio.run, play()).result(30)) == 1
    assert caplog.records == []


class EndingLine:
    """A page that asks twice; the server ends between both."""

    def __init__(self, sessions: Sessions) -> None:
        self.sent: list[bytes] = []
        self._sessions = sessions
        self._told = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        asked = packed({"type": "columns", "space": "one"})
        yield asked
        await self._told.wait()
        self._sessions.close_all()
        yield asked
        # What would be answered is sent before the line ends.
        for _ in range(10):
            await asyncio.sleep(0)

    async def send(self, frame: bytes) -> None:
        self.sent.append(frame)
        self._told.set()
