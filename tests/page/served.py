"""A server in this process, and a page that is played on a WebSocket."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
from websockets.sync.client import connect

from embwidget.page.catalogue import Catalogue
from embwidget.page.frames import packed, unpacked
from embwidget.page.server import PageServer
from embwidget.registry import Registry

N = 120
SECONDS = 60
NASTY = "<b>x</b>'\"/../\u2028"


def registered(folder: Path) -> Registry:
    """A registry of one dataset with three spaces, and of another with one."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 4, N)
    vectors = rng.normal(size=(4, 8))[kinds] * 2 + rng.normal(size=(N, 8))
    table = pd.DataFrame(
        {
            "id": [f"item-{i:03d}" for i in range(N)],
            "kind": [f"kind {k}" for k in kinds],
            "title": [f"the title of {i}" for i in range(N)],
        }
    )
    registry = Registry(folder)
    registry.add_dataset(table, name="things", id="id")
    for name, x in (("one", vectors), ("two", vectors[:, :5] ** 2), (NASTY, vectors * 2)):
        registry.add(x.astype(np.float32), name=name, dataset="things")
    registry.add_dataset(table[:50], name="others", id="id")
    registry.add(vectors[:50, :4].astype(np.float32), name="alone", dataset="others")
    return registry


class Served:
    """A server that answers in a thread of its own."""

    def __init__(self, server: PageServer) -> None:
        self.server = server
        self.address = server.door.address
        split = urlsplit(self.address)
        self.base = f"http://{split.netloc}"
        self.netloc = split.netloc
        self.cookie = f"embwidget-{split.port}={server.door.token}"

    def page(self, **headers: Any) -> "PlayedPage":
        return PlayedPage(self, **headers)


@contextmanager
def serving(catalogue: Catalogue, **options: Any) -> Iterator[Served]:
    server = PageServer(catalogue, port=0, **options)
    begun = threading.Event()
    held: dict[str, Any] = {}

    async def main() -> None:
        held["loop"], held["task"] = asyncio.get_running_loop(), asyncio.current_task()
        await server.serve(begun.set)

    def run() -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(SECONDS)
    yield Served(server)
    held["loop"].call_soon_threadsafe(held["task"].cancel)
    thread.join(SECONDS)
    assert not thread.is_alive()


class PlayedPage:
    """What the page's code would say and hear."""

    def __init__(self, served: Served, origin: str | None = "", cookie: str | None = "") -> None:
        cookie = served.cookie if cookie == "" else cookie
        # Newer releases make a connection in a with statement alone.
        self._stack = ExitStack()
        opened = connect(
            f"ws://{served.netloc}/messages",
            origin=served.base if origin == "" else origin,
            additional_headers={} if cookie is None else {"Cookie": cookie},
            max_size=None,
        )
        self.socket = self._stack.enter_context(opened)
        self.state: dict[str, Any] = {}
        self.asked = 0

    def __enter__(self) -> "PlayedPage":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    def say(self, kind: str, *buffers: bytes, **head: Any) -> None:
        self.socket.send(packed({"type": kind, **head}, buffers))

    def hear(self) -> tuple[dict[str, Any], list[memoryview]]:
        head, buffers = unpacked(self.socket.recv(SECONDS))
        if head["type"] in ("opened", "traits"):
            self.state |= head["state"]
        return head, buffers

    def until(self, *types: str) -> dict[str, Any]:
        while True:
            head, _ = self.hear()
            if head["type"] in types:
                return head

    def open(self, session: str = "", **asked: Any) -> dict[str, Any]:
        chosen = {"a": "one", "b": "two", "reducer": "pca", **asked}
        self.say("open", asked=chosen, session=session)
        return self.until("opened", "failed")

    def until_done(self) -> None:
        while self.state["progress"]["step"] != "":
            self.hear()

    def ask(self, question: str, **args: Any) -> tuple[Any, list[memoryview], str]:
        self.asked += 1
        asked = {"type": "ask", "request": self.asked, "kind": question, "args": args}
        self.say("custom", content=asked)
        while True:
            head, buffers = self.hear()
            content = head.get("content", {})
            if content.get("type") == "reply" and content["request"] == self.asked:
                return content["result"], buffers, content["error"]

    def is_answered(self) -> bool:
        """Whether the server goes on: it tells the columns of a space."""
        self.say("columns", space="one")
        return self.until("columns")["labels"] == ["kind"]


def names_in(text: str) -> list[str]:
    return [each["name"] for each in json.loads(text)["spaces"]]
