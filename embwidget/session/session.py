"""One comparison being looked at: what is found out in the background, asked for and chosen.

There are no traits, comms or pages in here: a host shows a session on a screen of its own kind.
"""

import contextvars
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.progress import Progress, silent
from embwidget.comparison import Comparison, Pair, Settings
from embwidget.session import infos
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.images import open_images
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import Maps
from embwidget.session.answers.shown_columns import ShownColumns
from embwidget.session.beginning import announcer_of, state_of, work_of
from embwidget.session.choices import Choices, as_id, selected_positions
from embwidget.session.frames import frame_of_neighbors, frame_of_selected
from embwidget.session.inbox import Inbox
from embwidget.session.named import NamedSelections
from embwidget.session.opening import opened
from embwidget.session.publisher import Host, Publisher
from embwidget.session.several import EverySpace, Several
from embwidget.session.several_announcer import SeveralAnnouncer
from embwidget.session.several_work import SeveralWork
from embwidget.session.shown import Shown
from embwidget.session.summary import summary_of
from embwidget.session.wire.encode import rows_in_text, selection_text
from embwidget.session.wire.screen import Screen
from embwidget.session.worker import Worker

if TYPE_CHECKING:
    import pandas as pd

# On the screen a count of shared neighbours is a colour's index, and 255 means missing.
_MAX_K = 254


class Session:
    """A pair or a comparison, what a screen shows of it, and what a person chose there.

    Parameters
    ----------
    compared : Pair, Comparison or Several
        The neighbours of a comparison are not searched again.
    settings : Settings, optional
        What the pair was prepared with.
    shown : Shown, optional

    Attributes
    ----------
    state : State
        What the screen shows at the moment; to be changed by `change` alone.
    choices : Choices
        What may be changed, and how it is checked.
    selection : (n_selected,) int64
        Selected row positions, sorted, unique and read-only.
    named : NamedSelections
        Selections that are stored by a name.
    sources : Sources
        What answers are taken from.
    changed : Condition
        Held while anything changes; waiting lets go of it, so that whoever holds it may wait for
        the work.

    Raises
    ------
    ValueError, TypeError
        When what is to be shown is not there; before anything is computed.
    """

    def __init__(
        self,
        compared: Pair | Comparison | Several,
        settings: Settings | None = None,
        shown: Shown | None = None,
    ) -> None:
        settings = Settings() if settings is None else settings
        shown = Shown() if shown is None else shown
        if not isinstance(compared, Several):
            shown.check_for_two()
        pair = compared if isinstance(compared, Pair) else compared.pair
        pair = pair.with_text(shown.text)
        shown = replace(shown.in_order(pair.items, pair.items), text=pair.text)
        if pair.k_max > _MAX_K:
            msg = f"k_max={pair.k_max}: the widget takes at most {_MAX_K}; compare() takes more"
            raise ValueError(msg)
        self.changed = threading.Condition(threading.RLock())
        self.selection = selected_positions(None, pair.n_samples)
        self._columns = MetadataColumns(pair.metadata, pair.label or "")
        label, text = map(self._columns.on_screen, (pair.label or "", pair.text or ""))
        several = compared if isinstance(compared, Several) else None
        self.choices = Choices(
            self._columns,
            label=label,
            ids=pair.a.ids,
            k_max=pair.k_max,
            names=several.series.names if several else (pair.a.name or "A", pair.b.name or "B"),
            may_turn=several is not None,
        )
        self._shown = ShownColumns(self._columns, shown.show, label=label, text=text)
        image, images = open_images(shown.image, pair, self._columns)
        if several is not None:
            several.pair = pair
        self._work = work_of(
            compared, self._columns, images, settings, shown, label=label, changed=self.changed
        )
        self.sources = Sources(
            pair.a.ids,
            self._columns,
            images,
            label=label,
            text=text,
            shown=self._shown,
            comparison=self._work.known_comparison,
            numbers=self._work.numbers,
            several=several,
        )
        self.state = state_of(
            self._work,
            self._columns,
            color_by=self.choices.checked("color_by", shown.color_by),
            label=label,
            text=text,
            show=self._shown.names,
            image=image,
            height=shown.height,
        )
        self._publisher = Publisher(self.state, self.changed)
        self._screen = Screen(self._publisher.send)
        self._announcer = announcer_of(self._work, self._columns, self._screen, self._publisher)
        self.named = NamedSelections(pair, self._screen, self._publisher, self.changed)
        self._inbox = Inbox(
            self, self._screen, self._publisher, drawn=self._work.drawn, n_items=pair.n_samples
        )
        self._worker: Worker | None = None
        self._watched = False

    @classmethod
    def of_spaces(
        cls,
        a: Any,
        b: Any,
        settings: Settings,
        shown: Shown,
        **given: Any,
    ) -> "Session":
        """Join two spaces, given as to `embwidget.compare`, or several; see `opened`."""
        return cls(*opened(a, b, settings, shown, **given))

    # -- the work -------------------------------------------------------------------------------

    def start(
        self, host: Host, *, watched: bool, context: contextvars.Context | None = None
    ) -> None:
        """Begin the work, once.

        Parameters
        ----------
        host : Host
        watched : bool
            Whether somebody looks on. If so the work goes on in the background; if not, all is
            done here, errors are raised here, and numbers are measured when they are asked for.
        context : contextvars.Context, optional
            What the work in the background runs in; by default a copy of the caller's.
        """
        self._publisher.host = host
        self._watched = watched
        self._context = context
        worker = self._new_worker()
        if watched:
            worker.start()
        else:
            worker.run()

    def _new_worker(self) -> Worker:
        self._worker = Worker(
            lambda progress: self._announcer.run(progress, watched=self._watched),
            on_progress=lambda *how_far: self._publisher.publish(
                progress=infos.progress_info(*how_far)
            ),
            on_end=self._announcer.ended,
            changed=self.changed,
            context=self._context,
        )
        return self._worker

    def wait(self, timeout: float | None = None) -> None:
        """Block until all is found or the work was cancelled; raises what went wrong in it."""
        self._started().wait(timeout)

    def cancel(self, seconds: float = 0.0) -> None:
        """Stop the work at its next sign of progress, waited for so long; what is there stays."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker.join(seconds)

    def finish(self, progress: Progress = silent) -> None:
        """Wait, and find the numbers that scripts leave; what was cancelled stays as it is."""
        self.wait()
        if not self._watched:
            self._announcer.measure_rest(progress)

    @property
    def pair(self) -> Pair:
        """The two spaces that are looked at."""
        return self._work.pair

    @property
    def comparison(self) -> Comparison:
        """The `Comparison`; blocks until the neighbour graphs are there."""
        self._started().wait(until=lambda: self._work.comparison is not None)
        if self._work.comparison is None:
            msg = "cancelled before the nearest neighbours were known: make a new EmbeddingCompare"
            raise RuntimeError(msg)
        return self._work.comparison

    @property
    def maps(self) -> Maps:
        """Where the items lie on both maps, (n_items, 2) float32 each; blocks until there are.

        Maps of several spaces may have three dimensions.
        """
        self._started().wait(until=lambda: self._work.maps is not None)
        if self._work.maps is None:
            msg = "cancelled before the first map was drawn: make a new EmbeddingCompare"
            raise RuntimeError(msg)
        return self._work.maps

    @property
    def every_space(self) -> EverySpace | None:
        """All spaces, as far as they are known; None where there are two, or no map yet."""
        return self._work.every_space if isinstance(self._work, SeveralWork) else None

    def summary(self) -> str:
        """`Comparison.summary` at the k of the screen, as far as it is known; waits for nothing.

        Where nobody looks on no number is measured before it is asked for, so that this does it.
        """
        comparison = self._work.comparison
        if comparison is not None and not self._watched:
            return comparison.summary(k=self.state.k)
        return summary_of(
            self.pair, comparison, self._work.numbers, self.state, self._announcer.failed
        )

    def _started(self) -> Worker:
        if self._worker is None:
            msg = "the session was never started: give it a host"
            raise RuntimeError(msg)
        return self._worker

    # -- what a person chooses ------------------------------------------------------------------

    def change(self, **values: Any) -> None:
        """Take what a person chose.

        That is k, color_by, focus (a row), height, pair (two positions), selected (a text), error.

        Raises
        ------
        ValueError
            When one is not allowed; none is taken then.
        """
        checked = {name: self.choices.checked(name, value) for name, value in values.items()}
        with self.changed:
            if "selected" in checked:
                self.select(rows_in_text(checked.pop("selected"), self.state.n_items))
            self._publisher.publish(**checked)
            if "pair" in checked:
                self._turn(*checked["pair"])

    def _turn(self, a: int, b: int) -> None:
        """Look at two other spaces of several."""
        announcer = self._announcer
        if not isinstance(announcer, SeveralAnnouncer) or not announcer.turn((a, b)):
            return
        self.sources.numbers = self._work.numbers
        if self._watched and self._started().ended:
            self._new_worker().start()

    def select(self, value: Any) -> None:
        """Select items.

        Parameters
        ----------
        value : array-like or None
            Row positions, (n_selected,) int, or a mask, (n_items,) bool.

        Raises
        ------
        ValueError
            When it is neither.
        """
        selection = selected_positions(value, self.state.n_items)
        with self.changed:
            if np.array_equal(selection, self.selection):
                return
            self.selection = selection
            self._publisher.publish(selected=selection_text(selection, self.state.n_items))
            self._publisher.tell({"selection": selection})

    def position_of(self, item: Any) -> int:
        """Row of an item by its id, whole numbers by their digits too; KeyError names near ids."""
        return self.pair.position_of(as_id(item, self.pair.a.ids))

    def id_at(self, position: int) -> Any:
        """Id of the item in a row, as a plain str or int."""
        return self.pair.a.ids[position : position + 1].tolist()[0]

    def column_of(self, color_by: str) -> str:
        """Name of a column of the screen as the metadata has it."""
        return self._columns.in_metadata(color_by)

    def selected_frame(self) -> "pd.DataFrame":
        """Rows of `Comparison.to_frame` that are selected, with ``x_a, y_a, x_b, y_b``."""
        return frame_of_selected(self.comparison, self.state.k, self.selection, self.maps)

    def neighbors_frame(self) -> "pd.DataFrame":
        """`Comparison.neighbors` of the item in focus, if any, with texts and shown columns."""
        return frame_of_neighbors(self.comparison, self.state.k, self.state.focus, self._shown)

    def receive(self, content: dict[str, Any]) -> None:
        """Handle a message of ``FromScreen``; whatever is wrong with it, nothing ends."""
        self._inbox.take(content)
