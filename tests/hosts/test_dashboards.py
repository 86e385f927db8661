"""Dashboards and marimo's editor: the widget is alive, and a lasso comes to Python."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
from host_server import WIDGET, host_page, host_server, use
from playwright.sync_api import Browser, Route, expect

pytest.importorskip("solara", reason="run by make test-hosts")

# Panel and Solara take scripts from elsewhere. They come from packages of this environment.
ANYWIDGET = Path(sys.prefix) / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"
NPM = Path(sys.prefix) / "node_modules"
OF_NPM = re.compile(r"/_solara/cdn/((?:@[^/]+/)?[^@/]+)@[^/]+/([^?]+)")


def indented(code: str, by: str) -> str:
    return code.replace("\n", f"\n{by}")


SHINY = f"""
from shiny import App, reactive, ui
from shinywidgets import output_widget, render_widget

def server(input, output, session):
    @render_widget
    def shown():
        {indented(WIDGET, " " * 8)}
        return w

    # What long work says leaves with the next flush.
    @reactive.effect
    def _():
        reactive.invalidate_later(0.5)

app = App(ui.page_fluid(output_widget("shown")), server)
"""
PANEL = f"""
import panel as pn
{WIDGET}
pn.extension("ipywidgets")
pn.pane.IPyWidget(w).servable()
"""
SOLARA = f"""
import solara

@solara.component
def Page():
    def make():
        {indented(WIDGET, " " * 8)}
        return w

    solara.display(solara.use_memo(make, []))
"""

MARIMO = f"""
import marimo

app = marimo.App()

@app.cell
def _():
    {indented(WIDGET, " " * 4)}
    import marimo as mo
    shown = mo.ui.anywidget(w)
    return mo, shown

@app.cell
def _(shown):
    shown
    return

@app.cell
def _(mo, shown):
    mo.md(f"{{len(shown.selection)}} are in the cell below.")
    return
"""


def from_npm(route: Route) -> None:
    """What Solara's server would fetch from jsdelivr."""
    package, path = OF_NPM.search(route.request.url).groups()
    found = NPM / package / path
    # It has icons besides, and goes on without them.
    if found.is_file():
        route.fulfill(path=found)
    else:
        route.abort()


def test_shiny(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SHINY)
    run = ("run", "app.py", "--port", "{port}")
    with host_server(tmp_path, "shiny", *run) as url, host_page(browser) as page:
        page.goto(url)
        use(page, tmp_path)


def test_voila(browser: Browser, tmp_path: Path) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(WIDGET + "w")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "app.ipynb")
    run = ("app.ipynb", "--port={port}", "--no-browser")
    with host_server(tmp_path, "voila", *run) as url, host_page(browser) as page:
        page.goto(url, timeout=120_000)
        use(page, tmp_path)


def test_panel(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(PANEL)
    run = ("serve", "app.py", "--port={port}", "--allow-websocket-origin=127.0.0.1:{port}")
    with host_server(tmp_path, "panel", *run) as url, host_page(browser) as page:
        page.context.route("https://unpkg.com/anywidget@*/**", lambda r: r.fulfill(path=ANYWIDGET))
        page.goto(f"{url}/app")
        use(page, tmp_path)


def test_solara(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(SOLARA)
    run = ("run", "app.py", "--port={port}", "--host=127.0.0.1", "--no-open", "--production")
    with host_server(tmp_path, "solara", *run) as url, host_page(browser) as page:
        page.context.route(OF_NPM, from_npm)
        page.goto(url)
        use(page, tmp_path)


def test_marimo_edit(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(MARIMO)
    run = ("edit", "app.py", "--headless", "--no-token", "--skip-update-check", "--port={port}")
    with host_server(tmp_path, "marimo", *run) as url, host_page(browser) as page:
        page.goto(url)
        # Cells come when the kernel is there; before, the button does nothing.
        expect(page.locator(".cm-editor")).to_have_count(3, timeout=60_000)
        controls = page.get_by_test_id("chrome-controls-bottom-right")
        controls.get_by_test_id("run-button").click()
        use(page, tmp_path)
        count = (tmp_path / "selected").read_text()
        expect(page.get_by_text(f"{count} are in the cell below")).to_be_visible()
