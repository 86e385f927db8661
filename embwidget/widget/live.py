"""The notebook as host of a session: synced traits mirror its state, messages go by the comm."""

import logging
from typing import TYPE_CHECKING, Any

import traitlets
from traitlets import TraitError

from embwidget._core.bundle import bundled, packed_code, packed_spaces_code
from embwidget._core.progress import Cancelled
from embwidget.session.choices import CHOSEN
from embwidget.session.session import Session
from embwidget.session.wire.state import State
from embwidget.session.worker import one_line
from embwidget.widget.base import SharedWidget, context_of_page, has_screen
from embwidget.widget.cells import made_in_cell
from embwidget.widget.fallback import SavedPicture
from embwidget.widget.traits import ColorBy, Focus, Selection, Selections, TwoSpaces, traits_of

_log = logging.getLogger("embwidget")


class LiveWidget(SharedWidget):
    """A session on the screen of a notebook.

    Its traits are the fields of `State`, which says what is in them; what a person does not choose
    can be read only. ``selection`` travels as the text ``selected``; ``selections`` is not synced,
    it travels by message in both directions.

    Parameters
    ----------
    session : Session
        Not started yet. Where a screen listens its work goes on in the background. In a script
        nobody looks on and nobody waits for the kernel: all is done here, and errors are raised
        here.
    """

    from_screen = frozenset(CHOSEN)

    _esm = bundled("index.js")
    _code = traitlets.Unicode(packed_code(), read_only=True).tag(sync=True)
    # Of two spaces it stays "": most widgets are of two, and each sends all of its traits.
    _spaces_code = traitlets.Unicode(read_only=True).tag(sync=True)

    locals().update(traits_of(State))

    focus = Focus()
    """Item whose neighbours are shown: its id, None by default."""

    color_by = ColorBy()
    """Column that colours the points, of the metadata or measured."""

    pair = TwoSpaces()
    """Names of the two spaces that are compared; where there are others, assign two of them."""

    selection = Selection()
    """Selected row positions: (n_selected,) int64, sorted and unique, none by default."""

    selections = Selections()
    """Selections stored by a name, here or on the page: a dict of names and ids, in row order.

    Assign all of them, ids or boolean masks: ``w.selections = {**w.selections, "rare": ids}``.
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Traits are told by `State`, where checkers of types do not look."""

    @traitlets.default("_spaces_code")
    def _spaces_code_of_several(self) -> str:
        return packed_spaces_code() if self.session.state.spaces else ""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._saved = SavedPicture(session)
        super().__init__(session.changed)
        self.on_msg(self._on_message)
        made_in_cell(self)
        session.start(self, watched=has_screen(self.comm), context=context_of_page())

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
                try:
                    self.set_trait(name, read(value, self))
                except Cancelled:
                    raise
                except TraitError as error:
                    # A widget that is linked with this one cannot follow.
                    self.set_trait("error", one_line(error))
                except Exception:  # noqa: BLE001 the user's observers end no work of ours
                    _log.warning("an observer of %s failed", name, exc_info=True)
        if changes.get("progress", {}).get("step") == "":
            self._saved.found(repr(self))

    def _on_message(self, _widget: Any, content: dict[str, Any], _buffers: list[Any]) -> None:
        if content.get("type") == "ready":
            # Some hosts lose what changes after they took a snapshot and before the page listens.
            with self._changed:
                self.send_state(list(vars(self.session.state)))
        self.session.receive(content)

    @traitlets.observe(*CHOSEN, "error")
    def _chosen(self, change: dict[str, Any]) -> None:
        value = change["new"]
        if change["name"] == "focus" and value is not None:
            value = self.session.position_of(value)
        self.session.change(**{change["name"]: value})

    @traitlets.observe("selection")
    def _selected(self, change: dict[str, Any]) -> None:
        self.session.select(change["new"])

    @traitlets.observe("selections")
    def _named(self, change: dict[str, Any]) -> None:
        self.session.named.assign(change["new"])
