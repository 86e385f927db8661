"""What the README shows works as it stands there."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from recorded_screen import RecordedComm
from sklearn.decomposition import PCA

import embwidget as ew
from embwidget.knn import query
from embwidget.projection import UMAP

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def python_below(heading: str) -> list[str]:
    """The blocks of Python in a section."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the first lines leave behind."""
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comm.create_comm", RecordedComm)
        (first,) = python_below("Ten lines")
        exec(first, names)
    return names


def test_the_first_screen_runs(recorded):
    first = README.split("\n## ", 1)[0]
    (lines,) = re.findall(r"```python\n(.*?)```", first, re.DOTALL)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 40, 6))
    exec(lines, {"a": a, "b": b, "labels": np.arange(40) % 4})
    assert (
        first.index("make demo") < first.index("make test") < first.index("- **Two linked maps**")
    )


def test_the_wheel_of_the_first_screen_is_the_one_that_is_built():
    (version,) = re.findall(r"pip install embwidget-(\S+?)-py3-none-any.whl", README)
    assert version == ew.__version__


def test_what_comes_back_is_what_is_said(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    back, said = python_below("What comes back in Python")
    exec(back, names)
    assert len(names["w"].neighbors_frame()) == names["w"].k
    assert names["c"].similarity > names["c"].similarity.chance
    assert ew.Comparison.load("c.zip").similarity == names["c"].similarity
    assert {path.name for path in tmp_path.iterdir()} == {"pair.zip", "c.zip"}
    exec(said, names)


def test_the_recipes_run(tmp_path, monkeypatch, recorded):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    a, b, new = (rng.normal(size=shape) for shape in ((60, 16), (60, 16), (5, 16)))
    np.save("a.npy", a.astype(np.float32))
    np.save("b.npy", b.astype(np.float32))
    df = pd.DataFrame({"category": list("abc") * 20, "title": [f"title {i}" for i in range(60)]})
    df["thumb"] = list(rng.integers(0, 256, (60, 4, 4), dtype=np.uint8))
    comparison = ew.compare(a, b, k_max=20)
    names = {
        "ew": ew,
        "np": np,
        "query": query,
        "a": a,
        "b": b,
        "x": a.astype(np.float32),
        "new": new.astype(np.float32),
        "names": [f"item {i}" for i in range(60)],
        "UMAP": UMAP,
        "df": df,
        "table": pd.DataFrame({"emb_a": [*a[:-1], None], "emb_b": list(b)}),
        "xy_a": a[:, :2],
        "xy_b": b[:, :2],
        "c": comparison,
        "w": ew.EmbeddingCompare.from_comparison(comparison, reducer="pca"),
        "my_object_with_fit_transform": PCA(n_components=2),
    }
    recipes = python_below("Recipes")
    assert recipes
    for recipe in recipes:
        exec(recipe, names)


def test_spaces_are_kept_track_of(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines, gate = python_below("Keep track of spaces")
    target = names["digits"].target[:200]
    df = pd.DataFrame({"id": [f"d{i}" for i in range(200)], "digit": target})
    spaces = {name: names[name][:200] for name in ("pixels", "projected")}
    exec(lines, {"ew": ew, "df": df, **spaces})
    exec(gate, names)
    assert names["verdict"].verdict in ("pass", "regression", "undecided")
    assert set(ew.Registry("registry").spaces()["name"]) == {"pixels", "lda"}


def test_what_the_readme_names_is_there():
    root = Path(__file__).parents[1]
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (root / link).exists()] == []
