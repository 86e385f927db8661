"""What `to_html` writes: a file, whole or not at all, and no larger than asked for."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from exported_file import ExportedFile, export_within, least_mb, without_date

from embwidget import Comparison, EmbeddingCompare, Space, compare

N = 90
HOSTILE = [
    *(
        "</script><script>window.hit = 1</script>",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "\u2028 \u2029",
    ),
    *(
        "<script>",
        "</title><img src=x onerror=window.hit=2>",
        "x" * 10_000,
        "</SCRIPT >",
        "&lt;&#60;",
    ),
    *("\0 nul", "\ud83d", "__proto__", "line\nbreak\r\n", "<style>*{display:none}</style>"),
]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 3, N)
    a = rng.normal(size=(3, 8))[kinds] * 2 + rng.normal(size=(N, 8))
    frame = pd.DataFrame(
        {
            "kind": [f"kind {k}" for k in kinds],
            "note": ["".join(rng.choice(list("abcdefgh "), 700)) for _ in range(N)],
            "photo": [rng.integers(0, 256, (70, 70, 3), dtype=np.uint8) for _ in range(N)],
        }
    )
    return compare(a, a[:, :4], metadata=frame, label="kind", k_max=60)


@pytest.fixture(scope="module")
def widget(comparison: Comparison) -> Iterator[EmbeddingCompare]:
    """Of a script: nobody looks on, and nothing was measured."""
    made = EmbeddingCompare.from_comparison(comparison, text="note", reducer="pca")
    yield made
    made.close()


def test_a_path_gets_what_is_returned_without_one(widget: EmbeddingCompare, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("what was there before")
    assert widget.to_html(path) is None
    text = widget.to_html()
    assert text is not None
    assert without_date(path.read_text("utf-8")) == without_date(text)
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_what_a_script_leaves_is_measured_first(comparison: Comparison) -> None:
    widget = EmbeddingCompare.from_comparison(comparison, text="note", reducer="pca")
    assert {info["state"] for info in widget.numbers.values()} == {"stopped"}
    head = ExportedFile(str(widget.to_html())).head
    assert {info["state"] for info in head["traits"]["numbers"].values()} == {"known"}
    assert head["not_measured"] == head["left_out"] == []
    names = {column["name"] for column in head["traits"]["columns"]}
    assert names >= {"faithfulness_a", "group_b", "wins"}
    widget.close()


def test_a_comparison_makes_its_maps_and_tells_how_far_it_is(
    comparison: Comparison, tmp_path: Path
) -> None:
    said: list[tuple[str, float]] = []
    comparison.to_html(
        tmp_path / "page.html",
        text="note",
        reducer="pca",
        color_by="kind",
        progress=lambda step, share: said.append((step, share)),
    )
    page = ExportedFile((tmp_path / "page.html").read_text("utf-8"))
    assert page.head["traits"]["color_by"] == "kind"
    assert page.parts >= {"positions", "indices_a.0", "distances_b.4", "texts", "quality", "groups"}
    shares = [share for _, share in said]
    assert shares == sorted(shares)
    assert said[-1][0] == "writing the page"


def test_nobody_is_asked_for_what_takes_python(comparison: Comparison) -> None:
    found = compare(comparison.a.vectors, comparison.b.vectors, k_max=5)
    page = ExportedFile(str(found.to_html(reducer="pca")))
    assert page.head["traits"]["numbers"]["quality"] == {
        "state": "none",
        "note": "There are no labels.",
    }
    assert page.parts.isdisjoint({"labels", "label_codes", "texts", "quality"})


def test_what_was_cancelled_is_named(recorded: None, comparison: Comparison) -> None:
    made: list[EmbeddingCompare] = []
    is_there = threading.Event()

    def cancelling(x: np.ndarray) -> np.ndarray:
        is_there.wait(30)
        made[0].cancel()
        return x[:, :2]

    made.append(EmbeddingCompare.from_comparison(comparison, reducer=cancelling))
    is_there.set()
    with pytest.warns(UserWarning, match="the work was stopped before: how far the maps"):
        page = ExportedFile(str(made[0].to_html()))
    assert page.head["not_measured"] == ["how far the maps can be believed", "quality by label"]
    assert "quality" not in page.parts
    made[0].close()


def test_texts_of_others_are_texts(tmp_path: Path) -> None:
    n = 2 * len(HOSTILE)
    rng = np.random.default_rng(1)
    texts = [*HOSTILE, *(f"{text} " for text in HOSTILE)]
    frame = pd.DataFrame({"label <b>": [*HOSTILE, *HOSTILE], "note": texts[::-1]})
    a = Space(rng.normal(size=(n, 4)), ids=texts, metadata=frame, name="</title><script>1</script>")
    b = Space(rng.normal(size=(n, 3)), ids=texts, name="x" * 10_000)
    found = compare(a, b, label="label <b>", k_max=5)
    page = ExportedFile(str(found.to_html(text="note", reducer="pca")))
    assert set(page.tags) == {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "footer",
            "noscript",
            "p",
            "script",
        ),
    }
    assert page.allows_its_scripts_alone
    assert page.tags.count("script") == 2 + len(page.parts)
    assert page.texts["title"].startswith("</title><script>1</script> and xxx")
    plain = [text.replace("\ud83d", "\ufffd") for text in texts]
    assert page.json("ids") == plain
    assert page.json("texts") == plain[::-1]


@pytest.mark.parametrize("given", [0, -1, True, "25", float("nan"), [25]])
def test_a_limit_that_is_none_is_refused(
    widget: EmbeddingCompare, tmp_path: Path, given: object
) -> None:
    with pytest.raises(ValueError, match=r"max_mb=.*give millions of bytes above 0, or None"):
        widget.to_html(tmp_path / "page.html", max_mb=given)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_leaves_what_is_there(
    widget: EmbeddingCompare, comparison: Comparison, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_text("what was there before")
    with pytest.raises(ValueError, match=r"takes [\d.]+ MB without"):
        widget.to_html(path, max_mb=0.1)
    assert path.read_text() == "what was there before"
    assert [each.name for each in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(OSError, match="there is no folder 'no'"):
        widget.to_html(tmp_path / "no" / "page.html")
    started: list[str] = []
    with pytest.raises(OSError, match="it is a folder"):
        comparison.to_html(tmp_path, progress=lambda step, _: started.append(step))
    assert started == []


def test_what_does_not_fit_is_left_out_in_its_order(comparison: Comparison) -> None:
    widget = EmbeddingCompare.from_comparison(comparison, text="note", image="photo", reducer="pca")
    whole = str(widget.to_html(max_mb=None))
    assert ExportedFile(whole).head["left_out"] == []
    least = least_mb(widget)
    found: list[tuple[str, ...]] = []
    # What is said to be the least is rounded up.
    rounded = (0, -0.002, -0.004, -0.006, -0.008)
    for more in (len(whole) * 0.99 / 1e6 - least, *np.geomspace(0.2, 1e-3, 14), *rounded):
        made = export_within(widget, float(least + more))
        if made is None:
            break
        page, warning = made
        said = page.head["left_out"]
        assert said
        assert all(each in warning for each in said)
        # What is left out is not in the file, and what the page shows goes no further.
        k_max, k_lists = page.head["traits"]["k_max"], page.head["k_lists"]
        assert len(page.head["traits"]["curve"]) == k_max
        assert ("indices_a.0" in page.parts) == (k_lists > 0) == ("shared.0" not in page.parts)
        assert bool(page.head["traits"]["image"]) == ("pictures" in page.parts)
        is_cut = max(map(len, page.json("texts"))) == 300
        assert is_cut == any(each.startswith("texts") for each in said)
        found.append(tuple(each.split(" ")[0] for each in said))
    order = {"pictures": 0, "texts": 1, "neighbours": 2, "neighbour": 3, "what": 4}
    steps = [max(order[word] for word in words) for words in found]
    assert steps == sorted(steps)
    assert {0, 1, 2, 3} <= set(steps)
    widget.close()
