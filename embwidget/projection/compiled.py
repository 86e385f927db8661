"""Functions of C that numba makes of Python's, once for all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numba
from numba import types
from numba.core.caching import FunctionCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

if TYPE_CHECKING:
    from collections.abc import Callable


class Code(NamedTuple):
    """Where a compiled function lies, as long as its owner lives."""

    address: int
    owner: Any


class _AsItIs:
    """A context of numba that does not load all that it could compile: half a second of CPU."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def refresh(self) -> None:
        """Leave out what only who compiles needs."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def compiled(function: Callable[..., None], options: dict[str, Any], *kinds: Any) -> Code:
    """Compile for these types, and read or keep the code beside this file or in the home.

    Where neither can be written, or what lies there is damaged, a process compiles for itself: that
    takes a second. `EMBWIDGET_CACHE` is no place for the code, for numba unpickles what it finds.
    """
    signature = types.void(*kinds)
    try:
        found = _loaded(function, signature)
        if found is not None:
            return found
        made = numba.cfunc(signature, cache=True, **options)(function)
    except Exception:  # noqa: BLE001 (whatever is wrong with the cache, no map needs it)
        made = numba.cfunc(signature, **options)(function)
    return Code(made.address, made)


def _loaded(function: Callable[..., None], signature: Any) -> Code | None:
    """Code that a process before this one has compiled and kept."""
    with global_compiler_lock:
        context = _AsItIs(cpu_target.target_context)
        found = FunctionCache(function).load_overload(signature, context)
        if found is None:
            return None
        name = found.fndesc.llvm_cfunc_wrapper_name
        return Code(found.library.get_pointer_to_function(name), found)
