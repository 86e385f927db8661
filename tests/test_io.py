"""Spaces come back from files as they went in."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pytest
from file_tools import full_disk
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

import embwidget as ew
from embwidget.io import load, save
from embwidget.space import Space

VECTORS = np.array([[1, 2.5], [3, 4], [5, -6]], np.float32)
IDS = ["a", "b", "ç"]
FRAME = pd.DataFrame({"key": IDS, "x": VECTORS[:, 0], "y": VECTORS[:, 1], "kind": ["p", "q", "q"]})


def write_stream(frame: pd.DataFrame, path: Path) -> None:
    table = pa.Table.from_pandas(frame)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)


def write_ipc(frame: pd.DataFrame, path: Path) -> None:
    pl.from_pandas(frame).write_ipc(path)


TABLES: dict[str, tuple[str, Callable[[pd.DataFrame, Path], Any]]] = {
    "parquet": ("t.parquet", pd.DataFrame.to_parquet),
    "feather": ("t.feather", pd.DataFrame.to_feather),
    "compressed ipc": ("t.ipc", lambda f, p: feather.write_feather(f, p, compression="zstd")),
    "polars ipc": ("t.arrow", write_ipc),
    "arrow stream": ("t.arrow", write_stream),
    "csv": ("t.csv", lambda frame, path: frame.to_csv(path, index=False)),
    "capitals": ("T.CSV", lambda frame, path: frame.to_csv(path, index=False)),
}
table_formats = pytest.mark.parametrize("form", TABLES)


def written(form: str, frame: pd.DataFrame, folder: Path) -> Path:
    name, write = TABLES[form]
    write(frame, folder / name)
    return folder / name


@table_formats
def test_tables_give_vectors_ids_and_metadata(form: str, tmp_path: Path) -> None:
    path = written(form, FRAME, tmp_path)
    space = load(path, id="key")
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.ids.tolist() == IDS
    assert space.metadata.to_dict("list") == {"kind": ["p", "q", "q"]}
    assert space.name == path.stem


@table_formats
def test_columns_of_the_vectors_can_be_named(form: str, tmp_path: Path) -> None:
    space = load(written(form, FRAME, tmp_path), vectors=["y"])
    assert space.vectors.tolist() == VECTORS[:, 1:].tolist()
    assert list(space.metadata.columns) == ["key", "x", "kind"]
    assert not space.has_ids


@pytest.mark.parametrize("form", [form for form in TABLES if "csv" not in TABLES[form][0].lower()])
def test_a_column_of_lists_holds_vectors(form: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"v": VECTORS.tolist(), "label": [0, 1, 1]})
    space = load(written(form, frame, tmp_path))
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.metadata["label"].tolist() == [0, 1, 1]


@pytest.mark.parametrize("form", ["parquet", "arrow stream"])
@pytest.mark.parametrize("index_name", [None, "who"])
def test_an_index_that_pandas_wrote_is_the_ids(
    form: str, index_name: str | None, tmp_path: Path
) -> None:
    frame = pd.DataFrame(VECTORS, columns=["x", "y"], index=pd.Index([7, 8, 9], name=index_name))
    space = load(written(form, frame, tmp_path))
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.ids.tolist() == [7, 8, 9]


@pytest.mark.parametrize("form", ["parquet", "arrow stream"])
def test_an_index_beside_the_ids_is_no_dimension(form: str, tmp_path: Path) -> None:
    path = written(form, FRAME.set_index(pd.Index([7, 8, 9])), tmp_path)
    space = load(path, id="key")
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.ids.tolist() == IDS
    levels = pd.MultiIndex.from_tuples([(0, 1), (0, 2), (1, 1)])
    assert load(written(form, FRAME.set_index(levels), tmp_path)).n_dims == 2


def test_an_index_beside_the_ids_of_a_csv_is_no_dimension(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "x.csv")
    assert load(tmp_path / "x.csv", id="key").vectors.tolist() == VECTORS.tolist()


def test_name_and_metric_can_be_given(tmp_path: Path) -> None:
    save(Space(VECTORS, name="old", metric="l2"), tmp_path / "x.npz")
    FRAME.to_csv(tmp_path / "x.csv", index=False)
    for path in (tmp_path / "x.npz", tmp_path / "x.csv"):
        space = Space.load(path, name="new", metric="cosine")
        assert (space.name, space.metric) == ("new", "cosine")


def test_saving_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*: make it first"):
        save(Space(VECTORS), tmp_path / "none" / "x.npz")


def test_a_csv_that_pandas_wrote_with_its_index(tmp_path: Path) -> None:
    pd.DataFrame(VECTORS, index=IDS).to_csv(tmp_path / "x.csv")
    space = load(tmp_path / "x.csv")
    assert space.vectors.tolist() == VECTORS.tolist()
    assert space.ids.tolist() == IDS


@table_formats
def test_a_column_called_id_needs_no_mention(form: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0], "id": ["007", "8"]})
    space = load(written(form, frame, tmp_path))
    assert space.vectors.tolist() == [[1.0], [2.0]]
    assert space.ids.tolist() == ["007", "8"]


@pytest.mark.parametrize("write", ["to_parquet", "to_csv"])
def test_a_column_called_id_goes_before_the_index(write: str, tmp_path: Path) -> None:
    path = tmp_path / write.replace("to_", "x.")
    getattr(pd.DataFrame({"x": [1.0, 2.0], "id": ["007", "8"]}, index=[5, 9]), write)(path)
    space = load(path)
    assert space.vectors.tolist() == [[1.0], [2.0]]
    assert space.ids.tolist() == ["007", "8"]
    assert space.metadata is None


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (["007", "8", "9"], ["007", "8", "9"]),
        (["NA", "nan", "1"], ["NA", "nan", "1"]),
        (["18446744073709551615", "0", "1"], [2**64 - 1, 0, 1]),
        (["-3", "2", "1"], [-3, 2, 1]),
        (["1.0", "2.0", "3.0"], ["1.0", "2.0", "3.0"]),
    ],
)
def test_ids_of_a_csv_are_what_is_written_there(
    texts: list[str], ids: list[Any], tmp_path: Path
) -> None:
    pd.DataFrame({"key": texts, "x": [1, 2, 3]}).to_csv(tmp_path / "x.csv", index=False)
    assert load(tmp_path / "x.csv", id="key").ids.tolist() == ids


def test_an_npy_file_stays_on_disk_if_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", VECTORS)
    small = load(tmp_path / "x.npy")
    assert not isinstance(small.vectors, np.memmap)
    assert small.mapped_from == ""
    monkeypatch.setenv("EMBWIDGET_MAP_ABOVE", "10")
    space = load(tmp_path / "x.npy")
    assert isinstance(space.vectors, np.memmap)
    assert space.mapped_from == str(tmp_path / "x.npy")
    assert repr(space) == "Space('x', 3 x 2, in 'x.npy')"
    assert space.vectors.tolist() == VECTORS.tolist()
    with pytest.raises(ValueError, match="read-only"):
        space.vectors[0, 0] = 1


@pytest.mark.parametrize("dtype", [np.float16, np.float64, np.int8, ">f4"])
def test_an_npy_file_of_another_type_is_converted(dtype: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VECTORS.round().astype(dtype))
    assert load(tmp_path / "x.npy").vectors.tolist() == VECTORS.round().tolist()


def test_an_npy_file_in_columns_is_brought_into_rows(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.asfortranarray(VECTORS))
    space = load(tmp_path / "x.npy")
    assert space.vectors.flags.c_contiguous
    assert space.vectors.tolist() == VECTORS.tolist()


@pytest.mark.parametrize(
    ("arrays", "options", "row"),
    [
        ({"vectors": VECTORS, "other": VECTORS * 2}, {}, VECTORS[0]),
        ({"emb": VECTORS, "labels": np.arange(3)}, {}, VECTORS[0]),
        ({"emb": VECTORS, "other": VECTORS * 2}, {"key": "other"}, VECTORS[0] * 2),
    ],
)
def test_the_vectors_among_several_arrays(
    arrays: dict[str, Any], options: dict[str, str], row: np.ndarray, tmp_path: Path
) -> None:
    np.savez(tmp_path / "x.npz", **arrays)
    save_file(arrays, tmp_path / "x.safetensors")
    for path in (tmp_path / "x.npz", tmp_path / "x.safetensors"):
        assert load(path, **options).vectors[0].tolist() == row.tolist()


def test_ids_beside_the_vectors(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", emb=VECTORS, ids=np.array(IDS), keys=np.arange(3) + 5)
    assert load(tmp_path / "x.npz").ids.tolist() == IDS
    assert load(tmp_path / "x.npz", id="keys").ids.tolist() == [5, 6, 7]
    save_file({"emb": VECTORS, "ids": np.arange(3) + 5}, tmp_path / "x.safetensors")
    assert load(tmp_path / "x.safetensors").ids.tolist() == [5, 6, 7]


def test_objects_beside_the_vectors_do_no_harm(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", vectors=VECTORS, names=np.array([1, "a", None], object))
    assert load(tmp_path / "x.npz").vectors.tolist() == VECTORS.tolist()


def test_bfloat16_in_safetensors(tmp_path: Path) -> None:
    halves = (VECTORS.view(np.uint32) >> 16).astype("<u2").tobytes()
    entry = {"dtype": "BF16", "shape": VECTORS.shape, "data_offsets": [0, len(halves)]}
    header = json.dumps({"v": entry}).encode()
    path = tmp_path / "x.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + halves)
    assert load(path).vectors.tolist() == VECTORS.tolist()


# numpy's texts end before a null, which no name has.
NO_NULL = st.characters(exclude_characters="\0")
ids_of_three = st.one_of(
    st.none(),
    st.lists(st.integers(0, 2**64 - 1), min_size=3, max_size=3, unique=True),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3, unique=True),
    st.lists(st.text(st.characters()), min_size=3, max_size=3, unique=True),
)


# A busy machine is no failure.
@settings(deadline=None)
@given(
    ids=ids_of_three, name=st.none() | st.text(NO_NULL), metric=st.sampled_from([None, "cosine"])
)
def test_a_saved_space_comes_back(
    ids: Any, name: str | None, metric: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("saved") / "kept.npz"
    space = Space(VECTORS, ids=ids, name=name, metric=metric)
    save(space, path)
    back = Space.load(path)
    assert back.vectors.tolist() == space.vectors.tolist()
    assert back.ids.tolist() == space.ids.tolist()
    assert back.ids.dtype == space.ids.dtype
    assert back.has_ids == space.has_ids
    assert back.name == (name or "kept")
    assert back.metric == metric
    assert [file.name for file in path.parent.iterdir()] == ["kept.npz"]


def test_a_long_id_costs_its_own_length_alone(tmp_path: Path) -> None:
    ids = ["x" * 100_000, *map(str, range(999))]
    save(Space(np.ones((1000, 2)), ids=ids), tmp_path / "x.npz")
    assert (tmp_path / "x.npz").stat().st_size < 200_000
    assert load(tmp_path / "x.npz").ids.tolist() == ids


def test_saving_says_that_metadata_is_left_out(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="metadata is not kept"):
        save(Space(VECTORS, metadata=FRAME), tmp_path / "x.npz")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    save(VECTORS, tmp_path / "x.npz")
    before = (tmp_path / "x.npz").read_bytes()
    with full_disk(len(before) // 2), pytest.raises(OSError, match="too large"):
        save(VECTORS * 2, tmp_path / "x.npz")
    assert (tmp_path / "x.npz").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"]


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_metadata_of_a_table_keeps_integers_and_gaps(tmp_path: Path, suffix: str) -> None:
    frame = pl.DataFrame(
        {
            "x": [0.0, 1.0, 2.0],
            "u": [2**60 + 1, None, 2**60],
            "seen": [True, None, False],
            "kind": pl.Series(["a", None, "b"], dtype=pl.Categorical),
        }
    )
    path = tmp_path / f"t.{suffix}"
    frame.write_parquet(path) if suffix == "parquet" else frame.write_ipc(path)
    metadata = Space.load(path, vectors=["x"]).metadata
    assert metadata["u"].isna().tolist() == [False, True, False]
    assert metadata["u"][[0, 2]].tolist() == [2**60 + 1, 2**60]
    assert metadata["seen"][[0, 2]].tolist() == [True, False]
    assert metadata["kind"].cat.categories.tolist() == ["a", "b"]


def test_paths_work_wherever_spaces_do(tmp_path: Path) -> None:
    np.save(tmp_path / "left.npy", VECTORS)
    np.save(tmp_path / "right.npy", VECTORS * 2)
    a, b, report = ew.join(str(tmp_path / "left.npy"), tmp_path / "right.npy")
    assert (a.name, b.name, report.matched) == ("left", "right", 3)


def test_a_home_folder_may_be_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    save(VECTORS, "~/x.npz")
    assert load("~/x.npz").vectors.tolist() == VECTORS.tolist()


def test_importing_io_imports_no_library_of_files() -> None:
    heavy = ("pandas", "polars", "pyarrow", "torch", "safetensors", "narwhals")
    code = f"import sys, embwidget.io;print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
