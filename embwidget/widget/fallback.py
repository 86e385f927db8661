"""What stands in a cell's output when nobody can draw the widget: a picture, and words."""

import logging
import sys
from base64 import b64encode
from html import escape
from typing import Any
from uuid import uuid4

from embwidget.measures.groups.naming import clean
from embwidget.session.picture import Picture, draw_maps
from embwidget.session.session import Session

# JupyterLab shows only "model not found" for a widget whose kernel was restarted before the page
# was loaded again, and takes no other type out of the same output. So all this is an output of
# its own, below the widget's, and is hidden for as long as this very widget is alive somewhere on
# the page, whatever elements a host puts around it. Where outputs have paddings, the whole of it.
_HIDE = (
    ":root:has(.ew-root[data-key={key}]:not([data-lost])) "
    ":is(.ew-fallback[data-key={key}],"
    ":is(.jp-OutputArea-child,.output_area):has(.ew-fallback[data-key={key}]):not(:has(.ew-root)))"
)
_STYLE = (
    "{hide}{{display:none}}.ew-fallback{{max-width:808px}}"
    ".ew-fallback img{{display:block;max-width:100%;height:auto;margin:10px 0;border-radius:4px}}"
)
# Each output is a page of its own there, so that a note would stand below a widget that is alive.
_PAGES_OF_THEIR_OWN = "google.colab"
_NOTE = "Where its maps are not to be seen, run the cell again: they need a running kernel."
_MOST_CHARS = 60

_log = logging.getLogger("embwidget")


class SavedPicture:
    """The output below a widget's, drawn anew when all is known, for viewers without a kernel.

    It is drawn each time and not kept: a notebook holds it, and a kernel has no need of it.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._display_id = ""
        self._is_unheard = False

    def show(self, headline: str) -> None:
        """Put it below what the cell that is running has shown already."""
        if _PAGES_OF_THEIR_OWN in sys.modules:
            return
        is_first = self._display_id == ""
        self._display_id = self._display_id or uuid4().hex
        self._publish(headline, update=False)
        if is_first:
            self._is_unheard = False
        else:
            self.update(headline)

    def found(self, headline: str) -> None:
        """All is known: draw it anew, from the thread of the work."""
        self.update(headline)
        self._is_unheard = True

    def waited(self, headline: str) -> None:
        """A cell has waited for all to be known.

        What executes notebooks hears of nothing that comes while no cell is running.
        """
        if self._is_unheard:
            self._is_unheard = False
            self.update(headline)

    def update(self, headline: str) -> None:
        """Draw it anew, wherever it stands."""
        # What is not shown has nobody to look at it, and no other host than IPython's has this.
        if self._display_id and "IPython" in sys.modules:
            try:
                self._publish(headline, update=True)
            except Exception:  # noqa: BLE001 no work ends for want of a picture
                _log.warning("the picture of the maps was not sent", exc_info=True)

    def _publish(self, headline: str, *, update: bool) -> None:
        from IPython.display import display

        data, metadata = self._bundle(headline)
        show: Any = display
        show(data, metadata=metadata, raw=True, display_id=self._display_id, update=update)

    def _bundle(self, headline: str) -> tuple[dict[str, str], dict[str, Any]]:
        """MIME types, and what is said of them."""
        state, session = self._session.state, self._session
        if state.progress["step"] or state.progress["share"] < 1:
            return {"text/html": saved_html(headline, state.key)}, {}
        shared = session.comparison.shared(state.k)
        picture = draw_maps(session.maps, shared, turned="b" not in state.as_given)
        names = [clean(space["name"], _MOST_CHARS) for space in (state.space_a, state.space_b)]
        legend = _legend(picture, names, state.k)
        words = session.summary()
        png = b64encode(picture.png).decode("ascii")
        data = {
            "text/html": saved_html(headline, state.key, words, legend, png, picture.width),
            "image/png": png,
            "text/plain": f"{headline}\n{words}\n{legend}\n{_NOTE}",
        }
        return data, {"image/png": {"width": picture.width, "alt": f"{headline}. {legend}"}}


def saved_html(
    headline: str, key: str, words: str = "", legend: str = "", png: str = "", width: int = 0
) -> str:
    """HTML that says what the widget of a key showed, with a picture (base64) if there is one."""
    head = f"<b>{escape(headline)}</b>"
    if png:
        alt = escape(f"{headline}. {legend}")
        source = f"data:image/png;base64,{png}"
        head = (
            f'{head}<br>{escape(words)}<img alt="{alt}" width="{width}" src="{source}">'
            f"{escape(legend)}"
        )
    style = _STYLE.format(hide=_HIDE.format(key=key))
    return (
        f'<style>{style}</style><div class="ew-fallback" data-key="{key}">{head}<br>{_NOTE}</div>'
    )


def _legend(picture: Picture, names: list[str], k: int) -> str:
    """What is where, and what the colours mean."""
    left, right = names
    low, high = picture.low, picture.high
    counts = f"all {low}" if low == high else f"from {low} (blue) to {high} (red)"
    return (
        f"Left {left}, right {right}. Colours: how many of an item's {k} nearest neighbours "
        f"are the same in both, {counts}."
    )
