"""A widget whose state two threads touch: the one that serves the screen, and a worker."""

import contextvars
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
from comm import DummyComm
from traitlets import TraitError

from embwidget._core.checks import shown
from embwidget.session.worker import one_line

# Where ipykernel keeps the message that is being handled. What is sent belongs to that message for
# ever after, and nbclient leaves out what comes for a cell that is done.
_OF_THE_CELL = ("shell_parent", "shell_parent_ident", "parent_header")

# What a message of each method has beside that.
_PARTS = {"update": "state", "custom": "content"}
_MOST_VIEWS = 10_000

# Of widgets' messages, as ipywidgets 8 has it.
_PROTOCOL = "2.1.0"

_log = logging.getLogger("embwidget")

_make_comm: contextvars.ContextVar[Callable[..., Any] | None] = contextvars.ContextVar(
    "embwidget make_comm", default=None
)


@contextmanager
def comms_made_by(make: Callable[..., Any]) -> Iterator[None]:
    """Let widgets that are made in this block speak over comms of a host's own.

    A host that is no Jupyter kernel shows a widget so, without a word to the kernel's comms. One
    that needs no traits takes a ``Session`` instead, as CONTRIBUTING says. A widget's layout, which
    is a widget of its own, keeps the kernel's.

    Parameters
    ----------
    make : callable
        Called with ``target_name``, ``data`` and ``metadata`` of the message that opens a comm, as
        a subclass of ``comm.base_comm.BaseComm`` is; ``data["state"]`` has all traits.

    Examples
    --------
    >>> with comms_made_by(PageComm):  # doctest: +SKIP
    ...     w = ew.EmbeddingCompare(a, b)
    """
    token = _make_comm.set(make)
    try:
        yield
    finally:
        _make_comm.reset(token)


class SharedWidget(anywidget.AnyWidget):
    """`AnyWidget` with one lock, and with an answer to values that the screen may not set.

    Subclasses have a trait ``error``, which the screen may clear, and name in ``from_screen`` what
    else it may set.

    Parameters
    ----------
    changed : Condition
        Held while the screen or an observer hears of a trait. A worker sets traits only while it
        holds it. Waiting on it lets go of it, so that an observer may wait for the worker.
    """

    from_screen: frozenset[str] = frozenset()
    comm: Any

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        super().__init__()
        # A widget of its own, with a comm that nobody else would close.
        self._own_layout = self.layout

    def open(self) -> None:
        """Open a comm, of the kernel's or of whatever `comms_made_by` names."""
        make = _make_comm.get()
        if make is None or self.comm is not None:
            super().open()
            return
        # None of the traits has buffers.
        data = {"state": self.get_state(), "buffer_paths": []}
        version = {"version": _PROTOCOL}
        self.comm = make(target_name="jupyter.widget", data=data, metadata=version)

    def close(self) -> None:
        """Close the comms of the widget and of the layout that came with it."""
        super().close()
        # What was refused at the door has none.
        if "_own_layout" in vars(self):
            self._own_layout.close()

    def notify_change(self, change: Any) -> None:
        """Tell the screen and the observers, one thread at a time."""
        with self._changed:
            super().notify_change(change)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take traits from the screen; what is not allowed is answered with what holds."""
        allowed = {name: value for name, value in sync_data.items() if self._may_be(name, value)}
        try:
            super().set_state(allowed)
        except TraitError as error:
            self.set_trait("error", one_line(error))
            allowed = {}
        refused = [name for name in sync_data if name not in allowed and name in self.keys]
        if refused:
            self.send_state(refused)

    def _handle_msg(self, msg: dict[str, Any]) -> None:
        data = msg["content"].get("data")
        method = data.get("method") if isinstance(data, dict) else None
        part = data.get(_PARTS.get(method, "")) if isinstance(method, str) else None
        # A custom message may be a question whose answer the worker is about to find.
        if method == "custom" and isinstance(part, dict):
            super()._handle_msg(msg)
        elif method == "request_state" or (method == "update" and isinstance(part, dict)):
            # None of the traits that a screen may set has buffers.
            plain = {"method": method, "state": part}
            with self._changed:
                super()._handle_msg(msg | {"content": {"data": plain}, "buffers": []})
        else:
            text = f"a message from the page was not understood: {shown(data)}"
            with self._changed:
                self.set_trait("error", text)

    def _may_be(self, name: str, value: Any) -> bool:
        """Whether the screen may set a trait to a value; errors it may only clear."""
        if name == "error":
            return bool(value == "")
        if name == "_view_count":
            return value is None or (type(value) is int and 0 <= value <= _MOST_VIEWS)
        return name in self.from_screen

    def _send(self, msg: dict[str, Any], buffers: Any = None) -> None:
        try:
            super()._send(msg, buffers=buffers)
        except Exception:  # noqa: BLE001 neither work nor observers end with a comm that does
            # A page that begins to listen is sent all of it.
            _log.warning("a message to the screen was not sent", exc_info=True)


def has_screen(comm: Any) -> bool:
    """Whether a notebook's page, or whatever stands in for one, hears what a comm sends."""
    if comm is None or isinstance(comm, DummyComm):
        return False
    # A script that imports ipykernel gets its comms, which send nothing without a kernel.
    kernels = sys.modules.get("ipykernel.kernelbase")
    is_of_kernel = type(comm).__module__.startswith("ipykernel.")
    return not is_of_kernel or kernels is None or bool(kernels.Kernel.initialized())


def context_of_page() -> contextvars.Context:
    """Context variables of this thread, but for those of the cell that is running.

    Some hosts keep in them which page a message belongs to.
    """
    context = contextvars.Context()
    for variable, value in contextvars.copy_context().items():
        if variable.name not in _OF_THE_CELL:
            context.run(variable.set, value)
    return context
