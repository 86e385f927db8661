"""What may become of a file of vectors while it is worked with, in the folder of the process."""

import os
from pathlib import Path

import numpy as np

# Just enough for the cache.
SHAPE = (1300, 128)
OLD, NEW = np.random.default_rng(0).normal(size=(2, *SHAPE)).astype(np.float32)
PATH = Path("x.npy")


def overwritten() -> None:
    np.save(PATH, NEW)


def shortened() -> None:
    np.save(PATH, NEW[:50])


def truncated() -> None:
    os.truncate(PATH, 1000)


def grown() -> None:
    with PATH.open("ab") as file:
        file.write(bytes(100_000))


def deleted() -> None:
    PATH.unlink()


def replaced() -> None:
    np.save("new.npy", NEW)
    Path("new.npy").replace(PATH)


ACTS = (overwritten, shortened, truncated, grown, deleted, replaced)
