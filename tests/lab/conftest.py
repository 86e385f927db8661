"""One JupyterLab server and one page for all tests of this folder."""

from collections.abc import Iterator

import pytest
from labserver import LabServer, Notebook, lab_server
from page_watch import Watch
from playwright.sync_api import Browser, ConsoleMessage, Page


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    with lab_server(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="session")
def lab_page(browser: Browser) -> Iterator[Page]:
    # A bar that moves while the kernel works takes a third of a core without a graphics card.
    size = {"width": 1400, "height": 1600}
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def lab_watch(lab_page: Page) -> Watch:
    # JupyterLab warns of slow machines and lost connections, which are not ours to judge.
    return Watch(lab_page, ignore=is_warning_of_lab)


def is_warning_of_lab(message: ConsoleMessage) -> bool:
    return message.type == "warning" and "/static/lab/" in message.location["url"]


@pytest.fixture
def notebook(lab_page: Page, lab_watch: Watch) -> Iterator[Notebook]:
    yield Notebook(lab_page)
    lab_watch.check()
