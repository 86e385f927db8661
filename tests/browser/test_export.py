"""Exported files: opened from the disk, off the network, they answer as the kernel does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exported_page import ExportedPage, OfflineBrowser, assert_same, questions
from nasty_texts import NASTY, nasty_widget
from playwright.sync_api import Browser, expect
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare, compare
from embwidget.session.answers.answers import QUESTIONS

N = 90


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[OfflineBrowser]:
    opened = OfflineBrowser(browser)
    yield opened
    opened.context.close()
    assert opened.elsewhere() == []


def sets_and_copies() -> EmbeddingCompare:
    """Sets of labels, copies that do not count, inner products of both signs, bits, all types."""
    rng = np.random.default_rng(2)
    a = rng.normal(size=(N, 7)).astype(np.float32)
    a[40:50] = a[30:40]
    bits = (a @ rng.normal(size=(7, 30)) > 0).astype(np.uint8)
    frame = pd.DataFrame(
        {
            "tags": [sorted({"Straße", "ΟΔΟΣ", "x"}, key=len)[: i % 4] for i in range(N)],
            "note": [f"Row {i} of STRASSE\u2028</script><!--" if i % 7 else None for i in range(N)],
            "size": np.where(np.arange(N) % 9, a[:, 0], np.nan),
            "large": 2**60 + np.arange(N),
            "day": np.datetime64("1969-12-01") + np.arange(N),
            "grade": pd.Categorical(np.array(list("cab"))[rng.integers(0, 3, N)], ordered=True),
        }
    )
    ids = [f"Item-{i}" for i in range(N - 3)] + ["item", "ITEM-1 no more", "ılık İÇ"]
    found = compare(
        (a, bits)[0],
        bits,
        ids=ids,
        metadata=frame,
        label="tags",
        metric=("inner_product", "hamming"),
        k_max=12,
        unique=True,
    )
    shown = {"text": "note", "show": ["size", "day", "grade"]}
    return EmbeddingCompare.from_comparison(found, **shown, reducer="pca")


QUERIES = ["item-1", "ITEM", " row 1 ", "strasse", "STRAẞE", "οδος", "ı", "İç", "nothing", "  ", ""]
MADE = {"sets and copies": sets_and_copies, "nasty texts": nasty_widget}


@pytest.fixture(params=MADE)
def widget(request: pytest.FixtureRequest, recorded: None) -> Iterator[EmbeddingCompare]:
    made = MADE[request.param]().wait(120)
    yield made
    made.close()


def test_every_question_is_answered_as_by_the_kernel(
    widget: EmbeddingCompare, offline: OfflineBrowser, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    assert widget.to_html(path) is None
    page, kernel = offline.open(path), RecordedScreen(widget)
    asked = questions(widget, [*QUERIES, *(text[:40] for text in NASTY)])
    assert {kind for kind, _ in asked} == set(QUESTIONS)
    refused = {kind for kind, args in asked if assert_same(kind, args, page, kernel)}
    assert refused >= {"neighbors", "rows", "texts", "column", "shared", "label_items", "ranks"}
    assert page.page.evaluate("window.hit ?? null") is None
    page.close()
