"""An .npz file is read as it was written, or refused in one sentence."""

import io
import random
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import embwidget as ew
from embwidget.io import load, save

V = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
IDS = [f"item {i}" for i in range(12)]


def npy(array: Any, version: tuple[int, int] | None = None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asanyarray(array), version=version)
    return file.getvalue()


def archive(*members: tuple[str, bytes], packed: bool = False, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else 0) as held:
        for name, content in members:
            held.writestr(name, content)
        held.comment = comment
    return file.getvalue()


def flipped(content: bytes, bit: int) -> bytes:
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def at_end(content: bytes, place: int, form: str, *values: int) -> bytes:
    """Other numbers in the record at the end of an archive."""
    changed = bytearray(content)
    struct.pack_into(form, changed, changed.rindex(b"PK\5\6") + place, *values)
    return bytes(changed)


def streamed() -> bytes:
    class Stream(io.RawIOBase):
        content = b""

        def writable(self) -> bool:
            return True

        def write(self, block: Any) -> int:
            self.content += bytes(block)
            return len(block)

    stream = Stream()
    with zipfile.ZipFile(stream, "w") as held:
        held.writestr("vectors.npy", npy(V))
    return stream.content


def large(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """With the end that archives beyond 4 GB have."""
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    content = archive(("vectors.npy", npy(V)), ("x.npy", npy(V * 2)))
    assert b"PK\6\6" in content
    return content


@pytest.mark.parametrize("kind", ["space", "packed", "graph"])
def test_after_any_flip_what_was_saved_comes_back_or_a_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.npz"
    space = ew.Space(V, ids=IDS, name="mine", metric="euclidean")
    graph = ew.knn_graph(V, 3, metric="euclidean")
    if kind == "graph":
        graph.save(path)
    else:
        save(space, path)
    if kind == "packed":
        with np.load(path) as arrays:
            np.savez_compressed(path, **arrays)

    def is_right() -> bool:
        if kind == "graph":
            found = ew.KNNGraph.load(path)
            same = np.array_equal(found.distances, graph.distances)
            return same and repr(found) == repr(graph)
        back = load(path)
        same = np.array_equal(back.vectors, V) and back.ids.tolist() == IDS
        return same and (back.name, back.metric) == ("mine", "euclidean")

    def outcome(damaged: bytes) -> str:
        path.write_bytes(damaged)
        try:
            return "right" if is_right() else "another"
        except ValueError as error:
            fine = len(str(error)) < 300 and str(error).isprintable()
            return "refused" if fine else f"refused by {error}"

    content = path.read_bytes()
    names = [place for place in range(len(content)) if content[place : place + 2] == b"PK"]
    # Every bit of a name's length and place in the directory, and any other ones.
    rng = random.Random(0)
    bits = {8 * rng.choice(names) + rng.randrange(8 * 80) for _ in range(150)}
    bits |= {rng.randrange(8 * len(content)) for _ in range(100)}
    outcomes = Counter(
        outcome(flipped(content, bit)) for bit in sorted(bits) if bit < 8 * len(content)
    )
    assert set(outcomes) == {"right", "refused"}
    assert min(outcomes.values()) > 10


GOOD: dict[str, Callable[[], bytes]] = {
    **{
        f"version {version}": lambda version=version: archive(("vectors.npy", npy(V, version)))
        for version in [(1, 0), (2, 0), (3, 0)]
    },
    "by columns": lambda: archive(("vectors.npy", npy(np.asfortranarray(V)))),
    "a comment": lambda: archive(("vectors.npy", npy(V)), comment=b"of mine"),
    "bytes before it": lambda: b"#!/bin/sh\n" + archive(("vectors.npy", npy(V))),
    "a path of another folder": lambda: archive(("../../etc/x.npy", npy(V))),
    "something else beside": lambda: archive(("readme.txt", b"hello"), ("x.npy", npy(V))),
    "streamed": streamed,
}


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_what_any_writer_may_write_is_read(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "x.npz").write_bytes(make())
    assert np.array_equal(load(tmp_path / "x.npz").vectors, V)


def test_the_end_of_a_large_archive_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.npz").write_bytes(large(monkeypatch))
    assert np.array_equal(load(tmp_path / "x.npz").vectors, V)


PLAIN = archive(("vectors.npy", npy(V)), ("ids.npy", npy(np.arange(12) + 3)))
TEXTS = {"ids_utf8": np.zeros(12, np.uint8), "ids_offsets": np.arange(13)}
WIDE = sparse.csr_array((np.ones(1), [0], [0, 1, 1, 1]), shape=(3, 2**40))


def sparse_file() -> bytes:
    file = io.BytesIO()
    sparse.save_npz(file, WIDE)
    return file.getvalue()


def swallowed() -> bytes:
    """The first name in the directory has the second one, 53 bytes, as its comment."""
    damaged = bytearray(PLAIN)
    struct.pack_into("<H", damaged, PLAIN.index(b"PK\1\2") + 32, 53)
    return bytes(damaged)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "bytes behind it": (lambda: PLAIN + bytes(100), "100 bytes are too many"),
    "cut in its comment": (lambda: at_end(PLAIN, 20, "<H", 9), "9 bytes are too few"),
    "a count that lies": (lambda: at_end(PLAIN, 8, "<HH", 1, 1), "should hold 1 files, and 2 are"),
    "one name for two": (
        lambda: PLAIN.replace(b"ids.npy", b"idz.npy", 1),
        "'ids.npy' and header b'idz.npy' differ",
    ),
    "a comment that swallows the next": (swallowed, "should hold 2 files, and 1 are listed"),
    "many members": (
        lambda: at_end(PLAIN, 8, "<HH", 10_001, 10_001),
        "10,001 files.* at most 10,000 are read",
    ),
    "a long directory": (
        lambda: archive(*((f"{i}{'x' * 50_000}.npy", npy(V)) for i in range(100))),
        "at most 10,000 are read",
    ),
    "a bomb of 30 MB": (
        lambda: archive(("vectors.npy", npy(np.zeros((10**7, 3), np.uint8))), packed=True),
        "it would unpack .* which no vectors do",
    ),
    "a sparse matrix of nothing": (sparse_file, "it would unpack 48 bytes"),
    "a damaged metric": (
        lambda: archive(("vectors.npy", npy(V)), ("metric.npy", b"\x93NUMPY\1\0")),
        "its header is damaged",
    ),
    **{
        f"{name} alone": (
            lambda name=name: archive(("vectors.npy", npy(V)), (f"{name}.npy", npy(TEXTS[name]))),
            "its ids are damaged",
        )
        for name in TEXTS
    },
}


@pytest.mark.parametrize(("make", "said"), REFUSED.values(), ids=REFUSED)
def test_what_lies_is_refused_in_one_sentence(
    tmp_path: Path, make: Callable[[], bytes], said: str
) -> None:
    (tmp_path / "x.npz").write_bytes(make())
    with pytest.raises(ValueError, match=f"'x.npz' cannot be read: .*{said}") as raised:
        load(tmp_path / "x.npz")
    assert len(str(raised.value)) < 300
    assert str(raised.value).isprintable()


def test_long_names_of_arrays_make_no_long_message(tmp_path: Path) -> None:
    members = ((f"{letter * 200}.npy", npy(V)) for letter in "abcdefgh")
    (tmp_path / "x.npz").write_bytes(archive(*members))
    with pytest.raises(ValueError, match="and 6 more: choose the vectors with key=") as raised:
        load(tmp_path / "x.npz")
    assert len(str(raised.value)) < 300
