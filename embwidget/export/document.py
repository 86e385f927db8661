"""The HTML around the parts of a page: what runs in it, and what its policy forbids."""

import base64
import hashlib
import html
from collections.abc import Sequence

from embwidget._core.unicode import readable
from embwidget.export.parts import Part

# No network, no frames, no plugins, no form; and no script but those whose hashes these are.
_POLICY = (
    "default-src 'none'; script-src {hashes}; connect-src 'none'; "
    "style-src 'unsafe-inline'; img-src blob: data:; base-uri 'none'; form-action 'none'"
)
# The widget brings the styles of all else; this is what stands there before and around it.
_STYLE = """
:root { color-scheme: light dark; background: light-dark(#fff, #14171f); }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
body { margin: 16px auto; max-width: 1600px; padding: 0 16px; }
body, .ew-page-foot { font: 13px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.ew-page-foot { margin: 10px 2px 0; color: light-dark(#596375, #9ba4b5); }
.ew-page-foot p { margin: 0; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
"""
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="embwidget {version}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="embwidget-place"></main>
<footer class="ew-page-foot" id="embwidget-foot">
<noscript><p>This page draws what it holds by its own script, and needs JavaScript.</p></noscript>
</footer>
"""
_SCRIPT = "<script>{}</script>\n"
_FOOT = "</body>\n</html>\n"
_MOST_TITLE_CHARS = 300


def document(title: str, version: str, scripts: Sequence[str], parts: Sequence[Part]) -> str:
    """Text of the file.

    Parameters
    ----------
    title : str
        The only text of a user's that stands in HTML, escaped; all others are in the parts.
    version : str
    scripts : sequence of str
        Our own, in the order in which they are to run.
    parts : sequence of Part
        In the order in which the page is to have them: it draws while it loads.
    """
    head = _HEAD.format(
        policy=_POLICY.format(hashes=" ".join(map(_source, scripts))),
        version=version,
        title=html.escape(_one_line(title)),
        style=_STYLE,
    )
    run = [_SCRIPT.format(code) for code in scripts]
    return "".join([head, *run, *(part.element for part in parts), _FOOT])


def n_bytes_around(scripts: Sequence[str]) -> int:
    """Bytes of the file beside its parts, but for the title; never too few."""
    run = sum(len(code.encode()) + len(_SCRIPT) + len(_source(code)) for code in scripts)
    return run + len(_HEAD) + len(_STYLE) + len(_POLICY) + len(_FOOT) + 200


def _source(code: str) -> str:
    """What a policy calls a script that may run."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode('ascii')}'"


def _one_line(text: str) -> str:
    """What a tab can show of a text; other characters than it can are U+FFFD."""
    words = " ".join(readable(text)[:_MOST_TITLE_CHARS].split())
    return "".join(c if c.isprintable() else "\ufffd" for c in words)
