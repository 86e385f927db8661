"""SupCon in two stages: a contrastive loss on a head that is thrown away, then a classifier."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress, reporting
from embwidget.registry import Registry
from embwidget.training.frozen import classify_frozen
from embwidget.training.items import Transform, training_data
from embwidget.training.loops import Averages, device_for, mixed_precision, row_batches
from embwidget.training.networks import backbone_for, named_chain, unit_rows, view_of
from embwidget.training.result import RecipeResult
from embwidget.training.run import RecipeRun
from embwidget.training.seeds import seeded
from embwidget.training.settings import RecipeSettings, bounded, settings_of

_MODEL, _LAYERS = "supcon", ("encoder", "head")


@dataclass(frozen=True, kw_only=True)
class SupConSettings(RecipeSettings):
    """What `supcon_two_stage` can be told, beside what all recipes can.

    Attributes
    ----------
    temperature : float
    head_size : int
        Dimensions behind the projection head.
    ema_decay : float
        What an epoch leaves of the weights before it, in their exponential average.
    swa_epochs : int
        Last epochs whose weights are averaged.
    linear_epochs : int
        Of the second stage.
    linear_rate : float
        Rate of the second stage; 0 = it is looked for.
    label_smoothing : float
        Of the second stage.
    n_neighbors : int
        Training items that vote on the class of another one.
    """

    epochs: int = bounded(30, 1)
    batch_size: int = bounded(256, 2)
    temperature: float = bounded(0.1, 1e-4, 100.0)
    head_size: int = bounded(32, 2)
    ema_decay: float = bounded(0.5, 0.0, 0.9999)
    swa_epochs: int = bounded(5, 1)
    linear_epochs: int = bounded(20, 1)
    linear_rate: float = bounded(0.0, 0.0, 10.0)
    label_smoothing: float = bounded(0.1, 0.0, 0.99)
    n_neighbors: int = bounded(1, 1)


def supcon_two_stage(
    config: SupConSettings | Mapping[str, Any] | None = None,
    *,
    dataset: Any = None,
    backbone: Any = None,
    transform: Transform | None = None,
    registry: Registry | str | Path | None = None,
    progress: Progress | bool = False,
    **changes: Any,
) -> RecipeResult:
    """Train an encoder by SupCon, then a linear classifier on it, frozen.

    The spaces before the projection head and behind it are recorded, and those of the averaged
    weights at the end, as models "ema" and "swa".

    Parameters
    ----------
    config : SupConSettings or dict, optional
    dataset, backbone, registry, progress
        As for `cross_entropy`.
    transform : callable, optional
        From one training input to another view of it; two are drawn in each step.
    **changes
        Single settings, as ``epochs=5``.

    Returns
    -------
    RecipeResult
        Its ``scores`` have the accuracies of the classifier and of the nearest training items.

    Raises
    ------
    ImportError, TypeError, ValueError
        As for `cross_entropy`.

    References
    ----------
    Khosla et al., "Supervised contrastive learning", NeurIPS 2020.
    """
    torch = import_extra("torch", extra="train")
    loss_of = import_extra("pytorch_metric_learning.losses", extra="train").SupConLoss
    settings = settings_of(SupConSettings, config, changes)
    with seeded(settings.seed, settings.n_jobs), reporting(progress) as report:
        data = training_data(dataset)
        device, view, nn = device_for(settings), view_of(transform), torch.nn
        encoder, width = backbone_for(data.train.inputs, backbone)
        last = nn.Linear(width, settings.head_size)
        head = nn.Sequential(nn.Linear(width, width), nn.ReLU(), last, unit_rows())
        model = named_chain(encoder=encoder, head=head).to(device)
        inputs, labels = data.train.inputs.to(device), data.train.labels.to(device)
        loss_of = loss_of(temperature=settings.temperature)
        optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
        averages = Averages(model, settings.ema_decay, -(-len(labels) // settings.batch_size))
        run = RecipeRun("supcon_two_stage", settings, registry, data)
        recorder = run.recorder(_MODEL, _LAYERS)
        recorder(model, 0)
        for epoch in range(1, settings.epochs + 1):
            report("training", (epoch - 1) / settings.epochs)
            losses: list[float] = []
            model.train()
            for rows in row_batches(len(labels), settings.batch_size):
                x, y = inputs[rows], labels[rows]
                with mixed_precision(settings):
                    loss = loss_of(model(torch.cat([view(x), view(x)])), torch.cat([y, y]))
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                averages.after_step(model)
                losses.append(float(loss.detach()))
            if epoch > settings.epochs - settings.swa_epochs:
                averages.after_epoch(model)
            run.add_loss(_MODEL, epoch, losses)
            if settings.is_recorded(epoch):
                recorder(model, epoch)
        models = {_MODEL: model, **averages.models(data.train.inputs, settings.batch_size)}
        for name in ("ema", "swa"):
            run.recorder(name, _LAYERS)(models[name], settings.epochs)
        scores = classify_frozen(encoder, data, settings)
        pair = (
            f"{_MODEL}/encoder/epoch={settings.epochs}",
            f"{_MODEL}/head/epoch={settings.epochs}",
        )
        return run.result(pair, scores, {name: each.cpu().eval() for name, each in models.items()})
