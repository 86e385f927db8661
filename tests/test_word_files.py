"""Vectors of words, tables of text with any delimiter, and AnnData in files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anndata
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import embwidget as ew

V = np.random.default_rng(0).standard_normal((6, 3)).astype(np.float32)
WORDS = ["the", ". .", "at name@domain.com", "été", "1990", "\u00a0"]
PLAIN = ["the", "of", "and", "été", "1990", "x"]
ROWS = [" ".join(map(repr, row)) for row in V.tolist()]


def lines(words: list[str], rows: list[str] = ROWS, end: str = "\n") -> str:
    return "".join(f"{word} {row}{end}" for word, row in zip(words, rows, strict=True))


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path: Path, *parts: str, **options: Any) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        ew.load(path, **options)
    text = str(caught.value)
    assert text.isprintable()
    assert len(text) < 300
    for part in (path.name, *parts):
        assert part in text


@pytest.mark.parametrize("suffix", [".txt", ".vec"])
@pytest.mark.parametrize("header", ["", "6 3\n"])
@pytest.mark.parametrize("words", [WORDS, PLAIN])
@pytest.mark.parametrize("end", ["\n", " \n", "\r\n"])
def test_words_and_their_vectors(
    suffix: str, header: str, words: list[str], end: str, tmp_path: Path
) -> None:
    space = ew.load(put(tmp_path, f"w{suffix}", header + lines(words, end=end)))
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == words


def test_ids_that_are_numbers_need_a_header(tmp_path: Path) -> None:
    numbers = [str(i) for i in range(6)]
    space = ew.load(put(tmp_path, "w.vec", "6 3\n" + lines(numbers)))
    assert space.ids.tolist() == numbers
    refused(put(tmp_path, "w.txt", lines(numbers)), "may be ids or a dimension", "first line")
    refused(put(tmp_path, "x.txt", lines([f"item {i}" for i in numbers])), "may be ids")
    refused(put(tmp_path, "y.txt", "1 2 3\n4 5 6\n"), "whole numbers alone", "numpy.save")


def test_rows_of_numbers_have_no_words(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "m.txt", V)
    space = ew.load(tmp_path / "m.txt")
    assert np.array_equal(space.vectors, V)
    assert not space.has_ids
    np.savetxt(tmp_path / "c.txt", V, delimiter=",")
    refused(tmp_path / "c.txt", "name it .csv")


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("7 3\n" + lines(PLAIN), "says 7 vectors, and it holds 6"),
        ("6 2\n" + lines(PLAIN), "line 2 has 3 numbers, and others have 2"),
        ("6 4\n" + lines(PLAIN), "line 2 has 3 numbers, and others have 4"),
        (lines(PLAIN, [*ROWS[:5], "0.5 0.25"]), "numbers, and others have 2"),
        (lines(PLAIN, [*ROWS[:3], "0.5 0.25", *ROWS[4:]]), "numbers, and others have 2"),
        (lines(PLAIN, [*ROWS[:5], "0.5 0.25 x"]), "line 6"),
        ("hello world\nthis is text\n", "are no 1 numbers"),
        ("", "it is empty"),
        ("6 3\n", "no room for"),
    ],
)
def test_lines_that_do_not_fit_are_refused(content: str, part: str, tmp_path: Path) -> None:
    refused(put(tmp_path, "w.vec", content), part)


@pytest.mark.parametrize("between", [b"", b"\n"])
def test_words_in_binary(between: bytes, tmp_path: Path) -> None:
    pairs = zip(PLAIN, V, strict=True)
    body = b"".join(word.encode() + b" " + row.tobytes() + between for word, row in pairs)
    space = ew.load(put(tmp_path, "w.bin", b"6 3\n" + body))
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == PLAIN
    refused(put(tmp_path, "x.bin", b"7 3\n" + body), "vector 6 of 7")
    refused(put(tmp_path, "y.bin", b"5 3\n" + body), "goes on behind")
    refused(put(tmp_path, "z.bin", b"\x80\x02}"), "pickles are never opened")
    refused(put(tmp_path, "f.bin", b"\xba\x16O/"), "fastText")


FRAME = pd.DataFrame(V).add_prefix("x").assign(label=[*"abcdef"], n_tokens=range(6))


@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
@pytest.mark.parametrize(
    ("sep", "decimal"), [(",", "."), (";", "."), ("\t", "."), ("|", "."), (";", ",")]
)
def test_what_stands_between_the_fields_is_found_out(
    name: str, sep: str, decimal: str, tmp_path: Path
) -> None:
    FRAME.to_csv(tmp_path / name, sep=sep, decimal=decimal, index=False)
    space = ew.load(tmp_path / name)
    assert np.array_equal(space.vectors, V)
    assert list(space.metadata.columns) == ["label", "n_tokens"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("embedding\n[0.1, 0.2]\n", "1 fields and the next has 2, with a comma between"),
        ("n;v\n1;[0.1; 0.2]\n", "2 fields and the next has 3, with a semicolon between"),
        ("x0 x1 x2\n1 2 3\n", "no comma, tab, semicolon or bar in it, but spaces"),
        ("x0,x1\na,0.5,1.5\nb,1.5,2\n", "name every column"),
        ("the,0.5,1.5\nof,2.5,3.5\n", "it begins with numbers"),
        ("0.5\t1.5\n2.5\t3.5\n", "it begins with numbers"),
    ],
)
def test_tables_that_are_written_otherwise(content: str, part: str, tmp_path: Path) -> None:
    refused(put(tmp_path, "x.csv", content), part)


def test_vectors_and_metadata_of_the_projector(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "vectors.tsv", V, delimiter="\t")
    assert ew.load(tmp_path / "vectors.tsv").metadata is None
    for header in ("", "label\n"):
        put(tmp_path, "metadata.tsv", header + "\n".join(PLAIN) + "\n")
        space = ew.load(tmp_path / "vectors.tsv")
        assert np.array_equal(space.vectors, V)
        assert space.metadata["label"].astype(str).tolist() == PLAIN
    table = pd.DataFrame({"word": PLAIN, "x0": range(6)})
    table.to_csv(tmp_path / "metadata.tsv", sep="\t", index=False)
    space = ew.load(tmp_path / "vectors.tsv", id="word")
    assert np.array_equal(space.vectors, V)
    assert space.ids.tolist() == PLAIN
    assert space.metadata["x0"].tolist() == list(range(6))
    put(tmp_path, "metadata.tsv", "a\nb\n")
    refused(tmp_path / "vectors.tsv", "'metadata.tsv' beside it has 2 rows", "6 vectors")
    frame = pd.DataFrame(V)
    frame.insert(0, "k", range(6))
    frame.to_csv(tmp_path / "k.tsv", sep="\t", header=False, index=False)
    refused(tmp_path / "k.tsv", "may be ids")


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix], ids=["dense", "sparse"])
def test_anndata_in_a_file(make: Callable[[Any], Any], tmp_path: Path) -> None:
    path = tmp_path / "x.h5ad"
    obs = pd.DataFrame({"cell": [*"uvwxyz"], "kind": pd.Categorical([*"aabbcc"])}, index=PLAIN)
    anndata.AnnData(make(V), obs=obs, obsm={"X_pca": 2 * V}).write_h5ad(path)
    for space in (ew.load(path, key="X_pca"), ew.as_space(path, vectors="X_pca")):
        assert np.array_equal(space.vectors, 2 * V)
        assert space.ids.tolist() == PLAIN
        assert space.metadata["kind"].tolist() == [*"aabbcc"]
    assert ew.load(path, key="X_pca", id="cell").ids.tolist() == [*"uvwxyz"]
    refused(path, "no array key='X_pac'", "'X_pca'", key="X_pac")
    if make is np.asarray:
        assert np.array_equal(ew.load(path).vectors, V)
    else:
        refused(path, "'X' (6, 3), 'X_pca' (6, 3)", "key=")
        refused(path, "sparse matrix of shape (6, 3)", "72 bytes", key="X")
        assert ew.load(path, key="X", n_dims=2).n_dims == 2


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("s3://bucket/x.parquet", "download it first"),
        ("https://host/x.npy", "download it first"),
        ("gs://bucket/x.csv", "download it first"),
        ("hf://datasets/a/b/x.parquet", "download it first"),
        ("file:///x.npy", "give its path"),
        ("x.csv.gz", "unpack it first"),
        ("x.zip", "unpack it first"),
    ],
)
def test_what_is_no_file_here(path: str, part: str) -> None:
    for call in (ew.load, ew.as_space):
        with pytest.raises(ValueError, match=part):
            call(path)
