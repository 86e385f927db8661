"""Progress of what takes long: from 0 to 1, never back, and it can be stopped at any sign."""

from collections.abc import Callable

import numpy as np
import pytest
from measure_tools import digits, related, sides_of

import embwidget as ew
from embwidget._core.progress import Cancelled, Progress
from embwidget.measures.groups.communities import find_groups
from embwidget.measures.labels import match_ranks, nearest
from embwidget.measures.maps.faithfulness import map_faithfulness
from embwidget.measures.neighbors.chance import permuted_chance
from embwidget.measures.registry import measure_table

N = 240
Work = Callable[[Progress, int], object]


def by_label(**options: object) -> Work:
    data = digits(N)
    return lambda progress, n_jobs: ew.label_metrics(
        data.pixels, data.labels, progress=progress, n_jobs=n_jobs, **options
    )


def by_graph(progress: Progress, n_jobs: int) -> object:
    graph = ew.knn_graph(digits(N).pixels, 40)
    return ew.label_metrics(graph, digits(N).labels, k=20, progress=progress, n_jobs=n_jobs)


def measures(progress: Progress, n_jobs: int) -> object:
    sides = sides_of(*related())
    return measure_table(sides, k=5, n_permutations=3, progress=progress, n_jobs=n_jobs)


def chance(progress: Progress, n_jobs: int) -> object:
    a, b = (ew.knn_graph(x, 8).indices for x in related())
    return permuted_chance(a, b, n_permutations=9, progress=progress, n_jobs=n_jobs)


def groups(progress: Progress, _n_jobs: int) -> object:
    return find_groups(ew.knn_graph(digits(N).pixels, 15).indices, progress=progress)


def faithfulness(progress: Progress, n_jobs: int) -> object:
    pixels = digits(N).pixels
    graph, positions = ew.knn_graph(pixels, 15), ew.project(pixels, "pca")
    return map_faithfulness(
        graph.indices, positions, vectors=pixels, progress=progress, n_jobs=n_jobs
    )


WORK: dict[str, Work] = {
    "labels": by_label(),
    "labels without clusters": by_label(n_seeds=0),
    "labels beside a reference": by_label(
        reference=digits(N).pixels[:100], reference_labels=digits(N).labels[:100]
    ),
    "sets of labels": lambda progress, n_jobs: ew.label_metrics(
        digits(N).pixels,
        [[label, label % 2] for label in digits(N).labels],
        progress=progress,
        n_jobs=n_jobs,
    ),
    "labels of a graph": by_graph,
    "measures": measures,
    "chance": chance,
    "groups": groups,
    "faithfulness": faithfulness,
}


def shares_of(work: Work, n_jobs: int) -> list[float]:
    told: list[float] = []
    work(lambda _, share: told.append(share), n_jobs)
    return told


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("name", WORK)
def test_progress_goes_from_0_to_1_and_never_back(name: str, n_jobs: int) -> None:
    told = shares_of(WORK[name], n_jobs)
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)


@pytest.mark.parametrize("name", WORK)
def test_it_stops_at_the_first_and_at_a_middle_sign(name: str) -> None:
    n_signs = len(shares_of(WORK[name], 1))
    for stop in (1, max(1, n_signs // 2)):
        seen = 0

        def cancel(_step: str, _share: float, stop: int = stop) -> None:
            nonlocal seen
            seen += 1
            if seen == stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            WORK[name](cancel, 1)
        assert seen == stop


@pytest.mark.parametrize("collapsed", [False, True])
def test_many_items_whose_matches_are_ranked_without_lists(
    monkeypatch: pytest.MonkeyPatch, collapsed: bool
) -> None:
    # What a large space does, in a small one. Of equal items all is known from how many there are.
    monkeypatch.setattr(nearest, "FEW_PRODUCTS", 0)
    monkeypatch.setattr(match_ranks, "MOST_PRODUCTS", 500_000)
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(1500, 6)), rng.integers(0, 100, 1500)
    told: list[float] = []
    ew.label_metrics(
        np.ones_like(x) if collapsed else x,
        labels,
        k=5,
        n_seeds=0,
        n_jobs=1,
        progress=lambda _, share: told.append(share),
    )
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)
    assert len(told) > (2 if collapsed else 5)
