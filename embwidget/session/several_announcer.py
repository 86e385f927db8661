"""Tells the screen what was found about several spaces, and about the two that are looked at."""

from typing import Any

from embwidget.comparison import Comparison
from embwidget.series.agreement import PairCurves
from embwidget.session import infos
from embwidget.session.announcer import Announcer
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.publisher import Publisher
from embwidget.session.several import Frames, Two
from embwidget.session.several_work import SeveralWork
from embwidget.session.wire.screen import Screen
from embwidget.session.wire.state import PairsTestInfo, SpaceQualityInfo

# What belongs to a pair, and is sent when it is looked at.
_OF_THE_PAIR = ("shared", "graph")


class SeveralAnnouncer(Announcer):
    """Publishes what `SeveralWork` found.

    Parameters
    ----------
    work : SeveralWork
    columns : MetadataColumns
    screen : Screen
    publisher : Publisher
    """

    def __init__(
        self, work: SeveralWork, columns: MetadataColumns, screen: Screen, publisher: Publisher
    ) -> None:
        super().__init__(work, columns, screen, publisher)
        self._work = work
        self._has_graphs = False
        screen.pair = list(work.two)

    def frames_found(self, maps: Frames, reducer: str, kept: list[float | None]) -> None:
        """Show the maps of all spaces, (n_spaces, n_items, n_components) float32."""
        self._publisher.publish(reducer=reducer)
        self._screen.send_frames(maps, reducer, kept)

    def space_found(self) -> None:
        """Show how the neighbours of one more space were found; send all of them with the last."""
        several = self._work.several
        self._publisher.publish(spaces=infos.space_infos(several.series, several.graphs))
        graphs = [graph for graph in several.graphs if graph is not None]
        if len(graphs) == len(several):
            self._has_graphs = self._screen.send_graphs(graphs)
            if self._has_graphs:
                self._screen.forget("graph")

    def neighbors_found(self, comparison: Comparison) -> None:
        """Show what both spaces of the pair share; the page may have their neighbours already."""
        self._screen.send_shared(comparison)
        self._publisher.publish(**self.neighbors_now(comparison))
        if not self._has_graphs:
            self._screen.send_graph(comparison)

    def agreement_found(self, curves: PairCurves) -> None:
        """Show how far all pairs agree."""
        self._screen.send_matrix(curves.values, curves.chance.tolist())

    def quality_found(self, quality: SpaceQualityInfo | None) -> None:
        """Show how good each space is by the labels."""
        self._publisher.publish(space_quality=quality)

    def test_found(self, test: PairsTestInfo) -> None:
        """Show whether pairs agree by more than chance."""
        self._publisher.publish(pairs_test=test)

    def turn(self, two: Two) -> bool:
        """Look at two other spaces, and show them; returns whether they are others."""
        if not self._work.turn(two):
            return False
        self._show_pair()
        return True

    def _show_pair(self) -> None:
        self._screen.pair = list(self._work.two)
        comparison = self._work.comparison
        if comparison is None:
            pair = self._work.pair
            now: dict[str, Any] = {
                "space_a": infos.space_info(pair.a, "A", pair.metric_a, None),
                "space_b": infos.space_info(pair.b, "B", pair.metric_b, None),
                "curve": [],
                "mean_shared": [],
                **self.numbers_now(),
            }
            self._screen.forget(*_OF_THE_PAIR)
        else:
            now = self.neighbors_now(comparison)
        # In one message, so that a page never sees one pair's numbers beside another's name.
        self._publisher.publish(pair_shown=list(self._work.two), **now)
        if comparison is not None:
            self._screen.send_shared(comparison)
            if not self._has_graphs:
                self._screen.send_graph(comparison)
