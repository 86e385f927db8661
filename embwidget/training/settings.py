"""What a recipe can be told, checked once; stored with its experiments as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import isfinite
from typing import Any, TypeVar

from embwidget._core.checks import shown
from embwidget._core.near import close_to

Settings = TypeVar("Settings", bound="RecipeSettings")


def bounded(default: Any, least: float, most: float | None = None) -> Any:
    """Field of a settings class with the bounds of its values, which are allowed themselves."""
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True, kw_only=True)
class RecipeSettings:
    """What all recipes can be told.

    Attributes
    ----------
    epochs : int
        How often all training items are seen.
    batch_size : int
        Items of one step; fewer where there are not so many.
    learning_rate : float
        Of Adam.
    every : int
        Epochs from one recorded to the next. The first state and the last are always recorded.
    seed : int
        Sets off everything that is random; with the same one, all arrays are the same to the bit.
    name : str
        Of the experiments in the registry; "" = that of the recipe, with a number if it is taken.
    device : str
        Of torch; "" = CUDA where there is one, else the CPU.
    amp : bool or None
        Whether to compute in bfloat16 where that is safe; None = on CUDA, where it pays.
    n_jobs : int or None
        Threads of torch; None = as many as it is set to. More than one may change the last bit.
    """

    epochs: int = bounded(10, 1)
    batch_size: int = bounded(64, 2)
    learning_rate: float = bounded(1e-3, 1e-9, 10.0)
    every: int = bounded(1, 1)
    seed: int = bounded(0, 0, 2**32 - 1)
    name: str = ""
    device: str = ""
    amp: bool | None = None
    n_jobs: int | None = bounded(1, 1)

    def is_recorded(self, epoch: int) -> bool:
        """Whether the spaces of an epoch are recorded."""
        return epoch % self.every == 0 or epoch == self.epochs


def settings_of(
    kind: type[Settings], given: Settings | Mapping[str, Any] | None, changes: Mapping[str, Any]
) -> Settings:
    """Settings of a recipe, of those that were given and single ones that were changed.

    Raises
    ------
    TypeError
        When there is no setting of a name, which tells the nearest, or a value is of another type.
    ValueError
        When a value lies outside of its bounds.
    """
    names = [each.name for each in fields(kind)]
    base = given if isinstance(given, kind) else kind()
    if given is not None and not isinstance(given, (kind, Mapping)):
        msg = f"config={shown(given)}: give {kind.__name__}(...), a dict of its settings, or None"
        raise TypeError(msg)
    merged = {**(given if isinstance(given, Mapping) else {}), **changes}
    for name in merged:
        if name not in names:
            near = close_to(str(name), names, most=1)
            meant = f"give {near[0]}" if near else f"there are {', '.join(names)}"
            msg = f"there is no setting {shown(name)}: {meant}"
            raise TypeError(msg if len(msg) < 300 else f"{msg[:290]} ...")
    made = replace(base, **merged)
    checked = {each.name: _checked(each, getattr(made, each.name)) for each in fields(kind)}
    return replace(made, **checked)


_ALLOWED = {
    "int": ((int,), "a whole number"),
    "float": ((int, float), "a number"),
    "str": ((str,), "a text"),
    "bool": ((bool,), "true or false"),
}


def _checked(one: Any, value: Any) -> Any:
    """Value of a field, as its type; what numpy has for a number is one."""
    spelled = one.type.__name__ if isinstance(one.type, type) else str(one.type)
    kind, _, optional = spelled.partition(" | ")
    value = value.item() if hasattr(value, "item") else value
    if value is None and optional:
        return None
    types, words = _ALLOWED[kind]
    is_one = isinstance(value, types) and (kind == "bool" or not isinstance(value, bool))
    if not is_one or (kind == "float" and not isfinite(value)):
        none = " or None" if optional else ""
        msg = f"{one.name}={shown(value)} ({type(value).__name__}): give {words}{none}"
        raise TypeError(msg)
    least, most = one.metadata.get("least"), one.metadata.get("most")
    if least is not None and (value < least or (most is not None and value > most)):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        msg = f"{one.name}={value}: give {words} {bounds}"
        raise ValueError(msg)
    return float(value) if kind == "float" else value
