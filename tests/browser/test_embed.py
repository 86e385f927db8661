"""A page in a cell's output: alive in a notebook that was converted, off the network."""

import re
from pathlib import Path

import nbformat
import pytest
from exported_page import OfflineBrowser
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from playwright.sync_api import Browser, expect

CELL = """
import numpy as np, embwidget as ew
x = np.random.default_rng(0).normal(size=(200, 8))
w = ew.EmbeddingCompare(x, x + 0.5 * x[::-1], reducer="pca", names=("<b>&quot;", 'a"b'), k_max=20)
w.embed()
"""


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    ExecutePreprocessor(timeout=120, kernel_name="python3").preprocess(notebook)
    (output,) = notebook.cells[0].outputs
    assert output["data"]["text/plain"].startswith("page of EmbeddingCompare: <b>")
    html, _ = HTMLExporter(require_js_url="", jquery_url="", mathjax_url="").from_notebook_node(
        notebook
    )
    path = tmp_path_factory.mktemp("converted") / "notebook.html"
    path.write_text(html, encoding="utf-8")
    return path


def test_a_converted_notebook_is_alive_off_the_network(browser: Browser, converted: Path) -> None:
    offline = OfflineBrowser(browser)
    page = offline.context.new_page()
    page.goto(converted.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
    frame.get_by_role("combobox", name="Find an item").fill("17")
    frame.locator(".ew-hits [role=option]").first.click()
    expect(frame.locator(".ew-focus-id").first).to_contain_text("17")
    expect(frame.locator(".ew-table-a .ew-item-id").first).to_have_text(re.compile(r"\d+"))
    # It has a policy and an origin of its own, and room enough for all of it.
    node = page.locator("iframe")
    assert node.evaluate("node => node.contentDocument") is None
    tall = frame.locator("html").evaluate("node => node.scrollHeight - innerHeight")
    assert tall <= 0
    offline.context.close()
