"""An exported file in a browser that is off the network, and questions to it and to the kernel."""

from pathlib import Path
from typing import Any

import numpy as np
from page_watch import Watch
from playwright.sync_api import Browser, Page, Request
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare

# Within the policy of the page nothing may evaluate a text, so that this is a function.
ASK = """(question) => new Promise((resolve) => {
  const { model } = window.embwidget;
  const request = (window.nextRequest = (window.nextRequest ?? 0) + 1);
  const hear = (message, buffers) => {
    if (message.request !== request) return;
    model.off("msg:custom", hear);
    const bytes = ({ buffer, byteOffset, byteLength }) =>
      Array.from(new Uint8Array(buffer, byteOffset, byteLength));
    resolve([message.result, buffers.map(bytes), message.error]);
  };
  model.on("msg:custom", hear);
  model.send({ type: "ask", request, ...question });
})"""

# What is answered by arithmetic in another order, and in two bytes.
TOLERANCES = {"rbo": 1e-6, "rank_similarity": 1e-6, "neighbors": 1e-4}


class OfflineBrowser:
    """Opens files; the network is off, and whatever asks for it is recorded."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(20_000)
        self._requests: list[Request] = []
        self.context.on("request", lambda request: self._requests.append(request))

    def open(self, path: Path, *, scheme: str = "light") -> "ExportedPage":
        page = self.context.new_page()
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        watch = Watch(page)
        page.goto(path.as_uri())
        page.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
        return ExportedPage(page, watch)

    def elsewhere(self) -> list[str]:
        """Requests for anything but the files themselves that no policy stopped."""
        tried = [request for request in self._requests if request.failure != "csp"]
        inside = ("file:", "blob:", "data:")
        return [request.url for request in tried if not request.url.startswith(inside)]


class ExportedPage:
    """One of them.

    Attributes
    ----------
    page : Page
    watch : Watch
    """

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch

    def ask(self, kind: str, **args: Any) -> tuple[Any, list[bytes], str]:
        """Result, buffers and error of a question."""
        result, buffers, error = self.page.evaluate(ASK, {"kind": kind, "args": args})
        return result, [bytes(buffer) for buffer in buffers], error

    def close(self) -> None:
        self.watch.check()
        self.page.close()


def questions(widget: EmbeddingCompare, queries: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Every kind of question that a screen asks, with arguments of every kind, wrong ones too."""
    n, k_max = widget.n_items, widget.k_max
    items = [0, n - 1, n // 2, 3]
    asked: list[tuple[str, dict[str, Any]]] = [("quality", {}), ("groups", {})]
    asked += [("neighbors", {"item": item}) for item in (*items, n, -1)]
    asked += [("rows", {"items": some}) for some in (items, list(range(n)), [], [n], [0] * 2001)]
    asked += [("texts", {"items": some}) for some in (items, list(range(n)), [n])]
    for column in widget.columns:
        at_k = column["source"] == "measured_at_k"
        for k in (1, min(5, k_max), k_max, k_max + 1) if at_k else (None,):
            if column["name"] != "coincidence":
                asked.append(("column", {"name": column["name"], "k": k}))
    asked.append(("column", {"name": "no such column", "k": None}))
    asked += [("shared", {"k": k}) for k in (0, 1, k_max // 2, k_max, k_max + 1)]
    # Of two spaces alone nobody asks it.
    asked += [("pair_shared", {"a": 2, "b": 1, "k": k}) for k in (0, 1, k_max, k_max + 1)]
    asked += [("pair_shared", {"a": a, "b": 0, "k": 1}) for a in (-1, 4)]
    n_labels = len(widget.comparison.labels().names)
    asked += [("label_items", {"code": code}) for code in (0, n_labels - 1, n_labels)]
    n_groups = len(widget.comparison.groups())
    for row in (*range(min(n_groups, 6)), n_groups - 1, n_groups):
        asked += [("group_items", {"row": row}), ("group_parts", {"row": row})]
    for query in queries:
        asked += [("search", {"query": query, "limit": limit}) for limit in (2, 5000)]
        asked.append(("search_items", {"query": query}))
    asked += [("ranks", {"by": by}) for by in ("id", "label", "text", *range(4), "no such")]
    return asked


def assert_same(kind: str, args: dict[str, Any], page: ExportedPage, kernel: RecordedScreen) -> str:
    """The page answers a question as the kernel does; returns its error."""
    found, buffers, error = page.ask(kind, **args)
    wanted, arrays, wrong = kernel.ask(kind, **args)
    assert bool(error) == bool(wrong), (kind, args, error, wrong)
    assert len(error.splitlines()) <= 1
    assert found == wanted, (kind, args)
    assert len(buffers) == len(arrays)
    tolerance = TOLERANCES.get(args.get("name", kind), 0.0)
    for at, (mine, theirs) in enumerate(zip(buffers, arrays, strict=True)):
        is_column = kind == "column" and wanted["kind"] != "category"
        if is_column or (kind == "neighbors" and at % 2):
            # Bits of NaN differ.
            values = [np.frombuffer(data, "<f4") for data in (mine, theirs)]
            small = tolerance and 1e-6 * np.nanmax(np.abs(values[1]))
            np.testing.assert_allclose(*values, rtol=tolerance, atol=small, err_msg=str(args))
        else:
            assert mine == bytes(theirs), (kind, args, at)
    return error
