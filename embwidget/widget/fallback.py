"""What stands in a cell's output when nobody can draw the widget any more."""

from html import escape

# JupyterLab shows only "model not found" for a widget whose kernel was restarted before the page
# was loaded again, and takes no other type out of the same output. So the note is an output of
# its own, below the widget's, and is hidden for as long as the widget above it is alive.
_HIDE = ".jp-OutputArea-child:has(.ew-root) + .jp-OutputArea-child:has(.ew-fallback){display:none}"


def fallback_html(summary: str) -> str:
    """Note that says what the widget showed and how to bring it back."""
    return (
        f"<style>{_HIDE}</style>"
        f'<div class="ew-fallback"><b>{escape(summary)}</b><br>'
        "Where its maps are not to be seen, run the cell again: they need a running kernel.</div>"
    )
