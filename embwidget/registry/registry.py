"""The registry: datasets, experiments, spaces, and what was found of them."""

import warnings
from pathlib import Path
from typing import Self

from embwidget._core.checks import shown
from embwidget.registry.additions import Additions
from embwidget.registry.computations import Computations
from embwidget.registry.listings import Listings
from embwidget.registry.upkeep import Upkeep


class Registry(Additions, Listings, Computations, Upkeep):
    """Datasets, experiments, spaces, and what was computed of them, in one folder.

    Several processes may use one folder. What is added is there as a whole or not at all, whenever
    a process is killed or the disk is full; docs/registry.md says how it is laid out.

    Parameters
    ----------
    path : str or Path, optional
        The folder; by default the environment variable ``EMBWIDGET_HOME``, else the user's data
        folder. The first thing that is added makes it.

    Attributes
    ----------
    path : Path

    Examples
    --------
    >>> import embwidget as ew
    >>> reg = ew.Registry()
    >>> reg.add_dataset("digits.csv", name="digits", id="id")  # doctest: +SKIP
    >>> reg.add_experiment("resnet50", model="ResNet", params={"lr": 0.1})  # doctest: +SKIP
    >>> reg.add("resnet.npy", name="resnet", dataset="digits")  # doctest: +SKIP
    >>> ew.EmbeddingCompare(reg["resnet"], reg["convnext"])  # doctest: +SKIP
    """

    @classmethod
    def from_mlflow(
        cls,
        uri: str | Path | None,
        experiment: str,
        artifact_glob: str = "spaces/**/*.npy",
        *,
        path: str | Path | None = None,
        dataset: str | None = None,
    ) -> Self:
        """Registry with all that an experiment of MLflow has.

        As `import_mlflow`, which says more, and lists what is new; a warning tells what was not
        taken over.

        Parameters
        ----------
        uri, experiment, artifact_glob, dataset
            As for `import_mlflow`.
        path : str or Path, optional
            Folder of the registry, as for `Registry`; what is in it already stays.

        Returns
        -------
        Registry
        """
        registry = cls(path)
        done = registry.import_mlflow(uri, experiment, artifact_glob, dataset=dataset)
        if done.missing:
            from embwidget.registry.mlflow_import import first_missing

            warnings.warn(first_missing(done), stacklevel=2)
        return registry

    def __repr__(self) -> str:
        counts = {kind: len(self.rows(kind)) for kind in ("dataset", "experiment", "space")}
        held = ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in counts.items())
        return f"Registry({held}, {shown(str(self.path))})"
