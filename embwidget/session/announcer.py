"""Tells the screen what the work found."""

from typing import Any, Protocol

from embwidget._core.progress import Cancelled, Progress
from embwidget.comparison import Comparison, Pair
from embwidget.session import infos
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import Maps, Numbers
from embwidget.session.publisher import Publisher
from embwidget.session.shown import Map
from embwidget.session.wire import tables
from embwidget.session.wire.screen import Screen
from embwidget.session.worker import said_of


class Found(Protocol):
    """What there is of a pair at the moment.

    Attributes
    ----------
    pair : Pair
    comparison : Comparison or None
        None until the neighbours are known.
    given_maps : pair of (n_items, 2) float32 or None
        Those that no reducer draws.
    numbers : Numbers
    """

    pair: Pair
    given_maps: tuple[Map | None, Map | None]
    numbers: Numbers
    comparison: Comparison | None

    def run(self, listener: Any, progress: Progress, *, watched: bool) -> None:
        """Find all of it."""

    def measure_rest(self, listener: Any, progress: Progress) -> None:
        """Find the numbers that were left out."""


class Announcer:
    """Publishes what was found, from the thread of the work and with the lock held.

    Parameters
    ----------
    found : Found
    columns : MetadataColumns
    screen : Screen
    publisher : Publisher

    Attributes
    ----------
    failed : str
        How the work failed; "" = it did not.
    """

    def __init__(
        self, found: Found, columns: MetadataColumns, screen: Screen, publisher: Publisher
    ) -> None:
        self._found = found
        self._columns = columns
        self._screen = screen
        self._publisher = publisher
        self.failed = ""

    def maps_found(self, maps: Maps, reducer: str) -> None:
        """Show both maps, (n_items, 2) float32 each."""
        self._publisher.publish(reducer=reducer)
        turned = self._found.given_maps[1] is None
        self._screen.send_positions(*maps, reducer, turned=turned)

    def neighbors_found(self, comparison: Comparison) -> None:
        """Show what both spaces share."""
        # The counts first, or the page would ask for them; the graph last, for it is large.
        self._screen.send_shared(comparison)
        self._publisher.publish(**self.neighbors_now(comparison))
        self._screen.send_graph(comparison)

    def pictures_tried(self, note: str) -> None:
        """Say which pictures cannot be read."""
        self._publisher.publish(image_note=note)

    def number_found(self) -> None:
        """Show how far the numbers are."""
        self._publisher.publish(**self.numbers_now())

    def ended(self, error: BaseException | None) -> None:
        """Show that the work is over, and what it ended by."""
        # A share of 1 would tell the page that all is there.
        share = 1.0 if error is None else min(self._publisher.state.progress["share"], 0.99)
        self._found.numbers.stop()
        failed = error is not None and not isinstance(error, Cancelled)
        wrong = {"error": said_of(error)} if error is not None and failed else {}
        self.failed = wrong.get("error", "").rstrip(".")
        self._publisher.publish(
            **self.numbers_now(), progress=infos.progress_info("", share, None), **wrong
        )

    def run(self, progress: Progress, *, watched: bool) -> None:
        """Do the work, numbers only where somebody looks on."""
        self._found.run(self, progress, watched=watched)

    def measure_rest(self, progress: Progress) -> None:
        """Find the numbers that the work left out."""
        self._found.measure_rest(self, progress)

    def neighbors_now(self, comparison: Comparison) -> dict[str, Any]:
        """Fields of the state that the neighbours fill."""
        pair = self._found.pair
        return {
            "space_a": infos.space_info(pair.a, "A", pair.metric_a, comparison.graph_a),
            "space_b": infos.space_info(pair.b, "B", pair.metric_b, comparison.graph_b),
            "curve": infos.curve_points(comparison),
            "mean_shared": comparison.mean_shared_by_k().tolist(),
            **self.numbers_now(),
        }

    def numbers_now(self) -> dict[str, Any]:
        """Fields of the state that the numbers fill."""
        numbers, graphs = self._found.numbers, self._found.comparison is not None
        return {
            "numbers": numbers.infos,
            "chance": numbers.chance,
            "quality": tables.quality_info(numbers.lead),
            "faithfulness": numbers.faithfulness,
            "columns": infos.column_infos(self._columns, numbers, graphs=graphs),
        }
