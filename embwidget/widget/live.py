"""The kernel's half of the widget: synced traits, work in the background, messages."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets
from numpy.typing import NDArray

from embwidget._core.progress import Cancelled, Progress, span
from embwidget.comparison.comparison import Comparison, Pair
from embwidget.projection.pair import preview_pair, project_pair
from embwidget.session.answers.answers import Answers
from embwidget.session.answers.images import open_images
from embwidget.session.answers.measured_columns import MEASURED, why_not_measured
from embwidget.session.answers.metadata_columns import Columns
from embwidget.session.answers.numbers import Numbers, Part
from embwidget.session.state import (
    check_reducer,
    column_infos,
    curve_points,
    join_info,
    space_info,
)
from embwidget.session.wire.screen import Screen, has_screen
from embwidget.session.work_shares import shares_of
from embwidget.session.worker import Worker, one_line
from embwidget.widget import traits
from embwidget.widget.base import SharedWidget

_STATIC = Path(__file__).parents[1] / "static"
if not (_STATIC / "index.js").is_file():
    msg = f"the widget's bundle {_STATIC / 'index.js'} is missing: run `npm ci && npm run build`"
    raise FileNotFoundError(msg)

# Quick at every size, and the start of most others.
_FIRST_REDUCER = "pca"

# From so many items on, a search on all cores would hold up the page that draws the first map; it
# waits for the page, though not for one that does not answer.
_MANY_ITEMS = 20_000
_PAGE_SECONDS = 2.0

# On the screen a count of shared neighbours is a colour's index, and 255 means missing.
_MAX_K = 254


class LiveComparison(SharedWidget):
    """A comparison on the screen, growing while a worker finds out more.

    Traits are those of ``Traits`` in ``js/src/wire/model.ts``, under the same names; facts
    can be read only. ``selection`` is not synced, it travels by message in both directions.
    """

    _esm = _STATIC / "index.js"
    _css = _STATIC / "index.css"

    n_items = traitlets.Int(read_only=True).tag(sync=True)
    space_a = traitlets.Dict(read_only=True).tag(sync=True)
    space_b = traitlets.Dict(read_only=True).tag(sync=True)
    reducer = traitlets.Unicode(read_only=True).tag(sync=True)
    k = traits.NeighborCount().tag(sync=True, echo_update=False)
    k_max = traitlets.Int(read_only=True).tag(sync=True)
    color_by = traits.ColorBy().tag(sync=True, echo_update=False)
    columns: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    label = traitlets.Unicode(read_only=True).tag(sync=True)
    text = traitlets.Unicode(read_only=True).tag(sync=True)
    image = traitlets.Unicode(read_only=True).tag(sync=True)
    curve: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    chance = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    faithfulness = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(
        sync=True
    )
    numbers = traitlets.Dict(read_only=True).tag(sync=True)
    join_report = traitlets.Dict(read_only=True).tag(sync=True)
    progress = traitlets.Dict(read_only=True).tag(sync=True)
    focus = traits.Focus()
    error = traitlets.Unicode(read_only=True).tag(sync=True)
    height = traitlets.Int(400, min=240, max=4000).tag(sync=True)
    selection = traits.Selection()

    _worker: Worker | None = None

    def _open(
        self,
        pair: Pair,
        source: Comparison | Callable[[Progress], Comparison],
        *,
        image: str | Callable[[int], Any] | None,
        text: str | None,
        reducer: Any,
        color_by: str,
        height: int,
        n_jobs: int | None,
        random_state: int,
    ) -> None:
        """Check what is shown, open the widget and start the work.

        Where a screen listens the work goes on in the background. In a script nobody looks on
        and nobody waits for the kernel: all is done here, and errors are raised here.
        """
        if pair.k_max > _MAX_K:
            msg = f"k_max={pair.k_max}: the widget takes at most {_MAX_K}; compare() takes more"
            raise ValueError(msg)
        reducer_name = check_reducer(reducer)
        label = pair.label or ""
        self._pair = pair
        self._comparison: Comparison | None = None
        self._positions: tuple[NDArray[Any], NDArray[Any]] | None = None
        self._reducer, self._reducer_name = reducer, reducer_name
        self._random_state = random_state
        self._columns = Columns(pair.metadata, label)
        image_name, images = open_images(image, pair.n_samples, self._columns)
        self._numbers = Numbers(
            self._known_comparison,
            self._columns,
            label=label,
            text=text or "",
            n_jobs=n_jobs,
            random_state=random_state,
        )
        self._answers = Answers(
            pair.a.ids,
            self._columns,
            images,
            label=label,
            text=text or "",
            comparison=self._known_comparison,
            numbers=self._numbers,
        )
        self._screen = Screen(self.send)
        self._drawn = threading.Event()

        # Before the comm opens, so that one message carries all of it. The order matters: k is
        # checked against k_max and color_by against columns.
        self.set_trait("n_items", len(pair.a.ids))
        self.set_trait("join_report", join_info(pair.join_report))
        self.set_trait("reducer", _FIRST_REDUCER)
        self.set_trait("k_max", pair.k_max)
        self.set_trait("k", pair.n_neighbors)
        self._publish_numbers()
        self.set_trait("label", label)
        self.set_trait("color_by", color_by)
        self.set_trait("text", text or "")
        self.set_trait("image", image_name)
        self.set_trait("height", height)
        self._on_progress("starting", 0.0, None)
        self._publish_facts()
        super().__init__()
        self.on_msg(self._on_message)
        self._worker = Worker(
            lambda progress: self._work(source, progress),
            on_progress=self._on_progress,
            on_end=self._on_end,
            changed=self._changed,
        )
        if has_screen(self.comm):
            self._worker.start()
        else:
            self._worker.run()

    # -- the work -------------------------------------------------------------------------------

    def _work(
        self, source: Comparison | Callable[[Progress], Comparison], progress: Progress
    ) -> None:
        final = self._reducer_name == _FIRST_REDUCER
        ends = shares_of(
            self._pair,
            graphs=callable(source),
            maps=not final,
            numbers=has_screen(self.comm),
        )

        def first(_step: str, share: float) -> None:
            progress("drawing the first map", share * ends.first_map)

        if final:
            self._draw(_FIRST_REDUCER, _FIRST_REDUCER, first)
        else:
            first("", 0.0)
            maps = preview_pair(
                self._pair.a.vectors,
                self._pair.b.vectors,
                metric_a=self._pair.metric_a,
                metric_b=self._pair.metric_b,
            )
            self._place(maps, _FIRST_REDUCER)
        if has_screen(self.comm) and self.n_items >= _MANY_ITEMS:
            self._drawn.wait(_PAGE_SECONDS)
        part = span(progress, ends.first_map, ends.graphs)
        self._show(source if isinstance(source, Comparison) else source(part))
        # A script reads these figures from the comparison, if it wants them.
        measures = self._measure if has_screen(self.comm) else _nothing
        measures("chance", span(progress, ends.graphs, ends.chance))
        measures("groups", span(progress, ends.chance, ends.groups))
        if not final:
            part = span(progress, ends.groups, ends.maps)
            self._draw(self._reducer, self._reducer_name, part)
        measures("faithfulness", span(progress, ends.maps, ends.faithfulness))
        measures("quality", span(progress, ends.faithfulness, 1.0))

    def _measure(self, part: Part, progress: Progress) -> None:
        """Find out one part of the numbers; its error is shown in its own place."""
        try:
            self._numbers.measure(part, self._positions, progress)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, the other numbers are to come
            self._numbers.fail(part, one_line(error))
        self._publish_numbers()

    def _show(self, comparison: Comparison) -> None:
        with self._changed:
            self._comparison = comparison
            # The counts first, or the page would ask for them; the graph last, for it is large.
            self._screen.send_shared(comparison)
            self._publish_facts()
            self._screen.send_graph(comparison)
            self._changed.notify_all()

    def _draw(self, reducer: Any, name: str, progress: Progress) -> None:
        graphs = self._comparison
        positions = project_pair(
            self._pair.a.vectors,
            self._pair.b.vectors,
            reducer,
            graph_a=graphs.graph_a if graphs else None,
            graph_b=graphs.graph_b if graphs else None,
            metric_a=self._pair.metric_a,
            metric_b=self._pair.metric_b,
            random_state=self._random_state,
            progress=progress,
        )
        self._place(positions, name)

    def _place(self, positions: tuple[NDArray[Any], NDArray[Any]], name: str) -> None:
        with self._changed:
            self._positions = positions
            self.set_trait("reducer", name)
            self._screen.send_positions(*positions, name)
            self._changed.notify_all()

    def _on_progress(self, step: str, share: float, seconds_left: float | None) -> None:
        progress = {"step": step, "share": share, "seconds_left": seconds_left}
        with self._changed:
            self.set_trait("progress", progress)

    def _on_end(self, error: BaseException | None) -> None:
        # A share of 1 would tell the page that all is there.
        share = 1.0 if error is None else min(self.progress["share"], 0.99)
        self._numbers.stop()
        with self.hold_sync():
            self._publish_numbers()
            self._on_progress("", share, None)
            if error is not None and not isinstance(error, Cancelled):
                self.set_trait("error", one_line(error))

    def _publish_facts(self) -> None:
        pair, comparison = self._pair, self._comparison
        graph_a = comparison.graph_a if comparison else None
        graph_b = comparison.graph_b if comparison else None
        with self.hold_sync():
            self.set_trait("space_a", space_info(pair.a, "A", pair.metric_a, graph_a))
            self.set_trait("space_b", space_info(pair.b, "B", pair.metric_b, graph_b))
            self.set_trait("curve", curve_points(comparison) if comparison else [])
            self._publish_numbers()

    def _publish_numbers(self) -> None:
        numbers, graphs = self._numbers, self._comparison is not None
        with self._changed, self.hold_sync():
            self.set_trait("numbers", numbers.infos)
            self.set_trait("chance", numbers.chance)
            self.set_trait("faithfulness", numbers.faithfulness)
            self.set_trait("columns", column_infos(self._columns, numbers, graphs=graphs))

    # -- messages -------------------------------------------------------------------------------

    def _on_message(self, _widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        """Handle a message of `FromScreen`; whatever is wrong with it, the comm stays open."""
        match content.get("type"):
            case "ready":
                self._screen.send_holdings()
                self._screen.send_selection(self.selection, self.n_items)
            case "fetch":
                self._screen.send_again(content.get("parts"))
            case "drawn":
                self._drawn.set()
            case "cancel":
                self._require_worker().cancel()
            case "selection":
                self._receive_selection(content.get("encoding", ""), buffers)
            case "ask":
                self._reply(content)

    def _reply(self, question: dict[str, Any]) -> None:
        request = question.get("request")
        try:
            result, arrays = self._answers.answer(question.get("kind"), question.get("args") or {})
        except Exception as error:  # noqa: BLE001 the screen waits for an answer, whatever it is
            self._screen.reply(request, None, [], one_line(error))
        else:
            self._screen.reply(request, result, arrays, "")

    def _receive_selection(self, encoding: str, buffers: list[Any]) -> None:
        try:
            self.selection = self._screen.receive_selection(encoding, buffers, self.n_items)
        except ValueError as error:
            self.set_trait("error", one_line(error))
            self._screen.send_selection(self.selection, self.n_items)

    @traitlets.observe("selection")
    def _selection_changed(self, change: dict[str, Any]) -> None:
        if not self._screen.shows_selection(change["new"]):
            self._screen.send_selection(change["new"], self.n_items)

    def _require_worker(self) -> Worker:
        if self._worker is None:
            msg = "the widget was never opened"
            raise RuntimeError(msg)
        return self._worker

    def _known_comparison(self) -> Comparison:
        if self._comparison is None:
            msg = "the nearest neighbours are not known yet"
            raise ValueError(msg)
        return self._comparison

    def _position_of(self, item: Any) -> int:
        return self._pair.position_of(item)

    def _id_at(self, position: int) -> Any:
        return self._pair.a.ids[position : position + 1].tolist()[0]

    def _will_color(self, name: str) -> bool:
        """Whether the screen can colour by what is measured under this name, now or later."""
        return name in MEASURED and why_not_measured(name, label=self.label) is None

    def _why_not_color(self, name: str) -> str | None:
        return why_not_measured(name, label=self.label) or self._columns.why_not(name)


def _nothing(_part: Part, _progress: Progress) -> None:
    """Measure nothing."""
