"""The modules of a model by their names, and which of them are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from embwidget._core.checks import listed, near_names, shown

PENULTIMATE, ENCODE = "penultimate", "encode"
"""Layers that no module has to be named for."""

_INNER = {"OptimizedModule": "_orig_mod", "DataParallel": "module"}
_INNER |= {"DistributedDataParallel": "module", "AveragedModel": "module"}
# Containers that are never called themselves.
_LISTS = ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


class UnknownLayer(KeyError, ValueError):  # noqa: N818 (it names what is wrong)
    """No module has such a name, matches such a pattern or stands at such an index."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, eq=False)
class Named:
    """A module under one of its names.

    Attributes
    ----------
    name : str
        As ``named_modules()`` has it.
    plain : str
        The same without what wrappers add: ``module.`` and ``_orig_mod.``.
    module : torch.nn.Module
        What runs, behind wrappers around the whole model.
    around : tuple of torch.nn.Module
        Those that it stands in, from the model on.
    """

    name: str
    plain: str
    module: Any
    around: tuple[Any, ...] = ()


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer that is asked for.

    Attributes
    ----------
    key : str
        Under which its space is returned.
    named : Named
    asked : tuple of str and int
        What it was asked for by, as `reshape` may call it.
    is_told : bool
        By its name or index; else a pattern matches it.
    takes_input : bool
        Whether what goes into it is meant, not what comes out.
    """

    key: str
    named: Named
    asked: tuple[Any, ...] = field(default=())
    is_told: bool = True
    takes_input: bool = False


def called(key: str) -> str:
    """What messages call a layer."""
    return f"layer {shown(key)}" if key else "the model itself"


def inner_name(module: Any) -> str:
    """Name of the one module that a wrapper runs; "" for a module that is none."""
    for kind in type(module).__mro__:
        name = _INNER.get(kind.__name__, "")
        if name and name in module._modules:
            return name
    return ""


def unwrapped(model: Any) -> Any:
    """The module that does the work behind DataParallel, AveragedModel, compile() and the like."""
    while name := inner_name(model):
        model = model._modules[name]
    return model


def all_named(model: Any) -> list[Named]:
    """Every module under each of its names, in the order of ``named_modules()``."""
    return list(_walk(model, "", "", (), is_root=True))


def _walk(
    module: Any, name: str, plain: str, around: tuple[Any, ...], *, is_root: bool
) -> Iterator[Named]:
    inner = inner_name(module)
    yield Named(name, plain, unwrapped(module) if is_root else module, around)
    within = (*around, module)
    for child_name, child in module._modules.items():
        # A module that contains itself has no end of names.
        if child is None or any(child is outer for outer in within):
            continue
        is_inner = child_name == inner
        longer = plain if is_inner else f"{plain}.{child_name}".lstrip(".")
        full = f"{name}.{child_name}".lstrip(".")
        yield from _walk(child, full, longer, within, is_root=is_root and is_inner)


def find_layers(model: Any, asked: Any) -> list[Layer]:
    """Layers of a model that names, patterns, indices or modules ask for, each one time.

    Parameters
    ----------
    model : torch.nn.Module
    asked : str, int, torch.nn.Module or sequence of those
        What "penultimate" means is not known before a batch: its `named` has no module.

    Raises
    ------
    UnknownLayer
        When nothing is there by that name, with those that are near.
    TypeError, ValueError
        When it is of another type, or nothing is asked for.
    """
    named = all_named(model)
    # Of the modules as torch counts them: each one time, wrappers too.
    places = {name: place for place, (name, _) in enumerate(model.named_modules())}
    found: dict[str, Layer] = {}
    for each in as_list(asked):
        for one in _found(list(places), named, str(each) if isinstance(each, str) else each):
            layer = replace(one, asked=(*one.asked, places.get(one.named.name)))
            before = found.get(layer.key)
            if before is None:
                found[layer.key] = layer
            else:
                is_told = before.is_told or layer.is_told
                found[layer.key] = Layer(
                    layer.key, before.named, (*before.asked, *layer.asked), is_told
                )
    return list(found.values())


def as_list(asked: Any) -> list[Any]:
    """What is asked for one by one; ValueError when it is nothing."""
    alone = isinstance(asked, (str, int, np.integer)) or hasattr(asked, "named_modules")
    if not alone and not isinstance(asked, (Sequence, np.ndarray, set, frozenset)):
        msg = f"layers={shown(asked)}: give names, patterns or indices, as ew.layers(model) shows"
        raise TypeError(msg)
    every = [asked] if alone else list(asked)
    if not every:
        msg = 'layers=[]: give at least one, such as "penultimate", or see ew.layers(model)'
        raise ValueError(msg)
    return every


def _found(names: list[str], named: list[Named], asked: Any) -> list[Layer]:
    """Layers that one entry asks for; `names` are those of ``named_modules()``."""
    if isinstance(asked, (int, np.integer)) and not isinstance(asked, bool):
        return [_by_index(names, named, int(asked))]
    if hasattr(asked, "named_modules"):
        same = [each for each in named if each.module is asked]
        if not same:
            msg = f"layers: a {type(asked).__name__} that is given is no part of the model"
            raise UnknownLayer(msg)
        return [Layer(same[0].plain, same[0], (same[0].plain, asked))]
    if not isinstance(asked, str):
        msg = f"layers: {shown(asked)} is {type(asked).__name__}: give names, patterns or indices"
        raise TypeError(msg)
    without = _without_wrappers(asked, named)
    for each in named:
        if asked in (each.plain, each.name) or without == each.plain:
            _check_runs(each, asked)
            return [Layer(asked, each, (asked,))]
    if asked == PENULTIMATE:
        return [Layer(asked, Named("", "", None), (asked,))]
    if any(letter in asked for letter in "*?["):
        return _by_pattern(named, asked)
    plain = [each.plain for each in named if each.plain]
    msg = f"layers: no module is called {shown(asked)}: {near_names(asked, plain)}"
    raise UnknownLayer(msg)


def _without_wrappers(name: str, named: list[Named]) -> str:
    """A name without those of some of the wrappers around the whole model."""
    for each in named:
        if not each.name or each.plain:
            continue
        name = name.removeprefix(f"{each.name.rpartition('.')[2]}.")
    return name


def _by_index(names: list[str], named: list[Named], index: int) -> Layer:
    if not -len(names) <= index < len(names):
        msg = (
            f"layers: there is no module {index}: named_modules() has {len(names)}, "
            f"0 to {len(names) - 1}, of which 0 is the model itself"
        )
        raise UnknownLayer(msg)
    name = names[index]
    found = next(each for each in named if each.name == name)
    _check_runs(found, f"{index} ({name})")
    return Layer(found.plain, found, (index, found.plain))


def _by_pattern(named: list[Named], pattern: str) -> list[Layer]:
    found: dict[str, Layer] = {}
    for each in named:
        matching = [name for name in (each.plain, each.name) if fnmatchcase(name, pattern)]
        if matching and each.name and not _has_no_items(each):
            key = matching[0]
            found.setdefault(key, Layer(key, each, (pattern, key), is_told=False))
    if not found:
        names = [each.plain for each in named if each.plain]
        msg = f"layers: {shown(pattern)} matches no module: {near_names(pattern, names)}"
        raise UnknownLayer(msg)
    return list(found.values())


def _never_called(module: Any) -> bool:
    return type(module).__name__ in _LISTS


def _has_no_items(named: Named) -> bool:
    """Whether it is a mere list of modules, or makes weights and sees no items."""
    kinds = [type(module).__name__ for module in (named.module, *named.around)]
    return _never_called(named.module) or "ParametrizationList" in kinds


def _check_runs(named: Named, asked: str) -> None:
    if _never_called(named.module):
        children = [f"{named.plain}.{name}" for name in named.module._modules]
        msg = (
            f"layers: {shown(asked)} is a {type(named.module).__name__}, which has no output: "
            f"give {shown(named.plain + '.*')} or one of {listed(children)}"
        )
        raise ValueError(msg)


def check_model(model: Any) -> None:
    """Refuse what no hooks can be put on, or has no values to run with."""
    import torch

    if isinstance(model, type) or not isinstance(model, torch.nn.Module):
        given = f"the class {model.__name__}" if isinstance(model, type) else type(model).__name__
        msg = f"model: expected a torch.nn.Module, or what has encode() for texts, got {given}"
        raise TypeError(msg)
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            which = f"its part {shown(name)}" if name else "it"
            msg = f"model: {which} is scripted or traced, and takes no hooks: give the original"
            raise TypeError(msg)
    tensors = [*model.named_parameters(), *model.named_buffers()]
    for name, tensor in tensors:
        if torch.nn.parameter.is_lazy(tensor):
            msg = f"model: {shown(name)} is lazy, and has no values yet: call model(batch) before"
            raise ValueError(msg)
        if tensor.is_meta:
            msg = f'model: {shown(name)} is on "meta" and has no values: load its weights before'
            raise ValueError(msg)


def is_tokens_first(named: Named) -> bool | None:
    """Whether a layer has tokens before items, (n_tokens, n_items, ...); None = nobody says."""
    from torch import nn

    stacks = (
        nn.Transformer,
        nn.TransformerEncoder,
        nn.TransformerEncoderLayer,
        nn.TransformerDecoder,
        nn.TransformerDecoderLayer,
    )
    if isinstance(named.module, (nn.RNNBase, nn.MultiheadAttention)):
        return not named.module.batch_first
    for module in (named.module, *reversed(named.around)):
        if isinstance(module, stacks):
            every = (getattr(part, "batch_first", None) for part in module.modules())
            return not next((first for first in every if first is not None), True)
    return None


def has_tokens_first(model: Any) -> bool:
    """Whether any part of a model takes tokens before items."""
    return any(getattr(module, "batch_first", None) is False for module in model.modules())
