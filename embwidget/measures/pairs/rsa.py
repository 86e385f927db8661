"""Representational similarity analysis: whether pairs far apart in A are far apart in B."""

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.measure import (
    ROTATION_AND_SCALE,
    Family,
    Float64,
    Measure,
    Order,
    Outcome,
    Refused,
    Request,
    Sides,
)
from embwidget.metrics import metric_of

N_PAIRS = 200_000
# Numbers of float64 held at once.
_BLOCK_NUMBERS = 1 << 20


class ItemPairs:
    """ItemPairs of different items: all of them, or a sample.

    Parameters
    ----------
    n_samples : int
    random : Generator
    n_pairs : int
        Where there are more, so many are drawn, with replacement.

    Attributes
    ----------
    first, second : (n_pairs,) intp
    sampled : bool
    """

    def __init__(self, n_samples: int, random: np.random.Generator, n_pairs: int) -> None:
        self.sampled = n_samples * (n_samples - 1) // 2 > n_pairs
        if self.sampled:
            self.first = random.integers(n_samples, size=n_pairs)
            self.second = (self.first + random.integers(1, n_samples, size=n_pairs)) % n_samples
        else:
            self.first, self.second = np.triu_indices(n_samples, 1)

    def distances(
        self, vectors: NDArray[np.float32], metric: str, order: Order | None = None
    ) -> Float64:
        """Distance of each pair, of the items in another order if one is given.

        Parameters
        ----------
        vectors : (n_samples, n_dims) float32
        metric : {"cosine", "euclidean", "inner_product"}
        order : (n_samples,) intp, optional
            A permutation: item ``order[i]`` takes the place of item i.

        Returns
        -------
        (n_pairs,) float64
        """
        first = self.first if order is None else order[self.first]
        second = self.second if order is None else order[self.second]
        out = np.empty(len(first))
        distances = metric_of(metric).distances
        step = max(1, _BLOCK_NUMBERS // vectors.shape[1])
        for start in range(0, len(out), step):
            some = slice(start, start + step)
            x, y = np.asarray(vectors[first[some]]), np.asarray(vectors[second[some]])
            out[some] = distances(x, y)
        return out


def _unit_ranks(distances: Float64, name: str) -> Float64:
    """Ranks of distances (n_pairs,), ties at their mean, centred and scaled to length 1.

    Products of two such are Spearman's rho.
    """
    from scipy.stats import rankdata

    ranks: Float64 = rankdata(distances)
    ranks -= ranks.mean()
    length = np.sqrt(ranks @ ranks)
    if length == 0:
        msg = f"all pairs of {name} are equally far apart"
        raise Refused(msg)
    return ranks / length


def rsa_outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    """Compute it from all pairs, or a sample of them."""
    sides: Sides = request.sides
    n, what = sides.n_samples, "distances of pairs"
    request.progress(what, 0.0)
    if n < 3:
        msg = f"{n} items have no two pairs to compare: 3 or more are needed"
        raise Refused(msg)
    pairs = ItemPairs(n, request.random(2), N_PAIRS)

    def in_b(order: Order | None = None) -> Float64:
        return _unit_ranks(pairs.distances(sides.vectors_b, sides.metric_b, order), "B")

    ranks_a = _unit_ranks(pairs.distances(sides.vectors_a, sides.metric_a), "A")
    value = float(np.clip(ranks_a @ in_b(), -1, 1))
    permuted = request.permuted(n, what, lambda order: np.array([ranks_a @ in_b(order)]))
    outcome = Outcome(
        value,
        n,
        permuted=permuted.reshape(-1),
        sampled=pairs.sampled,
        note=f"{N_PAIRS:,} sampled pairs" if pairs.sampled else "",
    )
    return dict.fromkeys(names, outcome)


FAMILY = Family(
    (
        Measure(
            name="rsa",
            title="Representational similarity analysis",
            low=-1.0,
            invariances=ROTATION_AND_SCALE,
            cost="pairs d",
            source="Kriegeskorte, Mur and Bandettini 2008: Spearman correlation of the distances "
            "under the metric that is compared",
        ),
    ),
    rsa_outcomes,
    0.2,
)
