"""A cell that is no number is named by row and text, and a table that was cut is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import embwidget as ew

N_ROWS = 400
BAD = 273
"""Row of the cell, which no sample of 200 rows has to meet."""
CELLS = [
    *('"1,5"', "#REF!", "-", "?", "1_000", "0x10", "1e999", "1 000", "−5", "٣", "1.5%", "True"),
    *("2020-01-01", "1.2.3", "1\u2009", "1e", "9" * 400),
]


def table(names: str, bad: str) -> str:
    rows = [[f"{row}.5", f"{row}.25", f"{row}.75"] for row in range(N_ROWS)]
    rows[BAD][1] = bad
    return "\n".join([names, *(",".join(row) for row in rows)]) + "\n"


def refused(path: Path, *parts: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (its parts are looked at below)
        ew.load(path)
    message = str(caught.value)
    assert len(message) < 300
    assert "\n" not in message
    for part in parts:
        assert part in message


def put(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("names", ["x0,x1,x2", "height,width,depth"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_of_a_file_that_is_no_number_is_named(cell: str, names: str, tmp_path: Path) -> None:
    content = table(names, cell)
    name = names.split(",")[1]
    shown = repr(cell.strip('"'))[:50]
    refused(put(tmp_path / "t.csv", content), f"column '{name}'", f"row {BAD} is {shown}")
    if cell != '"1,5"':
        tabs = content.replace(",", "\t")
        refused(put(tmp_path / "t.tsv", tabs), f"column '{name}'", f"row {BAD} is {shown}")


@pytest.mark.parametrize("cell", ["", "nan", "NA", "null", "None", "#N/A"])
def test_an_empty_cell_is_a_gap_of_its_row(cell: str, tmp_path: Path) -> None:
    path = put(tmp_path / "t.csv", table("x0,x1,x2", cell))
    refused(path, f"row {BAD}, column 1 is nan")
    assert ew.Space.load(path, missing="drop").dropped.tolist() == [BAD]


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e39"])
def test_a_cell_beyond_all_numbers_is_named(cell: str, tmp_path: Path) -> None:
    refused(put(tmp_path / "t.csv", table("x0,x1,x2", cell)), f"row {BAD}, column 1 is ")


FRAMES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pandas": pd.DataFrame,
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "arrow": pa.table,
}


@pytest.mark.parametrize("library", FRAMES)
@pytest.mark.parametrize("names", ["ab", ("x0", "x1")])
def test_a_cell_of_a_frame_that_is_no_number_is_named(names: Any, library: str) -> None:
    first, second = names
    texts = [f"{row}.5" for row in range(N_ROWS)]
    texts[BAD] = "oops"
    frame = FRAMES[library]({first: texts, second: np.arange(N_ROWS) / 2})
    with pytest.raises(ValueError, match=rf"column '{first}' .*row {BAD} is 'oops'"):
        ew.as_space(frame)
    with pytest.raises(ValueError, match=rf"column '{first}' .*row {BAD} is 'oops'"):
        ew.as_space(frame, vectors=[first, second])


@pytest.mark.parametrize("entry", ["oops", "2.5", True])
def test_an_entry_among_numbers_of_a_column_of_objects_is_named(entry: Any) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5, entry, 3.5], "b": [0.5, 1.5, 2.5, 3.5]})
    with pytest.raises(ValueError, match=rf"column 'a' .*row 2 is .*{entry}"):
        ew.as_space(frame)


def test_codes_of_whole_numbers_as_text_and_labels_stay_metadata() -> None:
    frame = pd.DataFrame({"a": [0.5, 1.5], "b": [2.5, 1.5], "zip": ["01234", "99999"]})
    assert list(ew.as_space(frame).metadata.columns) == ["zip"]
    frame = pd.DataFrame({"x0": [0.5, 1.5], "x1": [2.5, 1.5], "version": ["1.5", "n.a."]})
    assert list(ew.as_space(frame).metadata.columns) == ["version"]
    frame = pd.DataFrame({"a": [0.5, 1.5], "b": [2.5, 1.5], "label": ["1.5", "other"]})
    assert list(ew.as_space(frame).metadata.columns) == ["label"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("x0,x1,x2\n1,2,3,4\n5,6,7,8\n", "its first line has 3 fields and the next has 4"),
        ("x0,x1,x2\n1,2,3\n5,6,7,8\n", "Expected 3 fields in line 3, saw 4"),
        ("id,x,y\na,1,2.5\nb,1\nc,1,2.5\n", "line 3 has 2 fields, and others have 3"),
        ("id,x,y\na,1,2.5\nb,1", "line 3 has 2 fields"),
        ('id,x,y\n"a\nb",1,2.5\n"c,d",1\n', "line 4 has 2 fields"),
        ("id,x,y\na,1.5\r,2.5\nb,1,2\n", "line 2 has 2 fields"),
        ("id,x,y\ra,1,2.5\rb,1\r", "line 3 has 2 fields"),
        ("id,x,y\na,1,2.5\nb,1,2.5\n\x1a", "line 4 has 1 fields"),
        ("id,x,x\na,1,2.5\n", "several of its columns are called 'x'"),
        ("id,id,x\na,b,2.5\n", "several of its columns are called 'id'"),
        ("x,y\n1.5,2\nx,y\n1,2.5\n", "row 1 is 'x'"),
        ("id,x\na\0b,1.5\n", "line 2 has a null in it"),
        ("id,x\na,1\0.5\n", "line 2 has a null in it"),
        ("i\0d,x\na,1.5\n", "line 1 has a null in it"),
        ("id,x,y\n" + "a,1.5,2\n" * 200_000 + "b\0,1,2\n", "line 200002 has a null in it"),
        ("id,x\na,1.5\n".encode("utf-16"), "save it as UTF-8"),
        ("id,x\na,1.5\n".encode("utf-16-le"), "save it as UTF-8"),
        ("id,x\né,1.5\n".encode("latin-1"), "'utf-8' codec"),
        ("1,5;2,5\n3,5;4,5\n", "it begins with numbers"),
        ("id;a;b\nx;1,5;2\ny;1.5;2,0\n", "row 0 is '1,5'"),
        ("id;a;b\nx;1,000;2.5\ny;1,500;2.0\n", "row 0 is '1,000'"),
        ('id,x\n"a,1\nb,2\n', "EOF inside string"),
    ],
)
def test_what_would_be_misread_is_refused(content: Any, part: str, tmp_path: Path) -> None:
    refused(put(tmp_path / "t.csv", content), part)


@pytest.mark.parametrize(
    "content",
    [
        "id,x,y\ra,1.5,2.5\rb,0.5,1.25\r",
        "id,x,y\ra,1.5,2.5\rb,0.5,1.25",
        "id,x,y\r\na,1.5,2.5\r\n\r\nb,0.5,1.25",
        b"\xef\xbb\xbfid,x,y\na,1.5,2.5\nb,0.5,1.25\n",
        '"id","x","y"\n"a"," 1.5","2.5"\nb,5e-1,+1.25\n',
        "id;x;y\na;1,5;2,5\nb;0,5;1,25\n",
        "id\tx\ty\na\t1,5\t2,5\nb\t0,5\t1,25\n",
        "id|x|y\na|1.5|2.5\nb|0.5|1.25\n",
    ],
)
def test_every_way_to_write_a_table_is_read_alike(content: Any, tmp_path: Path) -> None:
    for name in ("t.csv", "t.tsv"):
        space = ew.load(put(tmp_path / name, content))
        assert space.vectors.tolist() == [[1.5, 2.5], [0.5, 1.25]]
        assert space.ids.tolist() == ["a", "b"]


def test_decimal_commas_may_begin_in_a_later_row(tmp_path: Path) -> None:
    rows = [f"k{row};{row};{row},5\n" if row > 5 else f"k{row};{row};{row}\n" for row in range(9)]
    space = ew.load(put(tmp_path / "t.csv", "id;x;y\n" + "".join(rows)))
    assert space.vectors[8].tolist() == [8, 8.5]
    bare = ew.load(put(tmp_path / "vectors.tsv", "1,5\t2,5\n0,5\t1,25\n"))
    assert bare.vectors.tolist() == [[1.5, 2.5], [0.5, 1.25]]


def test_a_last_column_with_gaps_is_no_cut_row(tmp_path: Path) -> None:
    notes = 'id,x,y,note\na,1.5,2.5,\nb,0.5,1.25,5" pipe\nc,0.25,3.5,"x\ny"\nd,1,2,\n'
    space = ew.load(put(tmp_path / "t.csv", notes))
    assert space.metadata["note"].isna().tolist() == [True, False, False, True]


def test_a_mark_of_byte_order_is_no_part_of_a_word(tmp_path: Path) -> None:
    words = "a 1.5 2.5\nb 0.5 1.25\n"
    for start in ("2 2\n", ""):
        space = ew.load(put(tmp_path / "w.vec", b"\xef\xbb\xbf" + (start + words).encode()))
        assert space.ids.tolist() == ["a", "b"]
        assert space.vectors.tolist() == [[1.5, 2.5], [0.5, 1.25]]
    refused(put(tmp_path / "u.vec", "2 2\na 1_0 2\nb 1 2\n"), "line 2")
