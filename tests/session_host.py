"""A host of a session that is no notebook: what a page's server would keep for its page."""

import json
from typing import Any

from embwidget.session.session import Session


class PageHost:
    """Shows a session to a made-up page.

    Attributes
    ----------
    state : dict
        Fields of the session's state as the page has them, through JSON.
    selection : list of int
    messages : list of (dict, list of bytes)
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.state: dict[str, Any] = json.loads(json.dumps(vars(session.state), allow_nan=False))
        self.selection: list[int] = []
        self.messages: list[tuple[dict[str, Any], list[bytes]]] = []

    def send(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        content = json.loads(json.dumps(content, allow_nan=False))
        self.messages.append((content, [bytes(buffer) for buffer in buffers]))

    def publish(self, changes: dict[str, Any]) -> None:
        if "selection" in changes:
            self.selection = changes["selection"].tolist()
            return
        self.state |= json.loads(json.dumps(changes, allow_nan=False))

    def say(self, content: dict[str, Any]) -> None:
        self.session.receive(content)

    def got(self, kind: str) -> list[tuple[dict[str, Any], list[bytes]]]:
        """Messages of one type, oldest first."""
        return [(content, buffers) for content, buffers in self.messages if content["type"] == kind]

    def ask(self, kind: str, **args: Any) -> tuple[Any, list[bytes], str]:
        """Result, buffers and error of a question."""
        self.say({"type": "ask", "request": 7, "kind": kind, "args": args})
        reply, buffers = self.got("reply")[-1]
        assert reply["request"] == 7
        return reply["result"], buffers, reply["error"]
