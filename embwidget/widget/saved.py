"""A widget in a file, and out of it."""

import warnings
from pathlib import Path
from typing import Any, Self

from embwidget.comparison import Comparison, Settings
from embwidget.comparison.saved import write_saved
from embwidget.session.saved import arrays_of_session, load_session
from embwidget.session.session import Session
from embwidget.session.shown import Shown
from embwidget.widget.embedded import EmbeddedPage
from embwidget.widget.live import LiveWidget


class FileWidget(LiveWidget):
    """A widget that can be written and shown again."""

    @classmethod
    def load(
        cls, path: str | Path | Comparison, *, image: Any = None, n_jobs: int | None = None
    ) -> Self:
        """Show what `save` wrote: maps, selections, focus and colours are those of then.

        Parameters
        ----------
        path : str, Path or Comparison
            Or what was loaded already, by ``Comparison.load`` or out of a registry. Of what was
            saved without a widget the maps are drawn anew.
        image : str or array-like, optional
            As for the widget: pictures are not in the file, unless they are a column of the
            metadata.
        n_jobs : int, optional

        Raises
        ------
        OSError, ValueError
            As for `Comparison.load`.
        """
        comparison, saved = load_session(path)
        shown = Shown(
            text=comparison.pair.text,
            image=image,
            show=saved.show,
            positions=saved.maps,
            drawn_by=saved.drawn_by,
        )
        widget = cls.__new__(cls)
        LiveWidget.__init__(widget, Session(comparison, Settings(n_jobs=n_jobs), shown))
        for name, value in saved.chosen.items():
            setattr(widget, name, value)
        widget.selections, widget.selection = saved.named, saved.selection
        widget.focus = saved.focus
        return widget

    def save(self, path: str | Path, *, vectors: bool = True) -> None:
        """Write the comparison, both maps, and what is chosen into one file, whole or not at all.

        Waits for the final maps. `load` shows all of it again, and ``Comparison.load`` takes the
        comparison out of it. Of several spaces these are the two that are looked at.

        Parameters
        ----------
        path, vectors
            As for `Comparison.save`.
        """
        write_saved(path, self.to_arrays(vectors=vectors))

    def to_arrays(self, *, vectors: bool = True) -> dict[str, Any]:
        """Take apart what `save` writes; waits for the final maps.

        Parameters
        ----------
        vectors : bool, default=True

        Returns
        -------
        dict of str to (...,) array of any plain dtype
        """
        self.session.wait()
        return arrays_of_session(self.session, vectors=vectors)

    def embed(self, *, max_mb: float | None = 5) -> EmbeddedPage:
        """Return the page that `to_html` writes, for the output of a cell: ``w.embed()``.

        It is alive wherever the notebook is shown, also without a kernel: converted by nbconvert or
        Quarto, exported by marimo, or opened again. About 5,000 items have 2.3 MB. See
        ``docs/export.md``.

        Parameters
        ----------
        max_mb : float or None, default=5
            As for `to_html`; a notebook holds all of it.

        Raises
        ------
        ValueError
            When the page cannot be so small.
        """
        from embwidget.export.export import export_session

        made = export_session(self.session, None, max_mb=max_mb)
        if made.warning:
            warnings.warn(made.warning, stacklevel=2)
        return EmbeddedPage(made.text, repr(self), self.session.state.height)
