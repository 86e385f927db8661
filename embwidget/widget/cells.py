"""A cell of a notebook that runs again closes the widgets that it made before.

Nothing of them is on the screen any more, but their comms would keep them, and IPython's history of
outputs too. What the user's own names hold stays whole, only without a screen.
"""

import builtins
import gc
import sys
import weakref
from typing import Any

from embwidget._core.freed import hand_back

_made: dict[str, list[weakref.ref[Any]]] = {}
_closed: list[str] = []
"""Cells that closed a widget when they began to run."""

# Work ends at its next sign of progress, and the cell should not seem to hang.
_PATIENCE_SECONDS = 1.0
_LAST_OUTPUTS = ("_", "__", "___")


def made_in_cell(widget: Any) -> None:
    """Note that the cell that is running, if there is one, made a widget of a session."""
    module = sys.modules.get("IPython")
    shell: Any = None if module is None else module.get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return
    cell = kernel.get_parent("shell").get("metadata", {}).get("cellId")
    if not isinstance(cell, str):
        return
    for event, callback in (("pre_run_cell", _cell_runs), ("post_run_cell", _cell_ran)):
        if callback not in shell.events.callbacks[event]:
            shell.events.register(event, callback)
    _made.setdefault(cell, []).append(weakref.ref(widget))


def _cell_runs(info: Any) -> None:
    """Called by IPython before each cell."""
    for reference in _made.pop(info.cell_id, []):
        widget = reference()
        if widget is not None:
            widget.close()
            # Two at a time would share the cores, and take the memory of both.
            widget.session.cancel(_PATIENCE_SECONDS)
            _closed.append(info.cell_id)
            _forget_output(sys.modules["IPython"].get_ipython(), widget)


def _cell_ran(_result: Any) -> None:
    """Called by IPython after each cell, when names hold what the cell made."""
    if _closed:
        _closed.clear()
        # A widget and its session hold each other; the collector counts objects and not their size.
        gc.collect()
        hand_back()


def _forget_output(shell: Any, widget: Any) -> None:
    """Take a widget out of ``Out``, ``_12`` and ``_``, where IPython and its hooks put it."""
    outputs = shell.user_ns.get("_oh", {})
    numbers = [number for number, output in outputs.items() if output is widget]
    for number in numbers:
        del outputs[number]
    own = (shell.user_ns, shell.user_ns_hidden)
    for names in (*own, vars(builtins), vars(shell.displayhook)):
        for number in numbers:
            names.pop(f"_{number}", None)
        for name in _LAST_OUTPUTS:
            if names.get(name) is widget:
                names[name] = ""
