"""marimo: the widget is alive, and a cell that reads the selection runs again after a lasso."""

from pathlib import Path

import pytest
from host_server import WIDGET, host_page, host_server, indented, use
from playwright.sync_api import Browser, Page, expect

APP = f"""
import marimo

app = marimo.App()


@app.cell
def _():
    {indented(WIDGET, 4)}
    import marimo as mo

    shown = mo.ui.anywidget(w)
    return mo, shown


@app.cell
def _(shown):
    shown
    return


@app.cell
def _(mo, shown):
    how = shown.value["selected"].partition(":")[0]
    mo.md(f"{{len(shown.selection)}} in the cell below, as {{how}}.")
    return
"""
QUIET = ("app.py", "--headless", "--no-token", "--port={port}")


def lasso_runs_the_cell(page: Page, folder: Path) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    use(page, folder)
    count = (folder / "selected").read_text()
    expect(page.get_by_text(f"{count} in the cell below, as mask.")).to_be_visible()
    assert errors == []


def test_a_cell_that_reads_the_selection_runs_again_after_a_lasso(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(APP)
    with (
        host_server(tmp_path, "marimo", "run", *QUIET) as url,
        host_page(browser) as page,
    ):
        page.goto(url)
        lasso_runs_the_cell(page, tmp_path)


def test_it_does_so_in_the_editor(browser: Browser, tmp_path: Path) -> None:
    pytest.importorskip("solara", reason="run by make test-hosts")
    (tmp_path / "app.py").write_text(APP)
    with (
        host_server(tmp_path, "marimo", "edit", *QUIET, "--skip-update-check") as url,
        host_page(browser) as page,
    ):
        page.goto(url)
        # Cells come when the kernel is there; before, the button does nothing.
        expect(page.locator(".cm-editor")).to_have_count(3, timeout=60_000)
        controls = page.get_by_test_id("chrome-controls-bottom-right")
        controls.get_by_test_id("run-button").click()
        lasso_runs_the_cell(page, tmp_path)
