"""Spaces that break fast searches, and the slow plain reference that holds for all of them."""

from collections.abc import Callable

import numpy as np

METRICS = ("cosine", "euclidean", "inner_product")


def all_distances(vectors: np.ndarray, metric: str) -> np.ndarray:
    """Distances (n, n) in float64, pair by pair; the diagonal is infinite."""
    x = vectors.astype(np.float64)
    if metric == "euclidean":
        distances = np.array([np.sqrt(((x - row) ** 2).sum(axis=1)) for row in x])
    else:
        if metric == "cosine":
            x = x / np.sqrt((x**2).sum(axis=1))[:, None]
        distances = -np.array([(x * row).sum(axis=1) for row in x])
        distances += metric == "cosine"
    np.fill_diagonal(distances, np.inf)
    return distances


def assert_true_neighbors(
    vectors: np.ndarray, metric: str, indices: np.ndarray, distances: np.ndarray
) -> None:
    """Every list holds the nearest, in order; what agrees to 11 digits may stand in any order."""
    n, k = indices.shape
    assert indices.dtype == np.int32
    assert distances.dtype == np.float32
    truth = all_distances(vectors, metric)
    scale = _scale(vectors, metric)
    found = np.take_along_axis(truth, indices.astype(np.int64), 1)
    nearest = np.sort(truth, axis=1)[:, :k]
    np.testing.assert_array_less(np.abs(found - nearest) / scale, 1e-11)
    np.testing.assert_allclose(distances, nearest, rtol=2e-7, atol=2e-12 * np.max(scale) + 1e-44)
    assert (indices != np.arange(n)[:, None]).all()
    in_order = np.sort(indices, axis=1)
    assert (in_order[:, 1:] != in_order[:, :-1]).all()


def _scale(vectors: np.ndarray, metric: str) -> np.ndarray | float:
    """What the digits of a distance count from, (n, 1) or one number."""
    norms = np.sqrt((vectors.astype(np.float64) ** 2).sum(axis=1))
    if metric == "cosine":
        return 1.0
    return norms.max() if metric == "euclidean" else (norms * norms.max())[:, None] + 1e-300


def embeddings(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Clusters through a random ReLU net, as models' vectors are spread."""
    hidden = rng.normal(size=(12, 8))[rng.integers(0, 12, n)] + 0.5 * rng.normal(size=(n, 8))
    return (np.maximum(hidden @ rng.normal(size=(8, 64)), 0) @ rng.normal(size=(64, d)) / 8).astype(
        np.float32
    )


def outlier(rng: np.random.Generator) -> np.ndarray:
    x = embeddings(rng, 300, 20)
    x[17] *= 1e4
    return x


def half_identical(rng: np.random.Generator) -> np.ndarray:
    x = embeddings(rng, 300, 20)
    x[::2] = x[0]
    return x


def duplicates(rng: np.random.Generator) -> np.ndarray:
    return embeddings(rng, 60, 20)[rng.integers(0, 60, 300)]


def mixed_scales(rng: np.random.Generator) -> np.ndarray:
    return embeddings(rng, 300, 20) * (10.0 ** rng.integers(-20, 18, (300, 1))).astype(np.float32)


HARD: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "embeddings": lambda rng: embeddings(rng, 300, 20),
    "duplicates": duplicates,
    "all identical": lambda rng: np.repeat(embeddings(rng, 1, 20), 300, axis=0),
    "half identical": half_identical,
    "integer grid": lambda rng: rng.integers(1, 4, (300, 3)).astype(np.float32),
    "binary": lambda rng: np.c_[rng.integers(0, 2, (300, 7)), np.ones(300)].astype(np.float32),
    "common offset": lambda rng: embeddings(rng, 300, 20) + np.float32(1000),
    "one direction": lambda rng: 1 + np.float32(0.03) * embeddings(rng, 300, 20),
    "outlier": outlier,
    "huge": lambda rng: embeddings(rng, 300, 20) * np.float32(1e20),
    "tiny": lambda rng: embeddings(rng, 300, 20) * np.float32(1e-20),
    "mixed scales": mixed_scales,
    "one dimension": lambda rng: 1 + rng.random((300, 1), np.float32),
    "nearly equal": lambda rng: 1 + np.float32(1e-6) * embeddings(rng, 300, 20),
}
