"""A page as host of a session: what is found goes to whoever is connected, if anybody is."""

import threading
from collections.abc import Callable
from typing import Any

from embwidget.page.connection import Connection
from embwidget.session.choices import CHOSEN
from embwidget.session.session import Session
from embwidget.session.worker import one_line


class SocketHost:
    """Shows a session to the page at the other end of a connection.

    Parameters
    ----------
    session : Session
    on_found : callable
        Called once both neighbour graphs are there, from the thread of the work.
    on_end : callable
        Called when the work ends, from the thread of the work.

    Attributes
    ----------
    is_done : Event
        Set when the work has ended.
    """

    def __init__(
        self, session: Session, *, on_found: Callable[[], None], on_end: Callable[[], None]
    ) -> None:
        self.session = session
        self.is_done = threading.Event()
        self._on_found = on_found
        self._on_end = on_end
        self._connection: Connection | None = None
        # What the page itself just changed: told again, a slider would jump back.
        self._said: dict[str, Any] = {}

    def attach(self, connection: Connection, head: dict[str, Any]) -> None:
        """Show the session on a page from now on; it gets all traits, and asks for the rest."""
        with self.session.changed:
            connection.put({**head, "type": "opened", "state": vars(self.session.state)})
            self._connection = connection

    def detach(self) -> None:
        """Show it to nobody."""
        with self.session.changed:
            self._connection = None

    def send(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        """Hand a message to the page."""
        if self._connection is not None:
            self._connection.put({"type": "custom", "content": content}, buffers)

    def publish(self, changes: dict[str, Any]) -> None:
        """Hand on fields of the state; named selections travel by message."""
        known = vars(self.session.state)
        state = {
            name: value
            for name, value in changes.items()
            if name in known and not (name in self._said and self._said[name] == value)
        }
        if state and self._connection is not None:
            self._connection.put({"type": "traits", "state": state})
        if changes.get("curve"):
            self._on_found()
        if changes.get("progress", {}).get("step") == "":
            self.is_done.set()
            self._on_end()

    def take(self, state: dict[str, Any]) -> None:
        """Take traits from the page; what is not allowed is answered with what holds."""
        with self.session.changed:
            self._said = state
            try:
                _check_error(state)
                self.session.change(**state)
            except (ValueError, TypeError) as error:
                self._said = {}
                self.session.change(error=one_line(error))
                refused = [name for name in state if name in CHOSEN]
                known = vars(self.session.state)
                self.publish({name: known[name] for name in refused})
            finally:
                self._said = {}


def _check_error(state: dict[str, Any]) -> None:
    """Refuse an error that the page made up; it may clear the one that it shows."""
    if state.get("error", "") != "":
        msg = "error: a page may clear it, no more"
        raise ValueError(msg)
