"""A comparison as a page of its own."""

import warnings
from importlib import import_module
from os import PathLike
from typing import Any

from embwidget._core.browser import DEFAULT_REDUCER
from embwidget._core.progress import Progress, reporting
from embwidget.comparison.base import Compared
from embwidget.comparison.settings import Settings


class Exporting(Compared):
    """The page that `EmbeddingCompare` would show, in a file."""

    def to_html(
        self,
        path: str | PathLike[str] | None = None,
        *,
        max_mb: float | None = 25,
        image: Any = None,
        text: Any = None,
        show: Any = (),
        positions: Any = None,
        reducer: Any = DEFAULT_REDUCER,
        color_by: str = "coincidence",
        height: int = 400,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> str | None:
        """Draw both maps, measure all numbers, and write a page that lives without a kernel.

        It makes no request: nothing in it leaves the file. See ``docs/export.md``.

        Parameters
        ----------
        path : path, optional
            HTML file to write, whole or not at all; what is there is replaced.
        max_mb : float or None, default=25
            Millions of bytes that it may have; None = no limit. What does not fit is left out, with
            a warning, and the page says it too.
        image, text, show, positions, reducer, color_by, height
            As for `EmbeddingCompare.from_comparison`.
        n_jobs, random_state, progress
            As for `compare`.

        Returns
        -------
        str or None
            The HTML without a `path`, as for an ``<iframe srcdoc>``.

        Raises
        ------
        ValueError
            When the file cannot be so small, or what is to be shown is not there.
        OSError
            When it cannot be written.
        """
        settings = Settings(n_jobs=n_jobs, random_state=random_state)
        # What shows a comparison stands above it, and is found when somebody asks for it.
        page = import_module("embwidget.export.export")
        with reporting(progress) as report:
            made = page.export_comparison(
                self,
                path,
                max_mb=max_mb,
                settings=settings,
                shown=page.Shown(
                    text=text,
                    image=image,
                    show=show,
                    positions=positions,
                    reducer=reducer,
                    color_by=color_by,
                    height=height,
                ),
                progress=report,
            )
        if made.warning:
            warnings.warn(made.warning, stacklevel=2)
        return None if path is not None else str(made.text)
