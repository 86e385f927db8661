"""In which order a loader of torch brings the items of its dataset, where that can be known."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown


class LoaderOrder(NamedTuple):
    """What is known of the order.

    Attributes
    ----------
    is_known : bool
    why : str
        Why it is not, as the end of a sentence.
    positions : (n_rows,) intp or None
        The item of each row; None = all from the first on, as they come.
    n_left_out : int
        Items that make no whole batch, where those are dropped.
    """

    is_known: bool
    why: str = ""
    positions: NDArray[np.intp] | None = None
    n_left_out: int = 0


def is_loader(x: Any) -> bool:
    """Whether it has the parts of a DataLoader."""
    return all(hasattr(x, name) for name in ("dataset", "sampler", "batch_sampler", "__iter__"))


def order_of(loader: Any) -> LoaderOrder:
    """Say in which order a loader goes through its dataset."""
    from torch.utils.data import BatchSampler, DataLoader, IterableDataset

    if isinstance(loader.dataset, IterableDataset) or not hasattr(loader.dataset, "__getitem__"):
        return LoaderOrder(False, f"{type(loader.dataset).__name__} gives items as a stream")
    if isinstance(loader, DataLoader) and type(loader).__iter__ is not DataLoader.__iter__:
        return LoaderOrder(False, f"{type(loader).__name__} orders them in a way of its own")
    if not isinstance(loader, DataLoader):
        return LoaderOrder(False, f"{type(loader).__name__} is no DataLoader")
    if getattr(loader, "in_order", True) is False and loader.num_workers > 0:
        return LoaderOrder(False, "in_order=False lets its workers overtake each other")
    batches = loader.batch_sampler
    if batches is None:
        return _order_of_sampler(loader.sampler)
    if type(batches) is BatchSampler:
        order = _order_of_sampler(batches.sampler)
        if not order.is_known:
            return order
        n_rows = _n_rows(len(batches.sampler), batches.batch_size, batches.drop_last)
        positions = order.positions
        all_come = n_rows == len(loader.dataset) and positions is None
        rows = np.arange(n_rows) if positions is None else positions[:n_rows]
        n_left_out = len(batches.sampler) - n_rows
        return LoaderOrder(True, positions=None if all_come else rows, n_left_out=n_left_out)
    if isinstance(batches, (list, tuple)):
        positions = np.array([row for batch in batches for row in batch], np.intp)
        return LoaderOrder(True, positions=positions)
    return LoaderOrder(
        False, f"its batch_sampler, {type(batches).__name__}, may take them in any order"
    )


def _order_of_sampler(sampler: Any) -> LoaderOrder:
    from torch.utils.data import SequentialSampler

    name = type(sampler).__name__
    if type(sampler) is SequentialSampler:
        return LoaderOrder(True)
    if isinstance(sampler, (list, tuple, range, np.ndarray)):
        return LoaderOrder(True, positions=np.array(sampler, np.intp))
    if "Random" in name:
        return LoaderOrder(False, f"its {name} shuffles them")
    return LoaderOrder(False, f"its sampler, {name}, may take them in any order")


def _n_rows(n_sampled: int, batch_size: int, drop_last: bool) -> int:
    return n_sampled // batch_size * batch_size if drop_last else n_sampled


def generators_of(loader: Any) -> list[Any]:
    """Generators of random numbers that a loader draws from."""
    batches = getattr(loader, "batch_sampler", None)
    parts = (loader, loader.sampler, batches, getattr(batches, "sampler", None))
    found = [getattr(part, "generator", None) for part in parts]
    return list({id(each): each for each in found if each is not None}.values())


def refusal(order: LoaderOrder, what: str) -> ValueError:
    """Say that what is given cannot belong to rows of an order that nobody knows."""
    remedy = "give a loader with shuffle=False, or ids= a name, a position or a function of a batch"
    return ValueError(f"{what}: which item a row is cannot be known, {order.why}: {remedy}")


def of_items(loader: Any, rows: NDArray[np.intp]) -> Any:
    """Make a loader of some items of the same dataset, at rows (n_rows,) intp, in that order."""
    from torch.utils.data import DataLoader, SequentialSampler, Subset

    order = order_of(loader)
    if (
        not order.is_known
        or loader.batch_size is None
        or type(loader.sampler) is not SequentialSampler
    ):
        msg = (
            f"select={shown(rows.tolist())}: a loader has to have shuffle=False and no own sampler"
        )
        raise ValueError(msg)
    return DataLoader(
        Subset(loader.dataset, rows.tolist()),
        batch_size=loader.batch_size,
        collate_fn=loader.collate_fn,
        num_workers=loader.num_workers,
        worker_init_fn=loader.worker_init_fn,
        pin_memory=loader.pin_memory,
    )
