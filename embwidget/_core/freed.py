"""Memory that was freed, back to the system."""

import ctypes
import sys


def hand_back() -> None:
    """Give back what the C library keeps of memory that was freed.

    Each thread frees into an arena of its own, which glibc hardly ever makes smaller: a kernel
    whose cells run again and again would keep hundreds of megabytes that hold nothing. Other
    libraries do without.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
