"""One widget of one tool, opened in JupyterLab in a browser of its own, and looked at."""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

from bench.browser.tools import TOOLS, cells
from bench.environments import python_of
from bench.paths import ROOT

sys.path.append(str(ROOT / "tests" / "lab"))
from labserver import Notebook, lab_server

HERE = Path(__file__).parent
PATIENCE = 900
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# WebGL and WebGPU in software, visible on the page; the same for all tools.
FLAGS = (
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader"),
    *("--enable-unsafe-swiftshader", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"),
    *("--enable-features=Vulkan", "--use-vulkan=swiftshader"),
)
QUIET_MS = 300
SILENT_MS = 4000
QUIET_TURNS = 3
# CPU seconds within QUIET_MS that a page at rest still takes: a cursor blinks, a bar moves.
IDLE_MAIN = 0.025
IDLE_GPU = 0.06

START = """([index, n, maps, apart]) => {
  const { content } = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = index;
  content.scrollToItem?.(index);
  window.__bench.begin(n, maps, apart);
  window.jupyterapp.commands.execute("notebook:run-cell").then((isDone) => {
    window.__bench.failed = !isDone;
  });
}"""
PAINTED = "() => window.__bench.painted !== null || window.__bench.failed"
STATE = """() => {
  const { bytes, bytesAtPaint, redraws, vertices, drawn, painted, error, recent } = window.__bench;
  return { bytes, bytesAtPaint, redraws, vertices, drawn, painted, error, recent };
}"""


@contextmanager
def server(tools: Iterable[str]) -> Iterator[Any]:
    """JupyterLab with a kernel for each of these tools."""
    with tempfile.TemporaryDirectory(prefix="bench-lab-") as folder:
        kernels = Path(folder) / "data" / "kernels"
        for peer in dict.fromkeys(TOOLS[tool].peer for tool in tools):
            spec = kernels / f"bench-{peer}"
            spec.mkdir(parents=True)
            python = python_of(peer)
            argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            text = {"argv": argv, "display_name": peer, "language": "python"}
            (spec / "kernel.json").write_text(json.dumps(text))
        os.environ["EMBWIDGET_CACHE"] = "off"
        with lab_server(Path(folder)) as lab:
            yield lab


class Session:
    """A page with the widget of one tool.

    Attributes
    ----------
    opened : dict
        What opening it cost: ``painted`` and ``drawn`` seconds after the cell was run, ``bytes``,
        ``main`` (seconds of CPU of the page's main thread), ``kernel`` and ``page`` memory.
    """

    def __init__(self, lab: Any, browser: Browser, tool: str, n: int) -> None:
        self.tool, self.n = TOOLS[tool], n
        self._browser = browser
        self.page: Page = browser.new_page(viewport={"width": 1400, "height": 1600})
        self.page.set_default_timeout(1000 * PATIENCE)
        self.page.add_init_script(path=HERE / "page.js")
        if self.tool.peer == "atlas":
            self.page.add_init_script(path=HERE / "webgpu_shim.js")
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)[:300]))
        self._cdp = self.page.context.new_cdp_session(self.page)
        self._cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._system = browser.new_browser_cdp_session()
        self.notebook = Notebook(self.page)
        setup, show = cells(tool, n)
        self.notebook.open(_written(lab, self.tool.peer, setup, show))

    def open(self) -> dict[str, Any]:
        """Run the cells; returns when the maps are painted and the page is at rest."""
        self.notebook.run_cell(0)
        self.settle()
        self.notebook.execute("open('/proc/self/clear_refs', 'w').write('5')")
        before = self.kernel_memory()["VmRSS"], self.page_memory()
        main = self.main_seconds()
        page = self.page
        page.evaluate(START, [1, self.n, self.tool.maps, self.tool.apart])
        page.wait_for_function(PAINTED, polling=50)
        state = page.evaluate(STATE)
        if state["painted"] is None:
            msg = f"the cell failed:\n{self.page.locator('.jp-OutputArea').all_inner_texts()}"
            raise RuntimeError(msg)
        painting_main = self.main_seconds() - main
        kernel = self.kernel_memory()
        return {
            "drawn": state["drawn"] / 1000,
            "painted": state["painted"] / 1000,
            "bytes_at_paint": state["bytesAtPaint"],
            "main_at_paint": painting_main,
            "error": state["error"],
            "complaints": self.complaints,
            "kernel_peak": kernel["VmHWM"],
            "kernel_added_at_peak": kernel["VmHWM"] - before[0],
            "kernel_before": before[0],
            "page_before": before[1],
        }

    def rest(self) -> dict[str, Any]:
        """Wait until nothing moves, and say what there is then."""
        main = self.main_seconds()
        self.settle()
        kernel = self.kernel_memory()
        return {
            "bytes": self.page.evaluate(STATE)["bytes"],
            "main_until_rest": self.main_seconds() - main,
            "kernel": kernel["VmRSS"],
            "kernel_peak": kernel["VmHWM"],
            "page": self.page_memory(),
        }

    def received(self) -> int:
        """Bytes that came in, once none came for some seconds; what moves by itself may go on."""
        last, now = -1, int(self.page.evaluate(STATE)["bytes"])
        while now != last:
            self.page.wait_for_timeout(SILENT_MS)
            last, now = now, int(self.page.evaluate(STATE)["bytes"])
        return now

    def spent(self, act: Any) -> dict[str, float]:
        """Do something and return what it cost until the page was at rest again.

        What the page at rest takes in the same time, most of it by being looked at, is measured
        before and taken off ``main``.
        """
        self.settle()
        start, main = time.monotonic(), self.main_seconds()
        self.page.wait_for_timeout(QUIET_MS * QUIET_TURNS)
        idle = (self.main_seconds() - main) / (time.monotonic() - start)
        self.page.evaluate("() => { window.__bench.count(); }")
        start, main, gpu = time.monotonic(), *self._work()
        act()
        rested, main_rested, gpu_rested = self.settle()
        state = self.page.evaluate(STATE)
        wall = rested - start
        return {
            "main": max(0.0, main_rested - main - idle * wall),
            "main_with_idle": main_rested - main,
            "idle": idle,
            "raster": gpu_rested - gpu,
            "wall": wall,
            "redraws": state["redraws"],
            "vertices": state["vertices"],
            "bytes": state["bytes"],
        }

    def settle(self) -> tuple[float, float, float]:
        """Wait until main thread and raster are at rest.

        Returns the moment from which they were, and the CPU seconds of both until then.
        """
        quiet, last = 0, self._work()
        rested = time.monotonic(), *last
        end = rested[0] + PATIENCE
        while quiet < QUIET_TURNS:
            if time.monotonic() > end:
                msg = f"the page is not at rest after {PATIENCE} s"
                raise TimeoutError(msg)
            self.page.wait_for_timeout(QUIET_MS)
            now = self._work()
            if now[0] - last[0] < IDLE_MAIN and now[1] - last[1] < IDLE_GPU:
                quiet += 1
            else:
                quiet, rested = 0, (time.monotonic(), *now)
            last = now
        return rested

    def main_seconds(self) -> float:
        """CPU seconds of the page's main thread in tasks so far."""
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    def kernel_memory(self) -> dict[str, int]:
        """Bytes of the kernel: VmRSS now, VmHWM at most since it was asked to begin anew."""
        text = self.notebook.value("open('/proc/self/status').read()")
        fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        return {name: 1024 * int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")}

    def page_memory(self) -> dict[str, int]:
        """Bytes: JS heap after collection, and what renderer and GPU process hold."""
        self._cdp.send("HeapProfiler.collectGarbage")
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        heap = next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")
        found = self._processes()
        return {"heap": int(heap), "renderer": found["renderer"], "gpu": found["gpu"]}

    def node(self) -> Any:
        """Where the mouse goes on the first map."""
        return self.page.locator(".jp-Cell").nth(1).locator(self.tool.node).first

    def close(self) -> None:
        """End the kernel and the page."""
        shutdown = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
        self.page.evaluate(shutdown)
        self.page.close()

    def _work(self) -> tuple[float, float]:
        return self.main_seconds(), self._processes()["gpu_cpu"]

    def _processes(self) -> dict[str, Any]:
        found = {"renderer": 0, "gpu": 0, "gpu_cpu": 0.0}
        for process in self._system.send("SystemInfo.getProcessInfo")["processInfo"]:
            kind = {"renderer": "renderer", "GPU": "gpu"}.get(process["type"])
            if kind is not None:
                found[kind] += _resident(process["id"])
            if kind == "gpu":
                found["gpu_cpu"] += process["cpuTime"]
        return found


@contextmanager
def opened(lab: Any, tool: str, n: int) -> Iterator[Session]:
    """Open a browser of its own for one tool."""
    path = next(found for name in BROWSERS if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            session = Session(lab, browser, tool, n)
            yield session
            session.close()
        finally:
            browser.close()


def _written(lab: Any, peer: str, *sources: str) -> str:
    """Write a notebook for the kernel of a peer; returns its address."""
    kernel = {"name": f"bench-{peer}", "display_name": peer, "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={"kernelspec": kernel},
    )
    name = f"{peer}-{time.monotonic_ns()}.ipynb"
    nbformat.write(notebook, lab.root / name)
    return f"{lab.url}/doc/tree/{name}"


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return 1024 * int(line.split()[1])
    return 0
