"""A notebook that was saved, opened again without its kernel, and converted."""

import io
import json

import numpy as np
import pytest
from labserver import Notebook
from nbconvert import HTMLExporter
from notebook_screen import surface, wait_until_drawn
from PIL import Image
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.lab

BEFORE = """
import numpy as np, embwidget as ew
rng = np.random.default_rng(0)
x = rng.normal(size=(12, 16))[np.arange(600) % 12] * 2 + rng.normal(size=(600, 16))
label = (np.arange(600) % 12).astype(str)
"""
CELL = """
w = ew.EmbeddingCompare(
    x, x + rng.normal(size=x.shape), label=label, names=("before", "after"), reducer="pca",
)
w
"""
# Whether anything of the widget was taken away or put in anew.
WATCH = """() => {
  window.rebuilt = 0;
  const output = document.querySelector(".ew-root").closest(".jp-OutputArea-child");
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records)
      for (const node of [...addedNodes, ...removedNodes])
        rebuilt += node.nodeType === 1 && (node === output || node.matches(".ew-root, canvas"));
  }).observe(output.parentElement, { childList: true, subtree: true });
}"""


def colors(picture: Locator) -> int:
    """Pixels of an image on the page that have a colour."""
    shot = np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB"), int)
    return int((np.ptp(shot, axis=2) > 60).sum())


def test_a_saved_notebook_shows_a_picture_where_nobody_answers(
    lab, notebook: Notebook, lab_page: Page, lab_watch, tmp_path
) -> None:
    notebook.open(lab.write("saved.ipynb", BEFORE, CELL))
    notebook.run_cell(0)
    notebook.run_cell(1)
    widget = notebook.output(1)
    widget.locator(".ew-root").wait_for()
    lab_page.evaluate(WATCH)
    saved = widget.locator(".ew-fallback img")
    saved.wait_for(state="attached")
    notebook.until("w.progress['step'] == ''")
    wait_until_drawn(surface(notebook, 1, "a"))
    # The living widget alone is seen, and it is the one that was there before.
    expect(saved).to_be_hidden()
    assert lab_page.evaluate("rebuilt") == 0
    notebook.save()
    lab_page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    path = lab.root / "saved.ipynb"
    outputs = json.loads(path.read_text())["cells"][1]["outputs"]
    assert len(json.dumps(outputs)) < 300_000
    assert "image/png" in outputs[1]["data"]

    # After a restart and a reload there is nobody to draw it, and JupyterLab complains of that.
    notebook.restart()
    lab_watch.allow("widget model not found")
    notebook.reload()
    expect(saved).to_be_visible()
    expect(widget).to_contain_text("neighbours are the same")
    expect(widget).to_contain_text("run the cell again")
    assert colors(saved) > 2000

    html, _ = HTMLExporter().from_filename(str(path))
    # Formulas and the like would come from elsewhere.
    page = lab_page.context.browser.new_page(offline=True)
    page.set_content(html)
    expect(page.locator("img")).to_have_count(1)
    expect(page.locator("img")).to_be_visible()
    assert colors(page.locator("img")) > 2000
    page.close()

    notebook.run_all()
    wait_until_drawn(surface(notebook, 1, "a"))
    expect(saved).to_be_hidden()
