"""What a saved comparison is made of: arrays by name, and all else as JSON among them."""

import json
import math
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown, whole
from embwidget._core.held_vectors import NotSaved
from embwidget._core.npz import npz_rows
from embwidget._core.parsing import parsing
from embwidget._core.parts import Entry, Parts
from embwidget._core.version import __version__
from embwidget.comparison.base import Compared
from embwidget.comparison.pair import Pair
from embwidget.comparison.unique import OneOfEach
from embwidget.files.metadata_file import (
    read_metadata,
    stored_frame,
    suffix_for_metadata,
    write_metadata,
)
from embwidget.joining import JoinReport
from embwidget.knn import KNNGraph
from embwidget.metrics import METRICS
from embwidget.space import Space

KIND = "embwidget comparison"
FORMAT = 1
"""Of the file; a program refuses those of later ones."""

Arrays = dict[str, Any]
Entries = dict[str, Entry]

_ABOUT = "about"
_SIDES = ("a", "b")
_GRAPH = ("indices", "distances", "metric", "engine", "recall")
# A file of another kind may hold a large array by this name.
_MOST_ABOUT_BYTES = 100_000_000


def arrays_of(compared: Compared, *, vectors: bool, screen: dict[str, Any] | None = None) -> Arrays:
    """Take a comparison apart.

    Parameters
    ----------
    compared : Compared
    vectors : bool
        Whether the vectors are kept.
    screen : dict, optional
        What is shown of it, as JSON.

    Raises
    ------
    ValueError, TypeError
        When something of it cannot be kept: a metric of one's own, values of the metadata.
    """
    pair = compared.pair
    for metric in (pair.metric_a, pair.metric_b):
        if metric not in METRICS:
            msg = f"the metric {shown(metric)} is your own, which a file cannot keep: use another"
            raise ValueError(msg)
    arrays: Arrays = {}
    spaces, graphs = (pair.a, pair.b), (compared.graph_a, compared.graph_b)
    for side, space, graph in zip(_SIDES, spaces, graphs, strict=True):
        if vectors:
            arrays[f"vectors_{side}"] = space.vectors
        arrays |= {f"{name}_{side}": value for name, value in graph.to_arrays().items()}
    if not vectors:
        arrays |= compared.known_ties.to_arrays()
    ids = pair.a.ids
    arrays["ids"] = _text_array(ids.tolist()) if ids.dtype == object else ids
    suffix = ""
    if pair.metadata is not None:
        suffix = suffix_for_metadata()
        arrays["metadata"] = _metadata_array(pair.metadata, suffix)
    if pair.unique is not None:
        arrays |= {"unique_rows": pair.unique.rows, "unique_of": pair.unique.of}
    about = {
        "kind": KIND,
        "format": FORMAT,
        "version": __version__,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "n_items": pair.n_samples,
        "spaces": [
            {"name": space.name, "metric": space.metric, "n_dims": space.n_dims} for space in spaces
        ],
        "has_ids": pair.a.has_ids,
        "ids_are_texts": ids.dtype == object,
        "join_report": asdict(pair.join_report),
        "metadata": suffix,
        "label": pair.label,
        "text": pair.text,
        "n_neighbors": pair.n_neighbors,
        "k_max": pair.k_max,
        "metrics": [pair.metric_a, pair.metric_b],
        "screen": screen,
    }
    return {_ABOUT: _text_array(about), **arrays}


def about_of(entries: Entries) -> dict[str, Any]:
    """Read what is said of the arrays; ValueError unless it is of a comparison of this format."""
    entry = entries.get(_ABOUT)
    if entry is None or entry.shape is None or math.prod(entry.shape) > _MOST_ABOUT_BYTES:
        msg = "it is not one that save() wrote"
        raise ValueError(msg)
    about = _read_text(entry)
    if not isinstance(about, dict) or about.get("kind") != KIND:
        msg = "it is not one that save() wrote"
        raise ValueError(msg)
    number = about.get("format")
    if not isinstance(number, int) or number > FORMAT:
        msg = (
            f"embwidget {shown(about.get('version'))} saved it, in format {shown(number)}; this is "
            f"{__version__}, which reads up to {FORMAT}: upgrade embwidget"
        )
        raise ValueError(msg)
    return about


def pair_of(
    entries: Entries,
    about: dict[str, Any],
    file: IO[bytes],
    path: Path,
    vectors: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None,
) -> Pair:
    """Put the pair of a saved comparison together again.

    Parameters
    ----------
    entries : dict of str to Entry
        Of the open file.
    about : dict
        As `about_of` read it.
    file : open file
        Large vectors stay in it.
    path : Path
        How messages call it.
    vectors : pair of (n_samples, n_dims) float32, optional
        Checked, of both spaces, where they do not lie in the file.

    Raises
    ------
    Exception
        Of any kind, when what it says does not fit together.
    """
    n = whole(about["n_items"], "n_items", 2)
    ids = _ids_of(entries["ids"], about, n)
    frame = None
    if about["metadata"]:
        frame = _read_frame(entries["metadata"], about["metadata"])
        if len(frame) != n:
            msg = f"its metadata has {len(frame)} rows for {n} items"
            raise ValueError(msg)
    if len(about["spaces"]) != len(_SIDES) or len(about["metrics"]) != len(_SIDES):
        msg = "it does not tell of two spaces and two metrics"
        raise ValueError(msg)
    spaces = []
    for i, (side, said) in enumerate(zip(_SIDES, about["spaces"], strict=True)):
        name = f"vectors_{side}"
        rows = npz_rows(file, path, name) if vectors is None and name in entries else None
        held = None if vectors is None else vectors[i]
        space = _space_of(rows, said, n, ids if about["has_ids"] else None, held)
        space.ids = ids
        spaces.append(space)
    metric_a, metric_b = about["metrics"]
    for metric in (metric_a, metric_b):
        if metric not in METRICS:
            msg = f"its metric is {shown(metric)}"
            raise ValueError(msg)
    columns = [] if frame is None else list(frame.columns)
    for name in (about["label"], about["text"]):
        if name is not None and name not in columns:
            msg = f"its column {shown(name)} is missing"
            raise ValueError(msg)
    k_max = whole(about["k_max"], "k_max", 1, n - 1)
    return Pair(
        spaces[0],
        spaces[1],
        _report_of(about["join_report"]),
        frame,
        about["label"],
        whole(about["n_neighbors"], "n_neighbors", 1, k_max),
        k_max,
        metric_a,
        metric_b,
        about["text"],
        unique=_unique_of(entries, n),
    )


def graphs_of(entries: Entries, pair: Pair) -> tuple[KNNGraph, KNNGraph]:
    """Neighbour graphs of a saved comparison; errors as by `pair_of`."""
    graphs = []
    for side, metric in zip(_SIDES, (pair.metric_a, pair.metric_b), strict=True):
        graph = KNNGraph.from_arrays({name: entries[f"{name}_{side}"].read() for name in _GRAPH})
        if graph.indices.shape != (pair.n_samples, pair.k_max) or graph.metric != metric:
            msg = f"graph {side.upper()} is {graph!r}"
            raise ValueError(msg)
        graphs.append(graph)
    return graphs[0], graphs[1]


def _space_of(rows: Any, said: dict[str, Any], n: int, ids: Any, held: Any = None) -> Space:
    """Space of vectors (n, n_dims) in the file, of those that were checked before, or of none."""
    n_dims = whole(said["n_dims"], "n_dims", 1)
    metric = said["metric"] if said["metric"] in METRICS else None
    given = np.zeros((n, 1), np.float32) if rows is None else rows
    for found in (rows, held):
        if found is not None and found.shape != (n, n_dims):
            msg = f"vectors have shape {found.shape} in place of {(n, n_dims)}"
            raise ValueError(msg)
    space = Space._of(Parts(given, ids, name=said["name"], metric=metric), Parts(None))
    if rows is None:
        space._vectors = NotSaved((n, n_dims)) if held is None else held
    return space


def _ids_of(entry: Entry, about: dict[str, Any], n: int) -> NDArray[Any]:
    """Ids, (n,) int64, uint64 or object of str."""
    if not about["ids_are_texts"]:
        ids: NDArray[Any] = entry.read()
    else:
        with parsing("its ids"):
            texts = _read_text(entry)
        if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
            msg = "its ids are no texts"
            raise ValueError(msg)
        ids = np.fromiter(texts, object, len(texts))
    if ids.shape != (n,) or (ids.dtype != object and ids.dtype.kind not in "iu"):
        msg = f"its ids are {ids.dtype} of shape {ids.shape} for {n} items"
        raise ValueError(msg)
    return ids


def _unique_of(entries: Entries, n: int) -> OneOfEach | None:
    if "unique_rows" not in entries:
        return None
    return OneOfEach.of_rows(entries["unique_rows"].read(), entries["unique_of"].read(), n)


def _report_of(said: dict[str, Any]) -> JoinReport:
    known = {field.name for field in fields(JoinReport)}
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in said.items()
        if name in known
    }
    return JoinReport(**given)


def _text_array(value: Any) -> NDArray[np.uint8]:
    """JSON in UTF-8, (n_bytes,) uint8."""
    return np.frombuffer(json.dumps(value, default=_plain).encode(), np.uint8)


def _plain(value: Any) -> Any:
    """Examples of ids in a report are numbers of numpy."""
    if isinstance(value, np.generic):
        return value.item()
    msg = f"{shown(value)} cannot be kept in a file"
    raise TypeError(msg)


def _read_text(entry: Entry) -> Any:
    return json.loads(bytes(entry.read().view(np.uint8)))


def _metadata_array(metadata: Any, suffix: str) -> NDArray[np.uint8]:
    """Bytes of a file of the metadata, (n_bytes,) uint8."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"metadata{suffix}"
        with path.open("wb") as file:
            write_metadata(file, stored_frame(metadata), suffix)
        return np.fromfile(path, np.uint8)


def _read_frame(entry: Entry, suffix: str) -> Any:
    if suffix not in {".parquet", ".json"}:
        msg = f"its metadata is of the kind {shown(suffix)}"
        raise ValueError(msg)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"metadata{suffix}"
        entry.read().tofile(path)
        return read_metadata(path)
