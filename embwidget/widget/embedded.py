"""A page without a kernel, in the output of a cell."""

from html import escape

# Of the page beside its maps: header, tables, foot.
_AROUND_PX = 800
# It runs its own script alone, and is another origin than the notebook around it.
_ALLOWED = 'sandbox="allow-scripts allow-downloads" allow="clipboard-write"'


class EmbeddedPage:
    """What `EmbeddingCompare.embed` returns: shown by every host that shows HTML.

    Parameters
    ----------
    page : str
        HTML of the page.
    title : str
        What it shows, in one line.
    map_height : int
        CSS pixels.
    """

    def __init__(self, page: str, title: str, map_height: int) -> None:
        self._page = page
        self._title = title
        self._height = map_height + _AROUND_PX

    def _repr_html_(self) -> str:
        # More would be escaped by html.escape, which the program and its data are full of.
        page = self._page.replace("&", "&amp;").replace('"', "&quot;")
        return (
            f'<iframe title="{escape(self._title)}" {_ALLOWED} '
            f'style="border:0;width:100%;height:{self._height}px" srcdoc="{page}"></iframe>'
        )

    def __repr__(self) -> str:
        return f"page of {self._title}"
