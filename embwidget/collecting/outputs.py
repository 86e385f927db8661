"""The tensor in what a layer gives: a tuple, a dict, a ModelOutput, a dataclass."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from embwidget._core.checks import shown
from embwidget._core.tensors import is_tensor

# What people mean by such an output, the first that is there.
_MEANT = ("last_hidden_state", "sentence_embedding", "token_embeddings", "pooler_output", "logits")


def is_torch(x: Any) -> bool:
    """Whether it is a tensor; a dict whose keys are attributes may raise anything when asked."""
    return not isinstance(x, Mapping) and is_tensor(x)


def named_items(x: Any) -> dict[str, Any] | None:
    """Named entries of a dict, or of what is like one; None for all else."""
    if is_torch(x) or isinstance(x, type):
        return None
    if hasattr(x, "items") and hasattr(x, "keys"):
        return dict(x.items())
    if is_dataclass(x):
        return {each.name: getattr(x, each.name) for each in fields(x)}
    return None


def tensor_in(output: Any, what: str) -> Any:
    """Take the tensor that holds a layer's output.

    Parameters
    ----------
    output : Tensor, tuple, dict, ModelOutput, dataclass ...
        Of several: ``last_hidden_state`` and the like by name, else the first of decimal numbers
        that is no single number, as a loss is.
    what : str
        How messages call the layer.

    Raises
    ------
    TypeError
        When there is none, or it is a PackedSequence.
    """
    if is_torch(output):
        return output
    if isinstance(output, tuple) and hasattr(output, "batch_sizes"):
        msg = f"{what} gives a PackedSequence, of no row for each item: take a layer that pads it"
        raise TypeError(msg)
    every = [each for each in _tensors(output) if each.dim() > 0]
    decimal = [each for each in every if each.is_floating_point()]
    if decimal or every:
        return (decimal or every)[0]
    msg = f"{what} gives {shown(type(output).__name__)} without a tensor in it: take another layer"
    raise TypeError(msg)


def _tensors(x: Any) -> Iterator[Any]:
    """All tensors in a structure, those first that are meant by their names."""
    if is_torch(x):
        yield x
    elif (items := named_items(x)) is not None:
        meant = [name for name in _MEANT if name in items]
        for name in [*meant, *(name for name in items if name not in meant)]:
            yield from _tensors(items[name])
    elif any(is_torch(getattr(x, name, None)) for name in _MEANT):
        yield from (getattr(x, name) for name in _MEANT if is_torch(getattr(x, name, None)))
    elif isinstance(x, (tuple, list)):
        for each in x:
            yield from _tensors(each)
