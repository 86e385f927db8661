"""Randomness that starts from one seed, and is as it was afterwards."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from embwidget._core.optional import import_extra


@contextmanager
def seeded(seed: int, n_jobs: int | None) -> Iterator[None]:
    """Set every generator that a training draws from, and torch's threads, until the end.

    Parameters
    ----------
    seed : int
    n_jobs : int or None
        Threads of torch; None = as many as it is set to.
    """
    torch = import_extra("torch", extra="train")
    before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002 (what samplers of pytorch-metric-learning draw from)
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 (as above)
        if n_jobs is not None:
            torch.set_num_threads(n_jobs)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
            random.setstate(before)
            np.random.set_state(numpy_before)  # noqa: NPY002 (as above)
