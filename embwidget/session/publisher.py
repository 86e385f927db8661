"""What a session tells its host: messages, and fields of its state that changed."""

import logging
import threading
from typing import Any, Protocol

from embwidget._core.progress import Cancelled
from embwidget.session.wire.state import State
from embwidget.session.wire.text import for_wire

_log = logging.getLogger("embwidget")


class Host(Protocol):
    """Where a session is shown: a notebook, a page, a file.

    Both methods are called from the thread of the work and from those that ask. What they raise
    ends nothing: a page that missed something asks for it when it says "ready". They must not wait
    for another thread, for the session is locked meanwhile.
    """

    def send(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        """Hand a message of ``FromKernel`` to the screen, with its buffers beside it."""

    def publish(self, changes: dict[str, Any]) -> None:
        """Hand on fields of the `State` that changed, and what is chosen beside it.

        That is ``selection``, (n_selected,) int64, and ``selections``, a dict of names and ids.
        """


class Publisher:
    """Sets the state, and tells the host. All texts pass here, and leave as a page can read them.

    Parameters
    ----------
    state : State
    changed : Condition
        Held while the state changes and the host hears of it.

    Attributes
    ----------
    host : Host or None
        None until the session is shown; what is told before reaches nobody.
    state : State
    """

    def __init__(self, state: State, changed: threading.Condition) -> None:
        self.host: Host | None = None
        self.state = state
        vars(state).update(for_wire(vars(state)))
        self._changed = changed
        self._missed: set[str] = set()

    def publish(self, **values: Any) -> None:
        """Set fields of the state, and tell the host of those that are others now."""
        with self._changed:
            values = for_wire(values)
            new = {name: v for name, v in values.items() if getattr(self.state, name) != v}
            for name, value in new.items():
                setattr(self.state, name, value)
            if new:
                self.tell(new)

    def tell(self, changes: dict[str, Any]) -> None:
        """Hand changes to the host; what it does not take is told again by `tell_missed`."""
        if self.host is None:
            return
        try:
            self.host.publish(changes)
        except Cancelled:
            raise
        except Exception:  # noqa: BLE001 the work goes on whatever becomes of the screen
            self._missed |= changes.keys() & vars(self.state).keys()
            _log.warning("the screen was not told of %s", ", ".join(changes), exc_info=True)

    def tell_missed(self) -> None:
        """Tell the host once more of what it did not take, as it is now."""
        with self._changed:
            missed, self._missed = sorted(self._missed), set()
            if missed:
                self.tell({name: getattr(self.state, name) for name in missed})

    def send(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        """Send a message; one that does not arrive is fetched by the page when it is ready."""
        if self.host is None:
            return
        try:
            self.host.send(content, buffers)
        except Exception:  # noqa: BLE001 the work goes on whatever becomes of the screen
            _log.warning("a message of type %s was not sent", content.get("type"), exc_info=True)
