"""Triplet against ArcFace: two metric losses from the same start, by pytorch-metric-learning."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress, reporting, span
from embwidget.registry import Registry
from embwidget.training.items import AugmentedItems, Transform, training_data
from embwidget.training.loops import device_for
from embwidget.training.metric_trainer import MetricTraining, train_by
from embwidget.training.networks import backbone_for, unit_rows
from embwidget.training.result import RecipeResult
from embwidget.training.run import RecipeRun
from embwidget.training.seeds import seeded
from embwidget.training.settings import RecipeSettings, bounded, settings_of


@dataclass(frozen=True, kw_only=True)
class TripletVsArcFaceSettings(RecipeSettings):
    """What `triplet_vs_arcface` can be told, beside what all recipes can.

    Attributes
    ----------
    embedding_size : int
    per_class : int
        Items of each class in a batch.
    triplet_margin : float
        By which the other class has to be farther, as a distance of unit vectors.
    arcface_margin : float
        In degrees.
    arcface_scale : float
    miner_epsilon : float
        Of the MultiSimilarityMiner, which picks the pairs that are hard.
    logs : str
        Folder in which record-keeper writes its tables, and TensorBoard its events if it is
        installed; "" = none.
    """

    embedding_size: int = bounded(32, 2)
    per_class: int = bounded(4, 2)
    triplet_margin: float = bounded(0.1, 0.0, 2.0)
    arcface_margin: float = bounded(28.6, 0.0, 90.0)
    arcface_scale: float = bounded(64.0, 1e-3, 1e4)
    miner_epsilon: float = bounded(0.1, 0.0, 2.0)
    logs: str = ""


def triplet_vs_arcface(
    config: TripletVsArcFaceSettings | Mapping[str, Any] | None = None,
    *,
    dataset: Any = None,
    backbone: Any = None,
    transform: Transform | None = None,
    registry: Registry | str | Path | None = None,
    progress: Progress | bool = False,
    **changes: Any,
) -> RecipeResult:
    """Train the same network by the triplet loss and by ArcFace, and record both.

    Batches have as many items of each class (MPerClassSampler), of which the hard pairs are taken
    (MultiSimilarityMiner). A GlobalEmbeddingSpaceTester judges each epoch, by exact neighbours.

    Parameters
    ----------
    config : TripletVsArcFaceSettings or dict, optional
    dataset, backbone, transform, registry, progress
        As for `cross_entropy`.
    **changes
        Single settings, as ``epochs=5``.

    Returns
    -------
    RecipeResult
        Its ``scores`` have what the tester says at the end, as "triplet/AMI".

    Raises
    ------
    ImportError, TypeError, ValueError
        As for `cross_entropy`.

    References
    ----------
    Deng et al., "ArcFace: additive angular margin loss for deep face recognition", CVPR 2019.
    """
    torch = import_extra("torch", extra="train")
    losses = import_extra("pytorch_metric_learning.losses", extra="train")
    settings = settings_of(TripletVsArcFaceSettings, config, changes)
    with reporting(progress) as report:
        data = training_data(dataset)
        with seeded(settings.seed, settings.n_jobs):
            trunk, width = backbone_for(data.train.inputs, backbone)
            size = settings.embedding_size
            embedder = torch.nn.Sequential(torch.nn.Linear(width, size), unit_rows())
        run = RecipeRun("triplet_vs_arcface", settings, registry, data)
        made: dict[str, Callable[[], Any]] = {
            "triplet": lambda: losses.TripletMarginLoss(margin=settings.triplet_margin),
            "arcface": lambda: losses.ArcFaceLoss(
                len(data.classes),
                size,
                margin=settings.arcface_margin,
                scale=settings.arcface_scale,
            ),
        }
        scores: dict[str, float] = {}
        models: dict[str, Any] = {}
        for number, (name, loss_of) in enumerate(made.items()):
            # From the same start and by the same draws: what differs is the loss.
            with seeded(settings.seed, settings.n_jobs):
                training = MetricTraining(
                    name=name,
                    trunk=deepcopy(trunk),
                    embedder=deepcopy(embedder),
                    loss=loss_of(),
                    train=AugmentedItems(data.train, transform),
                    val=AugmentedItems(data.val),
                    labels=data.train.labels,
                    device=device_for(settings),
                )
                part = span(report, number / 2, (number + 1) / 2)
                models[name] = train_by(training, settings, run, part)
            scores |= {f"{name}/{metric}": value for metric, value in training.figures.items()}
        pair = tuple(f"{name}/embedder/epoch={settings.epochs}" for name in made)
        return run.result((pair[0], pair[1]), scores, models)
