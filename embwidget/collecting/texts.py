"""Texts into what a model takes, and models that embed texts by themselves."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.numbers_given import as_numbers
from embwidget.collecting.outputs import named_items


def tokenizer_of(model: Any, given: Any) -> Callable[[list[str]], Any] | None:
    """Make of a tokenizer, or of a model's own ``tokenize``, a function of a list of texts.

    One as those of transformers, which have ``return_tensors``, is called with padding, truncation
    to what its model takes, and for tensors of torch; any other with the texts alone.
    """
    if given is None:
        own = getattr(model, "tokenize", None)
        return own if callable(own) else None
    if not callable(given):
        msg = f"tokenizer={shown(given)}: give a function of a list of texts"
        raise TypeError(msg)

    options: dict[str, Any] = {}
    if "return_tensors" in _arguments(given):
        options = {"padding": True, "truncation": True, "return_tensors": "pt"}

    def tokenize(texts: list[str]) -> Any:
        made = given(texts, **options)
        items = named_items(made)
        return _as_tensor(made, "it") if items is None else _all_tensors(items)

    return tokenize


def _all_tensors(items: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_tensor(value, shown(name)) for name, value in items.items()}


def _as_tensor(x: Any, what: str) -> Any:
    """Tensor of lists of numbers of one length; all else as it is."""
    import torch

    if not isinstance(x, list):
        return x
    lengths = {len(row) for row in x if isinstance(row, (list, tuple))}
    if len(lengths) > 1:
        msg = (
            f"tokenizer: {what} has from {min(lengths)} to {max(lengths)} tokens a text: pad them "
            "to one length, as padding=True does"
        )
        raise ValueError(msg)
    return torch.tensor(x)


def can_encode(model: Any) -> bool:
    """Whether a model embeds texts by itself, as those of sentence-transformers do."""
    return not isinstance(model, type) and callable(getattr(model, "encode", None))


def encoded(model: Any, texts: list[str]) -> NDArray[np.float32]:
    """Vectors (n_texts, n_dims) float32 that a model's ``encode`` gives."""
    quiet = {"show_progress_bar": False} if "show_progress_bar" in _arguments(model.encode) else {}
    found = as_numbers(model.encode(texts, **quiet), "encode()")
    if found.ndim != 2 or len(found) != len(texts):
        msg = (
            f"encode() gave {found.shape} for {len(texts)} texts: it has to give one vector for "
            "each, (n_texts, n_dims)"
        )
        raise ValueError(msg)
    return found.astype(np.float32)


def _arguments(function: Any) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()
