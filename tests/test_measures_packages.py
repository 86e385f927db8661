"""Measures beside the packages that people take them from, on real data.

Each package is imported by its test: every worker imports all files of tests.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from measure_tools import Digits, digits, sides_of
from scipy.spatial import procrustes

from embwidget.measures.registry import item_values, measure_table


@pytest.fixture(scope="module")
def data() -> Digits:
    return digits(300)


def value_of(data: Digits, name: str, metric: str = "euclidean") -> float:
    sides = sides_of(data.pixels, data.lda, metric=metric)
    return measure_table(sides, name, k=10, n_permutations=0)["value"].iloc[0]


def test_rsa_is_that_of_rsatoolbox(data: Digits) -> None:
    rsatoolbox = pytest.importorskip("rsatoolbox")
    spaces = (np.asarray(space, np.float64) for space in (data.pixels, data.lda))
    # Squared distances, which have the ranks of the distances.
    distances = [
        rsatoolbox.rdm.calc_rdm(rsatoolbox.data.Dataset(space), method="euclidean")
        for space in spaces
    ]
    expected = rsatoolbox.rdm.compare(*distances, method="spearman").item()
    assert 0.1 < expected < 0.9
    assert value_of(data, "rsa") == pytest.approx(expected, abs=1e-9)


def test_distance_correlation_is_that_of_dcor(data: Digits, tmp_path: Path) -> None:
    pytest.importorskip("dcor")
    # What it compiles when it is imported takes most of a minute, and is as right uncompiled.
    code = """
import sys, dcor, numpy as np
with np.load(sys.argv[1]) as sides:
    print(dcor.distance_correlation(sides["a"], sides["b"]))
"""
    path = tmp_path / "sides.npz"
    np.savez(path, a=data.pixels.astype(np.float64), b=data.lda.astype(np.float64))
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = float(done.stdout)
    assert value_of(data, "distance_correlation") == pytest.approx(expected, rel=1e-9)


def test_the_angle_of_procrustes_is_that_of_scipy(data: Digits) -> None:
    narrower = np.pad(data.lda, ((0, 0), (0, data.pixels.shape[1] - data.lda.shape[1])))
    _, _, disparity = procrustes(data.pixels.astype(np.float64), narrower.astype(np.float64))
    expected = np.arccos(np.sqrt(1 - disparity))
    assert value_of(data, "procrustes_angular") == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("k", [1, 5, 20])
def test_rank_biased_overlap_is_that_of_rbo(data: Digits, k: int) -> None:
    rbo = pytest.importorskip("rbo")
    sides = sides_of(data.pixels, data.random_features)
    lists = zip(sides.indices_a[:, :k].tolist(), sides.indices_b[:, :k].tolist(), strict=True)
    compared = [rbo.RankingSimilarity(*pair) for pair in lists]
    extrapolated = [pair.rbo(p=0.9, ext=True) for pair in compared]
    np.testing.assert_allclose(item_values(sides, "rbo", k=k), extrapolated, rtol=1e-6)
    averages = [pair.rbo(p=1.0) for pair in compared]
    np.testing.assert_allclose(item_values(sides, "average_overlap", k=k), averages, rtol=1e-6)
