"""Run the demo notebook in a real JupyterLab and browser, without a screen.

Leaves the executed notebook and pictures of the widget, light and dark, under build/demo.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "lab")]

from conftest import BROWSERS, FLAGS  # noqa: E402
from labserver import Notebook, lab_server  # noqa: E402

OUT = ROOT / "build" / "demo"
# A map is drawn when this share of its pixels has channels that differ by more than this.
DRAWN_SHARE, COLOURED = 0.01, 60
# JupyterLab lays the page out anew when its theme changes; a picture may fall into that.
ATTEMPTS = 20
WIDGET_CELL_SOURCE = "ew.EmbeddingCompare("


def main() -> None:
    """Execute, look, keep; fails when a cell fails or the maps stay empty."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with TemporaryDirectory() as folder, lab_server(Path(folder)) as lab, sync_playwright() as p:
        shutil.copytree(ROOT / "notebooks", lab.root, dirs_exist_ok=True)
        browser = p.chromium.launch(executable_path=path, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, device_scale_factor=2)
        page.set_default_timeout(240_000)
        notebook = Notebook(page)
        notebook.open(f"{lab.url}/doc/tree/demo.ipynb")
        notebook.run_all()
        notebook.save()
        executed = lab.root / "demo.ipynb"
        show_focus(notebook)
        picture(page, executed, "light")
        notebook.use_theme("JupyterLab Dark")
        picture(page, executed, "dark")
        shutil.copy(executed, OUT)
        browser.close()
    print(f"The executed notebook and its pictures are in {OUT.relative_to(ROOT)}")


def show_focus(notebook: Notebook) -> None:
    """Bring one item into focus, as a click would."""
    notebook.execute("w.selection = []; w.focus = 'champagne.n.01'")
    expect(notebook.page.locator(".ew-table-a [data-item]").first).to_be_visible()


def picture(page: Page, executed: Path, theme: str) -> None:
    """Take a picture of the widget alone, once its maps are final."""
    index = next(
        i
        for i, cell in enumerate(nbformat.read(executed, as_version=4).cells)
        if WIDGET_CELL_SOURCE in cell.source
    )
    page.evaluate(
        """async (index) => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = index;
          await content.scrollToItem(index, "start");
        }""",
        index,
    )
    widget = page.locator(".ew-root").first
    expect(widget).to_have_attribute("data-theme", theme)
    expect(widget.get_by_role("progressbar")).to_be_hidden()
    # The travel of the points ends with a drawing at rest.
    expect(widget.locator(".ew-maps:not([data-drawing])")).to_be_visible()
    for _ in range(ATTEMPTS):
        if is_drawn(widget):
            widget.screenshot(path=OUT / f"widget-{theme}.png")
            return
    msg = f"the maps are still empty in the {theme} theme"
    raise RuntimeError(msg)


def is_drawn(widget: Locator) -> bool:
    """Whether both maps show points: colours in them, not the background alone."""
    for map_ in widget.locator(".ew-map-surface").all():
        image = np.asarray(Image.open(BytesIO(map_.screenshot())).convert("RGB")).astype(int)
        coloured = np.ptp(image, axis=2) > COLOURED
        if coloured.mean() < DRAWN_SHARE:
            return False
    return True


if __name__ == "__main__":
    main()
