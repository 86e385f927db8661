"""Where outside of the package a call came from."""

import sys


def frames_inside() -> int:
    """Frames from the caller of this up to one outside of the package, for a warning to name."""
    package = __name__.partition(".")[0]
    frame, depth = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        frame, depth = frame.f_back, depth + 1
    return depth
