"""Each measure keeps its value under the maps that it is said not to see, and under no others."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_tools import related, sides_of
from scipy.stats import ortho_group

from embwidget.measures.registry import MEASURES, measure_table

KINDS = ("orthogonal", "scale", "translation", "linear")
Map = Callable[[np.ndarray], np.ndarray]


def random_map(kind: str, n_dims: int, rng: np.random.Generator) -> Map:
    turn = ortho_group.rvs(n_dims, random_state=rng) if n_dims > 1 else -np.eye(1)
    if kind == "orthogonal":
        return lambda x: x @ turn
    if kind == "scale":
        factor = 10 ** rng.uniform(-4, 4)
        return lambda x: x * factor
    if kind == "translation":
        offset = rng.normal(size=n_dims) * 3
        return lambda x: x + offset
    stretch = 10 ** np.linspace(-0.7, 0.7, n_dims)
    return lambda x: x @ (turn * stretch) @ turn.T


def values(a: np.ndarray, b: np.ndarray, metric: str = "cosine") -> dict[str, float]:
    table = measure_table(sides_of(a, b, metric=metric), k=10, n_permutations=0, n_jobs=1)
    return dict(zip(table["measure"], table["value"], strict=True))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(KINDS), side=st.sampled_from("ab"))
def test_claimed_invariances_hold(seed: int, kind: str, side: str) -> None:
    rng = np.random.default_rng(seed)
    a, b = related(seed=seed % 50)
    before = values(a, b)
    if side == "a":
        a = random_map(kind, a.shape[1], rng)(a)
    else:
        b = random_map(kind, b.shape[1], rng)(b)
    after = values(a, b)
    claimed = [name for name, measure in MEASURES.items() if kind in measure.invariances]
    assert claimed
    for name in claimed:
        # The mapped vectors are rounded to float32; two neighbours may change places by it.
        assert after[name] == pytest.approx(before[name], abs=3e-4), name


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_claimed_does_not_hold(kind: str) -> None:
    a, b = related(seed=4)
    before = values(a, b)
    moved = [random_map(kind, a.shape[1], np.random.default_rng(seed))(a) for seed in range(3)]
    changes = [values(each, b) for each in moved]
    for name, measure in MEASURES.items():
        if kind not in measure.invariances:
            assert max(abs(after[name] - before[name]) for after in changes) > 1e-3, name


def test_euclidean_neighbors_do_not_see_a_translation() -> None:
    a, b = related()
    here, there = values(a, b, "euclidean"), values(a + 2, b - 1, "euclidean")
    for name in ("jaccard", "overlap", "rbo", "average_overlap", "rank_similarity", "rsa"):
        assert there[name] == pytest.approx(here[name], abs=3e-4)
