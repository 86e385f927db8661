"""pytorch-metric-learning's tester and ours say the same, by our neighbours and our k-means."""

from typing import Any

import numpy as np
import pytest
import torch
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from tester_tools import SEVEN, figures_of

import embwidget as ew
from embwidget.training import accuracy_calculator, kmeans_func, knn_func


@pytest.fixture
def space() -> ew.Space:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(6, 8))[np.arange(150) % 6] + rng.normal(size=(150, 8))
    unit = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)
    return ew.Space(torch.nn.functional.normalize(torch.from_numpy(unit)))


@pytest.mark.parametrize("n_seeds", [1, 3])
@pytest.mark.parametrize("k", ["max_bin_count", None, 40])
def test_the_seven_figures(space: ew.Space, k: Any, n_seeds: int) -> None:
    labels = np.arange(150) % 6
    again = torch.nn.functional.normalize(torch.from_numpy(np.array(space.vectors))).numpy()
    theirs = figures_of(space, labels, k=k, n_seeds=n_seeds)
    ours = ew.label_metrics(again, labels, k=k, n_seeds=n_seeds, metric="euclidean")
    assert set(theirs) == set(ours["metric"]) == SEVEN
    for name, value in zip(ours["metric"], ours["value"], strict=True):
        assert value == pytest.approx(theirs[name], abs=1e-6), name


@pytest.mark.parametrize("included", [True, False])
def test_neighbours_are_exact(included: bool) -> None:
    rng = np.random.default_rng(1)
    queries = rng.normal(size=(30, 5)).astype(np.float32)
    others = rng.normal(size=(50, 5)).astype(np.float32)
    references = np.concatenate([queries, others]) if included else others
    distances, indices = knn_func(
        torch.from_numpy(queries), 7, torch.from_numpy(references), included
    )
    apart = np.linalg.norm(queries[:, None].astype(float) - references[None], axis=2)
    if included:
        np.fill_diagonal(apart, np.inf)
    expected = np.argsort(apart, axis=1)[:, :7]
    assert np.array_equal(indices.numpy(), expected)
    np.testing.assert_allclose(distances.numpy(), np.take_along_axis(apart, expected, 1), rtol=1e-5)


def test_both_serve_their_own_calculator(space: ew.Space) -> None:
    labels = torch.arange(150) % 6
    calculator = AccuracyCalculator(
        knn_func=knn_func, kmeans_func=kmeans_func, k="max_bin_count", device=torch.device("cpu")
    )
    rows = torch.from_numpy(np.array(space.vectors))
    found = calculator.get_accuracy(rows, labels)
    ours = ew.label_metrics(rows, labels, n_seeds=1, metric="euclidean").set_index("metric")
    for name in SEVEN:
        assert found[name] == pytest.approx(ours["value"][name], abs=1e-6)
    order = torch.randperm(150, generator=torch.Generator().manual_seed(0))
    again = calculator.get_accuracy(rows[order], labels[order])
    assert again["AMI"] == pytest.approx(found["AMI"], abs=1e-12)


def test_clusters_come_in_runs(space: ew.Space) -> None:
    rows = torch.from_numpy(np.array(space.vectors))
    one, three = kmeans_func(rows, 6), kmeans_func(rows, 6, n_seeds=3)
    assert one.shape == (150,)
    assert three.shape == (3, 150)
    assert torch.equal(one, three[0])
    assert set(one.tolist()) == set(range(6))
    with pytest.raises(ValueError, match="n_seeds=0"):
        accuracy_calculator(n_seeds=0)
