"""`EpochRecorder`: the spaces of a model while it is trained, epoch by epoch."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from embwidget._core.callers import frames_inside
from embwidget._core.checks import shown, whole
from embwidget._core.optional import import_extra
from embwidget.collecting.collect import collect
from embwidget.registry import Registry
from embwidget.registry.labels import checked_label
from embwidget.space import Space
from embwidget.training.hooks import Moment, moment_of
from embwidget.training.recorded import RecordedEpochs
from embwidget.training.splits import Split, splits_of

Layers = Sequence[str | int] | str | int | None

_OF_TESTER = "what a tester has embedded"


class EpochRecorder:
    """Write the spaces of a model's layers into a registry while it is trained.

    Call it as ``recorder(model, epoch)`` in a loop, or give it as ``end_of_epoch_hook`` to a
    trainer or as ``end_of_testing_hook`` to a tester of pytorch-metric-learning, or to the Trainer
    of Hugging Face as a callback; Lightning calls its ``on_train_epoch_end``.

    An epoch is recorded as a whole or not at all. One that is there is not recorded again, so that
    a training which goes on after a crash needs nothing but the same name. The model, its gradients
    and all generators are as before: weights are the same to the bit as those of a training
    without a recorder.

    Parameters
    ----------
    registry : Registry, str or Path, optional
        Or the folder of one; None = that of the user.
    data : DataLoader, Dataset, array or tensor, or a dict of such by split
        What is embedded, in the same order every time; see `embwidget.collect`.
    layers : list of str or int, optional
        As for `embwidget.collect`; by default the last but one, and of a trainer of
        pytorch-metric-learning "trunk" and "embedder". A tester gives what it has embedded, as
        layer "embeddings".
    every : int, default=1
        Epochs that are multiples of it are recorded; with 1 all that it is called with, as 0.5.
    splits : str or list of str, optional
        Which splits of a dict are recorded, all by default; the name of data that is no dict.
    name : str, default="training"
        What the names of the spaces begin with: "training/fc/epoch=3", and
        "training/val/fc/epoch=3" where there are several splits.
    experiment : str, optional
        By default the name. Added to the registry when it is not there.
    params : dict, optional
        Of the experiment, when it is added.
    dataset : str, or dict of str by split, optional
        Of the registry; by default one is added, with the ids and labels.
    ids, labels : array-like of length n_items, or dict of such by split, optional
        As for `embwidget.collect`, which finds the labels of most datasets itself.
    reshape, batch_size, device
        As for `embwidget.collect`.
    strict : bool, default=False
        Whether an error stops the training; else it is a warning, and stands in `failures`.

    Attributes
    ----------
    failures : list of (float or None, Exception)
        Epochs that could not be recorded, and why; None = not known which one it was.

    Raises
    ------
    ImportError
        Without torch; says what to install.
    TypeError, ValueError
        When an argument is not what is described above; nothing is embedded yet.

    Examples
    --------
    >>> import embwidget as ew
    >>> recorder = ew.training.EpochRecorder(
    ...     "registry", images, layers=["fc"]
    ... )  # doctest: +SKIP
    >>> for epoch in range(1, 11):  # doctest: +SKIP
    ...     train(model)
    ...     recorder(model, epoch)
    """

    def __init__(
        self,
        registry: Registry | str | Path | None,
        data: Any,
        *,
        layers: Layers = None,
        every: int = 1,
        splits: str | Sequence[str] | None = None,
        name: str = "training",
        experiment: str | None = None,
        params: Mapping[str, Any] | None = None,
        dataset: str | Mapping[str, str] | None = None,
        ids: Any = None,
        labels: Any = None,
        reshape: Any = None,
        batch_size: int | None = None,
        device: Any = None,
        strict: bool = False,
    ) -> None:
        import_extra("torch", extra="train")
        name = checked_label(name)
        self._splits: list[Split] = splits_of(data, splits, ids, labels, dataset, name)
        self._layers = _layers(layers)
        self._every = whole(every, "every", 1)
        self._how = {
            "reshape": reshape,
            "batch_size": None if batch_size is None else whole(batch_size, "batch_size", 1),
            "device": device,
        }
        asked = "by default" if self._layers is None else list(self._layers)
        names = [split.name for split in self._splits if split.name is not None]
        self._what = f"layers {asked}" + (f", splits {names}" if names else "")
        self._has_warned = False
        self._recorded = RecordedEpochs(
            registry if isinstance(registry, Registry) else Registry(registry),
            name=name,
            experiment=name if experiment is None else experiment,
            params=params,
        )
        self._strict = strict
        self.failures: list[tuple[float | None, Exception]] = []

    @property
    def epochs(self) -> list[float]:
        """Epochs that the registry has, of this recorder and of those of its name before it."""
        return self._recorded.epochs()

    def spaces(self) -> dict[str, Space]:
        """Open all that is recorded, by name, in the order of the epochs."""
        return self._recorded.spaces()

    def __call__(self, model: Any, epoch: float | None = None) -> bool:
        """Record a model, or what a trainer or tester has of one.

        Parameters
        ----------
        model : torch.nn.Module, or trainer or tester of pytorch-metric-learning
        epoch : float, optional
            Epochs that are done: 0 is the model before it is trained. Trainer and tester know it.

        Returns
        -------
        bool
            True, so that a training goes on.
        """
        known: float | None = None
        try:
            moment = moment_of(model, epoch)
            known = moment.epoch
            if self._every == 1 or known % self._every == 0:
                self._record(moment)
        except Exception as error:
            self.failures.append((known, error))
            if self._strict:
                raise
            at = "a state" if known is None else f"epoch {known:g}"
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            warnings.warn(
                f"{at} was not recorded, and the training goes on: {said}",
                RuntimeWarning,
                stacklevel=frames_inside(),
            )
        return True

    def _record(self, moment: Moment) -> None:
        is_tested = moment.model is None
        what = _OF_TESTER if is_tested else self._what
        there = self._recorded.names_at(moment.epoch, what, (_OF_TESTER, self._what))
        if there and not is_tested:
            self._tell_of(moment.epoch)
            return
        found = self._tested(moment) if is_tested else self._collected(moment)
        several = len(self._splits) > 1
        model = type(moment.model).__name__
        self._recorded.add(moment.epoch, model, found, what, several=several, but=there)

    def _collected(self, moment: Moment) -> list[tuple[Split, str, Space]]:
        layers = moment.layers if self._layers is None else self._layers
        return [
            (split, layer or type(moment.model).__name__, space)
            for split in self._splits
            for layer, space in collect(
                moment.model, split.data, layers, ids=split.ids, labels=split.labels, **self._how
            ).items()
        ]

    def _tested(self, moment: Moment) -> list[tuple[Split, str, Space]]:
        known = {split.name: split for split in self._splits}
        if len(known) == len(moment.vectors) == 1 and None in known:
            # A tester calls its only split as it likes.
            known = dict.fromkeys(moment.vectors, known[None])
        found = [
            (known[name], "embeddings", known[name].space(vectors))
            for name, vectors in moment.vectors.items()
            if name in known
        ]
        if not found:
            msg = f"the tester has {sorted(moment.vectors)}, the recorder {sorted(map(str, known))}"
            raise ValueError(msg)
        return found

    def _tell_of(self, epoch: float) -> None:
        if not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"epoch {epoch:g} is recorded already, and stays as it is: that is right where a "
                "training goes on; give another name= to one that begins anew",
                RuntimeWarning,
                stacklevel=frames_inside(),
            )

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Record at the end of an epoch of Lightning, which counts from 0 those that it begins."""
        if getattr(trainer, "is_global_zero", True) and not getattr(
            trainer, "sanity_checking", False
        ):
            self(pl_module, trainer.current_epoch + 1)

    def on_epoch_end(
        self,
        args: Any,  # noqa: ARG002 (the names are those that a Trainer calls with)
        state: Any,
        control: Any,  # noqa: ARG002 (as above)
        model: Any = None,
        **_: Any,
    ) -> None:
        """Record at the end of an epoch of the Trainer of Hugging Face."""
        if getattr(state, "is_world_process_zero", True):
            self(model, round(float(state.epoch), 6))

    def __getattr__(self, name: str) -> Callable[..., None]:
        # A Trainer asks every callback for each of its events, some of which come with a release.
        if name.startswith("on_"):
            return _nothing
        msg = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(msg)


def _nothing(*_: Any, **__: Any) -> None:
    """What happens at all other events."""


def _layers(given: Layers) -> tuple[str | int, ...] | None:
    if given is None:
        return None
    listed = (given,) if isinstance(given, (str, int)) else tuple(given)
    is_name = all(isinstance(each, (str, int)) and not isinstance(each, bool) for each in listed)
    if not listed or not is_name:
        msg = f"layers={shown(given)}: give names of modules, as ['encoder', 'head']"
        raise TypeError(msg)
    return listed
