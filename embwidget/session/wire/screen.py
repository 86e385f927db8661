"""The screen as the kernel sees it: what it has been sent, and how."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison import Comparison
from embwidget.knn import KNNGraph
from embwidget.session.wire import encode
from embwidget.session.wire.pieces import pieces_of

# Up to this size bulk travels unasked, so that a click and the slider need no kernel; above it the
# screen asks for what it shows. Measured in JupyterLab with a busy kernel: a megabyte takes 12 ms
# of the page's main thread and 0.1 s to come. The graph of 50,000 items and k = 50, 30 MB, holds
# the page up for 0.4 s in four pieces; that of 100,000 would for 1.1 s, and keep all answers
# waiting for 8 s, to save 0.2 s at a click.
MAX_BULK_BYTES = 32_000_000


Made = tuple[dict[str, Any], list[NDArray[Any]]]
"""Header and arrays of one bulk message."""


class Screen:
    """Sends the messages of `FromKernel` in ``js/src/wire/model.ts``.

    Bulk travels once, when it becomes known, and bears a version. A page that comes later learns
    from `send_holdings` what there is, and asks for what it lacks.

    Parameters
    ----------
    send : callable
        ``send(content, buffers)`` to the page.

    Attributes
    ----------
    pair : list of int
        Positions of the two spaces that are compared, among all.
    """

    def __init__(self, send: Callable[[dict[str, Any], list[memoryview]], None]) -> None:
        self._send_message = send
        self.pair = [0, 1]
        self._whole = threading.Lock()
        self._versions: dict[str, int] = {}
        self._makers: dict[str, Callable[[], Made]] = {}

    def send_positions(
        self,
        positions_a: NDArray[Any],
        positions_b: NDArray[Any],
        reducer: str,
        *,
        turned: bool = True,
    ) -> None:
        """Send both maps.

        Parameters
        ----------
        positions_a, positions_b : (n_samples, 2) float
        reducer : str
            Name of what drew them.
        turned : bool, default=True
            Whether B was turned onto A, and both have the same coordinates.
        """

        def make() -> Made:
            """Map A and map B, (n_samples, 2) uint16 each."""
            squares = encode.unit_square(positions_a, positions_b, turned=turned)
            return {"reducer": reducer}, list(squares)

        self._offer("positions", make)

    def send_shared(self, comparison: Comparison) -> None:
        """Send how many neighbours are shared at every k, if that is small enough."""
        n_items, k_max, pair = len(comparison.a), comparison.k_max, self.pair

        def make() -> Made:
            """Counts, (k_max, n_samples) uint8."""
            counts = np.empty((k_max, n_items), dtype=np.uint8)
            for k in range(1, k_max + 1):
                counts[k - 1] = comparison.shared(k)
            return {"k_max": k_max, "pair": pair}, [counts]

        if n_items * k_max <= MAX_BULK_BYTES:
            self._offer("shared", make)

    def send_graph(self, comparison: Comparison) -> None:
        """Send the neighbours of all items, if that is small enough."""
        n_items, k_max, pair = len(comparison.a), comparison.k_max, self.pair
        dtype = encode.index_dtype(n_items)

        def make() -> Made:
            """Indices and distances of A and of B, (n_samples, k_max) uint16 or uint32, float32."""
            arrays = _lists_of((comparison.graph_a, comparison.graph_b), dtype)
            return {"k_max": k_max, "dtype": dtype.name, "pair": pair}, arrays

        if 2 * n_items * k_max * (dtype.itemsize + 4) <= MAX_BULK_BYTES:
            self._offer("graph", make)

    def send_frames(self, maps: NDArray[Any], reducer: str, kept: list[float | None]) -> None:
        """Send the maps of several spaces.

        Parameters
        ----------
        maps : (n_spaces, n_samples, 2 or 3) float
            On the same axes.
        reducer : str
        kept : list of float or None
            Share of the neighbours of each space that are near on its map.
        """

        def make() -> Made:
            """Map of each space, (n_samples, 2 or 3) uint16."""
            header = {"reducer": reducer, "n_components": maps.shape[2], "kept": kept}
            return header, list(encode.unit_box(maps))

        self._offer("frames", make)

    def send_matrix(self, agreement: NDArray[np.floating[Any]], chance: list[float]) -> None:
        """Send how far all pairs agree, (n_pairs, k_max, 3) float, and chance at each k."""

        def make() -> Made:
            """Values, (n_pairs, k_max, 3) float32."""
            header = {"k_max": agreement.shape[1], "chance": chance}
            return header, [np.ascontiguousarray(agreement, "<f4")]

        self._offer("matrix", make)

    def send_graphs(self, graphs: Sequence[KNNGraph]) -> bool:
        """Send the neighbours of several spaces, if all are small enough; returns whether."""
        n_items, k_max = graphs[0].indices.shape
        dtype = encode.index_dtype(n_items)

        def make() -> Made:
            """Indices and distances of each, (n_samples, k_max) uint16 or uint32, float32."""
            return {"k_max": k_max, "dtype": dtype.name}, _lists_of(graphs, dtype)

        is_small: bool = len(graphs) * n_items * k_max * (dtype.itemsize + 4) <= MAX_BULK_BYTES
        if is_small:
            self._offer("graphs", make)
        return is_small

    def forget(self, *names: str) -> None:
        """Offer this bulk no more, until there is another."""
        for name in names:
            self._makers.pop(name, None)

    def send_holdings(self) -> None:
        """Say which versions of what have been sent."""
        versions = {name: self._versions[name] for name in self._makers}
        self._send({"type": "holds", "versions": versions})

    def send_again(self, names: Any) -> None:
        """Send the bulk of these names to a page that lacks it; unknown names are left out."""
        wanted = names if isinstance(names, list) else []
        # Each once, however often it is named.
        for name in [name for name in self._makers if name in wanted]:
            self._send_bulk(name)

    def send_named(self, positions: dict[str, NDArray[np.int64]], n_items: int) -> None:
        """Send the named selections, (n_selected,) int64 each, sorted and unique."""
        written = [encode.encode_selection(rows, n_items) for rows in positions.values()]
        encodings, buffers = [each[0] for each in written], [each[1] for each in written]
        content = {"type": "selections", "names": list(positions), "encodings": encodings}
        self._send(content, *buffers)

    def reply(self, request: Any, result: Any, arrays: list[Any], error: str) -> None:
        """Answer the question of this number, with arrays of any shape and dtype."""
        content = {"type": "reply", "request": request, "result": result, "error": error}
        self._send(content, *arrays)

    def _offer(self, name: str, make: Callable[[], Made]) -> None:
        """Send bulk of the next version, arrays of any (shape, ...) and dtype, and remember it."""
        self._versions[name] = self._versions.get(name, 0) + 1
        self._makers[name] = make
        self._send_bulk(name)

    def _send_bulk(self, name: str) -> None:
        header, arrays = self._makers[name]()
        self._send({"type": name, "version": self._versions[name]} | header, *arrays)

    def _send(self, content: dict[str, Any], *arrays: Any) -> None:
        # The pieces of two messages must not mix.
        with self._whole:
            for piece, buffers in pieces_of(content, [encode.as_octets(array) for array in arrays]):
                self._send_message(piece, buffers)


def _lists_of(graphs: Sequence[KNNGraph], dtype: "np.dtype[Any]") -> list[NDArray[Any]]:
    """Indices and distances of each graph, (n_samples, k_max) each."""
    arrays = []
    for graph in graphs:
        arrays.append(np.ascontiguousarray(graph.indices, dtype=dtype))
        arrays.append(np.ascontiguousarray(graph.distances, dtype="<f4"))
    return arrays
