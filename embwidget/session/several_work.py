"""All that is found out about several spaces, and about the two of them that are looked at."""

import threading
from collections import OrderedDict
from typing import Any, Protocol

import numpy as np

from embwidget._core.progress import Cancelled, Progress, during, span
from embwidget.comparison import Comparison, Pair, Settings
from embwidget.series.agreement import PairCurves
from embwidget.session.answers import seconds
from embwidget.session.answers.images import Images
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import NUMBERS, Maps, Numbers
from embwidget.session.several import EverySpace, Frames, Several, Two
from embwidget.session.shown import AS_GIVEN, Map
from embwidget.session.wire.state import PairsTestInfo, SpaceQualityInfo
from embwidget.session.work import FIRST_REDUCER, wait_for_page
from embwidget.session.worker import one_line

# Numbers of pairs that were looked at before; their tables are small beside a graph.
_MOST_PAIRS = 12


class SeveralListener(Protocol):
    """Who hears of what was found, from the thread of the work and with the lock held."""

    def frames_found(self, maps: Frames, reducer: str, kept: list[float | None]) -> None:
        """Maps of all spaces, (n_spaces, n_items, n_components) float32, and what drew them."""

    def space_found(self) -> None:
        """The neighbours in one more space."""

    def neighbors_found(self, comparison: Comparison) -> None:
        """Both neighbour graphs of the pair."""

    def agreement_found(self, curves: PairCurves) -> None:
        """How far all pairs agree at each k."""

    def quality_found(self, quality: SpaceQualityInfo | None) -> None:
        """How good each space is by the labels."""

    def test_found(self, test: PairsTestInfo) -> None:
        """Whether pairs agree by more than chance."""

    def pictures_tried(self, note: str) -> None:
        """How many pictures cannot be read; "" = all can."""

    def number_found(self) -> None:
        """One of the numbers of the pair is known, or will not be."""


class _Turned(Cancelled):
    """Another pair is looked at."""


class SeveralWork:
    """Finds maps, neighbours and agreement of several spaces, and the numbers of a pair.

    `turn` chooses another pair at any time; `run` may be called again when it has ended, and does
    what is left.

    Parameters
    ----------
    several : Several
    columns : MetadataColumns
    images : Images or None
    settings : Settings
    label, text : str
        Names of the columns with the classes, and with texts, as the screen calls them; "" = none.
    changed : Condition
        Lock of what is found, notified of each step.

    Attributes
    ----------
    two : pair of int
        Positions of the spaces that are looked at.
    pair : Pair
        These two.
    comparison : Comparison or None
        None until their neighbours are known.
    maps : pair of (n_items, 2 or 3) float32, or None
    given_maps : pair of (n_items, 2) float32 or None
        None: the maps of all spaces are on the same axes, whoever drew them.
    numbers : Numbers
    drawn : Event
        To be set when the first map is on the screen: what is slow may begin.
    """

    given_maps: tuple[Map | None, Map | None] = (None, None)

    def __init__(
        self,
        several: Several,
        columns: MetadataColumns,
        images: Images | None,
        settings: Settings,
        *,
        label: str,
        text: str,
        changed: threading.Condition,
    ) -> None:
        self.several = several
        self._columns = columns
        self._images = images
        self._settings = settings
        self._label = label
        self._text = text
        self._changed = changed
        self._frames: Frames | None = None
        self._is_final = False
        self._known: set[str] = set()
        self.drawn = threading.Event()
        self._numbers: OrderedDict[Two, Numbers] = OrderedDict()
        self._look_at(several.first)

    # -- the pair -------------------------------------------------------------------------------

    def turn(self, two: Two) -> bool:
        """Look at two other spaces; returns whether they are others. With the lock held."""
        if two == self.two:
            return False
        self._look_at(two)
        return True

    def _look_at(self, two: Two) -> None:
        self.two = two
        self.pair: Pair = self.several.pair_of(two)
        self.comparison = self.several.comparison_of(two)
        numbers = self._numbers.get(two)
        if numbers is None:
            numbers = self._numbers[two] = self._new_numbers(two)
            while len(self._numbers) > _MOST_PAIRS:
                self._numbers.popitem(last=False)
        self._numbers.move_to_end(two)
        numbers.go_on()
        self.numbers = numbers

    def _new_numbers(self, two: Two) -> Numbers:
        def comparison() -> Comparison:
            found = self.several.comparison_of(two)
            if found is None:
                msg = "the nearest neighbours are not known yet"
                raise ValueError(msg)
            return found

        return Numbers(
            comparison,
            self._columns,
            label=self._label,
            text=self._text,
            n_jobs=self._settings.n_jobs,
            random_state=self._settings.random_state,
        )

    def known_comparison(self) -> Comparison:
        """Return the comparison; ValueError while the neighbours are not known."""
        if self.comparison is None:
            msg = "the nearest neighbours are not known yet"
            raise ValueError(msg)
        return self.comparison

    @property
    def maps(self) -> Maps | None:
        """Maps of the pair, (n_items, 2 or 3) float32 each."""
        if self._frames is None:
            return None
        a, b = self.two
        return self._frames[a], self._frames[b]

    @property
    def every_space(self) -> EverySpace | None:
        """All spaces; None while they are not drawn."""
        if self._frames is None:
            return None
        curves = self.several.many.curves() if "agreement" in self._known else None
        return EverySpace(self.two, self._frames, self.several.kept, curves, self.several.graphs)

    # -- the work -------------------------------------------------------------------------------

    def run(self, listener: SeveralListener, progress: Progress, *, watched: bool) -> None:
        """Do all that is left; numbers only where somebody looks on."""
        spans = self._schedule(watched=watched)

        def of(step: str) -> Progress:
            return span(progress, *spans[step])

        if self._frames is None:
            self._draw_first(listener, of("first map"))
        if watched:
            wait_for_page(self.drawn, self.pair.n_samples)
        self._search(listener, of("graphs"))
        if not self._is_final:
            found = self.several.draw(of("maps"))
            kept = found.kept_items.mean(axis=1, dtype=np.float64).tolist()
            self._found_frames(listener, found.positions, found.reducer, kept, final=True)
        self._compare_all(listener, of("agreement"))
        if watched:
            self._measure(listener, of("numbers"))
            self._measure_spaces(listener, of("spaces"))

    def measure_rest(self, listener: SeveralListener, progress: Progress) -> None:
        """Find the numbers of the pair that the work left out."""
        with self._changed:
            self.numbers.go_on()
        self._measure(listener, span(progress, 0.0, 0.5))
        self._measure_spaces(listener, span(progress, 0.5, 1.0))

    def _draw_first(self, listener: SeveralListener, progress: Progress) -> None:
        given = self.several.given
        if given is not None:
            name = self.several.drawn_by or AS_GIVEN
            self._found_frames(listener, given, name, self.several.kept, final=True)
            return
        with during("drawing the first maps"):
            frames = self.several.preview(progress)
        unknown: list[float | None] = [None] * len(frames)
        self._found_frames(listener, frames, FIRST_REDUCER, unknown, final=False)

    def _search(self, listener: SeveralListener, progress: Progress) -> None:
        """Find the neighbours in all spaces, those of the pair first."""
        spaces = self.several
        while missing := [at for at, graph in enumerate(spaces.graphs) if graph is None]:
            at = next((at for at in self.two if at in missing), missing[0])
            done = 1 - len(missing) / len(spaces)
            name = spaces.series.names[at]
            part = span(progress, done, done + 1 / len(spaces), f"finding neighbours in {name}")
            with during(f"searching the neighbours in {name}"):
                spaces.search(at, part)
            with self._changed:
                listener.space_found()
                if self.comparison is None:
                    self.comparison = spaces.comparison_of(self.two)
                    if self.comparison is not None:
                        listener.neighbors_found(self.comparison)
                self._changed.notify_all()
            if self._images is not None and len(missing) == len(spaces) - 1:
                # Not before: the pictures of an item are seen when its neighbours are.
                with during("reading the pictures"):
                    note = self._images.unread(self.pair.a)
                with self._changed:
                    listener.pictures_tried(note)

    def _found_frames(
        self,
        listener: SeveralListener,
        frames: Frames,
        name: str,
        kept: list[float | None],
        *,
        final: bool,
    ) -> None:
        """Tell of maps, (n_spaces, n_items, n_components) float32."""
        with self._changed:
            self._frames, self._is_final, self.several.kept = frames, final, kept
            listener.frames_found(frames, name, kept)
            self._changed.notify_all()

    def _compare_all(self, listener: SeveralListener, progress: Progress) -> None:
        """Find how far all pairs agree."""
        if "agreement" in self._known:
            return
        with during("comparing all pairs"):
            curves = self.several.many.curves(progress=progress)
        with self._changed:
            self._known.add("agreement")
            listener.agreement_found(curves)

    def _measure_spaces(self, listener: SeveralListener, progress: Progress) -> None:
        """Find how good each space is, and whether pairs agree by more than chance.

        The numbers of a pair that a person turns to meanwhile come first.
        """
        measured = {
            "quality": (self.several.quality, listener.quality_found),
            "test": (self.several.test, listener.test_found),
        }
        for done, (name, (measure, tell)) in enumerate(measured.items()):
            part = span(progress, done / len(measured), (done + 1) / len(measured))
            while name not in self._known:
                try:
                    found: Any = measure(self._unless_turned(part))
                except _Turned:
                    self._measure(listener, part)
                    continue
                with self._changed:
                    self._known.add(name)
                    tell(found)

    def _unless_turned(self, progress: Progress) -> Progress:
        """Progress that stops what is being done when another pair is looked at."""
        two = self.two

        def report(step: str, share: float) -> None:
            if self.two != two:
                raise _Turned
            progress(step, share)

        return report

    def _measure(self, listener: SeveralListener, progress: Progress) -> None:
        """Find the numbers of the pair, of another one as soon as a person turns to it."""
        while True:
            with self._changed:
                numbers, maps, part = self.numbers, self.maps, self._unless_turned(progress)
            try:
                self._measure_all(numbers, maps, listener, part)
            except _Turned:
                continue
            return

    def _measure_all(
        self, numbers: Numbers, maps: Maps | None, listener: SeveralListener, progress: Progress
    ) -> None:
        """Find all numbers of a pair, whose maps are (n_items, 2 or 3) float32 each."""
        left = [name for name, info in numbers.infos.items() if info["state"] == "coming"]
        for done, name in enumerate(left):
            part = span(progress, done / len(left), (done + 1) / len(left))
            try:
                numbers.measure(name, maps, part)
            except Cancelled:
                raise
            except Exception as error:  # noqa: BLE001 whatever it is, the others are to come
                numbers.fail(name, one_line(error))
            with self._changed:
                if numbers is not self.numbers:
                    raise _Turned
                listener.number_found()

    def _schedule(self, *, watched: bool) -> dict[str, tuple[float, float]]:
        """When each step of the work begins and ends, in 0..1."""
        pair, n_pairs = self.pair, len(self.several) / 2
        missing = sum(graph is None for graph in self.several.graphs) / 2
        all_numbers = sum(number.seconds(pair) for number in NUMBERS.values())
        lengths = {
            "first map": seconds.of_first_map(pair) * n_pairs if self._frames is None else 0.0,
            "graphs": seconds.of_search(pair) * missing,
            "maps": 0.0 if self._is_final else seconds.of_maps(pair) * n_pairs,
            "agreement": seconds.of_agreement(pair, len(self.several)),
            "numbers": all_numbers if watched else 0.0,
            "spaces": all_numbers * n_pairs / 2 if watched else 0.0,
        }
        total, done, spans = sum(lengths.values()), 0.0, {}
        for name, length in lengths.items():
            spans[name] = done / total, min(1.0, (done + length) / total)
            done += length
        return spans
