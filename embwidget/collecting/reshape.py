"""What a layer gives for an item, (n_items, ...), into one vector each."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from embwidget._core.checks import near_names, shown
from embwidget.collecting.batches import UNCLEAR_MASK
from embwidget.collecting.modules import Layer

Tensor = Any
Reduction = Callable[[Tensor, Any], Tensor]
"""Called with a tensor (n_items, ...) of at least three dimensions and the mask of its tokens,
(n_items, n_tokens) bool or None; gives (n_items, n_dims)."""


def _mean(x: Tensor, mask: Any) -> Tensor:  # noqa: ARG001
    return x.mean(dim=tuple(range(2, x.dim())))


def _max(x: Tensor, mask: Any) -> Tensor:  # noqa: ARG001
    return x.amax(dim=tuple(range(2, x.dim())))


def _flatten(x: Tensor, mask: Any) -> Tensor:  # noqa: ARG001
    return x.flatten(1)


def _pooled(size: int) -> Reduction:
    def pooled(x: Tensor, mask: Any) -> Tensor:  # noqa: ARG001
        from torch.nn.functional import adaptive_avg_pool2d

        _check_rank(x, 4, "(n_items, channels, height, width)")
        return adaptive_avg_pool2d(x, size).flatten(1)

    return pooled


def _first_token(x: Tensor, mask: Any) -> Tensor:  # noqa: ARG001
    _check_rank(x, 3, "(n_items, n_tokens, n_dims)")
    return x[:, 0]


def _mean_tokens(x: Tensor, mask: Any) -> Tensor:
    _check_rank(x, 3, "(n_items, n_tokens, n_dims)")
    if mask is None:
        return x.mean(dim=1)
    if mask is UNCLEAR_MASK:
        msg = (
            "has tokens, and nobody can know whether 1 is one in the batch's mask: call it "
            "attention_mask (1) or key_padding_mask (0), or give a function"
        )
        raise ValueError(msg)
    if tuple(mask.shape) != tuple(x.shape[:2]):
        msg = (
            f"gives {tuple(x.shape)}, and the attention mask is {tuple(mask.shape)}: "
            "give a function that says which of its tokens count"
        )
        raise ValueError(msg)
    # Where nothing is attended to there may be NaN, which no factor 0 takes away.
    counted = mask.unsqueeze(-1)
    return x.masked_fill(~counted, 0).sum(dim=1) / counted.sum(dim=1)


def _check_rank(x: Tensor, rank: int, shape: str) -> None:
    if x.dim() != rank:
        msg = f"gives {tuple(x.shape)}, not {shape}: give another reshape="
        raise ValueError(msg)


REDUCTIONS: dict[str, Reduction] = {
    "mean": _mean,
    "flatten": _flatten,
    "avg_pool_1_1": _pooled(1),
    "avg_pool_2_2": _pooled(2),
    "avg_pool_3_3": _pooled(3),
    "cls": _first_token,
    "mean_tokens": _mean_tokens,
    "max": _max,
}
"""What brings an output to vectors, by its name; an output of two dimensions stays as it is."""


def reshape_of(given: Any, layer: Layer) -> Any:
    """Say which name or function is meant for a layer, of one for all or a dict of layers."""
    if not isinstance(given, Mapping):
        return given
    names = (layer.key, layer.named.plain, layer.named.name, *layer.asked)
    for key in given:
        if key in names:
            return given[key]
    for key in given:
        if isinstance(key, str) and any(
            isinstance(name, str) and fnmatchcase(name, key) for name in names
        ):
            return given[key]
    return None


def check_reshape(given: Any, layers: list[Layer]) -> None:
    """Refuse names that there are not, and layers of a dict that are not collected."""
    each = given.values() if isinstance(given, Mapping) else [given]
    for one in each:
        is_name = isinstance(one, str) and one in REDUCTIONS
        if one is not None and not is_name and (isinstance(one, type) or not callable(one)):
            names = ", ".join(REDUCTIONS)
            msg = f"reshape={shown(one)}: give {names}, or a function of the output"
            raise ValueError(msg)
    if isinstance(given, Mapping):
        for key in given:
            if key != "*" and all(reshape_of({key: True}, layer) is None for layer in layers):
                keys = [layer.key for layer in layers]
                near = near_names(key, keys) if keys else "none is a module"
                msg = f"reshape: {shown(key)} is no layer that is collected: {near}"
                raise ValueError(msg)


def reshaped(x: Tensor, how: Any, mask: Any, n_items: int, what: str) -> Tensor:
    """Bring a layer's output to one vector for each item.

    Parameters
    ----------
    x : Tensor of shape (n_items, ...), or any for a function
    how : str or callable
        A name in `REDUCTIONS`, or a function of the tensor that gives (n_items, n_dims).
    mask : Tensor (n_items, n_tokens) bool, or None
        Which tokens count, for "mean_tokens".
    n_items : int
    what : str
        How messages call the layer.

    Returns
    -------
    Tensor (n_items, n_dims)
    """
    if callable(how):
        return _by_function(x, how, n_items, what)
    if x.dim() == 1:
        return x.unsqueeze(1)
    if x.dim() == 2:
        return x
    try:
        return REDUCTIONS[how](x, mask)
    except ValueError as error:
        msg = f"{what}, reshape={shown(how)}: it {error}"
        raise ValueError(msg) from error


def _by_function(x: Tensor, how: Any, n_items: int, what: str) -> Tensor:
    import torch

    found = how(x)
    found = found if isinstance(found, torch.Tensor) else torch.as_tensor(found)
    if found.dim() != 2 or len(found) != n_items:
        msg = (
            f"{what}: the function of reshape= made {tuple(found.shape)} of {tuple(x.shape)}: "
            f"it has to give ({n_items}, n_dims), one vector for each item"
        )
        raise ValueError(msg)
    return found
