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

from playwright.sync_api import Page
from recorded_screen import RecordedScreen

from embwidget import EmbeddingCompare

STATIC = Path(__file__).parents[2] / "embwidget" / "static"

# What stands behind each page now: a page outlives the tests, and what it was given stays its own.
KERNELS: WeakKeyDictionary[Page, Callable[[str], str]] = WeakKeyDictionary()

# anywidget's model: traits, changes and messages.
OPEN = """async ([code, state]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { initialize, render } = await (await import(url)).default();
  const listeners = {}, changed = {};
  const fire = (event, ...args) => { for (const heard of listeners[event] ?? []) heard(...args) };
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), c => c.charCodeAt(0)).buffer);
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer.buffer ?? buffer)));
  const tell = async (message) => {
    for (const [data, buffers] of JSON.parse(await toKernel(JSON.stringify(message)))) {
      if (data.method === "custom") fire("msg:custom", data.content, buffers.map(bytes));
      else for (const [name, value] of Object.entries(data.state)) {
        state[name] = value;
        fire("change:" + name);
      }
    }
  };
  const model = {
    get: (name) => state[name],
    set(name, value) { state[name] = changed[name] = value; fire("change:" + name) },
    save_changes() {
      tell({ traits: { ...changed } });
      for (const name in changed) delete changed[name];
    },
    send: (content, _, buffers = []) => tell({ content, buffers: buffers.map(text) }),
    on: (event, heard) => (listeners[event] ??= new Set()).add(heard),
    off: (event, heard) => listeners[event]?.delete(heard),
  };
  await initialize({ model });
  await render({ model, el: document.getElementById("place") });
}"""


def open_widget(page: Page, widget: EmbeddingCompare, *, dark: bool = False) -> None:
    """Show a widget that talks to a `RecordedComm` and whose work is done."""
    screen = RecordedScreen(widget)

    def to_kernel(message: str) -> str:
        told: dict[str, Any] = json.loads(message)
        screen.forget()
        if "traits" in told:
            screen.set(**told["traits"])
        else:
            screen.send(told["content"], *map(base64.b64decode, told["buffers"]))
        log = [(data, [base64.b64encode(b).decode() for b in bs]) for data, bs in screen.log()]
        return json.dumps(log)

    if page not in KERNELS:
        page.expose_function("toKernel", lambda message: KERNELS[page](message))
    KERNELS[page] = to_kernel
    light = str(not dark).lower()
    page.set_content(f"<body data-jp-theme-light={light}><div id=place></div></body>")
    page.add_style_tag(path=STATIC / "index.css")
    traits = {name: value for name, value in screen.state.items() if name not in ("_esm", "_css")}
    page.evaluate(OPEN, [(STATIC / "index.js").read_text(), traits])
    # What came before this page listened, it fetches.
    page.locator(".ew-maps:not([data-drawing])[data-state=ready]").wait_for()
