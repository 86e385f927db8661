"""How two spaces are compared: the arguments of `embwidget.compare`, checked once."""

from dataclasses import dataclass
from typing import Any

from embwidget._core.checks import flag, object_of, shown, whole
from embwidget._core.threads import resolve
from embwidget.knn import Engine
from embwidget.knn.search import check_engine, check_max_memory
from embwidget.metrics import Metric, name_of
from embwidget.space import Space

_OF_MAPS = "euclidean"

Metrics = str | Metric | tuple[str | Metric | None, str | Metric | None] | None


@dataclass(frozen=True)
class Settings:
    """How neighbours are searched and compared; `embwidget.compare` describes each field.

    Attributes
    ----------
    n_neighbors, k_max : int
        Held to the number of items where the spaces are joined.
    metric : str, Metric, a pair of these or None
    engine : str or Engine
    n_jobs, max_memory : int or None
    random_state : int
    unique : bool

    Raises
    ------
    ValueError, TypeError
        When a field is not what it may be.
    """

    n_neighbors: int = 10
    k_max: int = 50
    metric: Metrics = None
    engine: str | Engine = "auto"
    n_jobs: int | None = None
    max_memory: int | None = None
    random_state: int = 0
    unique: bool = False

    def __post_init__(self) -> None:
        whole(self.k_max, "k_max", 1)
        _each(self.metric)
        check_engine(self.engine)
        resolve(self.n_jobs)
        check_max_memory(self.max_memory)
        whole(self.random_state, "random_state", 0)
        flag(self.unique, "unique", "give True to keep one of each copy, or False")

    def metrics_of(self, a: Space, b: Space) -> tuple[str, str]:
        """Names of the metrics of A and B: what was asked for, else each space's own.

        Two dimensions are a map, on which directions from the origin mean nothing.
        """
        metric_a, metric_b = (
            asked or space.metric or (_OF_MAPS if space.n_dims == 2 else "cosine")
            for asked, space in zip(_each(self.metric), (a, b), strict=True)
        )
        return metric_a, metric_b

    def notes_of(self, a: Space, b: Space) -> tuple[str, ...]:
        """What was chosen that nobody asked for."""
        return tuple(
            f"{side} has 2 dimensions: compared by {_OF_MAPS} distance"
            for side, asked, space in zip("ab", _each(self.metric), (a, b), strict=True)
            if space.n_dims == 2 and not (asked or space.metric)
        )


def _each(metric: Any) -> tuple[str | None, str | None]:
    """Check the metric of each side; None = that of the space."""
    if metric is None:
        return None, None
    if isinstance(metric, (str, Metric)) or object_of(metric):
        return name_of(metric), name_of(metric)
    if not isinstance(metric, (tuple, list)) or len(metric) != 2:
        msg = f"metric={shown(metric)}: give one name, or one for each space: (metric_a, metric_b)"
        raise ValueError(msg)
    name_a, name_b = (None if each is None else name_of(each) for each in metric)
    return name_a, name_b
