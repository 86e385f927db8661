"""A page as good as new for each test; whatever it complains of fails the test."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_watch import Watch
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]


class KeptPage:
    """One page for all tests of a worker: a new one costs the CPU more than most of them do.

    Attributes
    ----------
    watch : Watch
        What the page complains of.
    """

    watch: Watch

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def cleared(self) -> Page:
        """The page with an empty document, as it was when it was new."""
        if self._page is None:
            self._page = self._browser.new_context().new_page()
            self._page.set_default_timeout(15_000)
            self.watch = Watch(self._page)
        page = self._page
        # Another document has other globals; timers, listeners and contexts go with the former.
        page.goto("about:blank")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(reduced_motion="no-preference")
        # Where the last test left it, it would hover over what the next one draws.
        page.mouse.move(-10, -10)
        return page

    def drop(self) -> None:
        """Begin with a new page next time."""
        if self._page is not None:
            self._page.context.close()
            self._page = None


@pytest.fixture(scope="session")
def kept_page(browser: Browser) -> Iterator[KeptPage]:
    kept = KeptPage(browser)
    yield kept
    kept.drop()


@pytest.fixture
def page(kept_page: KeptPage, request: pytest.FixtureRequest) -> Iterator[Page]:
    failed = request.session.testsfailed
    is_fine = False
    try:
        yield kept_page.cleared()
        kept_page.watch.check()
        is_fine = request.session.testsfailed == failed
    finally:
        # A test that ends in its middle leaves keys and buttons pressed, or a page that crashed.
        if not is_fine:
            kept_page.drop()


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """js/demo/harness.ts and its styles in one folder."""
    folder = tmp_path_factory.mktemp("harness")
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    entry = ROOT / "js" / "demo" / "harness.ts"
    subprocess.run([esbuild, entry, "--bundle", f"--outdir={folder}"], check=True)
    return folder
