"""One metric loss, trained and tested by pytorch-metric-learning."""

import io
import warnings
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embwidget._core.optional import import_extra
from embwidget._core.progress import Progress
from embwidget.training.accuracy import accuracy_calculator
from embwidget.training.hooks import chain
from embwidget.training.networks import named_chain
from embwidget.training.run import RecipeRun

if TYPE_CHECKING:
    from embwidget.training.items import AugmentedItems

_LAYERS = ("trunk", "embedder")
_BATCH = 512


@dataclass(kw_only=True)
class MetricTraining:
    """What is trained by one loss.

    Attributes
    ----------
    name : str
        Of the loss.
    trunk, embedder, loss : torch.nn.Module
        Those that have weights are trained.
    train, val : AugmentedItems
    labels : tensor of shape (n_train,) int64
    device : torch.device
    figures : dict of str to float
        What the tester said last, by metric.
    """

    name: str
    trunk: Any
    embedder: Any
    loss: Any
    train: "AugmentedItems"
    val: "AugmentedItems"
    labels: Any
    device: Any
    figures: dict[str, float] = field(default_factory=dict)


def train_by(training: MetricTraining, settings: Any, run: RecipeRun, report: Progress) -> Any:
    """Train, record and test; returns the trained model.

    Parameters
    ----------
    training : MetricTraining
    settings : TripletVsArcFaceSettings
    run : RecipeRun
    report : callable
    """
    torch = import_extra("torch", extra="train")
    package = "pytorch_metric_learning"
    trainers = import_extra(f"{package}.trainers", extra="train")
    miners = import_extra(f"{package}.miners", extra="train")
    samplers = import_extra(f"{package}.samplers", extra="train")
    models = {"trunk": training.trunk, "embedder": training.embedder}
    for each in (*models.values(), training.loss):
        each.to(training.device)
    optimizers = {
        f"{name}_optimizer": torch.optim.Adam(each.parameters(), lr=settings.learning_rate)
        for name, each in {**models, "metric_loss": training.loss}.items()
        if list(each.parameters())
    }
    tester, keeper = _tester(training, settings)
    recorder = run.recorder(training.name, _LAYERS)
    losses: list[float] = []

    def after_step(trainer: Any) -> None:
        losses.append(float(trainer.losses["total_loss"].detach()))

    def after_epoch(trainer: Any) -> bool:
        report("training", trainer.epoch / settings.epochs)
        run.add_loss(training.name, trainer.epoch, losses)
        losses.clear()
        if settings.is_recorded(trainer.epoch):
            recorder(trainer)
            tester.test({"val": training.val}, trainer.epoch, *models.values())
        return True

    batch = _batch_size(settings, training)
    per_class = settings.per_class
    length = len(training.train)
    trainer = trainers.MetricLossOnly(
        models,
        optimizers,
        batch,
        {"metric_loss": training.loss},
        training.train,
        mining_funcs={"tuple_miner": miners.MultiSimilarityMiner(settings.miner_epsilon)},
        data_device=training.device,
        sampler=samplers.MPerClassSampler(training.labels, per_class, batch, length),
        dataloader_num_workers=0,
        end_of_iteration_hook=chain(after_step, *keeper),
        end_of_epoch_hook=after_epoch,
    )
    model = named_chain(**models)
    recorder(model, 0)
    with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
        # A bar for each epoch that cannot be turned off, and a warning of its own making.
        warnings.filterwarnings("ignore", message="Converting a tensor with requires_grad")
        trainer.train(num_epochs=settings.epochs)
    return model.cpu().eval()


def _tester(training: MetricTraining, settings: Any) -> tuple[Any, list[Any]]:
    """Tester that leaves its figures in the training, and hooks that log each step."""
    testers = import_extra("pytorch_metric_learning.testers", extra="train")

    def after_testing(tester: Any) -> None:
        found = tester.all_accuracies["val"]
        training.figures = {
            name.removesuffix("_level0"): float(value)
            for name, value in found.items()
            if name != "epoch"
        }

    keeper = _keeper(training, settings) if settings.logs else None
    tester = testers.GlobalEmbeddingSpaceTester(
        # The embedder's rows have length 1 already.
        normalize_embeddings=False,
        batch_size=_BATCH,
        dataloader_num_workers=0,
        data_device=training.device,
        accuracy_calculator=accuracy_calculator(),
        end_of_testing_hook=chain(after_testing, *([keeper.end_of_testing_hook] if keeper else [])),
    )
    return tester, [keeper.end_of_iteration_hook] if keeper else []


def _keeper(training: MetricTraining, settings: Any) -> Any:
    """Hooks of pytorch-metric-learning that log to record-keeper, and to TensorBoard if it is."""
    presets = import_extra("pytorch_metric_learning.utils.logging_presets", extra="train")
    if find_spec("record_keeper") is None:
        msg = "logs= needs record-keeper: pip install record-keeper, and tensorboard for its events"
        raise ImportError(msg)
    folder = Path(settings.logs).expanduser() / training.name
    board = str(folder / "tensorboard") if find_spec("tensorboard") is not None else None
    keeper, *_ = presets.get_record_keeper(str(folder / "tables"), board)
    return presets.get_hook_container(keeper, log_freq=1, save_models=False)


def _batch_size(settings: Any, training: MetricTraining) -> int:
    """As many classes in a batch as there are, and as many items as there are at most."""
    per_class = settings.per_class
    n_classes = len(training.labels.unique())
    most = min(settings.batch_size, n_classes * per_class, len(training.train))
    if most < 2 * per_class:
        msg = (
            f"batch_size={settings.batch_size} and per_class={per_class} with "
            f"{len(training.train)} items of {n_classes} classes: a batch needs two classes"
        )
        raise ValueError(msg)
    return int(most // per_class * per_class)
