"""Names of arguments that are near to those that there are."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from embwidget._core.near import close_to

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def told_by_name(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Make a function refuse arguments that it does not have by saying which one is meant."""
    names = list(inspect.signature(function).parameters)

    @wraps(function)
    def checked(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        for name in kwargs:
            if name not in names:
                near = close_to(name, names, most=1)
                meant = f"give {near[0]}=" if near else f"it has {', '.join(names)}"
                msg = f"{function.__name__}() has no argument {name}=: {meant}"
                raise TypeError(msg)
        return function(*args, **kwargs)

    return checked
