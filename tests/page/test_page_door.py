"""Who is let in by the server of the page, and that it goes on whoever came."""

import socket
import threading
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
import pytest
from served import NASTY, PlayedPage, Served, names_in, serving
from websockets.exceptions import ConnectionClosed, InvalidStatus

from embwidget.page.catalogue import Catalogue
from embwidget.page.door import Door
from embwidget.page.frames import packed
from embwidget.page.server import PageServer
from embwidget.registry import Registry


def got(served: Served, path: str, **headers: str | None) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer; headers with None are left out."""
    sent = {"Host": served.netloc, "Cookie": served.cookie}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection(*served.netloc.split(":"), timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    for name, value in sent.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
    connection.close()
    return found


def test_the_token_becomes_a_cookie_that_no_script_reads(served: Served) -> None:
    path = f"/?token={served.server.door.token}"
    status, headers, _ = got(served, path, Cookie=None)
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"]
    assert cookie.startswith(served.cookie)
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    status, headers, text = got(served, "/")
    assert status == 200
    assert served.server.door.token not in text
    policy = headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/spaces", "/static/run.js", "/messages", "/?token=x"])
def test_nothing_is_served_without_the_token(served: Served, path: str) -> None:
    for cookie in (None, "", "embwidget=1", served.cookie[:-1], 'a=";;;=', "x" * 4000):
        status, headers, text = got(served, path, Cookie=cookie)
        assert status == 403
        assert "set-cookie" not in headers
        assert "things" not in text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "", None])
def test_a_foreign_host_is_refused_even_with_the_token(served: Served, host: str | None) -> None:
    named = None if host is None else host.format(port=served.server.door.port)
    for path in ("/", "/spaces", f"/?token={served.server.door.token}"):
        status, headers, _ = got(served, path, Host=named)
        assert status in (400, 403)
        assert "set-cookie" not in headers


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:1"])
def test_pages_of_another_origin_are_refused(served: Served, origin: str) -> None:
    assert got(served, "/spaces", Origin=origin)[0] == 403
    with pytest.raises(InvalidStatus, match="403"):
        served.page(origin=origin)


def test_messages_are_taken_from_a_page_of_ours_alone(served: Served) -> None:
    for wrong in ({"origin": None}, {"cookie": None}, {"cookie": "embwidget=x"}):
        with pytest.raises(InvalidStatus, match="403"):
            served.page(**wrong)
    assert got(served, "/spaces", Sec_Fetch_Site="same-site")[0] == 403
    assert got(served, "/spaces", Sec_Fetch_Site="cross-site")[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../cli/run.py",
        "/static/%2e%2e/run.py",
        "/static/index.js",
        "/etc/passwd",
        "//etc/passwd",
        "/..%2f..%2fetc/passwd",
        "http://evil.example/spaces",
        "/spaces/things",
        "/" + "a" * 6000,
        "/%00",
    ],
)
def test_no_path_leads_anywhere_else(served: Served, path: str) -> None:
    assert got(served, path)[0] == 404


def test_spaces_are_listed_by_name(served: Served, registry: Registry) -> None:
    status, headers, text = got(served, "/spaces")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert names_in(text) == ["one", "two", NASTY, "alone"]
    assert str(registry.path) not in text


def test_what_is_no_request_ends_nothing(served: Served) -> None:
    address = served.server.door.host, served.server.door.port
    for sent in (b"\x00\xff" * 500, b"POST /spaces HTTP/1.1\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b""):
        with socket.create_connection(address, timeout=30) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while line.recv(1000):
                pass
    headers = "".join(f"X-{i}: {'y' * 900}\r\n" for i in range(400))
    with socket.create_connection(address, timeout=30) as line, suppress(OSError):
        for _ in range(20):
            line.sendall(f"GET /spaces HTTP/1.1\r\nHost: {served.netloc}\r\n{headers}".encode())
        assert b"200" not in line.recv(1000)
    assert got(served, "/spaces")[0] == 200


def garbage() -> list[bytes | str]:
    deep = b"[" * 100_000
    return [
        "a text",
        b"",
        b"\x00",
        b"\xff\xff\xff\xff{}",
        len(deep).to_bytes(4, "little") + deep,
        (2).to_bytes(4, "little") + b"[]",
        packed({"type": "open"})[:-3],
        packed({"type": "weather"}),
        packed({"type": ["open"]}),
        packed({"type": "open", "asked": None}),
        packed({"type": "open", "asked": {"a": "one"}}),
        packed({"type": "open", "asked": {"a": 1, "b": []}}),
        packed({"type": "open", "asked": {"a": "one", "b": "two", "k": 10**400}}),
        packed({"type": "open", "asked": {"a": "one", "b": "two", "k": True}}),
        packed({"type": "open", "asked": {"a": "one", "b": "two", "reducer": "os.system"}}),
        packed({"type": "open", "asked": {"a": "one", "b": "two", "path": "/etc"}}),
        packed({"type": "open", "asked": {"a": "one", "b": "two"}, "session": {"a": 1}}),
        packed({"type": "traits", "state": []}),
        packed({"type": "custom", "content": "ready"}),
        packed({"type": "columns", "space": 7}),
    ]


def test_what_is_not_understood_is_refused_and_the_next_is_taken(served: Served) -> None:
    with served.page() as page:
        for frame in garbage():
            page.socket.send(frame)
            assert page.until("refused")["error"], frame
        assert page.is_answered()


@pytest.mark.parametrize("name", ["/etc/passwd", "../one", "one.npy", "", "\ud800", "x" * 900])
def test_a_space_is_a_name_and_never_a_path(served: Served, name: str) -> None:
    with served.page() as page:
        assert "there is no space" in page.open(a=name)["error"]
        page.say("columns", space=name)
        assert "there is no space" in page.until("columns")["error"]
        assert page.is_answered()


def test_a_page_that_goes_on_with_nonsense_is_let_go_of(served: Served) -> None:
    def say_nonsense() -> None:
        for _ in range(1000):
            page.socket.send(b"nonsense")
            page.hear()

    with served.page() as page, pytest.raises(ConnectionClosed, match="1008"):
        say_nonsense()
    with served.page() as page:
        assert page.is_answered()


def test_a_huge_frame_ends_its_own_page_alone(served: Served) -> None:
    with served.page() as other, served.page() as page:
        with suppress(ConnectionClosed):
            page.socket.send(b"\0" * 30_000_000)
        with pytest.raises(ConnectionClosed):
            page.hear()
        assert other.is_answered()


def test_a_thousand_questions_are_answered_in_their_order(served: Served) -> None:
    with served.page() as page:
        page.open()
        page.until_done()
        count = 1000
        question = {"type": "ask", "kind": "rows", "args": {"items": []}}

        def ask() -> None:
            for request in range(count):
                page.say("custom", content={**question, "request": request})

        asking = threading.Thread(target=ask)
        asking.start()
        replies = []
        while len(replies) < count:
            content = page.hear()[0].get("content", {})
            if content.get("type") == "reply":
                replies.append(content["request"])
        asking.join()
        assert replies == list(range(count))


def test_more_pages_than_there_is_room_for_are_turned_away(served: Served) -> None:
    pages: list[PlayedPage] = []

    def fill() -> None:
        for _ in range(100):
            pages.append(served.page())
            assert pages[-1].is_answered()

    try:
        with pytest.raises(ConnectionClosed, match="1013"):
            fill()
        assert 30 < len(pages) < 40
    finally:
        for page in pages:
            page.close()


def test_a_host_beyond_this_machine_has_to_be_wanted(registry: Registry) -> None:
    catalogue = Catalogue(registry, {}, {})
    for host in ("0.0.0.0", "192.168.0.1", "::", "example.org", ""):
        with pytest.raises(ValueError, match="add --allow-remote"):
            PageServer(catalogue, host=host, port=0)
    with serving(catalogue, host="0.0.0.0", allow_remote=True) as served:
        assert got(served, "/spaces")[0] == 200
        port = served.server.door.port
        assert got(served, "/spaces", Host=f"192.168.7.7:{port}")[0] == 200
        assert got(served, "/spaces", Host=f"evil.example:{port}")[0] == 403
        assert got(served, "/spaces", Cookie=None)[0] == 403


def test_an_address_of_six_is_written_in_brackets() -> None:
    assert Door("::1", 80, "t").address == "http://[::1]:80/?token=t"


def test_a_port_that_is_taken_is_said(served: Served, registry: Registry) -> None:
    port = served.server.door.port
    with pytest.raises(OSError, match=f"at port {port}: .*give another --port"):
        PageServer(Catalogue(registry, {}, {}), port=port)
    with pytest.raises(ValueError, match="port 70000: give 0 to 65,535"):
        PageServer(Catalogue(registry, {}, {}), port=70_000)


def test_files_are_known_by_their_names_alone(registry: Registry, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, width in (("left", 6), ("right", 3)):
        np.save(tmp_path / f"{name}.npy", rng.normal(size=(60, width)))
    given = {name: tmp_path / f"{name}.npy" for name in ("left", "right")}
    with serving(Catalogue(registry, given, {"a": "left", "b": "right"})) as served:
        text = got(served, "/spaces")[2]
        assert names_in(text)[:2] == ["left", "right"]
        assert str(tmp_path) not in text
        with served.page() as page:
            page.open(a="left", b="right")
            page.until_done()
            assert page.state["n_items"] == 60
            assert [page.state[f"space_{side}"]["name"] for side in "ab"] == ["left", "right"]
            assert "there is no space" in page.open(a=str(given["left"]))["error"]
