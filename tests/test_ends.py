"""Where the colours of a numeric column end: what lies far out is counted and not drawn by."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.wire.ends import ends_of

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(size=1000)


def header(values) -> dict:
    return MetadataColumns(pd.DataFrame({"c": values}), "").encode("c")[0]


@pytest.mark.parametrize(
    ("values", "below", "above"),
    [
        (np.append(NORMAL, 1e9), 0, 1),
        (np.append(NORMAL, [-1e9, 1e9, 2e9]), 1, 2),
        ([1, 2, 3, 4, 1e9], 0, 1),
        (np.append(RNG.integers(0, 2, 100), 1e6), 0, 1),
        # Nearly all of a column that counts something is 0.
        (np.append(np.zeros(5000), [*range(1, 10), 1e9]), 0, 1),
    ],
)
def test_a_value_far_out_is_beyond_the_end(values, below, above) -> None:
    found = header(values)
    assert (found.get("below", 0), found.get("above", 0)) == (below, above)
    inside = np.sort(np.asarray(values, np.float32))[below : len(values) - above]
    assert (found["min"], found["max"]) == (inside[0], inside[-1])


@pytest.mark.parametrize(
    "values",
    [
        NORMAL,
        RNG.random(1000),
        RNG.exponential(size=1000),
        np.append(NORMAL, 1000 + RNG.normal(size=100)),  # a second cluster
        RNG.random(1000) < 0.01,  # 0 and 1, and hardly any 1
        np.append(np.ones(100), 5),
        [7.0],
        [0.0, 1e9],
        [],
    ],
)
def test_nothing_else_is(values) -> None:
    known = np.asarray(values, np.float32)
    found = ends_of(known)
    low, high = (known.min(), known.max()) if len(known) else (0, 0)
    assert found == (low, high, 0, 0)


def test_a_heavy_tail_leaves_most_items_more_than_one_colour() -> None:
    prices = np.exp(2 * RNG.normal(size=10_000))
    found = ends_of(prices.astype(np.float32))
    assert 0 < found.above <= 200
    # Half of them are in the first tenth of the colours or beyond, and not in the first thousandth.
    assert np.median(prices) > found.high / 100 > prices.max() / 5000


def test_infinite_values_are_neither_above_nor_below() -> None:
    found = header([*NORMAL, np.inf, -np.inf, 1e9, np.nan])
    assert (found["infinite"], found["missing"], found["above"]) == (2, 3, 1)
    assert "below" not in found


@settings(deadline=None)
@given(arrays(np.float32, st.integers(1, 80), elements=st.floats(-1e6, 1e6, width=32)))
def test_ends_occur_and_few_lie_beyond(values) -> None:
    low, high, below, above = ends_of(values)
    assert {low, high} <= set(values.tolist())
    assert (below, above) == ((values < low).sum(), (values > high).sum())
    assert max(below, above) <= max(1, len(values) // 50)
    mirrored = ends_of(-values)
    assert (mirrored.low, mirrored.below) == (-high, above) or len(values) % 2 == 0
