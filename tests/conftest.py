"""One real browser for all tests that need one, and a widget for those that need none."""

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, expect, sync_playwright
from recorded_screen import RecordedComm, RecordedScreen
from widget_tools import Gate, N

if TYPE_CHECKING:
    from embwidget import EmbeddingCompare

N_ITEMS = 80

# The same cases on every run: what is found by luck alone would fail somebody else's change.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

# Two cores may have other tests to run at the same time.
expect.set_options(timeout=20_000)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session", autouse=True)
def no_cache() -> Iterator[None]:
    """Every test computes what it looks at, and leaves the user's own cache alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBWIDGET_CACHE", "off")
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or the one that Playwright installed; none is a failure."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widgets made from here on talk to a `RecordedComm`."""
    monkeypatch.setattr("comm.create_comm", RecordedComm)


@pytest.fixture
def widget(recorded: None) -> Iterator["EmbeddingCompare"]:
    """A small widget with strings as ids and every kind of column; all of it computed."""
    from embwidget import EmbeddingCompare

    rng = np.random.default_rng(0)
    groups = rng.integers(0, 4, N_ITEMS)
    vectors = rng.normal(size=(4, 16))[groups] * 3 + rng.normal(size=(N_ITEMS, 16))
    metadata = pd.DataFrame(
        {
            "group": [f"group {g}" for g in groups],
            "score": np.where(np.arange(N_ITEMS) % 7, rng.normal(size=N_ITEMS), np.nan),
            "title": [f"the title of {i}" if i else None for i in range(N_ITEMS)],
            "thumb": [rng.integers(0, 256, (8, 8), dtype=np.uint8) for _ in range(N_ITEMS)],
        }
    )
    opened = EmbeddingCompare(
        vectors,
        vectors[:, :6] ** 2,
        ids=[f"item-{i:03d}" for i in range(N_ITEMS)],
        metadata=metadata,
        label="group",
        text="title",
        image="thumb",
        k_max=20,
        reducer="pca",
    ).wait(60)
    yield opened
    opened.close()


@pytest.fixture
def spaces() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(N, 12)).astype(np.float32)
    return a, a[:, :5] + rng.normal(size=(N, 5)).astype(np.float32)


@pytest.fixture
def screen(widget: "EmbeddingCompare") -> RecordedScreen:
    return RecordedScreen(widget)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, recorded: None) -> Iterator[Gate]:
    from embwidget.comparison import comparison as comparison_module

    gate = Gate(comparison_module.knn_graph)
    monkeypatch.setattr(comparison_module, "knn_graph", gate)
    yield gate
    gate.open()
