"""What of a training stands in a registry: datasets, the experiment, and the spaces by epoch."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.checks import shown
from embwidget.registry import Registry
from embwidget.registry.experiments import as_json
from embwidget.registry.labels import checked_label
from embwidget.space import Space
from embwidget.training.splits import Split

if TYPE_CHECKING:
    import pandas as pd


class RecordedEpochs:
    """The epochs of one training in a registry.

    Parameters
    ----------
    registry : Registry
    name : str
        What the names of its spaces begin with; checked.
    experiment : str
    params : dict, optional
        Of the experiment, where it is not there yet.

    Raises
    ------
    TypeError, ValueError
        When a name is none, or params are nothing that JSON has a word for.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        name: str,
        experiment: str,
        params: Mapping[str, Any] | None,
    ) -> None:
        as_json(params)
        self._registry = registry
        self._start, self._experiment = f"{name}/", checked_label(experiment, "experiment")
        self._params = params
        # Of a space's name alone it cannot be told which recorder it is of: names may have slashes.
        self._mark = f"EpochRecorder {name!r}: "

    def _rows(self) -> list[dict[str, Any]]:
        mine = [
            row
            for row in self._registry.rows("space")
            if row["experiment"] == self._experiment and row["notes"].startswith(self._mark)
        ]
        return sorted(mine, key=lambda row: float(row["epoch"]))

    def epochs(self) -> list[float]:
        """Epochs that are there, ascending."""
        return list(dict.fromkeys(float(row["epoch"]) for row in self._rows()))

    def spaces(self) -> dict[str, Space]:
        """Spaces by name, in the order of the epochs."""
        return {row["name"]: self._registry[row["name"]] for row in self._rows()}

    def names_at(self, epoch: float, what: str, every: tuple[str, ...]) -> set[str]:
        """Names of the spaces that an epoch has of one kind.

        Parameters
        ----------
        epoch : float
        what : str
            Says what is recorded, and is stored with the spaces.
        every : tuple of str
            All that one recorder may record.

        Raises
        ------
        ValueError
            When the epoch has something else under this name, which is another training's.
        """
        found = [row for row in self._rows() if row["epoch"] == epoch]
        told = {row["name"]: row["notes"].removeprefix(self._mark) for row in found}
        other = next((each for each in told.values() if each not in every), None)
        if other is not None:
            msg = (
                f"epoch {epoch:g} of {shown(self._start[:-1])} is there with {shown(other)}: "
                "give another name="
            )
            raise ValueError(msg)
        return {name for name, each in told.items() if each == what}

    def add(
        self,
        epoch: float,
        model: str,
        found: list[tuple[Split, str, Space]],
        what: str,
        *,
        several: bool,
        but: set[str],
    ) -> None:
        """Write down an epoch as a whole.

        Parameters
        ----------
        epoch : float
        model : str
            Name of its class.
        found : list of (Split, str, Space)
            Each with the layer that it is of.
        what : str
            As for `names_at`.
        several : bool
            Whether names say the split.
        but : set of str
            Names that are there already, and are left out.
        """
        for split in {split.dataset: split for split, *_ in found}.values():
            space = next(space for one, _, space in found if one is split)
            self._check_dataset(split, space)
        known = [row["name"] for row in self._registry.rows("experiment")]
        if self._experiment not in known:
            # Another process may add it meanwhile; then adding the spaces says what is wrong.
            with suppress(ValueError):
                self._registry.add_experiment(self._experiment, model=model, params=self._params)
        named: list[dict[str, Any]] = []
        for split, layer, space in found:
            middle = f"{split.name}/{layer}" if several else layer
            named.append(
                {
                    "space": Space(space.vectors, ids=space.ids if space.has_ids else None),
                    "name": checked_label(f"{self._start}{middle}{_end(epoch)}"),
                    "dataset": split.dataset,
                    "experiment": self._experiment,
                    "layer": layer,
                    "epoch": epoch,
                    "split": split.name,
                    "notes": f"{self._mark}{what}",
                }
            )
        self._registry.add_all([each for each in named if each["name"] not in but])

    def _check_dataset(self, split: Split, space: Space) -> None:
        """Add the items of a split to the registry, or see that they are those that are there."""
        known = [row["name"] for row in self._registry.rows("dataset")]
        if split.dataset in known:
            if not split.is_given and not _same(self._registry.items(split.dataset), _frame(space)):
                msg = (
                    f"the dataset {shown(split.dataset)} of the registry has other items, ids or "
                    "labels: give dataset=, or another name="
                )
                raise ValueError(msg)
        elif split.is_given:
            self._registry.items(split.dataset)
        else:
            self._registry.add_dataset(_frame(space), name=split.dataset, id="id")


def dataset_of(registry: Registry, frame: "pd.DataFrame", wanted: str) -> str:
    """Name of a dataset with these items; it is added, under a number if its name is taken."""
    known = {row["name"] for row in registry.rows("dataset")}
    number, name = 1, wanted
    while name in known:
        if _same(registry.items(name), frame):
            return name
        number += 1
        name = f"{wanted} ({number})"
    registry.add_dataset(frame, name=name, id="id")
    return name


def _end(epoch: float) -> str:
    return f"/epoch={int(epoch) if epoch == int(epoch) else epoch}"


def _frame(space: Space) -> "pd.DataFrame":
    """What a registry is told of the items of a space: ids, and what is known of them."""
    import pandas as pd

    from embwidget._core.metadata import as_pandas

    ids = pd.DataFrame({"id": space.ids})
    if space.metadata is None:
        return ids
    known = as_pandas(space.metadata).reset_index(drop=True)
    joined: pd.DataFrame = pd.concat([ids, known.drop(columns="id", errors="ignore")], axis=1)
    return joined


def _same(a: "pd.DataFrame", b: "pd.DataFrame") -> bool:
    """Whether two frames tell of the same items, whatever their columns' types."""
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return False
    return all(bool(np.all(_plain(a[name]) == _plain(b[name]))) for name in a.columns)


def _plain(column: Any) -> Any:
    """Values (n_items,) object, with None for what is missing."""
    return np.array([None if value != value else value for value in column.tolist()], object)
