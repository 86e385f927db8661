"""Comparisons in files: what comes back is what was saved, or a sentence."""

import io
import json
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest

import embwidget as ew
from embwidget._core.npz import write_npz
from embwidget.io import save as save_space
from embwidget.metrics import Metric

N = 80


def spaces(n=N, n_dims=6):
    rng = np.random.default_rng(0)
    a = rng.normal(size=(n, n_dims)).astype(np.float32)
    return a, a + 0.4 * rng.normal(size=a.shape).astype(np.float32)


def frame(n=N):
    return pd.DataFrame(
        {
            "id": [f"item {i} \u2028</script>" for i in range(n)],
            "kind": pd.Categorical([f"kind {i % 3}" for i in range(n)]),
            "when": pd.date_range("2020-01-01", periods=n),
            "score": np.where(np.arange(n) % 7, np.arange(n) / 3, np.nan),
            "text": [f"text ü {i}" if i % 5 else None for i in range(n)],
        }
    )


@pytest.fixture
def compared():
    return ew.compare(*spaces(), metadata=frame(), id="id", label="kind", names=("one", "two"))


def saved_and_loaded(comparison, tmp_path, **options):
    path = tmp_path / "pair.zip"
    comparison.save(path, **options)
    return ew.Comparison.load(path)


def assert_same(loaded, comparison):
    pd.testing.assert_frame_equal(loaded.to_frame(), comparison.to_frame(), check_dtype=False)
    assert repr(loaded) == repr(comparison)
    assert loaded.join_report == comparison.join_report
    assert str(loaded.join_report) == str(comparison.join_report)
    assert loaded.similarity == comparison.similarity
    assert loaded.verdict() == comparison.verdict()
    pd.testing.assert_series_equal(loaded.figures(), comparison.figures())
    for graph, known in (
        (loaded.graph_a, comparison.graph_a),
        (loaded.graph_b, comparison.graph_b),
    ):
        assert np.array_equal(graph.indices, known.indices)
        assert np.array_equal(graph.distances, known.distances)


def test_what_was_saved_comes_back(compared, tmp_path):
    loaded = saved_and_loaded(compared, tmp_path)
    assert_same(loaded, compared)
    assert np.array_equal(loaded.a.vectors, compared.a.vectors)
    assert (loaded.a.name, loaded.b.name, loaded.label) == ("one", "two", "kind")
    pd.testing.assert_frame_equal(loaded.quality(), compared.quality())
    assert loaded.summary() == compared.summary()
    assert list(loaded.frame.columns) == list(compared.frame.columns)
    assert loaded.frame["when"].tolist() == compared.frame["when"].tolist()


def test_without_vectors_all_that_needs_none_is_there(compared, tmp_path):
    loaded = saved_and_loaded(compared, tmp_path, vectors=False)
    assert_same(loaded, compared)
    assert (loaded.a.n_dims, len(loaded.a)) == (6, N)
    for needs in (loaded.quality, lambda: loaded.a.vectors, loaded.measures):
        with pytest.raises(ValueError, match="saved without them: save it with vectors=True"):
            needs()


def test_equals_and_copies_are_known(tmp_path):
    a, b = (np.round(x) for x in spaces(n_dims=2))
    for unique in (False, True):
        comparison = ew.compare(a, b, metric="euclidean", n_neighbors=5, k_max=9, unique=unique)
        assert_same(saved_and_loaded(comparison, tmp_path), comparison)
        loaded = saved_and_loaded(comparison, tmp_path, vectors=False)
        assert repr(loaded) == repr(comparison)
        assert "through equals" in repr(loaded)
        # Lists that are cut through equals are drawn anew, by what is equally near.
        with pytest.raises(ValueError, match="saved without them"):
            loaded.verdict()


@pytest.mark.parametrize(
    "ids",
    [None, np.arange(N) * 7 - 9, np.arange(N, dtype=np.uint64) + 2**63, [str(i) for i in range(N)]],
    ids=["none", "int64", "uint64", "texts"],
)
def test_ids_of_every_kind_come_back(tmp_path, ids):
    comparison = ew.compare(*spaces(), ids=ids)
    loaded = saved_and_loaded(comparison, tmp_path)
    assert loaded.a.ids.tolist() == comparison.a.ids.tolist()
    assert (loaded.a.ids.dtype, loaded.a.has_ids) == (comparison.a.ids.dtype, comparison.a.has_ids)
    assert_same(loaded, comparison)


def test_items_that_were_left_out_stay_so(tmp_path):
    a, b = spaces()
    left = ew.Space(a, ids=np.arange(N), name="left")
    right = ew.Space(b[10:], ids=np.arange(10, N), name="right")
    comparison = ew.compare(left, right)
    loaded = saved_and_loaded(comparison, tmp_path)
    assert_same(loaded, comparison)
    assert loaded.join_report.only_a == 10
    assert loaded.neighbors(40).equals(comparison.neighbors(40))


def test_bits_come_back(tmp_path):
    a, b = (np.packbits(x > 0, axis=1) for x in spaces(n_dims=32))
    comparison = ew.compare(a, b, metric="hamming")
    loaded = saved_and_loaded(comparison, tmp_path)
    assert_same(loaded, comparison)
    assert np.array_equal(loaded.a.vectors, comparison.a.vectors)


def test_large_vectors_stay_in_the_file(compared, tmp_path, monkeypatch):
    monkeypatch.setenv("EMBWIDGET_MAP_ABOVE", "0")
    path = tmp_path / "pair.zip"
    compared.save(path)
    loaded = ew.Comparison.load(path)
    assert loaded.a.mapped_from == loaded.b.mapped_from == str(path)
    pd.testing.assert_frame_equal(loaded.quality(), compared.quality())
    again = tmp_path / "again.zip"
    loaded.save(again)
    assert_same(ew.Comparison.load(again), compared)
    # Over the file that it is read from, too.
    loaded.save(path)
    assert np.array_equal(ew.Comparison.load(path).a.vectors[:], compared.a.vectors)


def test_a_byte_that_is_another_is_noticed(compared, tmp_path):
    path = tmp_path / "pair.zip"
    compared.save(path)
    sound = path.read_bytes()
    rng = np.random.default_rng(1)
    for at in rng.integers(0, len(sound), 60).tolist():
        damaged = bytearray(sound)
        damaged[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"'pair\.zip' cannot be loaded as a comparison"):
            ew.Comparison.load(path)
    for length in (0, 1, len(sound) // 2, len(sound) - 1):
        path.write_bytes(sound[:length])
        with pytest.raises(ValueError, match=r"'pair\.zip' cannot be loaded as a comparison"):
            ew.Comparison.load(path)


def rewritten(path, **changes):
    """The file as somebody else would write it, with a right seal."""
    with np.load(path) as file:
        arrays = dict(file)
    about = json.loads(arrays["about"].tobytes())
    about |= {name: value for name, value in changes.items() if name in about}
    arrays |= {name: value for name, value in changes.items() if name not in about}
    arrays["about"] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    with path.open("w+b") as file:
        write_npz(file, {k: v for k, v in arrays.items() if v is not None}, sealed=True)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 99, "version": "7.0"}, "embwidget '7.0' saved it.*upgrade embwidget"),
        ({"kind": "something"}, "not one that save"),
        ({"n_items": 10**9}, "ids"),
        ({"n_items": "many"}, "n_items"),
        ({"label": "nothing"}, "column 'nothing' is missing"),
        ({"k_max": 400}, "k_max"),
        ({"metrics": ["cosine", "mine"]}, "metric is 'mine'"),
        ({"metrics": ["cosine"]}, "two spaces and two metrics"),
        ({"metadata": "../../x"}, "metadata is of the kind"),
        ({"spaces": []}, "two spaces and two metrics"),
        ({"indices_a": np.full((N, 50), N, np.int32)}, "outside of"),
        ({"indices_b": None}, "indices_b"),
        ({"ids": np.zeros(3), "ids_are_texts": False}, "its ids are float64"),
        ({"ids": np.zeros(3, np.uint8)}, "its ids"),
        ({"vectors_a": np.zeros((3, 2), np.float32)}, "shape"),
        ({"vectors_a": np.full((N, 6), np.nan, np.float32)}, "is nan"),
    ],
)
def test_a_file_that_does_not_fit_together_is_refused(compared, tmp_path, changes, says):
    path = tmp_path / "pair.zip"
    compared.save(path)
    rewritten(path, **changes)
    with pytest.raises(ValueError, match=rf"(?s)'pair\.zip' cannot be loaded.*({says})") as caught:
        ew.Comparison.load(path)
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


def test_nothing_is_unpickled(compared, tmp_path):
    class Trap:
        def __reduce__(self):
            return (print, ("run",))

    path = tmp_path / "pair.zip"
    compared.save(path)
    packed = io.BytesIO()
    np.save(packed, np.array([Trap()], object), allow_pickle=True)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.npy", packed.getvalue())
    with pytest.raises(ValueError, match="cannot be loaded"):
        ew.Comparison.load(path)
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="cannot be loaded"):
        ew.Comparison.load(path)


def test_other_files_are_refused_by_name(tmp_path):
    vectors = tmp_path / "vectors.npz"
    save_space(spaces()[0], vectors)
    with pytest.raises(ValueError, match=r"'vectors\.npz' cannot be loaded as a comparison"):
        ew.Comparison.load(vectors)
    with pytest.raises(OSError, match=r"none\.zip"):
        ew.Comparison.load(tmp_path / "none.zip")
    with pytest.raises(OSError, match="folder"):
        ew.Comparison.load(tmp_path)


def test_what_cannot_be_kept_is_refused_before_anything_is_written(tmp_path):
    class Mine(Metric):
        name = "mine"

        def distances(self, x, y):
            return np.abs(x[:, None] - y[None]).sum(axis=2)

    path = tmp_path / "pair.zip"
    path.write_text("what was there")
    mixed = pd.DataFrame({"odd": [{"a": i} if i % 2 else i for i in range(N)]})
    with pytest.raises((ValueError, TypeError), match=r"odd|cannot be stored"):
        ew.compare(*spaces(), metadata=mixed).save(path)
    assert path.read_text() == "what was there"
    with pytest.raises(OSError, match="there is no folder"):
        ew.compare(*spaces()).save(tmp_path / "none" / "pair.zip")
