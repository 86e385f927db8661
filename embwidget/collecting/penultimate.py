"""The layer before the last: what goes into the last linear layer or convolution that runs."""

from collections.abc import Callable
from typing import Any

from embwidget._core.checks import shown
from embwidget.collecting.batches import Batch
from embwidget.collecting.modules import PENULTIMATE, Layer, Named, all_named


def penultimate(model: Any, call: Callable[[Batch], Any], batch: Batch) -> Layer:
    """Find what a classifier is put on, by running a batch.

    Parameters
    ----------
    model : torch.nn.Module
        One that tells its classifier, ``get_classifier()`` as those of timm, is believed.
    call : callable
        Runs the model.
    batch : Batch

    Returns
    -------
    Layer
        The input of that module.
    """
    named = all_named(model)
    own = getattr(model, "get_classifier", None)
    classifier = own() if callable(own) else None
    found = [each for each in named if each.module is classifier]
    last = found[0] if found else _last_run(named, call, batch)
    if last is None:
        msg = (
            f"layers={shown(PENULTIMATE)}: {type(model).__name__} runs no linear layer and no "
            "convolution: name a layer, ew.layers(model) has them"
        )
        raise ValueError(msg)
    return Layer(PENULTIMATE, last, (PENULTIMATE,), takes_input=True)


def _last_run(named: list[Named], call: Callable[[Batch], Any], batch: Batch) -> Named | None:
    from torch import nn

    kinds = (nn.Linear, nn.Bilinear, nn.modules.conv._ConvNd)
    ran: list[Named] = []
    handles = []
    try:
        for each in named:
            if isinstance(each.module, kinds):
                note = _noted(each, ran)
                handles.append(each.module.register_forward_hook(note))
        call(batch)
    finally:
        for handle in handles:
            handle.remove()
    return ran[-1] if ran else None


def _noted(named: Named, ran: list[Named]) -> Callable[..., None]:
    def note(*_: Any) -> None:
        ran.append(named)

    return note
