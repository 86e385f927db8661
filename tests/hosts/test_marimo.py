"""marimo: a cell that reads the selection runs again after a lasso."""

import re
from pathlib import Path

from host_server import DRAWN, host_server, lasso
from playwright.sync_api import Browser, expect

APP = """
import marimo

app = marimo.App()


@app.cell
def _():
    import embwidget as ew
    import marimo as mo
    import numpy as np

    x = np.random.default_rng(0).normal(size=(200, 8))
    compared = ew.EmbeddingCompare(x, x + 0.5 * x[::-1], reducer="pca", height=300)
    w = mo.ui.anywidget(compared)
    return mo, w


@app.cell
def _(w):
    w
    return


@app.cell
def _(mo, w):
    mo.md(f"{len(w.selection)} selected in Python, as {w.value['selected'].partition(':')[0]}.")
    return
"""


def test_a_cell_that_reads_the_selection_runs_again_after_a_lasso(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(APP)
    run = ("run", "app.py", "--headless", "--no-token", "--port", "{port}")
    with host_server(tmp_path, "marimo", *run) as url:
        size = {"width": 1300, "height": 1300}
        page = browser.new_page(viewport=size, reduced_motion="reduce")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        page.locator(DRAWN).wait_for(timeout=120_000)
        expect(page.get_by_text("0 selected in Python")).to_be_visible()
        lasso(page, page)
        expect(
            page.get_by_text(re.compile(r"\b[1-9]\d* selected in Python, as mask"))
        ).to_be_visible()
        assert errors == []
        page.close()
