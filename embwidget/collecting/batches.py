"""What a batch is made of: what the model is called with, labels and ids of its items."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from embwidget._core.checks import listed
from embwidget.collecting.batch_parts import (
    are_texts,
    count_items,
    each_moved,
    is_array,
    is_one_each,
    is_position,
    is_told,
    one_each,
    part_of,
)
from embwidget.collecting.forward import Forward
from embwidget.collecting.outputs import is_torch, named_items

LABEL_NAMES = ("label", "labels", "y", "target", "targets")
ID_NAMES = ("id", "ids", "idx", "index", "indices")
# Masks whose meaning their names tell: 1 = a token, and True = none.
_TOKENS, _NO_TOKENS = ("attention_mask",), ("src_key_padding_mask", "key_padding_mask")
_UNCLEAR = ("mask", "padding_mask", "masks")

UNCLEAR_MASK = object()
"""Stands for a mask of which nobody says whether 1 is a token, or is none."""


@dataclass(frozen=True, eq=False)
class Batch:
    """A batch, ready for the model.

    Attributes
    ----------
    args, kwargs : tuple, dict
        What the model is called with.
    n_items : int
    labels, ids : list or None
        One for each item, where the batch brings them.
    mask : Tensor (n_items, n_tokens) bool, or None
        Which tokens count.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    n_items: int
    labels: list[Any] | None = None
    ids: list[Any] | None = None
    mask: Any = None


@dataclass(frozen=True, eq=False)
class BatchReader:
    """Reads batches.

    Attributes
    ----------
    forward : Forward
    inputs, labels, ids : str, int, callable or None
        Where in a batch they are; None = found by what is there. False for `labels` = not wanted.
    tokenize : callable or None
        Makes texts into what the model takes.
    move : callable
        Brings a tensor to the model's device.
    """

    forward: Forward
    inputs: Any = None
    labels: Any = None
    ids: Any = None
    tokenize: Callable[[list[str]], Any] | None = None
    move: Callable[[Any], Any] = field(default=lambda tensor: tensor)

    def read(self, batch: Any) -> Batch:
        """Read one batch; ValueError or TypeError when it cannot be told what is what."""
        ids = None if self.ids is None else part_of(batch, self.ids, "ids")
        told = None if not is_told(self.labels) else part_of(batch, self.labels, "labels")
        args, kwargs, found = self._inputs(batch)
        args = tuple(each_moved(arg, self.move) for arg in args)
        kwargs = {name: each_moved(value, self.move) for name, value in kwargs.items()}
        n_items = count_items((args, kwargs))
        labels = told if told is not None else found
        if told is None and (self.labels is False or not is_one_each(labels, n_items)):
            labels = None
        return Batch(
            args,
            kwargs,
            n_items,
            None if labels is None else one_each(labels, n_items, "labels"),
            None if ids is None else one_each(ids, n_items, "ids"),
            self._mask(args, kwargs),
        )

    def _inputs(self, batch: Any) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        """Arguments by position and by name, and what may be the labels."""
        if self.inputs is not None:
            found = part_of(batch, self.inputs, "inputs")
            if callable(self.inputs) and isinstance(found, tuple):
                return found, {}, self._labels_beside(batch)
            args, kwargs, _ = self._whole(found)
            return args, kwargs, self._labels_beside(batch)
        if named_items(batch) is None and isinstance(batch, (tuple, list)) and not are_texts(batch):
            return self._from_sequence(batch)
        return self._whole(batch)

    def _labels_beside(self, batch: Any) -> Any:
        """Labels of a batch whose inputs are told: by their name, or the second of two."""
        items = named_items(batch)
        if items is not None:
            return _first(items, LABEL_NAMES)
        is_pair = isinstance(batch, (tuple, list)) and len(batch) == 2
        return batch[1] if is_pair and self.inputs == 0 else None

    def _whole(self, x: Any) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        """What is no tuple of several things: texts, names with values, or one argument."""
        if are_texts(x):
            if self.tokenize is None:
                msg = (
                    "data: the model takes no texts: give tokenizer=, a function of a list of texts"
                )
                raise TypeError(msg)
            made = self.tokenize(list(x))
            items = named_items(made)
            if items and self.forward.n_required == 1 and not items.keys() & {*self.forward.names}:
                # As those of sentence-transformers, whose modules hand on one dict.
                return (items,), {}, None
            return self._whole(made)
        if isinstance(x, (tuple, list)) and len(x) == 1 and is_array(x[0]):
            return (x[0],), {}, None
        items = named_items(x)
        return ((x,), {}, None) if items is None else self._from_names(items)

    def _from_names(self, items: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        forward, told = self.forward, (self.ids, self.labels)
        left = {
            name: value
            for name, value in items.items()
            if name in forward.required
            or (not _is_in(name, told) and str(name).lower() not in (*LABEL_NAMES, *ID_NAMES))
        }
        labels = _first({k: v for k, v in items.items() if k not in forward.required}, LABEL_NAMES)
        arrays = {name: value for name, value in left.items() if is_array(value)}
        fits = set(forward.required) <= left.keys() and bool(set(forward.names) & left.keys())
        if fits or (forward.takes_any and arrays and not forward.required):
            more = [name for name in arrays if name not in forward.names]
            if more and not forward.takes_any:
                raise forward.refusal(listed(items))
            taken = {n: v for n, v in left.items() if n in forward.names or n in arrays}
            return (), taken, labels
        texts = [name for name, value in left.items() if are_texts(value)]
        if len(arrays) == 1:
            return tuple(arrays.values()), {}, labels
        if not arrays and len(texts) == 1 and self.tokenize is not None:
            return (*self._whole(left[texts[0]])[:2], labels)
        raise forward.refusal(listed(items))

    def _from_sequence(self, batch: Any) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        n_parts = len(batch)
        told = {where % n_parts for where in (self.ids, self.labels) if is_position(where)}
        rest = [value for at, value in enumerate(batch) if at not in told]
        n_needed = self.forward.n_required
        refusal = self.forward.refusal(f"{n_parts} parts")
        if not rest:
            raise refusal
        if n_needed > 1 and len(rest) == n_needed:
            return tuple(rest), {}, None
        if n_needed > 1 and len(rest) == n_needed + 1 and is_one_each(rest[-1], count_items(rest)):
            return tuple(rest[:-1]), {}, rest[-1]
        if n_needed > 1 and isinstance(rest[0], (tuple, list)) and len(rest[0]) == n_needed:
            args, kwargs = tuple(rest[0]), dict[str, Any]()
        elif n_needed < 2 or named_items(rest[0]) is not None or are_texts(rest[0]):
            args, kwargs, _ = self._whole(rest[0])
        else:
            raise refusal
        if len(rest) == 2 and is_one_each(rest[1], count_items((args, kwargs))):
            return args, kwargs, rest[1]
        if len(rest) > 1 and self.forward.most > len(args) and not kwargs:
            # What stands behind the first may as well be the model's second argument.
            raise refusal
        return args, kwargs, None

    def _mask(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Tokens that count, Tensor (n_items, n_tokens) bool, by an argument's name; else None."""
        given = dict(kwargs)
        if self.forward.signature is not None:
            given.update(self.forward.signature.bind_partial(*args, **kwargs).arguments)
        for arg in args:
            given.update(named_items(arg) or {})
        for names, is_token in ((_TOKENS, True), (_NO_TOKENS, False)):
            mask = _first(given, names)
            if is_torch(mask):
                return _as_flags(mask, is_token=is_token)
        unclear = _first(given, _UNCLEAR)
        if is_torch(unclear) and unclear.dim() == 2:
            return UNCLEAR_MASK
        return None


def _as_flags(mask: Any, *, is_token: bool) -> Any:
    """Tensor bool of the shape of a mask (n_items, n_tokens), True = a token."""
    if mask.is_floating_point() and not bool(((mask == 0) | (mask == 1)).all()):
        # Added to products: 0 leaves a token as it is, and minus infinity takes it away.
        return mask == 0
    flags = mask.bool()
    return flags if is_token else ~flags


def _first(items: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((value for name, value in items.items() if str(name).lower() in names), None)


def _is_in(name: Any, told: tuple[Any, ...]) -> bool:
    return any(isinstance(each, str) and each == name for each in told)
