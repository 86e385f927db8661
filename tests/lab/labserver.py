"""A JupyterLab server of its own, and a notebook in it as a person and as its kernel see it."""

import ast
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from running_server import running

START_SECONDS = 120
RUN_SECONDS = 180

OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}

# The page has the notebook, its kernel, and nothing left to do.
IS_READY = """() => {
  const widget = window.jupyterapp?.shell?.currentWidget;
  const kernel = widget?.sessionContext?.session?.kernel;
  return Boolean(widget?.context?.isReady && widget.sessionContext.isReady &&
    kernel?.connectionStatus === "connected" && kernel.status === "idle");
}"""

EVALUATE = """async (expression) => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const request = { code: "", silent: true, user_expressions: { value: expression } };
  return (await kernel.requestExecute(request).done).content.user_expressions.value;
}"""

# Playwright's own waiting takes the promise of an answer for a yes.
UNTIL = f"""async ([expression, seconds]) => {{
  const evaluate = {EVALUATE};
  const end = Date.now() + 1000 * seconds;
  let reply = await evaluate(expression);
  while (reply.data?.["text/plain"] !== "True") {{
    if (Date.now() > end) throw new Error(`${{expression}}: ${{JSON.stringify(reply)}}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    reply = await evaluate(expression);
  }}
}}"""

RUN_CELL = """async (index) => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = index;
  await window.jupyterapp.commands.execute("notebook:run-cell");
}"""


@dataclass(frozen=True)
class LabServer:
    """Where a server listens, and the folder that it shows."""

    url: str
    root: Path

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook with these code cells; returns the address that opens it alone."""
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        empty = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        notebook = {
            "cells": [{**empty, "id": f"cell-{i}", "source": cells[i]} for i in range(len(cells))],
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.root / name).write_text(json.dumps(notebook))
        return f"{self.url}/doc/tree/{name}"


@contextmanager
def lab_server(folder: Path) -> Iterator[LabServer]:
    """Start JupyterLab without any of the machine's own settings, and end it."""
    root = folder / "notebooks"
    settings = folder / "settings"
    for path in (root, settings):
        path.mkdir()
    (settings / "overrides.json").write_text(json.dumps(OVERRIDES))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"),
        *("--IdentityProvider.token=", "--ServerApp.password="),
        *("--ServerApp.disable_check_xsrf=True", "--ServerApp.terminals_enabled=False"),
        *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
        f"--LabApp.app_settings_dir={settings}",
    ]
    log = folder / "server.log"
    url = f"http://127.0.0.1:{port}"
    status = f"{url}/api/status"
    with running(command, status, log, seconds=START_SECONDS, env=environment, cwd=folder):
        yield LabServer(url, root)


class Notebook:
    """The notebook on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        """Load the page and wait for notebook and kernel."""
        self.page.goto(f"{address}?reset")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until the kernel is connected and idle."""
        self.page.wait_for_function(IS_READY, timeout=1000 * START_SECONDS)

    def run_all(self) -> None:
        """Run all cells; fails when one of them does."""
        command = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
        assert self.page.evaluate(command), self.page.locator(".jp-OutputArea").all_inner_texts()

    def run_cell(self, index: int) -> None:
        """Run one cell and wait for its end."""
        self.page.evaluate(RUN_CELL, index)

    def value(self, expression: str) -> Any:
        """Value of a Python expression in the kernel, by way of JSON."""
        reply = self.page.evaluate(EVALUATE, f"__import__('json').dumps({expression})")
        assert reply["status"] == "ok", reply
        return json.loads(ast.literal_eval(reply["data"]["text/plain"]))

    def execute(self, code: str) -> None:
        """Run code in the kernel without a cell."""
        self.value(f"exec({code!r})")

    def until(self, expression: str) -> None:
        """Wait until a Python expression is true in the kernel."""
        self.page.evaluate(UNTIL, [f"bool({expression})", RUN_SECONDS])

    def output(self, cell: int) -> Locator:
        """What stands below a cell."""
        return self.page.locator(".jp-Cell").nth(cell).locator(".jp-Cell-outputArea")

    def save(self) -> None:
        """Write the notebook to its file."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def reload(self) -> None:
        """Load the page again; the kernel stays."""
        self.page.reload()
        self.wait_until_ready()

    def restart(self) -> None:
        """Begin with a new kernel under the same name; the page stays."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
        )
        self.wait_until_ready()

    def use_theme(self, name: str) -> None:
        """Change the colours of all of JupyterLab."""
        self.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name
        )
