"""Batches through a model, and what its layers give of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget.collecting.batches import Batch, BatchReader
from embwidget.collecting.forward import Forward
from embwidget.collecting.hooks import Hooks
from embwidget.collecting.modules import ENCODE, Layer, unwrapped
from embwidget.collecting.penultimate import penultimate
from embwidget.collecting.running import caller, device_of, mixed_precision, mover
from embwidget.collecting.sources import Source
from embwidget.collecting.state import same_model, same_random
from embwidget.collecting.texts import encoded, tokenizer_of

Blocks = dict[str, NDArray[np.float32]]
Sink = Callable[[Batch, Blocks], None]
"""Takes each batch and, by layer, its vectors (n_items, n_dims) float32."""


@dataclass(frozen=True, eq=False)
class Run:
    """How a model is run on what holds the items.

    Attributes
    ----------
    model : torch.nn.Module
        As it is given, in wrappers or not.
    source : Source
    ids, labels, inputs : str, int, callable or None
        Where in a batch they are.
    tokenizer, device, amp
        As `collect` has them.
    """

    model: Any
    source: Source
    ids: Any = None
    labels: Any = None
    inputs: Any = None
    tokenizer: Any = None
    device: Any = None
    amp: Any = False

    def through(self, layers: list[Layer], reshape: Any, sink: Sink) -> None:
        """Hand each batch and its vectors to a sink; the model is afterwards as it was."""
        import torch

        model = unwrapped(self.model)
        device = device_of(model, self.device)
        call = caller(model, mixed_precision(self.amp, device))
        tokenize, move = tokenizer_of(model, self.tokenizer), mover(device)
        reader = BatchReader(Forward.of(model), self.inputs, self.labels, self.ids, tokenize, move)
        on_cuda = device.type == "cuda"
        with same_random(self.source.generators, cuda=on_cuda), same_model(self.model):
            if self.device is not None:
                model.to(device)
            with torch.no_grad():
                batches = map(reader.read, self.source.batches())
                batch = next(batches, None)
                if batch is None:
                    msg = "data: it brings no batch: at least 1 item is needed"
                    raise ValueError(msg)
                with same_random(cuda=on_cuda):
                    found = [_found(layer, model, call, batch) for layer in layers]
                with Hooks(model, found, reshape) as hooks:
                    _hand_on(hooks, call, batch, batches, sink)

    def encode(self, sink: Sink) -> None:
        """Hand each batch of texts, and what the model's ``encode`` gives of them, to a sink."""
        if not self.source.are_texts:
            msg = f"layers={shown(ENCODE)}: a model encodes texts: give a list of them"
            raise TypeError(msg)
        for texts in self.source.batches():
            sink(Batch((), {}, len(texts)), {ENCODE: encoded(self.model, texts)})


def _found(layer: Layer, model: Any, call: Callable[[Batch], Any], batch: Batch) -> Layer:
    """The layer itself, or the one that "penultimate" means."""
    if layer.named.module is not None:
        return layer
    return replace(penultimate(model, call, batch), asked=layer.asked)


def _hand_on(
    hooks: Hooks, call: Callable[[Batch], Any], first: Batch, others: Iterator[Batch], sink: Sink
) -> None:
    batch: Batch | None = first
    while batch is not None:
        found = hooks.run(call, batch)
        # Read and moved while a device still computes, which the next line waits for.
        following = next(others, None)
        sink(batch, {key: tensor.cpu().numpy() for key, tensor in found.items()})
        batch = following
