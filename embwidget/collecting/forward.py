"""What a model's ``forward`` takes."""

import inspect
from dataclasses import dataclass
from typing import Any

from embwidget._core.checks import listed

_SHOWN_CHARS = 70

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, eq=False)
class Forward:
    """What a model's ``forward`` takes; without a signature, anything.

    Attributes
    ----------
    name : str
        Of the model's class.
    names : tuple of str
    required : tuple of str
    most : int
        How many it takes by position.
    takes_any : bool
        Whether it takes other names, too.
    """

    name: str
    names: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    most: int = 1
    takes_any: bool = True
    signature: Any = None

    @classmethod
    def of(cls, model: Any) -> "Forward":
        """Read it from a model."""
        name = type(model).__name__
        try:
            signature = inspect.signature(model.forward)
        except (TypeError, ValueError):
            return cls(name)
        every = signature.parameters.values()
        plain = [
            each for each in every if each.kind in (*_POSITIONAL, inspect.Parameter.KEYWORD_ONLY)
        ]
        return cls(
            name,
            tuple(each.name for each in plain),
            tuple(each.name for each in plain if each.default is inspect.Parameter.empty),
            sum(each.kind in _POSITIONAL for each in plain),
            any(each.kind is inspect.Parameter.VAR_KEYWORD for each in every),
            signature,
        )

    @property
    def n_required(self) -> int:
        """How many it has to be given."""
        return len(self.required)

    def refusal(self, has: str) -> ValueError:
        """Say that what a batch has cannot be told apart."""
        takes = listed(self.names, 3)[:_SHOWN_CHARS] or "anything"
        msg = (
            f"forward() of {self.name[:_SHOWN_CHARS]} takes {takes}, and the batch has "
            f"{has[:_SHOWN_CHARS]}: say what it gets, inputs= a name, a position or a function"
        )
        return ValueError(msg)
