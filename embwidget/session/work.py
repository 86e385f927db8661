"""All that is found out about a pair, one step after the other."""

import threading
from typing import Protocol

from embwidget._core.progress import Cancelled, Progress, during, span
from embwidget._core.threads import can_start
from embwidget.comparison import Comparison, Pair, Settings, compare_pair
from embwidget.comparison.unique import OneOfEach, for_all, of_each
from embwidget.projection.maps import reducer_name
from embwidget.projection.pair import preview_pair, project_pair
from embwidget.session.answers.images import Images
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import NUMBERS, Maps, Numbers
from embwidget.session.schedule import schedule_of
from embwidget.session.shown import AS_GIVEN, Map, Shown, given_maps
from embwidget.session.worker import one_line

FIRST_REDUCER = "pca"
"""Quick at every size, and the start of most others."""

# Draws both maps sooner than chance and groups are found, and a map is what a person waits for; the
# others may take a minute.
_SOON_DRAWN = "umap"

# From so many items on, a search on all cores would hold up the page that draws the first map; it
# waits for the page, though not for one that does not answer.
_MANY_ITEMS = 20_000
_PAGE_SECONDS = 2.0


class Listener(Protocol):
    """Who hears of what was found, from the thread of the work and with the lock held."""

    def maps_found(self, maps: Maps, reducer: str) -> None:
        """Both maps, (n_items, 2) float32 each, and the name of what drew them."""

    def neighbors_found(self, comparison: Comparison) -> None:
        """Both neighbour graphs."""

    def pictures_tried(self, note: str) -> None:
        """How many pictures cannot be read; "" = all can."""

    def number_found(self) -> None:
        """One of the numbers is known, or will not be."""


class Work:
    """Finds a first map, neighbours, numbers and final maps of a pair.

    Parameters
    ----------
    compared : Pair or Comparison
        The neighbours of a comparison are not searched again.
    columns : MetadataColumns
    images : Images or None
    settings : Settings
    shown : Shown
    changed : Condition
        Lock of what is found, notified of each step.

    Attributes
    ----------
    pair : Pair
    comparison : Comparison or None
        None until the neighbours are known.
    maps : pair of (n_items, 2) float32, or None
        Those of the moment, B turned onto A.
    given_maps : pair of (n_items, 2) float32 or None
        Those that no reducer draws.
    numbers : Numbers
    drawn : Event
        To be set when the first map is on the screen: what is slow may begin.
    """

    def __init__(
        self,
        compared: Pair | Comparison,
        columns: MetadataColumns,
        images: Images | None,
        settings: Settings,
        shown: Shown,
        *,
        changed: threading.Condition,
    ) -> None:
        self._given = compared if isinstance(compared, Comparison) else None
        self._images = images
        self.pair = compared.pair if isinstance(compared, Comparison) else compared
        self._settings = settings
        self._reducer = shown.reducer
        self._drawn_by = shown.drawn_by or AS_GIVEN
        self.given_maps = given_maps(self.pair, shown.positions)
        self._changed = changed
        self.comparison: Comparison | None = None
        self.maps: Maps | None = None
        self.drawn = threading.Event()
        self.numbers = Numbers(
            self.known_comparison,
            columns,
            label=self.pair.label or "",
            text=columns.on_screen(shown.text or ""),
            n_jobs=settings.n_jobs,
            random_state=settings.random_state,
        )

    def known_comparison(self) -> Comparison:
        """Return the comparison; ValueError while the neighbours are not known."""
        if self.comparison is None:
            msg = "the nearest neighbours are not known yet"
            raise ValueError(msg)
        return self.comparison

    def run(self, listener: Listener, progress: Progress, *, watched: bool) -> None:
        """Do all of it; the numbers only where somebody looks on, for others ask when they want."""
        drawn = any(given is None for given in self.given_maps)
        name = reducer_name(self._reducer) if drawn else self._drawn_by
        final = not drawn or name == FIRST_REDUCER
        soon = name == _SOON_DRAWN
        spans = schedule_of(
            self.pair,
            graphs=self._given is None,
            maps=not final,
            numbers=watched,
            maps_first=soon,
        )

        def of(step: str, title: str = "") -> Progress:
            return span(progress, *spans[step], title)

        def measure(*, after_maps: bool) -> None:
            for number, how in NUMBERS.items():
                if watched and how.after_maps == after_maps:
                    self._measure(number, listener, of(number))

        first = of("first map", "drawing the first map")
        if final:
            self._found_maps(listener, self._draw(first), name)
        else:
            first("", 0.0)
            with during("drawing the first maps"):
                maps = preview_pair(
                    self.pair.a.vectors,
                    self.pair.b.vectors,
                    metric_a=self.pair.metric_a,
                    metric_b=self.pair.metric_b,
                    given=self.given_maps,
                    n_jobs=self._settings.n_jobs,
                )
            self._found_maps(listener, maps, FIRST_REDUCER)
        if watched:
            wait_for_page(self.drawn, self.pair.n_samples)
        self._compare(listener, of("graphs"))
        self._try_pictures(listener)
        if not soon:
            measure(after_maps=False)
        if not final:
            self._found_maps(listener, self._draw(of("maps")), name)
        if soon:
            measure(after_maps=False)
        measure(after_maps=True)

    def measure_rest(self, listener: Listener, progress: Progress) -> None:
        """Find the numbers that the work left out."""
        left = [name for name, info in self.numbers.infos.items() if info["state"] == "stopped"]
        for at, number in enumerate(left):
            share = at / len(left), (at + 1) / len(left)
            self._measure(number, listener, span(progress, *share))

    def _compare(self, listener: Listener, progress: Progress) -> None:
        with during("comparing the neighbours"):
            comparison = self._given or compare_pair(self.pair, self._settings, progress=progress)
        with self._changed:
            self.comparison = comparison
            listener.neighbors_found(comparison)
            self._changed.notify_all()

    def _try_pictures(self, listener: Listener) -> None:
        # Not before: the pictures of an item are seen when its neighbours are.
        if self._images is not None:
            with during("reading the pictures"):
                note = self._images.unread(self.pair.a)
            with self._changed:
                listener.pictures_tried(note)

    def _draw(self, progress: Progress) -> Maps:
        """Both maps by the reducer, (n_items, 2) float32 each."""
        given_a, given_b = self.given_maps
        if given_a is not None and given_b is not None:
            return given_a, given_b
        one, known = self.pair.unique, self.comparison
        graph_a, graph_b = (known.graph_a, known.graph_b) if known else (None, None)
        if one is not None and graph_a is not None and graph_b is not None:
            graph_a, graph_b = one.to_each(graph_a), one.to_each(graph_b)
        a, b = project_pair(
            of_each(one, self.pair.a.vectors),
            of_each(one, self.pair.b.vectors),
            self._reducer,
            graph_a=graph_a,
            graph_b=graph_b,
            metric_a=self.pair.metric_a,
            metric_b=self.pair.metric_b,
            given=(_of_those(one, given_a), _of_those(one, given_b)),
            n_jobs=self._settings.n_jobs,
            random_state=self._settings.random_state,
            progress=progress,
        )
        # Copies lie where a given map has them.
        return (
            for_all(one, a) if given_a is None else given_a,
            for_all(one, b) if given_b is None else given_b,
        )

    def _found_maps(self, listener: Listener, maps: Maps, name: str) -> None:
        """Tell of both maps, (n_items, 2) float32 each."""
        with self._changed:
            self.maps = maps
            listener.maps_found(maps, name)
            self._changed.notify_all()

    def _measure(self, number: str, listener: Listener, progress: Progress) -> None:
        """Find one number; its error is shown in its own place."""
        try:
            self.numbers.measure(number, self.maps, progress)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, the others are to come
            self.numbers.fail(number, one_line(error))
        with self._changed:
            listener.number_found()


def wait_for_page(drawn: threading.Event, n_items: int) -> None:
    """Let the page draw its first map, where the search would hold it up."""
    if n_items >= _MANY_ITEMS:
        # Where there are no threads nobody could tell meanwhile.
        drawn.wait(_PAGE_SECONDS if can_start() else 0)


def _of_those(one: OneOfEach | None, given: Map | None) -> Map | None:
    """Map (n_items, 2) float32 of one of each item, (n_unique, 2)."""
    return None if given is None else of_each(one, given)
