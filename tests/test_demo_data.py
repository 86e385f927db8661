"""The demo's data is what it claims to be; the notebooks run, and what they say of it holds."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jupyter_client import AsyncKernelManager
from jupyter_core.utils import run_sync

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
DATA = NOTEBOOKS / "data"
SPACES = {
    "wordnet_glove": ("wordnet", 50),
    "wordnet_minilm": ("wordnet", 384),
    "emoji_pictures": ("emoji", 128),
    "emoji_names": ("emoji", 384),
}
N_ROWS = {"wordnet": 5040, "emoji": 1707}


def frame(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv.gz")


def vectors(name: str) -> np.ndarray:
    with np.load(DATA / f"{name}.npz") as file:  # refuses pickles
        return file["vectors"]


@cache
def neighbors(name: str, k: int = 10) -> np.ndarray:
    """(n, k) positions of the nearest by cosine, in no order, by the plainest means."""
    x = vectors(name).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    similarity = x @ x.T
    np.fill_diagonal(similarity, -np.inf)
    return np.argpartition(similarity, -k, axis=1)[:, -k:]


def purity(name: str, labels: np.ndarray) -> np.ndarray:
    """(n,) share of each item's neighbours that have its label."""
    return (labels[neighbors(name)] == labels[:, None]).mean(axis=1)


def n_shared(name_a: str, name_b: str) -> np.ndarray:
    lists = zip(neighbors(name_a), neighbors(name_b), strict=True)
    return np.array([len(set(a) & set(b)) for a, b in lists])


def test_the_data_is_small():
    assert sum(file.stat().st_size for file in DATA.rglob("*") if file.is_file()) < 10e6


def test_every_data_file_has_its_terms_written_down():
    terms = (DATA / "LICENSES.md").read_text(encoding="utf-8")
    files = {file.name for pattern in ("*.npz", "*.csv.gz") for file in DATA.glob(pattern)}
    assert files == {name for name in files if f"`{name}`" in terms}
    assert "WordNet 3.1 Copyright 2011 by Princeton University" in terms


def test_what_travels_with_the_package_has_the_neighbours_of_what_does_not():
    with np.load(DATA / "wordnet_minilm_int8.npz") as file:
        ids, packed = file["ids"], file["vectors"]
    assert packed.dtype == np.int8
    assert packed.shape == vectors("wordnet_minilm").shape
    assert ids.tolist() == frame("wordnet")["id"].tolist()
    assert n_shared("wordnet_minilm", "wordnet_minilm_int8").mean() > 9.95


@pytest.mark.parametrize("name", N_ROWS)
def test_tables_are_complete(name):
    table = frame(name)
    assert len(table) == N_ROWS[name]
    assert table["id"].is_unique
    assert table.notna().all(axis=None)


@pytest.mark.parametrize("name", SPACES)
def test_spaces_are_finite_and_in_the_order_of_their_table(name):
    table, n_dims = SPACES[name]
    x = vectors(name)
    assert x.shape == (N_ROWS[table], n_dims)
    assert x.dtype == np.float16
    assert np.isfinite(x).all()
    assert (np.linalg.norm(x.astype(np.float32), axis=1) > 0.1).all()
    with np.load(DATA / f"{name}.npz") as file:
        assert file["ids"].tolist() == frame(table)["id"].tolist()


def test_wordnet_labels_are_balanced_and_glosses_are_sentences():
    table = frame("wordnet")
    counts = table["label"].value_counts()
    assert len(counts) == 24
    assert set(counts) == {210}
    assert table["gloss"].is_unique
    assert table["gloss"].str.len().between(30, 160).all()


def test_thumbnails_are_small_png_files():
    with np.load(DATA / "emoji_thumbnails.npz") as file:
        png, offsets, ids = file["png"].tobytes(), file["offsets"], file["ids"]
    assert ids.tolist() == frame("emoji")["id"].tolist()
    assert offsets[0] == 0
    assert offsets[-1] == len(png)
    for start in offsets[:-1]:
        head = png[start : start + 24]
        assert head.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(head[16:20]) == int.from_bytes(head[20:24]) == 32


def test_minilm_is_ahead_of_glove_in_every_field():
    labels = frame("wordnet")["label"].to_numpy()
    scores = pd.DataFrame({name: purity(f"wordnet_{name}", labels) for name in ("glove", "minilm")})
    assert scores.mean().round(2).to_dict() == {"glove": 0.42, "minilm": 0.54}  # chance: 0.04
    by_label = scores.groupby(labels).mean()
    lead = (by_label["minilm"] - by_label["glove"]).sort_values()
    assert lead.iloc[0] > 0.03
    assert lead.index[:2].tolist() == ["state", "act"]
    assert lead.index[-2:].tolist() == ["animal", "location"]
    clear = scores["glove"] - scores["minilm"]
    assert ((clear > 0.45).sum(), (clear < -0.45).sum()) == (44, 479)


def test_glove_and_minilm_share_few_neighbors():
    shared = n_shared("wordnet_glove", "wordnet_minilm")
    assert (shared / (20 - shared)).mean() == pytest.approx(0.133, abs=0.001)
    assert (shared == 0).mean() == pytest.approx(1 / 6, abs=0.01)
    row = {item: i for i, item in enumerate(frame("wordnet")["id"])}
    assert shared[row["wolf.n.01"]] == 0
    assert shared[row["figure_eight.n.01"]] == 0


def test_emoji_pictures_and_names_share_few_neighbors():
    table = frame("emoji")
    shared = n_shared("emoji_pictures", "emoji_names")
    assert shared.mean() < 2
    assert (shared == 0).mean() > 1 / 3
    groups = table.assign(shared=shared).groupby("subcategory")["shared"].agg(["mean", "size"])
    order = groups.query("size >= 9").sort_values("mean").index
    assert order[0] == "musical-instrument"
    assert set(order[-5:]) == {"cat-face", "time", "heart", "geometric", "arrow"}


@pytest.mark.parametrize("name", ["demo", "digits", "emoji"])
def test_notebook_is_committed_clean(name):
    import nbformat

    text = (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert not cell.metadata
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.fixture(scope="module")
def kernel():
    """One for all notebooks, since UMAP compiles for ten seconds in each; not started yet."""
    manager = AsyncKernelManager(kernel_name="python3")
    yield manager
    run_sync(manager.shutdown_kernel)(now=True)


@pytest.mark.parametrize("name", ["demo", "digits", "emoji"])
def test_notebook_runs(kernel, name):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    # No notebook may live on the names of the one before.
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    folder = {"metadata": {"path": NOTEBOOKS}}
    client = NotebookClient(notebook, km=kernel, timeout=300, resources=folder)
    client.execute()
    client.kc.stop_channels()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    view = "application/vnd.jupyter.widget-view+json"
    assert any(view in output.get("data", {}) for output in outputs)
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    errors = [model["state"]["error"] for model in states.values() if "error" in model["state"]]
    assert errors == [""]
