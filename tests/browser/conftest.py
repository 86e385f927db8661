"""A fresh page for each test; whatever it complains of fails the test."""

from collections.abc import Iterator

import pytest
from page_watch import Watch
from playwright.sync_api import Browser, Page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    watch = Watch(page)
    yield page
    context.close()
    watch.check()
