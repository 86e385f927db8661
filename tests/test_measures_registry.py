"""The table of measures: what it promises of every measure."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from measure_tools import digits, orders_of, permuted_sides, related, sides_of

from embwidget.measures.registry import MEASURES, Sides, measure_table

COLUMNS = [
    *["measure", "value", "low", "high", "standard_error", "chance", "adjusted", "z"],
    *["k", "n", "sampled", "note"],
]


@pytest.fixture(scope="module")
def sides() -> Sides:
    return sides_of(*related())


@pytest.fixture(scope="module")
def table(sides: Sides) -> pd.DataFrame:
    return measure_table(sides, k=10, n_permutations=20).set_index("measure")


def test_the_measures_there_are() -> None:
    assert {
        *["jaccard", "overlap", "mutual_knn", "rbo", "average_overlap", "rank_similarity"],
        *["second_order_cosine", "cknna", "linear_cka", "linear_cka_biased", "rbf_cka"],
        *["procrustes_angular", "rsa", "cca", "svcca", "pwcca", "gulp", "distance_correlation"],
    } == set(MEASURES)


def test_one_row_for_each_measure(sides: Sides, table: pd.DataFrame) -> None:
    assert [*measure_table(sides, "rbo", k=3, n_permutations=0).columns] == COLUMNS
    assert [*table.index] == [*MEASURES]
    for name, row in table.iterrows():
        measure = MEASURES[str(name)]
        assert measure.low <= row["value"] <= measure.high
        assert np.isfinite([row["value"], row["chance"], row["adjusted"], row["z"]]).all()
        assert 0 < row["adjusted"] < 1
        assert np.isfinite(row["standard_error"]) == measure.per_item
        assert (row["low"] < row["value"] < row["high"]) == measure.per_item
        assert (row["k"] == 10) if measure.needs_graph else row["k"] is pd.NA
        assert (row["n"], row["sampled"]) == (120, False)
    # Related spaces are nearer to each other than chance, whichever way a measure runs.
    assert (table["z"] > 5).all()


def test_unrelated_spaces_are_at_chance() -> None:
    rng = np.random.default_rng(0)
    sides = sides_of(rng.normal(size=(200, 20)), rng.normal(size=(200, 30)))
    table = measure_table(sides, k=10, n_permutations=40).set_index("measure")
    assert (table["z"].abs() < 3).all()
    assert (table["adjusted"].abs() < 0.05).all()


def test_chance_is_the_value_of_permuted_spaces(sides: Sides) -> None:
    table = measure_table(sides, k=10, n_permutations=3, random_state=5).set_index("measure")
    plain = pd.DataFrame(
        [
            measure_table(permuted_sides(sides, order), k=10, n_permutations=0)
            .set_index("measure")
            .value
            for order in orders_of(sides, 3, random_state=5)
        ]
    )
    for name, measure in MEASURES.items():
        mean, deviation = plain[name].mean(), plain[name].std()
        if name not in {"jaccard", "overlap", "mutual_knn"}:
            # Products of permuted vectors are rounded to float32.
            assert table.chance[name] == pytest.approx(mean, rel=1e-6, abs=1e-7)
        z = (table.value[name] - table.chance[name]) / deviation
        assert table.z[name] == pytest.approx(z if measure.larger_is_closer else -z, rel=1e-4)


def test_the_real_spaces_of_digits() -> None:
    data = digits(250)
    near = measure_table(sides_of(data.pixels, data.pca), k=10, n_permutations=5)
    far = measure_table(sides_of(data.pixels, data.lda), k=10, n_permutations=5)
    assert (near["note"] == far["note"]).all()
    assert near["value"].notna().all()
    # Ten components have more of the pixels than what tells the digits apart has, by each measure
    # that does not give all directions the same weight.
    weighted = ~near["measure"].isin(["cca", "pwcca", "svcca", "gulp"])
    assert (near["adjusted"] > far["adjusted"])[weighted].all()


@pytest.mark.parametrize("max_items", [4000, 50])
def test_threads_change_nothing(sides: Sides, max_items: int) -> None:
    one, two = (
        measure_table(sides, k=10, n_permutations=4, n_jobs=jobs, max_items=max_items)
        for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_permutations_can_be_left_out(sides: Sides) -> None:
    table = measure_table(sides, k=10, n_permutations=0).set_index("measure")
    assert table["value"].notna().all()
    assert table["z"].isna().all()
    known = ["jaccard", "overlap", "mutual_knn"]
    assert [*table.index[table["chance"].notna()]] == known
    assert table["adjusted"].notna().sum() == 3
    assert measure_table(sides, "rsa", k=10, n_permutations=1)["z"].isna().all()


def test_memmaps_are_taken(sides: Sides, table: pd.DataFrame, tmp_path: Path) -> None:
    mapped = []
    for name, vectors in (("a", sides.vectors_a), ("b", sides.vectors_b)):
        np.save(tmp_path / f"{name}.npy", vectors)
        mapped.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    again = measure_table(
        Sides(*mapped, sides.indices_a, sides.indices_b, "cosine", "cosine"), k=10
    ).set_index("measure")
    pd.testing.assert_frame_equal(again, table, check_exact=True)


def test_a_space_that_does_not_vary_is_refused_by_name() -> None:
    a, _ = related()
    flat = np.full((120, 4), 0.1, np.float32)
    table = measure_table(sides_of(a, flat, metric="euclidean"), k=5, n_permutations=2)
    linear = table[~table["measure"].map(lambda name: MEASURES[name].needs_graph)]
    assert len(linear) == 10
    assert linear["value"].isna().all()
    named = linear["note"].isin(
        ["all vectors of B are the same", "all pairs of B are equally far apart"]
    )
    assert named.all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": ["jacard"]}, "measure='jacard' is not known: there are 'jaccard'"),
        ({"names": []}, "names is empty"),
        ({"k": 0}, "k=0: give a whole number from 1 to 20, k_max"),
        ({"k": 21}, "k=21: give a whole number from 1 to 20, k_max"),
        ({"k": 2.0}, r"k=2.0: give a whole number"),
        ({"n_permutations": -1}, "n_permutations=-1: give a whole number of at least 0"),
        ({"max_items": 5}, "max_items=5: give a whole number of at least 10"),
        ({"n_jobs": 0}, "n_jobs=0: give a whole number of at least 1"),
    ],
)
def test_wrong_arguments_are_refused(sides: Sides, arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        measure_table(sides, **{"k": 10, **arguments})
