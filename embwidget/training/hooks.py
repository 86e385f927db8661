"""Who calls a recorder, and what it hands over: told by what it has, so that none is imported."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget.training.networks import named_chain


class Moment(NamedTuple):
    """A state of a model during its training.

    Attributes
    ----------
    epoch : float
        Epochs that are done.
    model : torch.nn.Module or None
        None = its vectors are there already.
    layers : tuple of str
        What is recorded of it unless something else was asked for.
    vectors : dict of str to (n_items, n_dims) float32
        By split, what a tester has embedded; empty where there is a model.
    """

    epoch: float
    model: Any
    layers: tuple[str, ...] = ()
    vectors: dict[str, NDArray[np.float32]] = {}  # noqa: RUF012 (nobody writes to it)


def moment_of(subject: Any, epoch: Any = None) -> Moment:
    """Read a model, or a trainer or tester of pytorch-metric-learning.

    Raises
    ------
    TypeError
        When it is none of these, or nobody says which epoch it is.
    """
    if hasattr(subject, "embeddings_and_labels") and hasattr(subject, "all_accuracies"):
        found = {
            split: rows.detach().float().cpu().numpy()
            for split, (rows, _) in subject.embeddings_and_labels.items()
        }
        told = [each["epoch"] for each in subject.all_accuracies.values() if "epoch" in each]
        return Moment(_epoch(told[0] if epoch is None and told else epoch), None, vectors=found)
    if isinstance(getattr(subject, "models", None), dict) and hasattr(subject, "loss_funcs"):
        models = {name: subject.models[name] for name in ("trunk", "embedder")}
        given = subject.epoch if epoch is None else epoch
        return Moment(_epoch(given), named_chain(**models), tuple(models))
    if not hasattr(subject, "named_modules"):
        msg = (
            f"{shown(subject)} is no model: call recorder(model, epoch), or give the recorder as "
            "a hook to a trainer or tester of pytorch-metric-learning"
        )
        raise TypeError(msg)
    return Moment(_epoch(epoch), subject, ("penultimate",))


def _epoch(given: Any) -> float:
    is_number = isinstance(given, (int, float, np.number)) and not isinstance(given, bool)
    if not is_number or not np.isfinite(given):
        msg = f"epoch={shown(given)}: call recorder(model, epoch), with the number of epochs done"
        raise TypeError(msg)
    return float(given)


def chain(*hooks: Callable[..., Any]) -> Callable[..., bool]:
    """Call several hooks as one, each with what the one is called with.

    Parameters
    ----------
    *hooks : callable
        All are called, in their order, whatever those before them said.

    Returns
    -------
    callable
        Gives False, which stops a training of pytorch-metric-learning, when one of them did.

    Examples
    --------
    >>> import embwidget as ew
    >>> stop = ew.training.chain(lambda model, epoch: epoch < 3, lambda model, epoch: None)
    >>> stop(None, 2), stop(None, 3)
    (True, False)
    """
    wrong: list[object] = [hook for hook in hooks if not callable(hook)]
    if wrong:
        msg = f"{shown(wrong[0])} cannot be called: give hooks, such as an EpochRecorder"
        raise TypeError(msg)

    def chained(*args: Any, **options: Any) -> bool:
        goes_on = True
        for hook in hooks:
            goes_on &= hook(*args, **options) is not False
        return goes_on

    return chained
