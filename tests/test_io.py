"""Spaces come back from files as they went in, and what is no such file is refused in one line."""

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


def test_an_npy_file_stays_on_disk(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VECTORS)
    space = load(tmp_path / "x.npy")
    assert isinstance(space.vectors, np.memmap)
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


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(VECTORS, tmp_path / "x.npz")
    before = (tmp_path / "x.npz").read_bytes()

    def half_written(file: Any, **arrays: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", half_written)
    with pytest.raises(OSError, match="No space left"):
        save(VECTORS * 2, tmp_path / "x.npz")
    assert (tmp_path / "x.npz").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"]


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


def put(name: str, content: Any = b"") -> Callable[[Path], Path]:
    """Write a file of these bytes, text, array or arrays; give its path."""

    def write(folder: Path) -> Path:
        path = folder / name
        if isinstance(content, np.ndarray):
            np.save(path, content)
        elif isinstance(content, dict):
            np.savez(path, **content)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def absent(name: str, *others: str) -> Callable[[Path], Path]:
    """Give the path of a file that is not there, others being there."""

    def write(folder: Path) -> Path:
        for other in others:
            (folder / other).touch()
        return folder / name

    return write


PAIR = {"first": VECTORS, "second": VECTORS, "labels": np.arange(3)}
BAD_FILES: dict[str, tuple[Callable[[Path], Path], dict[str, Any], str]] = {
    "no suffix": (put("vectors"), {}, "use one of .npy, .npz"),
    "unknown suffix": (put("x.h5"), {}, "suffix '.h5': unknown: use one of .npy, .npz"),
    "pickle": (put("x.pkl"), {}, "pickles are never opened, for they can run code"),
    "folder": (lambda folder: folder, {}, "use one of .npy"),
    "folder like a file": (lambda folder: folder.joinpath("x.npy"), {}, "there is no file"),
    "text": (lambda folder: Path("a text that is no path"), {}, "use one of .npy"),
    "long path": (absent("x" * 10_000 + ".npy"), {}, "there is no file"),
    "null in the path": (absent("x\0.npy"), {}, "there is no file"),
    "empty npy": (put("x.npy"), {}, "'x.npy' cannot be read"),
    "damaged npy": (put("x.npy", "hello"), {}, "'x.npy' cannot be read"),
    "truncated npy": (put("x.npy", b"\x93NUMPY\x01\x00v\x00"), {}, "'x.npy' cannot be read"),
    "empty npz": (put("x.npz"), {}, "'x.npz' cannot be read: File is not a zip file"),
    "no array in it": (put("x.npz", {}), {}, "'x.npz' holds no array"),
    "1-D npy": (put("x.npy", np.arange(3.0)), {}, "got (3,)"),
    "NaN in npy": (put("x.npy", np.full((2, 2), np.nan, np.float32)), {}, "row 0, column 0"),
    "key for npy": (put("x.npy", VECTORS), {"key": "v"}, "key='v': an .npy file holds one array"),
    "id for npy": (put("x.npy", VECTORS), {"id": "v"}, "id='v': an .npy file holds one array"),
    "vectors for npz": (put("x.npz", PAIR), {"vectors": "first"}, "for .npz use key="),
    "several arrays": (
        put("x.npz", PAIR),
        {},
        "holds 'first' (3, 2), 'second' (3, 2), 'labels' (3,): choose the vectors with key=",
    ),
    "many arrays": (
        put("x.npz", {f"a{i}": VECTORS for i in range(99)}),
        {},
        "'a5' (3, 2) and 93 more: choose the vectors with key=",
    ),
    "unknown key": (
        put("x.npz", PAIR),
        {"key": "frist"},
        "has no array key='frist': there are 'first'",
    ),
    "unknown ids": (put("x.npz", PAIR), {"id": "ids"}, "has no array id='ids'"),
    "wrong number of ids": (
        put("x.npz", {"vectors": VECTORS, "ids": np.arange(2)}),
        {},
        "3 are needed",
    ),
    "key for csv": (put("x.csv", "x\n1\n"), {"key": "x"}, "for .csv use vectors="),
    "empty csv": (put("x.csv"), {}, "'x.csv' cannot be read: No columns"),
    "binary csv": (put("x.csv", b"\xff\xfe\x00\x81"), {}, "'x.csv' cannot be read"),
    "csv with uneven lines": (put("x.csv", "x,y\n1,2\n1,2,3,4\n"), {}, "'x.csv' cannot be read"),
    "csv without names": (
        put("x.csv", "0.5,1.5\n2.5,3.5\n"),
        {},
        "write a first line like id,x0,x1,x2",
    ),
    "csv without rows": (put("x.csv", "x,y\n"), {}, "no column of vectors or numbers"),
    "csv with a gap": (put("x.csv", "x,y\n1,2\n,3\n"), {}, "row 1, column 0 is nan"),
    "csv without an id": (put("x.csv", "key,x\na,1\n,2\n"), {"id": "key"}, "row 1 is None"),
    "csv with ids twice": (put("x.csv", "key,x\na,1\na,2\n"), {"id": "key"}, "not unique: 'a'"),
    "csv with an unknown id": (
        put("x.csv", "key,x\na,1\n"),
        {"id": "kye"},
        "has no column id='kye': there are 'key'",
    ),
    "csv with an unknown column": (
        put("x.csv", "key,x\na,1\n"),
        {"vectors": ["z"]},
        "no column 'z': there are",
    ),
    "damaged parquet": (put("x.parquet", "hello"), {}, "'x.parquet' cannot be read"),
    "damaged arrow": (put("x.arrow", "hello"), {}, "'x.arrow' cannot be read"),
    "damaged safetensors": (put("x.safetensors", "hello"), {}, "'x.safetensors' cannot be read"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_refused_in_one_line_that_says_what_to_do(case: str, tmp_path: Path) -> None:
    write, options, message = BAD_FILES[case]
    with pytest.raises((ValueError, TypeError, FileNotFoundError)) as refused:
        load(write(tmp_path), **options)
    text = str(refused.value)
    assert message in text
    assert "\n" not in text
    assert len(text) < 400


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "sprung",))

    trap = np.empty((2, 2), object)
    trap[:] = Trap()
    np.save(tmp_path / "x.npy", trap, allow_pickle=True)
    np.savez(tmp_path / "x.npz", vectors=trap)
    # A pickle under another format's name.
    (tmp_path / "y.npz").write_bytes((tmp_path / "x.npy").read_bytes())
    (tmp_path / "y.npy").write_bytes(trap.dumps())
    (tmp_path / "z.npz").write_bytes(trap.dumps())
    for name in ("x.npy", "x.npz"):
        with pytest.raises(ValueError, match=f"'{name}' cannot be read: it holds Python objects"):
            load(tmp_path / name)
    for name in ("y.npy", "y.npz", "z.npz"):
        with pytest.raises(ValueError, match=f"'{name}' cannot be read"):
            load(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("missing", "others", "message"),
    [
        ("glov.npy", ["glove.npy", "x.csv"], "there are 'glove.npy'"),
        ("x.npy", ["x.csv"], "its folder holds no .npy file"),
        ("nowhere/x.npy", [], "its folder does not exist"),
    ],
)
def test_a_missing_file_is_told_with_what_there_is(
    missing: str, others: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError) as refused:
        load(absent(missing, *others)(tmp_path))
    assert message in str(refused.value)


def test_a_space_is_saved_as_npz_alone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"saved as \.npz: give a path that ends so"):
        save(VECTORS, tmp_path / "x.npy")


@pytest.mark.parametrize(
    ("suffix", "package", "extra"),
    [
        ("parquet", "pyarrow", "files"),
        ("feather", "pyarrow", "files"),
        ("safetensors", "safetensors", "files"),
        ("pt", "torch", "train"),
    ],
)
def test_a_package_that_is_not_there_is_named(
    suffix: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"x.{suffix}"
    path.touch()
    for name in [*sys.modules]:
        if name.partition(".")[0] == package:
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf'{package} .*pip install "embwidget\[{extra}\]"'):
        load(path)


def test_importing_io_imports_no_library_of_files() -> None:
    heavy = ("pandas", "polars", "pyarrow", "torch", "safetensors", "narwhals")
    code = f"import sys, embwidget.io;print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
