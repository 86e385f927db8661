"""An exported file as Python reads it: its tags, its texts, its policy and its parts."""

import base64
import hashlib
import json
import re
import warnings
import zlib
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from embwidget import EmbeddingCompare


class ExportedFile(HTMLParser):
    """What a parser of HTML makes of it.

    Attributes
    ----------
    tags : list of str
    texts : dict of str to str
        Text in each kind of element, of all of them together; of parts by their id.
    policy : str
    scripts : list of str
        Those that run.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, str] = {}
        self.policy = ""
        self.scripts: list[str] = []
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self._open = str(given.get("id", tag)) if tag == "script" else tag
        if self._open == "script":
            self.scripts.append("")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(given["content"])

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open] = self.texts.get(self._open, "") + data
        if self._open == "script":
            self.scripts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    @property
    def allows_its_scripts_alone(self) -> bool:
        """Whether the policy names the hashes of its scripts, and no other source."""
        digests = [hashlib.sha256(script.encode()).digest() for script in self.scripts]
        sources = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
        allowed = dict(rule.strip().split(" ", 1) for rule in self.policy.split(";"))
        rest = {allowed[name] for name in ("default-src", "connect-src", "base-uri", "form-action")}
        return allowed["script-src"].split() == sources and rest == {"'none'"}

    def json(self, name: str) -> Any:
        return json.loads(zlib.decompress(base64.b64decode(self.texts[f"ew-{name}"]), -15))

    def array(self, name: str) -> np.ndarray:
        """Numbers of a part, flat, as `embwidget.export.parts.array_part` wrote them."""
        info = self.head["parts"][name]
        octets = zlib.decompress(base64.b64decode(self.texts[f"ew-{name}"]), -15)
        planes = np.frombuffer(octets, np.uint8).reshape(info["planes"], -1)
        whole = np.zeros((planes.shape[1], np.dtype(info["dtype"]).itemsize), np.uint8)
        whole[:, : len(planes)] = planes.T
        return whole.view(info["dtype"]).reshape(-1)

    @property
    def head(self) -> dict[str, Any]:
        return self.json("head")

    @property
    def parts(self) -> set[str]:
        return set(self.head["parts"])


def export_within(widget: EmbeddingCompare, max_mb: float) -> tuple[ExportedFile, str] | None:
    """A file of limited size, and the warning of what it is without; None = there is no room."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            text = str(widget.to_html(max_mb=max_mb))
        except ValueError:
            return None
    assert len(text.encode()) <= max_mb * 1e6
    return ExportedFile(text), " ".join(str(each.message) for each in said)


def least_mb(widget: EmbeddingCompare) -> float:
    """Room that the smallest file of a widget takes, as its refusal says it: in hundredths."""
    with pytest.raises(ValueError, match=r"takes [\d.]+ MB .*: give at least that") as refused:
        widget.to_html(max_mb=0.01)
    return float(str(refused.value).partition("takes ")[2].split()[0])


def without_date(text: str) -> str:
    """All but the head, which has the minute."""
    return re.sub(r'id="ew-head">[^<]*', "", text)
