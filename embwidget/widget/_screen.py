"""The screen as the kernel sees it: what it has been sent, and how."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget.comparison import Comparison
from embwidget.widget import _encode

# Above these sizes the screen asks for what it shows instead of getting all of it.
MAX_SHARED_BYTES = 16_000_000
MAX_GRAPH_ENTRIES = 1_300_000


class Screen:
    """Sends the messages of `FromKernel` in ``js/src/model.ts``.

    Parameters
    ----------
    send : callable
        ``send(content, buffers=...)`` of the widget.
    """

    def __init__(self, send: Callable[..., None]) -> None:
        self._send_message = send
        self._selection: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def send_positions(
        self, positions_a: NDArray[Any], positions_b: NDArray[Any], reducer: str
    ) -> None:
        """Send both maps, (n_samples, 2) float each."""
        arrays = _encode.unit_square(positions_a, positions_b)
        self._send({"type": "positions", "reducer": reducer}, *arrays)

    def send_graphs(self, comparison: Comparison) -> None:
        """Send shared counts and neighbours, as far as they are small enough to travel whole."""
        n_items, k_max = len(comparison.a), comparison.k_max
        if n_items * k_max <= MAX_SHARED_BYTES:
            counts = np.empty((k_max, n_items), dtype=np.uint8)
            for k in range(1, k_max + 1):
                counts[k - 1] = comparison.shared(k)
            self._send({"type": "shared", "k_max": k_max}, counts)
        if n_items * k_max <= MAX_GRAPH_ENTRIES:
            arrays = []
            for graph in (comparison.graph_a, comparison.graph_b):
                arrays.append(_encode.as_indices(graph.indices, n_items))
                arrays.append(np.ascontiguousarray(graph.distances, dtype="<f4"))
            self._send({"type": "graph", "k_max": k_max, "dtype": arrays[0].dtype.name}, *arrays)

    def send_selection(self, selection: NDArray[np.int64], n_items: int) -> None:
        """Send the selected positions, sorted and unique."""
        self._selection = selection
        encoding, buffer = _encode.encode_selection(selection, n_items)
        self._send({"type": "selection", "encoding": encoding}, buffer)

    def receive_selection(
        self, encoding: str, buffers: list[Any], n_items: int
    ) -> NDArray[np.int64]:
        """Positions that the screen selected; ValueError when they cannot be read."""
        if len(buffers) != 1:
            msg = f"a selection comes with one buffer, not {len(buffers)}"
            raise ValueError(msg)
        self._selection = _encode.decode_selection(encoding, buffers[0], n_items)
        return self._selection

    def shows_selection(self, selection: NDArray[np.int64]) -> bool:
        """Whether this is what the screen has selected already, so that it need not hear it."""
        return np.array_equal(selection, self._selection)

    def reply(self, request: Any, result: Any, arrays: list[Any], error: str) -> None:
        """Answer the question of this number."""
        content = {"type": "reply", "request": request, "result": result, "error": error}
        self._send(content, *arrays)

    def _send(self, content: dict[str, Any], *arrays: Any) -> None:
        self._send_message(content, buffers=[memoryview(array) for array in arrays])
