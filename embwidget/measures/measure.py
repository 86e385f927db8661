"""What a measure of two spaces is, what it computes from, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent
from embwidget._core.threads import in_threads, resolve
from embwidget.measures.permutation import shuffled
from embwidget.metrics import metric_of

Float64 = NDArray[np.float64]
Order = NDArray[np.intp]

ROTATION_AND_SCALE = frozenset({"orthogonal", "scale"})
RIGID = ROTATION_AND_SCALE | {"translation"}
AFFINE = RIGID | {"linear"}


@dataclass(frozen=True)
class Measure:
    """What a measure is and what may be said of its values.

    Attributes
    ----------
    name, title : str
        How code and people call it.
    cost : str
        In n items, k neighbours, d dimensions and m sampled items.
    source : str
        Where its formula stands, and what was chosen where that leaves a choice.
    low, high : float
        What it can be; infinite where nothing bounds it.
    identity : float
        What a space has with itself.
    larger_is_closer : bool
        False for distances.
    symmetric : bool
        Whether A with B gives what B with A gives.
    invariances : frozenset of {"orthogonal", "scale", "translation", "linear"}
        What may be done to either space without a change: rotations and reflections, one factor for
        all vectors, one vector added to all, any invertible linear map.
    needs_graph : bool
        Whether it compares neighbours; else it takes the vectors alone.
    per_item : bool
        Whether it is a mean over items, each of which has a value.
    """

    name: str
    title: str
    cost: str
    source: str
    low: float = 0.0
    high: float = 1.0
    identity: float = 1.0
    larger_is_closer: bool = True
    symmetric: bool = True
    invariances: frozenset[str] = RIGID
    needs_graph: bool = False
    per_item: bool = False


@dataclass(frozen=True, eq=False)
class Sides:
    """Two spaces of the same items, as measures take them.

    Attributes
    ----------
    vectors_a, vectors_b : (n_samples, n_dims) float32, each with its own n_dims
        Finite; memmaps are read in blocks.
    indices_a, indices_b : (n_samples, k_max) int32
        Neighbours, nearest first; -1 = none.
    metric_a, metric_b : str
        Names of metrics.
    numbers_a, numbers_b : (n_samples, n_numbers) float32, or uint8 of bits
        What the vectors stand for as numbers: they themselves, unless the metric packs several into
        an entry.
    """

    vectors_a: NDArray[np.float32]
    vectors_b: NDArray[np.float32]
    indices_a: NDArray[np.int32]
    indices_b: NDArray[np.int32]
    metric_a: str
    metric_b: str

    @property
    def n_samples(self) -> int:
        """Number of items."""
        return len(self.vectors_a)

    @cached_property
    def numbers_a(self) -> NDArray[Any]:
        """What the vectors of A stand for: (n_samples, n_numbers) float32, or uint8 of bits."""
        return metric_of(self.metric_a).unpacked(self.vectors_a)

    @cached_property
    def numbers_b(self) -> NDArray[Any]:
        """What the vectors of B stand for: (n_samples, n_numbers) float32, or uint8 of bits."""
        return metric_of(self.metric_b).unpacked(self.vectors_b)


class Refused(ValueError):  # noqa: N818 (the reason goes into a table)
    """A measure has no meaning for these spaces; the message says why."""


NO_VALUE = (Refused, ArithmeticError, np.linalg.LinAlgError)
"""What a measure raises that has no value here: that is said in its row, and the others go on."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a measure gave.

    Attributes
    ----------
    value : float
        NaN when it was refused.
    n : int
        Items that it was computed from; 0 when it was refused.
    permuted : (n_permutations,) float64
        The same with B's items permuted.
    items : (n,) float64, optional
        The values of which it is the mean.
    chance : float, optional
        Its mean over all permutations, where a formula gives it.
    sampled : bool
        Whether n is a sample of the items, or their pairs were sampled.
    note : str
        The reason of a refusal, or what was sampled.
    """

    value: float
    n: int
    permuted: Float64 = field(default_factory=lambda: np.empty(0))
    items: Float64 | None = None
    chance: float | None = None
    sampled: bool = False
    note: str = ""

    @classmethod
    def refused(cls, reason: object) -> "Outcome":
        """No value, and the reason: a text, or what was raised."""
        said = str(reason)
        if isinstance(reason, Exception) and not isinstance(reason, Refused):
            said = f"it cannot be computed for these vectors: {said}"
        return cls(float("nan"), 0, note=said)


@dataclass(frozen=True, eq=False)
class Request:
    """How measures are to be computed; the fields are arguments of `measure_table`."""

    sides: Sides
    k: int
    n_permutations: int = 20
    max_items: int = 4000
    n_jobs: int | None = None
    random_state: int = 0
    progress: Progress = silent

    def random(self, purpose: int) -> np.random.Generator:
        """Random numbers for one purpose, whatever else is computed."""
        return np.random.default_rng([self.random_state, purpose])

    def sample(self) -> NDArray[np.intp]:
        """Rows of at most max_items items, ascending, (n_sampled,) intp; for all measures alike."""
        n = self.sides.n_samples
        if n <= self.max_items:
            return np.arange(n)
        return np.sort(self.random(0).choice(n, self.max_items, replace=False))

    def permuted(self, n_items: int, what: str, compute: Callable[[Order], Float64]) -> Float64:
        """Compute values for permutations of the items, (n_permutations, n_values).

        Each permutation is drawn on its own, so that threads change nothing. `compute` must not
        share what it writes to.
        """
        seeds = np.random.SeedSequence([self.random_state, 1]).spawn(self.n_permutations)
        values: list[Float64] = [np.empty(0)] * self.n_permutations

        def permute(which: int) -> None:
            values[which] = compute(shuffled(n_items, np.random.default_rng(seeds[which])))

        n_threads = resolve(self.n_jobs)
        in_threads(
            range(self.n_permutations),
            lambda: permute,
            n_threads,
            lambda n_done: self.progress(what, (1 + n_done) / (1 + self.n_permutations)),
        )
        return np.array(values)


@dataclass(frozen=True, eq=False)
class Family:
    """Measures that share most of their work: one file, which ends in ``FAMILY = Family(...)``.

    Attributes
    ----------
    measures : tuple of Measure
    outcomes : callable
        ``outcomes(names, request)`` gives an `Outcome` for each of the names that are wanted. What
        it raises as `Refused` is the reason why none of them has a value.
    share : float
        Part of the time that it takes beside the others, for progress; those that come with
        embwidget add up to about 1.
    items : callable, optional
        ``items(sides, name, k)`` gives the values for items of a measure whose ``per_item`` is
        true, (n_samples,) float64.
    """

    measures: tuple[Measure, ...]
    outcomes: Callable[[list[str], Request], dict[str, Outcome]]
    share: float = 0.1
    items: Callable[[Sides, str, int], Float64] | None = None
