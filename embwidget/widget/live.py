"""The notebook as host of a session: synced traits mirror its state, messages go by the comm."""

from typing import Any

import traitlets

from embwidget.session.session import Session
from embwidget.session.shown import LEAST_HEIGHT, MOST_HEIGHT
from embwidget.widget.base import SharedWidget, context_of_page, has_screen
from embwidget.widget.bundle import bundle_file
from embwidget.widget.traits import ColorBy, Focus, NeighborCount, Selection


class LiveWidget(SharedWidget):
    """A session on the screen of a notebook.

    Traits are the fields of `State`, under the same names; what a person does not choose can be
    read only. ``selection`` is not synced, it travels by message in both directions.

    Parameters
    ----------
    session : Session
        Not started yet. Where a screen listens its work goes on in the background. In a script
        nobody looks on and nobody waits for the kernel: all is done here, and errors are raised
        here.
    """

    _esm = bundle_file("index.js")
    _css = bundle_file("index.css")

    n_items = traitlets.Int(read_only=True).tag(sync=True)
    """Items that are in both spaces: int."""

    space_a = traitlets.Dict(read_only=True).tag(sync=True)
    """Name, n_dims, metric, engine and recall of the first space: dict; engine "" at first."""

    space_b = traitlets.Dict(read_only=True).tag(sync=True)
    """The same five of the second space: dict."""

    reducer = traitlets.Unicode(read_only=True).tag(sync=True)
    """Name of what drew the maps that are shown: str, "pca" at first."""

    k = NeighborCount().tag(sync=True, echo_update=False)
    """Neighbours compared: int in 1..k_max, n_neighbors at first."""

    k_max = traitlets.Int(read_only=True).tag(sync=True)
    """Length of the neighbour lists: int."""

    color_by = ColorBy().tag(sync=True, echo_update=False)
    """Column that colours the points: str, "coincidence" by default."""

    columns: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    """Name, title, kind and source of each column that can colour now: list of dict."""

    label = traitlets.Unicode(read_only=True).tag(sync=True)
    """Metadata column with the classes: str, "" = none."""

    text = traitlets.Unicode(read_only=True).tag(sync=True)
    """Metadata column with a text of each item: str, "" = none."""

    image = traitlets.Unicode(read_only=True).tag(sync=True)
    """What holds a picture of each item, a column or "image": str, "" = none."""

    curve: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    """Mean Jaccard, low, high and chance for k = 1..k_max: list of lists, [] until known."""

    chance = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    """What permutations of the items gave: dict, None until known."""

    faithfulness = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(
        sync=True
    )
    """How far each of the final maps can be believed: dict, None until known."""

    numbers = traitlets.Dict(read_only=True).tag(sync=True)
    """State and note of chance, groups, faithfulness and quality: dict of dicts."""

    join_report = traitlets.Dict(read_only=True).tag(sync=True)
    """Items in both spaces, and in one alone: dict."""

    progress = traitlets.Dict(read_only=True).tag(sync=True)
    """Step, share of the work that is done, seconds left: dict; a step of "" = at rest."""

    focus = Focus()
    """Item whose neighbours are shown: its id, None by default."""

    error = traitlets.Unicode(read_only=True).tag(sync=True)
    """One line that says what went wrong and what to do: str, "" = nothing."""

    height = traitlets.Int(400, min=LEAST_HEIGHT, max=MOST_HEIGHT).tag(sync=True)
    """Height of the maps in CSS pixels: int in 240..4000, 400 by default."""

    selection = Selection()
    """Selected row positions: (n_selected,) int64, sorted and unique, none by default."""

    def __init__(self, session: Session) -> None:
        self.session = session
        super().__init__(session.changed)
        self.on_msg(self._on_message)
        session.start(self, watched=has_screen(self.comm), context=context_of_page())

    def open(self) -> None:
        """Open the comm, with all that the session knows in its first message."""
        self.publish(vars(self.session.state))
        super().open()

    def close(self) -> None:
        """Stop the work and take the widget off the screen."""
        # What was refused at the door has no session, and is closed when it is collected.
        if "session" in vars(self):
            self.session.cancel()
        super().close()

    def publish(self, changes: dict[str, Any]) -> None:
        """Set the traits of these names; those that are so already stay."""
        with self.hold_sync():
            for name, value in changes.items():
                read = self.trait_metadata(name, "from_json", self._trait_from_json)
                self.set_trait(name, read(value, self))

    def _on_message(self, _widget: Any, content: dict[str, Any], buffers: list[Any]) -> None:
        if content.get("type") == "ready":
            self.send_missed()
        self.session.receive(content, buffers)

    @traitlets.observe("k", "color_by", "focus", "height", "error")
    def _chosen(self, change: dict[str, Any]) -> None:
        value = change["new"]
        if change["name"] == "focus" and value is not None:
            value = self.session.position_of(value)
        self.session.change(**{change["name"]: value})

    @traitlets.observe("selection")
    def _selected(self, change: dict[str, Any]) -> None:
        self.session.select(change["new"])
