"""Pairs of spaces for the tests of measures, and the plain way to permute one of them."""

from functools import cache
from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from embwidget.knn import knn_graph
from embwidget.measures.measure import Request
from embwidget.measures.registry import Sides


def neighbors(vectors: np.ndarray, k_max: int, metric: str = "cosine") -> np.ndarray:
    return knn_graph(vectors, k_max, metric=metric, engine="exact", n_jobs=1).indices


def sides_of(a: np.ndarray, b: np.ndarray, k_max: int = 20, metric: str = "cosine") -> Sides:
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    return Sides(a, b, neighbors(a, k_max, metric), neighbors(b, k_max, metric), metric, metric)


def related(
    seed: int = 0, n: int = 120, dims: tuple[int, int] = (8, 6)
) -> tuple[np.ndarray, np.ndarray]:
    """Two spaces of which one has much of the other."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(n, dims[0])) * np.linspace(1, 2, dims[0]) + 0.5
    b = a @ rng.normal(size=dims) + rng.normal(size=(n, dims[1]))
    return a.astype(np.float32), b.astype(np.float32)


class Digits(NamedTuple):
    pixels: np.ndarray
    pca: np.ndarray
    lda: np.ndarray
    random_features: np.ndarray
    labels: np.ndarray


@cache
def digits(n: int = 400) -> Digits:
    pixels, labels = load_digits(return_X_y=True)
    pixels, labels = pixels[:n].astype(np.float32), labels[:n]
    rng = np.random.default_rng(0)
    hidden = np.maximum(pixels @ rng.normal(size=(pixels.shape[1], 48)), 0)
    lda = LinearDiscriminantAnalysis().fit_transform(pixels, labels)
    reduced = PCA(10, random_state=0).fit_transform(pixels)
    spaces = [np.asarray(space, np.float32) for space in (pixels, reduced, lda, hidden)]
    for shared in (*spaces, labels):
        shared.flags.writeable = False
    return Digits(*spaces, labels)


def permuted_lists(indices: np.ndarray, order: np.ndarray) -> np.ndarray:
    """The graph in which item i has the neighbourhood of item order[i], renamed alike."""
    renamed = np.append(np.argsort(order), -1).astype(np.int32)
    return renamed[indices[order]]


def permuted_sides(sides: Sides, order: np.ndarray) -> Sides:
    return Sides(
        sides.vectors_a,
        sides.vectors_b[order],
        sides.indices_a,
        permuted_lists(sides.indices_b, order),
        sides.metric_a,
        sides.metric_b,
    )


def orders_of(sides: Sides, n_permutations: int, random_state: int = 0) -> list[np.ndarray]:
    """The permutations that the table of measures draws."""
    request = Request(sides, 1, n_permutations=n_permutations, n_jobs=1, random_state=random_state)
    drawn: list[np.ndarray] = []

    def keep(order: np.ndarray) -> np.ndarray:
        drawn.append(order)
        return np.zeros(1)

    request.permuted(sides.n_samples, "", keep)
    return drawn


def random_lists(rng: np.random.Generator, n: int, k: int, *, hubs: bool = False) -> np.ndarray:
    """Rows of k distinct others, (n, k) int32; with hubs, a few items stand in most."""
    weight = 1 / np.arange(1, n + 1) if hubs else np.ones(n)
    # The k largest of these keys are a draw without replacement, by weight.
    keys = np.log(rng.random((n, n))) / weight
    np.fill_diagonal(keys, -np.inf)
    return np.argsort(-keys, axis=1)[:, :k].astype(np.int32)


def gram(x: np.ndarray) -> np.ndarray:
    """Inner products of all pairs."""
    exact = x.astype(np.float64)
    return exact @ exact.T


def hsic(one: np.ndarray, two: np.ndarray) -> float:
    """Song et al. 2012, equation 5, times n (n - 3); the kernels need not be symmetric."""
    n = len(one)
    one, two = one - np.diag(np.diag(one)), two - np.diag(np.diag(two))
    ones = np.ones(n)
    total = (ones @ one @ ones) * (ones @ two @ ones) / ((n - 1) * (n - 2))
    return np.trace(one @ two) + total - 2 / (n - 2) * (ones @ one @ two @ ones)
