"""One recipe being run: its place in a registry, what is recorded, and what comes of it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embwidget._core.checks import shown
from embwidget.measures.labels.label_metrics import label_metrics
from embwidget.registry import Registry
from embwidget.training.items import TrainingData
from embwidget.training.recorded import dataset_of
from embwidget.training.recorder import EpochRecorder
from embwidget.training.result import RecipeResult
from embwidget.training.settings import RecipeSettings

if TYPE_CHECKING:
    from embwidget.space import Space

    pass

_BATCH = 512


class RecipeRun:
    """The experiments of a recipe, one for each model that it trains.

    Parameters
    ----------
    recipe : str
        Its name.
    settings : RecipeSettings
        Stored with each experiment.
    registry : Registry, str or Path, optional
    data : TrainingData

    Attributes
    ----------
    name : str
        What the names of all experiments begin with.
    """

    def __init__(
        self,
        recipe: str,
        settings: RecipeSettings,
        registry: Registry | str | Path | None,
        data: TrainingData,
    ) -> None:
        self.data, self._settings, self._recipe = data, settings, recipe
        self.registry = registry if isinstance(registry, Registry) else Registry(registry)
        self.name = _free_name(self.registry, settings.name, recipe)
        frames = {split: data.frame(split) for split in ("train", "val")}
        self._datasets = {
            split: dataset_of(self.registry, frame, f"{data.name}/{split}")
            for split, frame in frames.items()
        }
        self._recorders: dict[str, EpochRecorder] = {}
        self._losses: list[tuple[str, str, int, str, float, float, float]] = []

    def recorder(self, model: str, layers: tuple[str, ...]) -> EpochRecorder:
        """Recorder of one model, whose experiment is added now."""
        name = f"{self.name}/{model}"
        params = {"recipe": self._recipe, "of": model, **asdict(self._settings)}
        train = self._datasets["train"]
        self.registry.add_experiment(name, model=model, params=params, train_dataset=train)
        made = EpochRecorder(
            self.registry,
            self.data.val.inputs,
            layers=layers,
            name=name,
            splits="val",
            ids=self.data.val.ids,
            dataset=self._datasets["val"],
            batch_size=_BATCH,
            strict=True,
        )
        self._recorders[model] = made
        return made

    def add_loss(self, model: str, epoch: int, losses: list[float]) -> None:
        """Take in the losses of an epoch's steps."""
        mean = sum(losses) / max(1, len(losses))
        self._losses.append((model, "", epoch, "loss", mean, float("nan"), float("nan")))

    def result(
        self, pair: tuple[str, str], scores: dict[str, float], models: dict[str, Any]
    ) -> RecipeResult:
        """Measure all that was recorded."""
        import pandas as pd

        start = len(self.name) + 1
        spaces: dict[str, Space] = {}
        curves: list[Any] = []
        metrics: list[pd.DataFrame] = []
        for model, recorder in self._recorders.items():
            found = {name[start:]: space for name, space in recorder.spaces().items()}
            spaces |= found
            ends = recorder.epochs[0], recorder.epochs[-1]
            for key, space in found.items():
                layer, epoch = _layer_and_epoch(key, model)
                is_end = epoch in ends
                labels = space.metadata["label"]
                table = label_metrics(space, labels, n_seeds=5 if is_end else 0)
                for row in table.itertuples():
                    if row.metric not in ("AMI", "NMI"):
                        numbers = (row.value, row.low, row.high)
                        curves.append((model, layer, epoch, row.metric, *numbers))
                if is_end:
                    when = "before" if epoch == 0 else "after"
                    told: dict[str, Any] = {
                        "model": model,
                        "layer": layer,
                        "when": when,
                        "epoch": epoch,
                    }
                    metrics.append(table.assign(**told, space=key))
        columns = ["model", "layer", "epoch", "metric", "value", "low", "high"]
        first = ["model", "layer", "when", "epoch"]
        joined = pd.concat(metrics, ignore_index=True)
        return RecipeResult(
            name=self.name,
            settings=self._settings,
            registry=self.registry,
            spaces=spaces,
            metrics=joined[first + [each for each in joined if each not in first]],
            curves=pd.DataFrame([*curves, *self._losses], columns=columns),
            scores=scores,
            models=models,
            pictures=self.data.pictures(),
            default_pair=pair,
        )


def _layer_and_epoch(key: str, model: str) -> tuple[str, int]:
    """What stands in a key such as "triplet/embedder/epoch=10"."""
    layer, _, epoch = key.removeprefix(f"{model}/").rpartition("/epoch=")
    return layer, int(epoch)


def _free_name(registry: Registry, given: str, recipe: str) -> str:
    """Name that no experiment's begins with yet; the recipe's gets a number."""
    taken = {row["name"] for row in registry.rows("experiment")}

    def is_free(name: str) -> bool:
        return not any(each == name or each.startswith(f"{name}/") for each in taken)

    if given and not is_free(given):
        msg = f"name={shown(given)}: there are experiments of this name; give another one"
        raise ValueError(msg)
    number, name = 1, given or recipe
    while not is_free(name):
        number += 1
        name = f"{recipe} ({number})"
    return name
