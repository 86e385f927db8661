"""A model being run: on which device and in which precision."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget.collecting.batches import Batch

_AMP = ("bfloat16", "float16")


def first_of(model: Any, *, decimal: bool = False) -> Any:
    """The first parameter or buffer of a model, of decimal numbers if they are wanted, or None."""
    every = [*model.parameters(), *model.buffers()]
    return next((each for each in every if each.is_floating_point() or not decimal), None)


def device_of(model: Any, given: Any) -> Any:
    """Where a model is to run, torch.device: where its parameters are, unless it is said."""
    import torch

    first = first_of(model)
    if given is None:
        return torch.device("cpu") if first is None else first.device
    try:
        device = torch.device(given)
        torch.empty(1, device=device).cpu()
    except (RuntimeError, TypeError, AssertionError, NotImplementedError) as error:
        has = "cpu and cuda" if torch.cuda.is_available() else "cpu"
        msg = f"device={shown(given)}: torch has no such device here: there is {has}"
        raise ValueError(msg) from error
    devices = {str(each.device) for each in model.parameters()}
    if len(devices) > 1:
        msg = (
            f"device={shown(given)}: the model is spread over {len(devices)} devices: leave it out"
        )
        raise ValueError(msg)
    return device


def mixed_precision(amp: Any, device: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Make the context in which a batch is run: `amp` is False, True or the name of a dtype."""
    import torch

    if amp is False or amp is None:
        return nullcontext
    if amp is True:
        half = device.type == "cuda" and not torch.cuda.is_bf16_supported()
        dtype = torch.float16 if half else torch.bfloat16
    else:
        name = str(amp).removeprefix("torch.")
        if name not in _AMP:
            msg = f"amp={shown(amp)}: give True, False, {' or '.join(map(shown, _AMP))}"
            raise ValueError(msg)
        dtype = getattr(torch, name)
    return lambda: torch.autocast(device.type, dtype=dtype)


def caller(
    model: Any, precision: Callable[[], AbstractContextManager[Any]]
) -> Callable[[Batch], Any]:
    """Make the function that runs a batch."""

    def call(batch: Batch) -> Any:
        with precision():
            return model(*batch.args, **batch.kwargs)

    return call


def mover(device: Any) -> Callable[[Any], Any]:
    """Make the function that brings an array or tensor to a device."""
    import torch

    def move(x: Any) -> Any:
        if isinstance(x, np.ndarray):
            x = torch.from_numpy(np.array(x, x.dtype.newbyteorder("=")))
        if device.type == "cuda" and x.device.type == "cpu" and x.layout == torch.strided:
            # From pinned memory it is copied while the device still runs the batch before.
            return x.pin_memory().to(device, non_blocking=True)
        return x.to(device)

    return move
