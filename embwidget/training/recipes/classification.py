"""Cross-entropy: the classifier that every metric loss is measured against."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress, reporting
from embwidget.registry import Registry
from embwidget.training.items import Transform, training_data
from embwidget.training.loops import device_for, mixed_precision, outputs_of, row_batches
from embwidget.training.networks import backbone_for, named_chain, view_of
from embwidget.training.result import RecipeResult
from embwidget.training.run import RecipeRun
from embwidget.training.seeds import seeded
from embwidget.training.settings import RecipeSettings, bounded, settings_of

_MODEL, _LAYERS = "cross_entropy", ("encoder", "classifier")


@dataclass(frozen=True, kw_only=True)
class CrossEntropySettings(RecipeSettings):
    """What `cross_entropy` can be told, beside what all recipes can.

    Attributes
    ----------
    label_smoothing : float
        Part of each label that is given to all classes alike.
    augment : bool
        Whether each step sees another view of its items; True where a transform is given.
    """

    epochs: int = bounded(20, 1)
    batch_size: int = bounded(128, 2)
    label_smoothing: float = bounded(0.1, 0.0, 0.99)
    augment: bool = False


def cross_entropy(
    config: CrossEntropySettings | Mapping[str, Any] | None = None,
    *,
    dataset: Any = None,
    backbone: Any = None,
    transform: Transform | None = None,
    registry: Registry | str | Path | None = None,
    progress: Progress | bool = False,
    **changes: Any,
) -> RecipeResult:
    """Train an encoder with a linear classifier, and record both.

    Parameters
    ----------
    config : CrossEntropySettings or dict, optional
    dataset : optional
        Own data, by default scikit-learn's digits; as for `training_data`.
    backbone : torch.nn.Module, optional
        From inputs to (n_items, n_features); by default a small one for pictures or vectors.
    transform : callable, optional
        From one training input to another view of it.
    registry : Registry, str or Path, optional
    progress : bool or callable, default=False
        As for `embwidget.compare`.
    **changes
        Single settings, as ``epochs=5``.

    Returns
    -------
    RecipeResult
        Its ``scores`` have the accuracy.

    Raises
    ------
    ImportError
        Without torch; says what to install.
    TypeError, ValueError
        When settings or data are not what they have to be; nothing is trained then.
    """
    torch = import_extra("torch", extra="train")
    settings = settings_of(CrossEntropySettings, config, changes)
    with seeded(settings.seed, settings.n_jobs), reporting(progress) as report:
        data = training_data(dataset)
        device, view = device_for(settings), view_of(transform)
        encoder, width = backbone_for(data.train.inputs, backbone)
        classifier = torch.nn.Linear(width, len(data.classes))
        model = named_chain(encoder=encoder, classifier=classifier).to(device)
        inputs, labels = data.train.inputs.to(device), data.train.labels.to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
        run = RecipeRun("cross_entropy", settings, registry, data)
        recorder = run.recorder(_MODEL, _LAYERS)
        recorder(model, 0)
        for epoch in range(1, settings.epochs + 1):
            report("training", (epoch - 1) / settings.epochs)
            losses: list[float] = []
            model.train()
            for rows in row_batches(len(labels), settings.batch_size):
                x = inputs[rows]
                x = view(x) if settings.augment or transform is not None else x
                with mixed_precision(settings):
                    loss = torch.nn.functional.cross_entropy(
                        model(x), labels[rows], label_smoothing=settings.label_smoothing
                    )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(float(loss.detach()))
            run.add_loss(_MODEL, epoch, losses)
            if settings.is_recorded(epoch):
                recorder(model, epoch)
        hits = outputs_of(model, data.val.inputs).argmax(1) == data.val.labels
        key = f"{_MODEL}/encoder/epoch="
        pair = (f"{key}0", f"{key}{settings.epochs}")
        scores = {"accuracy": float(hits.float().mean())}
        return run.result(pair, scores, {_MODEL: model.cpu().eval()})
