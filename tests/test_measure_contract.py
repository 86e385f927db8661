"""What every measure promises: those of embwidget, and one that is made up here."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_tools import permuted_sides, related, sides_of
from scipy.stats import ortho_group

from embwidget import compare
from embwidget._core.progress import Cancelled
from embwidget.measures.measure import (
    ROTATION_AND_SCALE,
    Family,
    Measure,
    Outcome,
    Refused,
    Request,
    Sides,
)
from embwidget.measures.registry import MEASURES, item_values, measure_table


def length_gaps(sides: Sides, _name: str, _k: int) -> np.ndarray:
    a, b = (np.linalg.norm(x, axis=1) for x in (sides.vectors_a, sides.vectors_b))
    return np.abs(a / a.mean() - b / b.mean())


def length_outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    sides, k, n = request.sides, request.k, request.sides.n_samples
    if n < 4:
        raise Refused("too few items")
    gaps = length_gaps(sides, "", k)
    moved = request.permuted(
        n,
        "lengths",
        lambda order: length_gaps(permuted_sides(sides, order), "", k).mean(None, keepdims=True),
    )
    return {names[0]: Outcome(float(gaps.mean()), n, permuted=moved.reshape(-1), items=gaps)}


OWN_MEASURE = Measure(
    "length_gap",
    "Gap of the lengths",
    "n d",
    "this file",
    0.0,
    np.inf,
    0.0,
    larger_is_closer=False,
    invariances=ROTATION_AND_SCALE,
    per_item=True,
)
OWN = Family((OWN_MEASURE,), length_outcomes, 0.01, length_gaps)

ALL = [*MEASURES, OWN]
KNOWN = {**MEASURES, OWN_MEASURE.name: OWN_MEASURE}
KINDS = ("orthogonal", "scale", "translation", "linear")
Map = Callable[[np.ndarray], np.ndarray]


def table_of(sides: Sides, names: object = ALL, *, k: int = 10, **options: object) -> pd.DataFrame:
    options = {"n_permutations": 0, "n_jobs": 1} | options
    return measure_table(sides, names, k=k, **options).set_index("measure")


@pytest.fixture(scope="module")
def sides() -> Sides:
    return sides_of(*related())


@pytest.fixture(scope="module")
def table(sides: Sides) -> pd.DataFrame:
    return table_of(sides, n_permutations=20)


@pytest.mark.parametrize("name", KNOWN)
def test_it_is_described(name: str) -> None:
    measure = KNOWN[name]
    assert measure.name == name
    assert measure.low <= measure.identity <= measure.high
    assert measure.identity == (1 if measure.larger_is_closer else 0)
    assert measure.invariances <= set(KINDS)
    assert measure.title
    assert measure.cost
    assert measure.source


def test_it_has_a_row_with_all_numbers(table: pd.DataFrame) -> None:
    assert [*table.index] == [*KNOWN]
    for name, row in table.iterrows():
        measure = KNOWN[str(name)]
        assert np.isfinite([row["value"], row["chance"], row["adjusted"], row["z"]]).all(), name
        assert np.isfinite(row["standard_error"]) == measure.per_item, name
        assert (row["low"] < row["value"] < row["high"]) == measure.per_item, name
        assert (row["k"] == 10) if measure.needs_graph else row["k"] is pd.NA
        assert (row["n"], row["sampled"]) == (120, False)


@pytest.mark.parametrize("seed", range(4))
def test_no_value_leaves_its_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(40, 3)) ** 3
    b = [rng.normal(size=(40, 5)), -a, a[::-1], np.tanh(a)][seed]
    table = table_of(sides_of(a, b), k=4)
    for name, measure in KNOWN.items():
        assert measure.low <= table.value[name] <= measure.high, name


def test_a_space_has_identity_with_itself(sides: Sides) -> None:
    a, near = sides.vectors_a, sides.indices_a
    table = table_of(Sides(a, a, near, near, "cosine", "cosine"), n_permutations=2)
    for name, row in table.iterrows():
        # Angles and roots of what vanishes keep half of the digits.
        assert row["value"] == pytest.approx(KNOWN[str(name)].identity, abs=1e-6), name
        assert row["adjusted"] == pytest.approx(1, abs=1e-6), name
    for name in ("jaccard", "overlap", "rbo", "average_overlap", "rank_similarity"):
        assert table.value[name] == pytest.approx(1, abs=1e-14)
    assert (table.low["jaccard"], table.high["jaccard"]) == (1, 1)


def test_those_that_are_symmetric_do_not_care_which_space_is_first(
    sides: Sides, table: pd.DataFrame
) -> None:
    turned = table_of(
        Sides(
            sides.vectors_b, sides.vectors_a, sides.indices_b, sides.indices_a, "cosine", "cosine"
        )
    )
    for name, measure in KNOWN.items():
        same = table.value[name] == pytest.approx(turned.value[name], rel=1e-9)
        assert same == measure.symmetric, name


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


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(KINDS), side=st.sampled_from("ab"))
def test_claimed_invariances_hold(seed: int, kind: str, side: str) -> None:
    rng = np.random.default_rng(seed)
    a, b = related(seed=seed % 50)
    before = table_of(sides_of(a, b)).value
    if side == "a":
        a = random_map(kind, a.shape[1], rng)(a)
    else:
        b = random_map(kind, b.shape[1], rng)(b)
    after = table_of(sides_of(a, b)).value
    claimed = [name for name, measure in KNOWN.items() if kind in measure.invariances]
    assert claimed
    for name in claimed:
        # The mapped vectors are rounded to float32; two neighbours may change places by it.
        assert after[name] == pytest.approx(before[name], abs=3e-4), name


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_claimed_does_not_hold(kind: str) -> None:
    a, b = related(seed=4)
    before = table_of(sides_of(a, b)).value
    moved = [random_map(kind, a.shape[1], np.random.default_rng(seed))(a) for seed in range(3)]
    changes = [table_of(sides_of(each, b)).value for each in moved]
    for name, measure in KNOWN.items():
        if kind not in measure.invariances:
            assert max(abs(after[name] - before[name]) for after in changes) > 1e-3, name


def test_the_values_of_items_have_its_value_as_their_mean(
    sides: Sides, table: pd.DataFrame
) -> None:
    for wanted in ALL:
        name = OWN_MEASURE.name if wanted is OWN else wanted
        if KNOWN[name].per_item:
            values = item_values(sides, wanted, k=10)
            assert values.shape == (120,)
            assert values.dtype == np.float32
            assert values.mean(dtype=np.float64) == pytest.approx(table.value[name], rel=1e-6)
        else:
            with pytest.raises(ValueError, match=f"{name} has one value for both spaces.*jaccard"):
                item_values(sides, wanted, k=10)


@pytest.mark.parametrize("given", ALL, ids=[*KNOWN])
def test_it_gives_the_same_alone_and_with_two_threads(
    sides: Sides, table: pd.DataFrame, given: object
) -> None:
    row = table_of(sides, [given], n_permutations=20, n_jobs=2)
    pd.testing.assert_frame_equal(row, table.loc[row.index], check_exact=True)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("given", ALL, ids=[*KNOWN])
def test_its_progress_goes_from_0_to_1_and_can_cancel(
    sides: Sides, given: object, n_jobs: int
) -> None:
    told: list[float] = []
    options = {"n_permutations": 3, "n_jobs": n_jobs}
    table_of(sides, [given], progress=lambda _, share: told.append(share), **options)
    assert (told[0], told[-1]) == (0, 1)
    assert told == sorted(told)
    for stop in (0.0, 0.5):

        def cancel(_: str, share: float, stop: float = stop) -> None:
            if share >= stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            table_of(sides, [given], progress=cancel, **options)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_the_smallest_spaces_give_a_value_or_a_reason(n: int) -> None:
    table = table_of(sides_of(*related(n=n), k_max=n - 1), k=n - 1, n_permutations=3)
    refused = table["value"].isna()
    assert (table["note"][refused] != "").all()
    assert (table["n"][refused] == 0).all()
    assert {*table.index[~refused]} >= {"jaccard", "rbo", "procrustes_angular", "gulp"}
    assert refused[OWN_MEASURE.name] == (n < 4)


def test_ones_own_stands_wherever_a_name_does(sides: Sides, table: pd.DataFrame) -> None:
    mixed = table_of(sides, ["rbo", OWN, MEASURES["jaccard"]], n_permutations=20)
    pd.testing.assert_frame_equal(mixed, table.loc[["rbo", "length_gap", "jaccard"]])
    namesake = Family((MEASURES["rbo"],), length_outcomes)
    with pytest.raises(ValueError, match="two measures are called 'rbo': give yours another name"):
        table_of(sides, ["rbo", namesake])
    with pytest.raises(ValueError, match="measure='length_gap' is not known: there are"):
        table_of(sides, OWN_MEASURE)
    with pytest.raises(ValueError, match=r"has 2 measures \(length_gap, rbo\)"):
        item_values(sides, Family((OWN_MEASURE, MEASURES["rbo"]), length_outcomes), k=3)


def test_euclidean_neighbors_do_not_see_a_translation() -> None:
    a, b = related()
    here, there = (
        table_of(sides_of(*both, metric="euclidean")).value for both in ((a, b), (a + 2, b - 1))
    )
    for name in ("jaccard", "overlap", "rbo", "average_overlap", "rank_similarity", "rsa"):
        assert there[name] == pytest.approx(here[name], abs=3e-4)


def test_a_comparison_takes_ones_own(sides: Sides) -> None:
    both = compare(sides.vectors_a, sides.vectors_b, k_max=20)
    assert [*both.measures(["rsa", OWN], n_permutations=2)["measure"]] == ["rsa", "length_gap"]
    np.testing.assert_array_equal(both.item_values(OWN), item_values(sides, OWN, k=10))
