"""Links of every page of the repository lead somewhere: files, headings, pictures."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import mistune
import pytest

import embwidget as ew

ROOT = Path(__file__).parents[1]
ABSENT = {"node_modules", "build", "dist"}  # what others wrote, or what is made from here


def files_of(*endings: str) -> list[Path]:
    """Files of the repository with these endings, by their path in it."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in ABSENT and not each.startswith(".")]
        found += [Path(folder, name) for name in names if name.endswith(endings)]
    return sorted(path.relative_to(ROOT) for path in found)


PAGES = files_of(".md", ".ipynb")
FIRST = Path("docs/site/index.md")  # the site has it at its top


class Html(HTMLParser):
    """Addresses in HTML that stands in a page, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and name in ("href", "src", "srcset"):
                self.links.append(value.split()[0])
            if value and name in ("id", "name"):
                self.ids.add(value)


def tokens_of(tokens: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for token in tokens:
        yield token
        yield from tokens_of(token.get("children", []))


def text_of(page: Path) -> str:
    """Markdown of a page; that of a notebook is its cells."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if page.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(each["source"]) for each in cells if each["cell_type"] == "markdown")


def words_of(token: dict[str, Any]) -> str:
    return token.get("raw", "") + "".join(words_of(each) for each in token.get("children", []))


@cache
def read(page: Path) -> tuple[list[str], set[str]]:
    """Links of a page, and its anchors as GitHub and MyST make them of headings."""
    parsed: Any = mistune.create_markdown(renderer=None, plugins=["table"])(text_of(page))
    links: list[str] = []
    anchors: set[str] = set()
    seen: Counter[str] = Counter()
    for token in tokens_of(parsed):
        kind = token["type"]
        if kind in ("link", "image"):
            links.append(token["attrs"]["url"])
        elif kind in ("block_html", "inline_html"):
            html = Html(token["raw"])
            links += html.links
            anchors |= html.ids
        elif kind == "heading":
            slug = re.sub(r"[^\w\- ]", "", words_of(token).lower()).replace(" ", "-")
            anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return links, anchors


def fault_of(link: str, page: Path) -> str | None:
    """Why a link leads nowhere; None where it does, or leaves the repository."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    folder = ROOT if page == FIRST else ROOT / page.parent
    path = (folder / unquote(parts.path)).resolve() if parts.path else ROOT / page
    if parts.path.startswith("/") or not path.is_relative_to(ROOT):
        return "leaves the repository"
    if not path.exists():
        return "is not there"
    target = path.relative_to(ROOT)
    if set(target.parts) & ABSENT:
        return "is there only when it was built"
    if parts.fragment and target.suffix == ".md" and parts.fragment not in read(target)[1]:
        return f"has no such heading; there are {sorted(read(target)[1])}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page):
    faults = {link: fault for link in read(page)[0] if (fault := fault_of(link, page))}
    assert faults == {}


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("docs/numbers.md", None),
        ("docs/inputs.md#the-rule", None),
        ("https://example.org/x.md", None),
        ("docs/no-page.md", "not there"),
        ("docs/inputs.md#no-rule", "no such heading"),
        ("#no-heading", "no such heading"),
        ("../outside.md", "leaves"),
        ("/docs/numbers.md", "leaves"),
    ],
)
def test_dead_links_are_found(link, fault):
    found = fault_of(link, Path("README.md"))
    assert found is None if fault is None else fault in str(found)


def test_pages_of_all_kinds_are_read():
    assert {"README.md", "docs/README.md", "docs/gallery/README.md", "notebooks/demo.ipynb"} <= {
        page.as_posix() for page in PAGES
    }
    assert "docs/widget-dark.png" in read(Path("README.md"))[0]
    assert "embwidget-gate-a-b" in read(Path("docs/cli.md"))[1]


NAMED = re.compile(r"(?<![\w/.-])(?:docs|bench)/[\w./-]+?\.(?:md|svg|png|webp)(?:#[\w-]+)?")


def test_pages_that_the_code_names_are_there():
    paths = [path for path in files_of(".py", ".ts", ".mjs") if path.name != Path(__file__).name]
    named = {(path, each) for path in paths for each in NAMED.findall((ROOT / path).read_text())}
    assert len(named) > 20
    assert [(path, each) for path, each in named if fault_of(each, Path("README.md"))] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_names_of_the_package_are_public(page):
    used = set(re.findall(r"\bew\.([A-Za-z_]\w*)", (ROOT / page).read_text(encoding="utf-8")))
    assert used - set(dir(ew)) == set()


def test_the_site_has_every_page():
    text = (ROOT / FIRST).read_text(encoding="utf-8")
    listed = set(re.findall(r"^(?:.* <)?([\w/-]+)>?$", text, re.MULTILINE))
    pages = {page.with_suffix("").as_posix() for page in PAGES if page.suffix == ".md"}
    assert pages - listed == {FIRST.with_suffix("").as_posix()}
