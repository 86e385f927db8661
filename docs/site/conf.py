"""How Sphinx makes the site, of the copy that ``scripts/build_docs.py`` makes: ``make docs``."""

import re
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from sphinx.application import Sphinx

import embwidget

project = "embwidget"
author = "The embwidget developers"
release = version = embwidget.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]

# A reference to something that is there, where it is, and code where it is not.
default_role = "py:obj"
autodoc_typehints = "none"  # docstrings have types, with shapes
autodoc_member_order = "groupwise"
numpydoc_show_class_members = False  # autodoc lists them, with their texts
numpydoc_class_members_toctree = False
myst_heading_anchors = 4  # the anchors that a repository's pages have, too

templates_path = ["templates"]
html_theme = "pydata_sphinx_theme"
html_title = "embwidget"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
toc_object_entries_show_parents = "hide"
html_sidebars = {"**": ["contents.html"]}
html_theme_options: dict[str, Any] = {
    "logo": {"text": f"embwidget {version}"},
    "navbar_align": "left",
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    "navigation_depth": 3,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_center": [],
    "footer_end": [],
}

GALLERY = "docs/gallery/README"
PICTURE = re.compile(
    r'<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)">\s*'
    r'<img src="([^"]+)" alt="([^"]*)">\s*</picture>'
)


def use_theme_pictures(_: Sphinx, name: str, source: list[str]) -> None:
    """Let pairs of pictures follow the site's switch of light and dark, and not the system alone.

    Those of the gallery open the page of their name.
    """

    def both(found: re.Match[str]) -> str:
        dark, light, text = found.groups()
        page = PurePosixPath(light).stem.removesuffix("-light")
        target = f":target: {page}.html\n" if name == GALLERY else ""
        return "\n\n".join(
            f"```{{image}} {path}\n:alt: {unescape(text)}\n:class: only-{theme}\n{target}```"
            for path, theme in ((light, "light"), (dark, "dark"))
        )

    source[0] = PICTURE.sub(both, source[0])


def setup(app: Sphinx) -> None:
    """Register what is ours."""
    app.connect("source-read", use_theme_pictures)
