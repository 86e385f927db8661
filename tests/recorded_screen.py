"""A front end without a browser: a comm that keeps what the kernel sends."""

import base64
import json
from typing import Any

import numpy as np
from comm.base_comm import BaseComm


class RecordedComm(BaseComm):
    """Stands where a kernel has its comm; every message goes through JSON that a page can read."""

    def __init__(self, **options: Any) -> None:
        self.state: dict[str, Any] = {}
        self.log: list[tuple[dict[str, Any], list[memoryview]]] = []
        super().__init__(**options)

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        # A kernel writes UTF-8, where a page reads it.
        packed = json.dumps(data, allow_nan=False, ensure_ascii=False).encode()
        data = json.loads(packed)
        if msg_type == "comm_close":
            return
        if msg_type == "comm_open" or data.get("method") == "update":
            self.state |= data["state"]
        self.log.append((data, list(buffers or [])))


def rows_text(rows: Any) -> str:
    """Rows as a page writes them when they are few."""
    return f"positions:{base64.b64encode(np.array(rows, '<u4')).decode()}"


class RecordedScreen:
    """What a page does with a widget.

    Attributes
    ----------
    state : dict
        Synced traits as the page has them.
    """

    def __init__(self, widget: Any) -> None:
        self._comm = widget.comm
        self.state = widget.comm.state
        self._requests = 0

    def messages(self, kind: str) -> list[tuple[dict[str, Any], list[memoryview]]]:
        """Custom messages of one type, oldest first."""
        custom = [(data.get("content", {}), buffers) for data, buffers in self._comm.log]
        return [(content, buffers) for content, buffers in custom if content.get("type") == kind]

    def order(self) -> list[str]:
        """What came, oldest first: types of custom messages, names of traits."""
        names = []
        for data, _ in self._comm.log:
            names += [data["content"]["type"]] if "content" in data else list(data["state"])
        return names

    def log(self) -> list[tuple[dict[str, Any], list[memoryview]]]:
        """All that came, as it came: updates of traits and custom messages."""
        return list(self._comm.log)

    def forget(self) -> None:
        """Start the record anew."""
        self._comm.log.clear()

    def send(self, content: dict[str, Any], *arrays: np.ndarray | bytes) -> None:
        """Send a custom message."""
        self._receive({"method": "custom", "content": content}, *arrays)

    def say(self, data: Any, *arrays: np.ndarray | bytes) -> None:
        """Send a message of any kind, as it is."""
        self._receive(data, *arrays)

    def set(self, **traits: Any) -> None:
        """Change synced traits on the page."""
        self.state |= traits
        self._receive({"method": "update", "state": traits, "buffer_paths": []})

    def select(self, rows: Any) -> None:
        """Select rows as a lasso on the page does."""
        self.set(selected=rows_text(rows))

    def selected(self) -> list[int]:
        """Rows that are selected on the page."""
        encoding, _, text = self.state["selected"].partition(":")
        octets = np.frombuffer(base64.b64decode(text), np.uint8)
        if encoding == "mask":
            return np.flatnonzero(np.unpackbits(octets, bitorder="little")).tolist()
        return octets.view("<u4").tolist()

    def ask(self, kind: str, **args: Any) -> tuple[Any, list[memoryview], str]:
        """Result, buffers and error of a question."""
        self._requests += 1
        self.send({"type": "ask", "request": self._requests, "kind": kind, "args": args})
        reply, buffers = self._last()
        assert reply["request"] == self._requests
        return reply["result"], buffers, reply["error"]

    def _last(self) -> tuple[dict[str, Any], list[memoryview]]:
        """The last answer, put together where it came in pieces."""
        custom = [(data.get("content", {}), buffers) for data, buffers in self._comm.log]
        answers = [each for each in custom if each[0].get("type") in ("reply", "piece")]
        content, buffers = answers[-1]
        if content["type"] == "reply":
            return content, buffers
        transfer = content["transfer"]
        pieces = [each for each in self.messages("piece") if each[0]["transfer"] == transfer]
        octets = memoryview(b"".join(cut for _, cuts in pieces for cut in cuts))
        first, ends = pieces[0][0], np.cumsum(pieces[0][0]["sizes"])
        whole, buffers = (
            first["whole"],
            [octets[a:b] for a, b in zip([0, *ends], ends, strict=False)],
        )
        if whole["type"] == "written":
            whole = json.loads(bytes(buffers.pop()))
        return whole, buffers

    def _receive(self, data: Any, *arrays: np.ndarray | bytes) -> None:
        buffers = [memoryview(bytes(array)) for array in arrays]
        self._comm.handle_msg({"content": {"data": data}, "buffers": buffers})
