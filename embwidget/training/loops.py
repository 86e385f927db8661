"""What the loops of recipes have in common: batches, devices, averages, a rate to learn at."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.optional import import_extra
from embwidget.training.settings import RecipeSettings

_LEAST_RATE, _MOST_RATE, _RATES = 1e-4, 10.0, 60
# Where the loss falls fastest, it is about to rise: the rate is taken below that.
_BELOW = 3.0


def device_for(settings: RecipeSettings) -> Any:
    """Device of torch that a recipe runs on."""
    torch = import_extra("torch", extra="train")
    return torch.device(settings.device or ("cuda" if torch.cuda.is_available() else "cpu"))


def mixed_precision(settings: RecipeSettings) -> AbstractContextManager[Any]:
    """Compute in bfloat16 where that is asked for, or pays: on CUDA; a CPU is slower by it."""
    torch = import_extra("torch", extra="train")
    kind = device_for(settings).type
    wanted = kind == "cuda" if settings.amp is None else settings.amp
    return torch.autocast(kind, dtype=torch.bfloat16) if wanted else nullcontext()


def row_batches(n_items: int, size: int) -> Iterator[Any]:
    """Rows (at most size,) int64 of all items in random order; a last one alone is left out."""
    torch = import_extra("torch", extra="train")
    for rows in torch.randperm(n_items).split(size):
        # Nothing can be normalised over a batch of one.
        if len(rows) > 1:
            yield rows


def outputs_of(model: Any, inputs: Any, size: int = 512) -> Any:
    """What a model gives for inputs (n_items, ...), without training: (n_items, n_dims) float32."""
    torch = import_extra("torch", extra="train")
    was_training = model.training
    device = next(model.parameters()).device
    with torch.no_grad():
        model.eval()
        found = [model(part.to(device)).float().cpu() for part in inputs.split(size)]
    model.train(was_training)
    return torch.cat(found)


class Averages:
    """Two averages of a model's weights, over its steps and over its last epochs.

    Parameters
    ----------
    model : torch.nn.Module
    ema_decay : float
        What an epoch leaves of the weights before it, in the exponential average (EMA).
    n_steps : int
        Of an epoch.

    References
    ----------
    Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI 2018.
    """

    def __init__(self, model: Any, ema_decay: float, n_steps: int) -> None:
        swa: Any = import_extra("torch.optim.swa_utils", extra="train")
        decay = ema_decay ** (1 / n_steps)
        self._refresh = swa.update_bn
        self._ema = swa.AveragedModel(model, multi_avg_fn=swa.get_ema_multi_avg_fn(decay))
        self._swa = swa.AveragedModel(model)

    def after_step(self, model: Any) -> None:
        """Take in the weights after a step."""
        self._ema.update_parameters(model)

    def after_epoch(self, model: Any) -> None:
        """Take in the weights of one of the last epochs."""
        self._swa.update_parameters(model)

    def models(self, inputs: Any, size: int) -> dict[str, Any]:
        """Both averaged models, with statistics of BatchNorm of their own, by "ema" and "swa".

        Parameters
        ----------
        inputs : tensor of shape (n_items, ...) float32
            What the statistics are of.
        size : int
            Items of a batch.
        """
        device = next(self._swa.parameters()).device
        parts = [part.to(device) for part in inputs.split(size) if len(part) > 1]
        for each in (self._ema, self._swa):
            self._refresh(parts, each)
        return {"ema": self._ema.module, "swa": self._swa.module}


def found_rate(model: Any, loss_of: Callable[[Any, Any], Any], batches: Callable[[], Any]) -> float:
    """Rate at which the loss of a model falls fastest, by a range test; the model stays as it is.

    Parameters
    ----------
    model : torch.nn.Module
    loss_of : callable
        Loss of a model on a batch.
    batches : callable
        Gives the batches of an epoch, each in a random order.

    References
    ----------
    Smith, "Cyclical learning rates for training neural networks", WACV 2017.
    """
    torch = import_extra("torch", extra="train")
    tried = deepcopy(model)
    rates = np.geomspace(_LEAST_RATE, _MOST_RATE, _RATES)
    optimizer = torch.optim.Adam(tried.parameters(), lr=rates[0])
    losses: list[float] = []
    while len(losses) < _RATES:
        for batch in batches():
            optimizer.param_groups[0]["lr"] = rates[min(len(losses), _RATES - 1)]
            loss = loss_of(tried, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))
    return _steepest(rates, np.array(losses[:_RATES]))


def _steepest(rates: NDArray[np.float64], losses: NDArray[np.float64]) -> float:
    """Rate below the one, of (n,), at which smoothed losses (n,) fall fastest."""
    smooth = np.convolve(np.pad(losses, 2, mode="edge"), np.full(5, 0.2), "valid")
    until = max(2, int(np.argmin(smooth)) + 1)
    slopes = np.gradient(smooth)[:until]
    return float(rates[int(np.argmin(slopes))] / _BELOW)
