"""The built bundle on a page, with a widget of this very process behind it.

Stands where a notebook's kernel and its comm are: what the page sends is handled here at once, and
what the widget sends meanwhile goes back as the answer.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, expect
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare

STATIC = Path(__file__).parents[2] / "embwidget" / "static"

# What stands behind each page now: a page outlives the tests, and what it was given stays its own.
KERNELS: WeakKeyDictionary[Page, Callable[[str], str]] = WeakKeyDictionary()

# anywidget's models, one for each place: traits, changes and messages.
OPEN = """async ([code, states]) => {
  const url = "data:text/javascript," + encodeURIComponent(code);
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer.buffer ?? buffer)));
  const models = states.map((state, at) => {
    const listeners = {}, changed = {};
    const fire = (event, ...args) => { for (const heard of listeners[event] ?? []) heard(...args) };
    return {
      get: (name) => state[name],
      set(name, value) { state[name] = changed[name] = value; fire("change:" + name) },
      save_changes() {
        tell({ at, traits: { ...changed } });
        for (const name in changed) delete changed[name];
      },
      send: (content, _, buffers = []) => tell({ at, content, buffers: buffers.map(text) }),
      on: (event, heard) => (listeners[event] ??= new Set()).add(heard),
      off: (event, heard) => listeners[event]?.delete(heard),
      hear(data, buffers) {
        if (data.method === "custom") fire("msg:custom", data.content, buffers.map(bytes));
        else for (const [name, value] of Object.entries(data.state)) {
          state[name] = value;
          fire("change:" + name);
        }
      },
    };
  });
  const tell = async (message) => {
    for (const [at, data, buffers] of JSON.parse(await toKernel(JSON.stringify(message))))
      models[at].hear(data, buffers);
  };
  for (const [at, model] of models.entries()) {
    // As anywidget does: a module of its own for each.
    const { initialize, render } = await (await import(url + "#" + at)).default();
    await initialize({ model });
    const el = document.createElement("div");
    document.getElementById("place").append(el);
    await render({ model, el });
  }
}"""


def open_widget(
    page: Page, widget: EmbeddingCompare, *, dark: bool = False, host: str = ""
) -> None:
    """Show a widget that talks to a `RecordedComm` and whose work is done."""
    open_widgets(page, [widget], dark=dark, host=host)


def open_widgets(
    page: Page, widgets: list[EmbeddingCompare], *, dark: bool = False, host: str = ""
) -> None:
    """Show several, one below the other; what one page says may be heard by all.

    `host` is the HTML of a page with a place for them, ``id=place``; without, it is as plain as
    JupyterLab's.
    """
    screens = [RecordedScreen(widget) for widget in widgets]

    def to_kernel(message: str) -> str:
        told: dict[str, Any] = json.loads(message)
        for screen in screens:
            screen.forget()
        screen = screens[told["at"]]
        if "traits" in told:
            screen.set(**told["traits"])
        else:
            screen.send(told["content"], *map(base64.b64decode, told["buffers"]))
        return json.dumps(
            [
                (at, data, [base64.b64encode(b).decode() for b in buffers])
                for at, screen in enumerate(screens)
                for data, buffers in screen.log()
            ]
        )

    light = str(not dark).lower()
    _open(page, screens, to_kernel, host or f"<body data-jp-theme-light={light}><div id=place>")
    # What came before this page listened, it fetches; what is out of sight is not drawn.
    page.locator(".ew-maps:not([data-drawing])[data-state=ready]").first.wait_for()


def open_saved(page: Page, widget: EmbeddingCompare) -> None:
    """Show one as a page that was saved does: what it was at the end, and nobody who answers."""
    _open(page, [RecordedScreen(widget)], lambda _message: "[]", "<body><div id=place>")


def _open(
    page: Page, screens: list[RecordedScreen], to_kernel: Callable[[str], str], host: str
) -> None:
    if page not in KERNELS:
        page.expose_function("toKernel", lambda message: KERNELS[page](message))
    KERNELS[page] = to_kernel
    page.set_content(host)
    states = [
        {name: value for name, value in screen.state.items() if name != "_esm"}
        for screen in screens
    ]
    page.evaluate(OPEN, [(STATIC / "index.js").read_text(), states])
    expect(page.locator(".ew-maps")).to_have_count(len(screens))


def expect_selection(page: Page, widget: EmbeddingCompare, expected: list[int]) -> None:
    """Wait until what the page selected has come to Python, frame by frame."""
    expect(page.get_by_text(f"{len(expected)} selected")).to_be_visible()
    for _ in range(600):
        if widget.selection.tolist() == expected:
            return
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert widget.selection.tolist() == expected


def resize(page: Page, width: int, height: int = 900) -> None:
    """Give the page a size, and wait until whoever observes its boxes has answered."""
    page.set_viewport_size({"width": width, "height": height})
    # Boxes are observed after a frame's callbacks: the second frame finds them answered.
    page.evaluate(
        """async ([width, height]) => {
        const frame = () => new Promise(requestAnimationFrame);
        do await frame(); while (innerWidth !== width || innerHeight !== height);
        await frame();
        }""",
        [width, height],
    )
