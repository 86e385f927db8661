"""A widget whose state two threads touch: the one that serves the screen, and a worker."""

import threading
from typing import Any

import anywidget
from traitlets import TraitError

from embwidget.session.worker import one_line


class SharedWidget(anywidget.AnyWidget):
    """`AnyWidget` with one lock, and with an answer to values that the screen may not set.

    Subclasses have a trait ``error``. A worker sets traits only while it holds ``_changed``.
    Waiting on it lets go of it, so that an observer may wait for the worker.
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> "SharedWidget":
        """Make the lock before the first trait is set."""
        self: SharedWidget = super().__new__(cls, *args, **kwargs)
        self._changed = threading.Condition(threading.RLock())
        return self

    def notify_change(self, change: Any) -> None:
        """Tell the screen and the observers, one thread at a time."""
        with self._changed:
            super().notify_change(change)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take traits from the screen; what is not allowed is answered with what holds."""
        try:
            super().set_state(sync_data)
        except TraitError as error:
            self.set_trait("error", one_line(error))
            self.send_state([name for name in sync_data if name in self.keys])

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        with self._changed:
            super()._handle_msg(msg)
