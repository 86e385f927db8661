"""Spaces that a gate is asked about: the demo's, and made ones."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import embwidget as ew

DATA = Path(__file__).parents[2] / "notebooks" / "data"
LOOSE = {"min_jaccard": 0.8, "max_drop": {"map_at_r": 0.02}}


@cache
def wordnet(name: str) -> ew.Space:
    with np.load(DATA / f"wordnet_{name}.npz") as file:
        return ew.Space(file["vectors"].astype(np.float32), ids=file["ids"], name=name)


@cache
def meanings() -> pd.DataFrame:
    return pd.read_csv(DATA / "wordnet.csv.gz")


def of_wordnet(a: ew.Space, b: ew.Space, **asked) -> ew.Gate:
    return ew.gate(a, b, metadata=meanings(), id="id", label="label", **asked)


def scrambled(space: ew.Space, label: str) -> ew.Space:
    """The space with the vectors of one label drawn anew."""
    its = (meanings()["label"] == label).to_numpy()
    vectors = space.vectors.copy()
    vectors[its] = np.random.default_rng(0).normal(size=(its.sum(), space.n_dims))
    return ew.Space(vectors, ids=space.ids, name="scrambled")


def quantised(space: ew.Space, seed: int | None = None) -> ew.Space:
    """The space in int8 by column; with a seed, rounded at random."""
    scale = np.abs(space.vectors).max(axis=0) / 127 + 1e-9
    parts = space.vectors / scale
    if seed is not None:
        parts = parts + np.random.default_rng(seed).uniform(-0.5, 0.5, parts.shape)
    return ew.Space(np.clip(np.rint(parts), -127, 127) * scale, ids=space.ids, name="int8")


def kinds(n: int = 300, n_kinds: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (n, 12) of items in clear kinds, and the kind of each."""
    rng = np.random.default_rng(seed)
    kind = rng.permutation(np.arange(n) % n_kinds)
    centers = np.random.default_rng(99).normal(size=(n_kinds, 12)) * 1.2
    vectors = centers[kind] + rng.normal(size=(n, 12))
    return vectors.astype(np.float32), np.array([f"kind {each}" for each in kind])


def shaken(vectors: np.ndarray, by: float, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=vectors.shape)
    return (vectors + by * noise).astype(np.float32)
