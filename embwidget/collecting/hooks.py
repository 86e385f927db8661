"""Hooks on the layers that are asked for: what each gives in one forward pass, as vectors."""

import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

from embwidget._core.callers import frames_inside
from embwidget._core.checks import listed, shown
from embwidget.collecting.batches import Batch
from embwidget.collecting.modules import Layer, called, has_tokens_first, is_tokens_first
from embwidget.collecting.outputs import tensor_in
from embwidget.collecting.reshape import reshape_of, reshaped


class Hooks:
    """Takes what layers give while a model runs.

    Parameters
    ----------
    model : torch.nn.Module
    layers : list of Layer
    reshape : str, callable or dict
        As `collect` has it, checked.
    """

    def __init__(self, model: Any, layers: list[Layer], reshape: Any) -> None:
        self._layers = layers
        self._model_name = type(model).__name__
        self._has_tokens_first = has_tokens_first(model)
        self._how = {layer.key: reshape_of(reshape, layer) for layer in layers}
        self._tokens_first = {layer.key: is_tokens_first(layer.named) for layer in layers}
        self._handles: list[Any] = []
        self._runs: Counter[str] = Counter()
        self._found: dict[str, Any] = {}
        self._batch: Batch | None = None
        self._n_tokens: int | None = None
        self._is_first = True
        self._warnings: list[str] = []
        self._unfit: dict[str, Exception] = {}
        self._failure: Exception | None = None

    def __enter__(self) -> "Hooks":
        try:
            for layer in self._layers:
                self._put_on(layer)
        except BaseException:
            self._take_off()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._take_off()

    def _take_off(self) -> None:
        while self._handles:
            self._handles.pop().remove()

    def _put_on(self, layer: Layer) -> None:
        from torch import nn

        module = layer.named.module

        def give(_: Any, __: Any, output: Any) -> None:
            self._take(layer, output)

        def given(_: Any, args: Any, kwargs: Any) -> None:
            self._take(layer, (args, kwargs))

        def token_count(_: Any, args: Any, kwargs: Any) -> None:
            self._n_tokens = tensor_in((args, kwargs), "an encoder").shape[1]

        if layer.takes_input:
            self._handles.append(module.register_forward_pre_hook(given, with_kwargs=True))
        else:
            self._handles.append(module.register_forward_hook(give))
        for outer in layer.named.around:
            # Within it tensors may be nested, each item as long as it is.
            if isinstance(outer, nn.TransformerEncoder):
                handle = outer.register_forward_pre_hook(token_count, with_kwargs=True)
                self._handles.append(handle)
            if isinstance(outer, nn.TransformerEncoderLayer):
                # Older releases of torch pass over hooks when they compute it as a whole.
                outer.activation_relu_or_gelu = 0

    def run(self, call: Callable[[Batch], Any], batch: Batch) -> dict[str, Any]:
        """Run a batch and return each layer's vectors, Tensor (n_items, n_dims) float32."""
        self._runs.clear()
        self._found, self._unfit, self._batch, self._n_tokens = {}, {}, batch, None
        self._failure = None
        call(batch)
        if self._failure is not None:
            raise self._failure
        self._check_runs()
        for msg in self._warnings:
            # Not in a hook, where the frame outside of the package is torch's.
            warnings.warn(msg, stacklevel=frames_inside())
        self._warnings.clear()
        self._is_first = False
        return {layer.key: self._found[layer.key] for layer in self._layers}

    def _check_runs(self) -> None:
        """Refuse layers that give nothing, or leave those out that only a pattern asked for."""
        wrong = {
            layer.key: self._unfit.get(layer.key) or ValueError(self._told(layer))
            for layer in self._layers
            if layer.key in self._unfit or self._runs[layer.key] != 1
        }
        if not wrong:
            return
        fitting = [layer for layer in self._layers if layer.key not in wrong]
        for layer in self._layers:
            if layer.key in wrong and (layer.is_told or not self._is_first or not fitting):
                raise wrong[layer.key]
        # In a block that uses one activation twice, "block.*" means all others.
        self._layers = fitting
        (first, *_) = wrong.values()
        self._warnings.append(f"layers: {listed(wrong, 3)} are left out: {first}")

    def _told(self, layer: Layer) -> str:
        what, n_runs = called(layer.key), self._runs[layer.key]
        if n_runs:
            return (
                f"{what} runs {n_runs} times in a forward pass, and one output is meant: take a "
                "layer around or behind it, see `runs` in ew.layers(model, example)"
            )
        around = layer.named.around[-1] if layer.named.around else None
        if type(around).__name__ == "MultiheadAttention":
            name = layer.named.plain.rpartition(".")[0]
            return (
                f"{what} never runs, MultiheadAttention uses its weights alone: take "
                f"{shown(name)}, whose output is the same"
            )
        return (
            f"{what} never runs in the forward pass of {self._model_name}: take another, see "
            "`runs` in ew.layers(model, example)"
        )

    def _take(self, layer: Layer, output: Any) -> None:
        try:
            self._take_one(layer, output)
        except Exception as error:
            # A model may catch what is raised in its forward pass, and go on.
            self._failure = self._failure or error
            raise

    def _take_one(self, layer: Layer, output: Any) -> None:
        self._runs[layer.key] += 1
        if self._runs[layer.key] > 1 or self._batch is None:
            return
        what, n_items = called(layer.key), self._batch.n_items
        try:
            tensor, mask = self._tensor(layer, output, what)
        except (TypeError, ValueError) as error:
            if layer.is_told or not self._is_first:
                raise
            self._unfit[layer.key] = error
            return
        # Sums of half precision lose what is gained by summing in single.
        wide = (
            tensor if tensor.is_floating_point() and tensor.element_size() > 3 else tensor.float()
        )
        how = self._how[layer.key]
        if how is None:
            how = "mean"
            self._warn_of_tokens(wide, what)
        made = reshaped(wide, how, mask, n_items, what).float()
        # The next layer may write into its input, as activations do "in place".
        if made.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr():
            made = made.clone()
        self._found[layer.key] = made

    def _tensor(self, layer: Layer, output: Any, what: str) -> tuple[Any, Any]:
        """Tensor (n_items, ...) of an output, and which of its tokens count, bool or None."""
        mask = None if self._batch is None else self._batch.mask
        tensor = tensor_in(output, what)
        if tensor.is_nested:
            tensor, mask = self._padded(tensor)
        n_items = 0 if self._batch is None else self._batch.n_items
        # A function gets it as it is, and says itself what the items are.
        if not callable(self._how[layer.key]):
            tensor = self._items_first(tensor, layer, n_items, what)
        if tensor.is_complex():
            msg = f"{what} gives {tensor.dtype}: give a layer of real numbers"
            raise TypeError(msg)
        return tensor.detach(), mask

    def _items_first(self, tensor: Any, layer: Layer, n_items: int, what: str) -> Any:
        """Tensor (n_items, ...), whichever of the first two dimensions the items are."""
        if tensor.layout != _strided():
            tensor = tensor.to_dense()
        shape = tuple(tensor.shape)
        is_tokens_first = self._tokens_first[layer.key]
        if is_tokens_first and len(shape) == 3:
            if shape[1] == n_items:
                return tensor.transpose(0, 1)
            msg = (
                f"{what} has batch_first=False, so that its second dimension is the items, and "
                f"gives {shape} for {n_items}: give it tokens first, or a function as reshape="
            )
            raise ValueError(msg)
        is_unclear = is_tokens_first is None and self._has_tokens_first
        if is_unclear and len(shape) > 2 and shape[0] == shape[1] == n_items:
            msg = (
                f"{what} gives {shape}, and parts of the model have batch_first=False: which "
                "dimension the items are cannot be known: give another batch_size= or a function"
            )
            raise ValueError(msg)
        if not shape or shape[0] != n_items:
            msg = (
                f"{what} gives {shape} for {n_items} items: its first dimension has to be the "
                "items, take a layer where it is or give a function as reshape="
            )
            raise ValueError(msg)
        return tensor

    def _padded(self, nested: Any) -> tuple[Any, Any]:
        """A nested tensor as (n_items, n_tokens, n_dims), and which tokens are there, bool."""
        import torch

        lengths = torch.tensor([len(row) for row in nested.unbind()], device=nested.device)
        n_tokens = self._n_tokens or int(lengths.max())
        n_dims = nested.unbind()[0].shape[-1]
        padded = nested.to_padded_tensor(0.0, (len(lengths), n_tokens, n_dims))
        return padded, torch.arange(n_tokens, device=nested.device) < lengths.unsqueeze(1)

    def _warn_of_tokens(self, tensor: Any, what: str) -> None:
        if self._is_first and tensor.dim() == 3:
            msg = (
                f'{what} gives {tuple(tensor.shape)}, of which "mean" averages the last dimension: '
                'for tokens give reshape="mean_tokens" or "cls", or say reshape="mean"'
            )
            self._warnings.append(msg)


def _strided() -> Any:
    import torch

    return torch.strided
