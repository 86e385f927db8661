"""What every format of files does, those of the package and one that is added."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from good_files import ANY_IDS, GOOD, VECTORS

from embwidget._core.parts import Entry
from embwidget._core.progress import Cancelled
from embwidget.files.arrays import ArrayFormat, Arrays
from embwidget.files.format import Format, Wanted
from embwidget.files.read import FORMATS
from embwidget.files.tables import TableFormat, TableRead


def read_rows(path: Path, id: str | None) -> TableRead:  # noqa: A002
    lines = [line.split() for line in path.read_text().splitlines()]
    return TableRead(pd.DataFrame([[float(x) for x in line] for line in lines]).add_prefix("x"), id)


@contextmanager
def open_columns(path: Path) -> Iterator[Arrays]:
    text = path.read_text()
    shape = len(text.split("|")[0].split()), text.count("|") + 1

    def read() -> Any:
        return np.array([column.split() for column in text.split("|")], np.float32).T

    yield Arrays({"vectors": Entry(shape, read)})


ROWS = TableFormat((".rows",), read_rows)
COLUMNS = ArrayFormat((".columns",), open_columns)
MADE_UP = {
    "rows": (ROWS, "\n".join(" ".join(map(str, row)) for row in VECTORS.tolist()).encode()),
    "columns": (COLUMNS, "|".join(" ".join(map(str, c)) for c in VECTORS.T.tolist()).encode()),
}
EVERY = {**{name: (FORMATS[suffix], make) for name, (suffix, make) in GOOD.items()}, **MADE_UP}
every_format = pytest.mark.parametrize("name", EVERY)


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def write(name: str) -> tuple[Format, Path]:
        kind, content = EVERY[name]
        if "torch" in name:
            pytest.importorskip("torch")
        path = tmp_path / f"a file{kind.suffixes[0]}"
        path.write_bytes(content if isinstance(content, bytes) else content())
        return kind, path

    return write


def refused(kind: Format, path: Path, wanted: Wanted = Wanted()) -> str:  # noqa: B008 (a tuple)
    with pytest.raises(ValueError, match=path.name) as caught:
        kind.parts(path, wanted)
    text = str(caught.value)
    assert text.isprintable()
    assert len(text) < 600
    return text


def test_every_format_is_thrown_good_and_damaged_files() -> None:
    tried = {suffix for suffix, _ in GOOD.values()}
    assert {id(FORMATS[suffix]) for suffix in tried} == {id(kind) for kind in FORMATS.values()}


@every_format
def test_a_good_file_gives_its_parts(name: str, written: Any) -> None:
    kind, path = written(name)
    assert kind.gives in {"arrays", "table"}
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in kind.suffixes)
    parts = kind.parts(path, Wanted())
    vectors = [list(row) for row in np.asarray(parts.vectors)]
    assert np.array(vectors, np.float32).tolist() == VECTORS.tolist()
    assert parts.ids is None or list(parts.ids) in ANY_IDS
    assert parts.metadata is None or isinstance(parts.metadata, pd.DataFrame)


@every_format
def test_an_option_of_the_other_kind_is_refused(name: str) -> None:
    kind = EVERY[name][0]
    other = {"arrays": Wanted(vectors="x"), "table": Wanted(key="x")}
    with pytest.raises(ValueError, match=rf"for \{kind.suffixes[0]} use (key|vectors)="):
        kind.check(other[kind.gives])


@every_format
def test_a_name_that_is_not_in_the_file_is_told_with_those_that_are(
    name: str, written: Any
) -> None:
    kind, path = written(name)
    wanted = Wanted(key="zz") if kind.gives == "arrays" else Wanted(vectors=["zz"])
    assert "'zz'" in refused(kind, path, wanted)
    assert "'zz'" in refused(kind, path, Wanted(id="zz"))


@pytest.mark.parametrize("name", GOOD)
def test_half_a_file_is_refused_or_a_table_of_fewer_rows(name: str, written: Any) -> None:
    kind, path = written(name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    if name in {"csv", "tsv"}:
        assert len(kind.parts(path, Wanted()).vectors) < len(VECTORS)
    else:
        refused(kind, path)


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@every_format
@pytest.mark.parametrize(
    "error",
    [
        KeyError((3, 0)),
        MemoryError(),
        RecursionError("too deep"),
        SyntaxError("no header", ("x", 1, 1, "y" * 5000)),
        UnicodeDecodeError("utf-8", b"\xff" * 5000, 0, 1, "bad"),
        OSError(5, "Input/output error"),
        RuntimeError("\x00\x1b[31m\n" * 5000),
        UnspeakableError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_parser_raises_is_one_sentence(
    name: str, error: Exception, written: Any
) -> None:
    def broken(*arguments: Any) -> Any:
        raise error

    kind, path = written(name)
    reader = "open" if kind.gives == "arrays" else "read"
    assert "cannot be read: " in refused(replace(kind, **{reader: broken}), path)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Cancelled, SystemExit])
@pytest.mark.parametrize("name", MADE_UP)
def test_who_stops_the_reading_is_heard(name: str, stop: type[BaseException], written: Any) -> None:
    def stopped(*arguments: Any) -> Any:
        raise stop

    kind, path = written(name)
    with pytest.raises(stop):
        replace(kind, **{"open" if kind.gives == "arrays" else "read": stopped}).parts(
            path, Wanted()
        )


def test_a_file_is_all_that_a_new_format_takes(tmp_path: Path) -> None:
    added = tmp_path / "added"
    added.mkdir()
    (added / "rows.py").write_text(
        textwrap.dedent("""
        import pandas as pd
        from embwidget.files.tables import TableFormat, TableRead

        def _read(path, id):
            lines = [line.split() for line in path.read_text().splitlines()]
            frame = pd.DataFrame([[float(number) for number in line] for line in lines])
            return TableRead(frame.add_prefix("x"), id)

        FORMAT = TableFormat((".rows",), _read)
        """)
    )
    (tmp_path / "x.rows").write_text("1 2\n3 4\n")
    code = """
        import sys
        import embwidget.files
        embwidget.files.__path__.append(sys.argv[1])
        import embwidget as ew
        print(ew.Space.load(sys.argv[2]).vectors.tolist())
    """
    arguments = [sys.executable, "-c", textwrap.dedent(code), added, tmp_path / "x.rows"]
    run = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert run.stdout == "[[1.0, 2.0], [3.0, 4.0]]\n"
