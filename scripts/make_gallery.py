"""Write the comparisons of docs/gallery as pages, of which ``make docs`` has those that are old.

``python scripts/make_gallery.py words`` writes ``build/gallery/words.html``; ``--pictures`` opens
the pages that are there in a browser and takes the pictures of docs/gallery, light and dark.
"""

import shutil
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

import embwidget as ew

ROOT = Path(__file__).parents[1]
DATA = ROOT / "notebooks" / "data"
PAGES = ROOT / "build" / "gallery"
PICTURES = ROOT / "docs" / "gallery"
# Of a picture, in pixels.
SIZE = {"width": 1200, "height": 870}


def words() -> ew.EmbeddingCompare:
    """5,040 definitions of WordNet: means of word vectors against a sentence encoder."""
    return ew.EmbeddingCompare(
        ew.Space.load(DATA / "wordnet_glove.npz", name="GloVe mean"),
        ew.Space.load(DATA / "wordnet_minilm.npz", name="MiniLM"),
        metadata=pd.read_csv(DATA / "wordnet.csv.gz", index_col="id"),
        label="label",
        text="gloss",
    )


def digits() -> ew.EmbeddingCompare:
    """1,797 digits: their pixels against a projection that saw the labels of every second one."""
    from sklearn.datasets import load_digits
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    data = load_digits()
    is_fitted = np.arange(len(data.data)) % 2 == 0
    lda = LinearDiscriminantAnalysis().fit(data.data[is_fitted], data.target[is_fitted])
    return ew.EmbeddingCompare(
        ew.Space(data.data, name="pixels", metric="euclidean"),
        ew.Space(lda.transform(data.data), name="LDA", metric="euclidean"),
        metadata=pd.DataFrame(
            {
                "digit": data.target.astype(str),
                "fitted": np.where(is_fitted, "seen by LDA", "new to LDA"),
            }
        ),
        label="digit",
        image=(255 - data.images * (255 / 16)).astype(np.uint8),
    )


def emoji() -> ew.EmbeddingCompare:
    """1,707 emoji: features of their pictures against those of their names."""
    items = pd.read_csv(DATA / "emoji.csv.gz", index_col="id")
    with np.load(DATA / "emoji_thumbnails.npz") as file:
        png, offsets = file["png"], file["offsets"]
    items["picture"] = [png[start:stop].tobytes() for start, stop in pairwise(offsets)]
    return ew.EmbeddingCompare(
        ew.Space.load(DATA / "emoji_pictures.npz", name="pictures"),
        ew.Space.load(DATA / "emoji_names.npz", name="names"),
        metadata=items,
        label="category",
        text="name",
        image="picture",
    )


# Each with the item that is looked at when the page opens.
MADE: dict[str, tuple[Callable[[], ew.EmbeddingCompare], str | int]] = {
    "words": (words, "wolf.n.01"),
    "digits": (digits, 1551),
    "emoji": (emoji, "clock4"),
}


def write(name: str) -> None:
    """Write one page."""
    make, focus = MADE[name]
    widget = make()
    widget.wait()
    widget.focus = focus
    PAGES.mkdir(parents=True, exist_ok=True)
    widget.to_html(PAGES / f"{name}.html")


def take_pictures() -> None:
    """Take the pictures of all pages, light and dark, off the network."""
    from io import BytesIO

    from PIL import Image
    from playwright.sync_api import expect, sync_playwright

    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import BROWSERS, FLAGS

    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for theme in ("light", "dark"):
            context = browser.new_context(viewport=SIZE, color_scheme=theme, offline=True)
            for name in MADE:
                page = context.new_page()
                page.goto((PAGES / f"{name}.html").as_uri())
                widget = page.locator(".ew-root")
                expect(widget.locator(".ew-maps:not([data-drawing])")).to_be_visible()
                expect(widget.locator(".ew-table-b [data-item]").first).to_be_visible()
                page.wait_for_function("() => [...document.images].every((each) => each.complete)")
                picture = Image.open(BytesIO(page.screenshot()))
                picture.save(PICTURES / f"{name}-{theme}.webp", quality=85, method=6)
                page.close()
        browser.close()


def main() -> None:
    """Write the pages that are named, by default all."""
    if sys.argv[1:] == ["--pictures"]:
        take_pictures()
        return
    for name in sys.argv[1:] or MADE:
        write(name)


if __name__ == "__main__":
    main()
