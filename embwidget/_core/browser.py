"""Python inside a browser: no threads, and neither numba nor what stands on it."""

import sys

DEFAULT_REDUCER = "tsne" if sys.platform == "emscripten" else "umap"
"""Draws the final maps where nobody says what is to."""
