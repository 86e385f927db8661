"""Notebook 7: the widget is alive, its note is hidden, and a lasso comes to Python."""

from pathlib import Path

import nbformat
from host_server import DRAWN, WIDGET, heard, host_server, lasso
from playwright.sync_api import Browser, expect


def test_a_widget_in_notebook_7_is_alive(browser: Browser, tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(f"{WIDGET}\nw")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "it.ipynb")
    start = ("--no-browser", "--allow-root", "--ip=127.0.0.1", "--port={port}")
    exposed = "--JupyterNotebookApp.expose_app_in_browser=True"
    open_ = ("--IdentityProvider.token=", "--ServerApp.password=", exposed)
    with host_server(tmp_path, "notebook", *start, *open_) as url:
        size = {"width": 1300, "height": 1300}
        page = browser.new_page(viewport=size, reduced_motion="reduce")
        page.goto(f"{url}/notebooks/it.ipynb")
        page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"
            "?.connectionStatus === 'connected'",
            timeout=120_000,
        )
        page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        page.locator(DRAWN).wait_for(timeout=120_000)
        expect(page.locator(".ew-fallback")).to_be_hidden()
        lasso(page, page)
        expect(page.get_by_text("selected").first).to_be_visible()
        assert heard(page, tmp_path) > 20
        page.close()
