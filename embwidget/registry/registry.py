"""The registry: datasets, experiments, spaces, and what was found of them."""

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

    def __repr__(self) -> str:
        counts = {kind: len(self.rows(kind)) for kind in ("dataset", "experiment", "space")}
        held = ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in counts.items())
        return f"Registry({held}, {shown(str(self.path))})"
