"""A cell of a notebook that runs again closes the widgets that it made before.

Nothing of them is on the screen any more, but their comms would keep them, and IPython's history of
outputs too. What the user's own names hold stays whole, only without a screen.
"""

import builtins
import sys
import weakref
from typing import Any

_made: dict[str, list[weakref.ref[Any]]] = {}
_LAST_OUTPUTS = ("_", "__", "___")


def made_in_cell(widget: Any) -> None:
    """Note that the cell that is running, if there is one, made a widget with a `close`."""
    module = sys.modules.get("IPython")
    shell: Any = None if module is None else module.get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return
    cell = kernel.get_parent("shell").get("metadata", {}).get("cellId")
    if not isinstance(cell, str):
        return
    if _cell_runs not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _cell_runs)
    _made.setdefault(cell, []).append(weakref.ref(widget))


def _cell_runs(info: Any) -> None:
    """Called by IPython before each cell."""
    for reference in _made.pop(info.cell_id, []):
        widget = reference()
        if widget is not None:
            widget.close()
            _forget_output(sys.modules["IPython"].get_ipython(), widget)


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
