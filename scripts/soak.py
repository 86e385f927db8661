"""Use the widget in a real JupyterLab for hours, and say what grows: `soak.py --hours 24`.

A cell is run again and again first; then one widget is changed at a set pace, from the page and
from Python. Figures of kernel and page go to build/soak as they are taken. Ends with
"flat", or with what grows and 1.
"""

import argparse
import csv
import itertools
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil
from playwright.sync_api import CDPSession, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "lab")]

from conftest import BROWSERS, FLAGS  # noqa: E402
from labserver import Notebook, lab_server  # noqa: E402

OUT = ROOT / "build" / "soak"
DATA = """
import gc, threading, comm, numpy as np, embwidget as ew
rng = np.random.default_rng(0)
a = rng.normal(size=(2000, 32)).astype(np.float32)
b = a[:, :16] + rng.normal(size=(2000, 16)).astype(np.float32)
kinds = [f"kind {i % 10}" for i in range(2000)]
def live():
    gc.collect()
    return sum(isinstance(each, ew.EmbeddingCompare) for each in gc.get_objects())
"""
CELL = "w = ew.EmbeddingCompare(a, b, label=kinds, reducer='pca', height=300)\nw"
WIDGET = 1
N_ITEMS = 2000

# What a figure may grow by over a whole phase, by a straight line through all that was taken.
# JupyterLab itself keeps two nodes of each output, and what a closed widget's traits hold.
BOUNDS = {
    "kernel_mb": 60.0,
    "heap_mb": 20.0,
    "nodes": 1500,
    "listeners": 200,
    "threads": 4,
    "comms": 4,
    "widgets": 1,
    "contexts": 1,
}
# What allocators keep comes with the first runs.
WARM_UP_RERUNS = 20
WARM_UP_SHARE = 0.1
N_SAMPLES = 50
# Runs without a pause in between: each of them cancels the one before.
RERUNS_AT_ONCE = 5
SETTLED = "w.progress['step'] == ''"
# What was cancelled ends at its next sign of progress.
ALONE = "'embwidget' not in [each.name for each in threading.enumerate()]"
MB = 1e6

KEEP_CONTEXTS = """() => {
  const made = new Set(), open = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...args) {
    const context = open.call(this, kind, ...args);
    if (context && kind.startsWith("webgl")) made.add(new WeakRef(context));
    return context;
  };
  window.liveContexts = () =>
    [...made].filter((one) => one.deref() && !one.deref().isContextLost()).length;
}"""

Figures = dict[str, float]


class Soak:
    """A notebook with the widget, and what it takes of kernel and page."""

    def __init__(self, page: Page, notebook: Notebook, cdp: CDPSession) -> None:
        self._page = page
        self._notebook = notebook
        self._cdp = cdp
        cdp.send("Performance.enable")
        self._kernel = psutil.Process(notebook.value("__import__('os').getpid()"))
        self._pick = np.random.default_rng(0)

    def reruns(self, times: int) -> Iterator[Figures]:
        """Run the cell so many times; figures now and then."""
        every = max(RERUNS_AT_ONCE, times // N_SAMPLES)
        for done in range(1, times + 1):
            self._notebook.run_cell(WIDGET)
            if done % RERUNS_AT_ONCE == 0:
                self._notebook.until(SETTLED)
            if done % every == 0 and done >= WARM_UP_RERUNS:
                yield {"at": done} | self.figures()

    def changes(self, seconds: float, pace: float) -> Iterator[Figures]:
        """One change each `pace` seconds for so long; figures now and then."""
        start = time.monotonic()
        next_look = seconds * WARM_UP_SHARE
        for change in itertools.cycle(self._all_changes()):
            began = time.monotonic() - start
            if began > next_look:
                next_look += seconds / N_SAMPLES
                self._reset()
                yield {"at": round(began)} | self.figures()
            if began > seconds:
                return
            change()
            self._page.wait_for_timeout(max(0.0, pace - (time.monotonic() - start - began)) * 1000)

    def figures(self) -> Figures:
        """What is held once kernel and page have nothing to do and have collected their garbage."""
        self._notebook.until(f"{SETTLED} and {ALONE}")
        widgets = self._notebook.value("live()")
        for _ in range(2):
            self._cdp.send("HeapProfiler.collectGarbage")
        metrics = self._cdp.send("Performance.getMetrics")["metrics"]
        page = {metric["name"]: metric["value"] for metric in metrics}
        return {
            "kernel_mb": round(self._kernel.memory_info().rss / MB, 1),
            "heap_mb": round(page["JSHeapUsedSize"] / MB, 2),
            "nodes": page["Nodes"],
            "listeners": page["JSEventListeners"],
            "threads": self._kernel.num_threads(),
            "comms": self._notebook.value("len(comm.get_comm_manager().comms)"),
            "widgets": widgets,
            "contexts": self._page.evaluate("liveContexts()"),
        }

    def _reset(self) -> None:
        """Back to where it began, so that figures can be compared."""
        widget = self._notebook.output(WIDGET)
        widget.get_by_role("tab").first.click()
        self._notebook.execute(
            "w.selection = None; w.focus = None; w.k = 10; w.color_by = 'coincidence'"
        )
        expect(widget.locator(".ew-table [data-item]:visible")).to_have_count(0)

    def _all_changes(self) -> list[Callable[[], object]]:
        widget = self._notebook.output(WIDGET)
        colours = widget.get_by_label("Colour by")
        search = widget.get_by_role("combobox", name="Find an item")
        tabs = widget.get_by_role("tab")
        in_python = self._notebook.execute

        def colour() -> None:
            # It stands under the first tab, and another may be open.
            tabs.first.click()
            colours.select_option(index=self._any(0, colours.locator("option").count()))

        def find(query: str) -> None:
            search.fill(query)
            expect(widget.locator(".ew-hit").first).to_be_visible()
            search.fill("")

        return [
            lambda: widget.get_by_label("k as a number").fill(str(self._any(1, 51))),
            colour,
            lambda: in_python(f"w.selection = rng.random({N_ITEMS}) < 0.1"),
            lambda: in_python(f"w.focus = {self._any(0, N_ITEMS)}"),
            lambda: find(str(self._any(0, N_ITEMS))),
            lambda: tabs.nth(self._any(0, tabs.count())).click(),
            lambda: in_python(f"w.k = {self._any(1, 51)}"),
            lambda: in_python("w.selection = None; w.focus = None"),
        ]

    def _any(self, low: int, high: int) -> int:
        return int(self._pick.integers(low, high))


def main() -> int:
    """Run both phases; 1 when something grows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reruns", type=int, default=500, help="runs of the cell (500)")
    parser.add_argument("--hours", type=float, default=24, help="how long to change things (24)")
    parser.add_argument("--minutes", type=float, help="the same in minutes")
    parser.add_argument("--pace", type=float, default=1, help="seconds from change to change (1)")
    args = parser.parse_args()
    seconds = 60 * args.minutes if args.minutes is not None else 3600 * args.hours
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    errors: list[str] = []
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, lab_server(Path(folder)) as lab, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=path, args=[*FLAGS, "--js-flags=--expose-gc"])
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(f"({KEEP_CONTEXTS})()")
        notebook = Notebook(page)
        notebook.open(lab.write("soak.ipynb", DATA, CELL))
        notebook.run_all()
        # All that numba compiles is there once one run came to its end.
        notebook.until(SETTLED)
        soak = Soak(page, notebook, page.context.new_cdp_session(page))
        grown = keep("reruns", soak.reruns(args.reruns))
        grown += keep("changes", soak.changes(seconds, args.pace))
        browser.close()
    grown += [f"the page threw: {error}" for error in errors[:5]]
    print("\n".join(grown) if grown else "flat", flush=True)
    return 1 if grown else 0


def keep(phase: str, taken: Iterator[Figures]) -> list[str]:
    """Print and write figures as they come; what grows beyond its bound, a line each."""
    all_taken = []
    with (OUT / f"{phase}.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, ["at", *BOUNDS])
        rows.writeheader()
        for figures in taken:
            rows.writerow(figures)
            file.flush()
            all_taken.append(figures)
            print(phase, *(f"{name}={value:g}" for name, value in figures.items()), flush=True)
    return [f"{phase}: {line}" for line in growing(all_taken)]


def growing(taken: list[Figures]) -> list[str]:
    """Say which figures grow from the first to the last of those taken, beyond their bounds."""
    if len(taken) < 3:
        return []
    at = np.array([figures["at"] for figures in taken])
    found = []
    for name, bound in BOUNDS.items():
        values = [figures[name] for figures in taken]
        grown = np.polyfit(at, values, 1)[0] * (at[-1] - at[0])
        if grown > bound:
            found.append(f"{name} grows by {grown:.1f} ({values[0]:g} to {values[-1]:g})")
    return found


if __name__ == "__main__":
    sys.exit(main())
