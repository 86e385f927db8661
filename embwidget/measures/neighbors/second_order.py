"""Second-order cosine: how alike an item's similarities to its neighbours are in both spaces."""

import numpy as np
from numpy.typing import NDArray

from embwidget.measures.measure import (
    ROTATION_AND_SCALE,
    Family,
    Float64,
    Measure,
    Order,
    Outcome,
    Request,
    Sides,
)
from embwidget.measures.pairs.products import pair_products

_BLOCK_ROWS = 1 << 12


def second_order_items(
    sides: Sides, k: int, rows: NDArray[np.intp], order: Order | None = None
) -> Float64:
    """Second-order cosine of some items.

    Parameters
    ----------
    sides : Sides
    k : int
        Neighbours of each space that stand for the item.
    rows : (m,) intp
        The items.
    order : (n_samples,) intp, optional
        A permutation: item i takes the place of item ``order[i]`` in B.

    Returns
    -------
    (m,) float64, in [-1, 1]
        Cosine of the item's two vectors of cosines, to all that are among its k nearest in A or in
        B; 0 where one of these vectors is zero.
    """
    order = np.arange(sides.n_samples) if order is None else order
    renamed = np.append(np.argsort(order), -1)
    parts = [rows[start : start + _BLOCK_ROWS] for start in range(0, len(rows), _BLOCK_ROWS)]
    return np.concatenate([_block(sides, k, part, order, renamed) for part in parts])


def _block(
    sides: Sides, k: int, rows: NDArray[np.intp], order: Order, renamed: NDArray[np.intp]
) -> Float64:
    """Second-order cosine (m,) of a block of items; `renamed` undoes the order and keeps -1."""
    near_a = sides.indices_a[rows, :k].astype(np.intp)
    near_b = renamed[sides.indices_b[order[rows], :k]]
    # Who is in both lists counts once.
    known = (near_b[:, :, None] == near_a[:, None, :]).any(axis=2)
    both = np.hstack([near_a, np.where(known, -1, near_b)])
    in_b = np.where(both >= 0, order[both], -1)
    cosines_a = pair_products(sides.numbers_a, rows, both, cosine=True)
    cosines_b = pair_products(sides.numbers_b, order[rows], in_b, cosine=True)
    lengths = np.sqrt(np.vecdot(cosines_a, cosines_a) * np.vecdot(cosines_b, cosines_b))
    products = np.vecdot(cosines_a, cosines_b)
    values: Float64 = np.divide(products, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return values.clip(-1.0, 1.0)


def second_order_outcomes(names: list[str], request: Request) -> dict[str, Outcome]:
    """Compute it for a sample of the items, with all items as neighbours."""
    sides, k, rows = request.sides, request.k, request.sample()
    what = "second-order cosine"
    request.progress(what, 0.0)
    items = second_order_items(sides, k, rows)
    permuted = request.permuted(
        sides.n_samples,
        what,
        lambda order: second_order_items(sides, k, rows, order).mean(keepdims=True),
    )
    n, sampled = len(rows), len(rows) < sides.n_samples
    return {
        name: Outcome(
            float(items.mean()),
            n,
            permuted=permuted.reshape(-1),
            items=items,
            sampled=sampled,
            note=f"mean over {n} sampled items, among all as neighbours" if sampled else "",
        )
        for name in names
    }


FAMILY = Family(
    (
        Measure(
            name="second_order_cosine",
            title="Second-order cosine",
            low=-1.0,
            invariances=ROTATION_AND_SCALE,
            needs_graph=True,
            per_item=True,
            cost="m k d",
            source="Hamilton, Leskovec and Jurafsky 2016, Cultural Shift or Linguistic Drift?: "
            "of the cosines to the union of both neighbourhoods",
        ),
    ),
    second_order_outcomes,
    0.12,
    lambda sides, _, k: second_order_items(sides, k, np.arange(sides.n_samples)),
)
