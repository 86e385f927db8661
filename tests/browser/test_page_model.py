"""What a page computes by itself is what Python would have answered."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundle import bundle
from recorded_screen import RecordedScreen

from embwidget import Comparison, EmbeddingCompare, compare
from embwidget.measures.labels.agreement import label_agreement
from embwidget.measures.labels.labels import Labels, encode_labels
from embwidget.measures.neighbors.hubs import k_occurrence
from embwidget.measures.neighbors.shared import shared_counts

N, K_MAX = 60, 12
ENTRY = """
export { PageModel } from "@/src/wire/page_model.ts";
"""
# Lists become the arrays that Python would have sent.
OPEN = """([traits, data]) => {
  const take = (Type, list) => Type.from(list);
  const { graph, labels, columns, groups } = data;
  for (const side of ["a", "b"]) {
    data.positions[side] = take(Uint16Array, data.positions[side]);
    // -1 is the largest number there is, as on the wire.
    graph["indices_" + side] = take(Uint32Array, graph["indices_" + side]);
    graph["distances_" + side] = take(Float32Array, graph["distances_" + side]);
  }
  for (const name in labels) labels[name] = take(Uint32Array, labels[name]);
  for (const column of columns) {
    const { codes, values } = column;
    if (codes) column.codes = Uint16Array.from(codes);
    else column.values = Float32Array.from(values, (value) => value ?? NaN);
  }
  data.columns = new Map(columns.map((column) => [column.name, column]));
  for (const { image } of data.items) if (image) image.bytes = Uint8Array.from(image.bytes);
  if (groups) groups.items = groups.items.map((items) => take(Uint32Array, items));
  window.model = new page.PageModel(traits, data);
  window.next = 0;
  window.ask = (question) => new Promise((resolve) => {
    const request = next++;
    const hear = (message, buffers) => {
      if (message.request !== request) return;
      model.off("msg:custom", hear);
      const bytes = (data) => Array.from(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      resolve([message.result, buffers.map(bytes), message.error]);
    };
    model.on("msg:custom", hear);
    model.send({ type: "ask", request, ...question });
  });
}"""


def label_codes(labels: Labels) -> dict[str, list[int]]:
    """Labels of all items one after the other, and where those of each item begin."""
    starts = np.searchsorted(labels.items, np.arange(labels.n_items + 1))
    return {"starts": starts.tolist(), "codes": labels.codes.tolist()}


def graph_data(indices: list[np.ndarray], distances: list[np.ndarray]) -> dict[str, Any]:
    data: dict[str, Any] = {"k_max": indices[0].shape[1]}
    for side, near, far in zip("ab", indices, distances, strict=True):
        data[f"indices_{side}"] = near.ravel().astype(np.uint32).tolist()
        data[f"distances_{side}"] = far.ravel().tolist()
    return data


class PageAndKernel:
    """The same questions to a page and to Python."""

    def __init__(self, page: Any, widget: EmbeddingCompare) -> None:
        self.page = page
        self.screen = RecordedScreen(widget)
        comparison = widget.comparison
        n_rows = len(self.kernel("groups")[0]["rows"])
        rows, pictures, _ = self.kernel("rows", items=list(range(len(comparison.a))))
        items = [
            row | {"image": {"type": row["image"], "bytes": list(picture)}}
            for row, picture in zip(rows["rows"], pictures, strict=True)
        ]
        columns = [self.column(c) for c in widget.columns if c["source"] != "measured_at_k"]
        graphs = comparison.graph_a, comparison.graph_b
        data = {
            "items": items,
            "positions": {"a": [0, 0] * N, "b": [0, 0] * N},
            "graph": graph_data([g.indices for g in graphs], [g.distances for g in graphs]),
            "labels": label_codes(comparison.labels()),
            "columns": columns,
            "quality": self.kernel("quality")[0],
            "groups": {
                "table": self.kernel("groups")[0],
                "items": [
                    np.frombuffer(self.kernel("group_items", row=row)[1][0], np.uint32).tolist()
                    for row in range(n_rows)
                ],
            },
        }
        traits = {name: v for name, v in self.screen.state.items() if not name.startswith("_")}
        page.add_script_tag(content=bundle(ENTRY, "page"))
        page.evaluate(OPEN, [traits, data])

    def kernel(self, kind: str, **args: Any) -> tuple[Any, list[bytes], str]:
        result, buffers, error = self.screen.ask(kind, **args)
        return result, [bytes(buffer) for buffer in buffers], error

    def column(self, info: dict[str, str]) -> dict[str, Any]:
        header, (buffer,), _ = self.kernel("column", name=info["name"], k=None)
        if header["kind"] == "category":
            return {**header, "codes": np.frombuffer(buffer, np.uint16).tolist()}
        values = np.frombuffer(buffer, np.float32)
        return {**header, "values": [None if np.isnan(v) else float(v) for v in values]}

    def both(self, kind: str, **args: Any) -> tuple[Any, Any]:
        """What the page and what Python answers: result, buffers, error."""
        found, buffers, error = self.page.evaluate("ask", {"kind": kind, "args": args})
        return (found, [bytes(b) for b in buffers], error), self.kernel(kind, **args)


@pytest.fixture(scope="module")
def grid() -> Comparison:
    """Points on a grid, most of them twice, so that ties decide; a tenth has no label."""
    rng = np.random.default_rng(3)
    a = rng.integers(0, 4, (N, 3)).astype(np.float32)
    b = a + rng.integers(0, 2, (N, 3))
    label = [None if i % 10 == 0 else ["Straße", "ΟΔΟΣ", "x"][i % 3] for i in range(N)]
    text = [f"Row {i} of STRASSE" if i % 7 else None for i in range(N)]
    frame = pd.DataFrame({"street": label, "note": text, "size": np.where(label, a[:, 0], np.nan)})
    frame["large"] = 2**60 + np.arange(N)
    frame["day"] = np.datetime64("1969-12-01") + np.arange(N)
    frame["grade"] = pd.Categorical(np.array(list("cab"))[a[:, 0].astype(int) % 3], ordered=True)
    frame["photo"] = list(rng.integers(0, 256, (N, 2, 2), dtype=np.uint8))
    ids = [f"Item-{i}" for i in range(N - 3)] + ["item", "ITEM-1 no more", "ılık İÇ"]
    return compare(a, b, ids=ids, metadata=frame, label="street", k_max=K_MAX)


@pytest.fixture
def asked(page, grid, recorded):
    shown = {"text": "note", "image": "photo", "show": ["size", "day", "grade"]}
    widget = EmbeddingCompare.from_comparison(grid, **shown, reducer="pca").wait(60)
    yield PageAndKernel(page, widget)
    widget.close()


def test_shared_neighbours_are_python_s_at_every_k(asked):
    for k in range(1, K_MAX + 1):
        here, there = asked.both("shared", k=k)
        assert here == there, k
        assert len(set(here[1][0])) > 1


def test_columns_measured_at_k_are_python_s(asked):
    # Sums of ranks are taken in another order; counts are the same bit for bit.
    exact = ("wins", "k_occurrence_a", "k_occurrence_b")
    for name in (*exact, "rbo", "rank_similarity"):
        for k in (1, 5, K_MAX):
            here, there = asked.both("column", name=name, k=k)
            assert here[0] == there[0]
            values = [np.frombuffer(buffers[0], np.float32) for _, buffers, _ in (here, there)]
            np.testing.assert_allclose(*values, rtol=0 if name in exact else 1e-6)
            assert np.isnan(values[0]).any() == (name == "wins")
            assert np.nanmax(values[0]) - np.nanmin(values[0]) > 0.3


HANDED_OVER = ("street", "size", "group_a", "large", "day", "grade")
QUERIES = [
    *("item-1", "ITEM-1", "tem", "item", " row 1 ", "strasse", "STRAẞE", "οδος", "ΟΔΟΣ", "x"),
    *("ı", "İç", "no such thing", "  ", ""),
]


def test_search_finds_the_same_in_the_same_order(asked):
    totals = []
    for query in QUERIES:
        for limit in (3, 100):
            here, there = asked.both("search", query=query, limit=limit)
            assert here == there, query
        totals.append(here[0]["total"])
    assert all(totals[:-3])
    assert totals[-3:] == [0, 0, 0]


def test_items_are_in_python_s_order_and_have_its_texts(asked):
    for by in ("id", "label", "text", 0, 1, 2):
        here, there = asked.both("ranks", by=by)
        assert here == there, by
        ranks = np.frombuffer(here[1][0], np.uint32)
        assert len(np.unique(ranks)) > 2
    for query in QUERIES:
        here, there = asked.both("search_items", query=query)
        assert here == there, query
    for items in ([5, 0, N - 1], [3]):
        here, there = asked.both("texts", items=items)
        assert here == there
        assert [len(column) for column in here[0]["columns"]] == [len(items)] * 6


def test_what_is_handed_over_comes_back(asked):
    questions = [
        *(("neighbors", {"item": item}) for item in (0, 7, N - 1)),
        *(("label_items", {"code": code}) for code in range(3)),
        *(("column", {"name": name, "k": None}) for name in HANDED_OVER),
        ("rows", {"items": [5, 0, N - 1]}),
        ("quality", {}),
        ("groups", {}),
        ("group_items", {"row": 0}),
    ]
    for kind, args in questions:
        here, there = asked.both(kind, **args)
        assert here == there, (kind, args)


def test_what_python_refuses_the_page_refuses_in_one_line(asked):
    for kind, args in [
        ("neighbors", {"item": N}),
        ("rows", {"items": [-1]}),
        ("column", {"name": "colour", "k": None}),
        ("column", {"name": "wins", "k": K_MAX + 1}),
        ("shared", {"k": 0}),
        ("ranks", {"by": "photo"}),
        ("ranks", {"by": 3}),
        ("texts", {"items": [N]}),
        ("group_items", {"row": 1000}),
        ("label_items", {"code": 3}),
    ]:
        here, there = asked.both(kind, **args)
        assert here[2], (kind, args)
        assert there[2], (kind, args)
        assert "\n" not in here[2]


def test_missing_neighbours_and_sets_of_labels_count_as_in_python(page):
    rng = np.random.default_rng(4)
    indices = [np.argsort(rng.random((N, N)), axis=1)[:, :K_MAX].astype(np.int32) for _ in "ab"]
    for near in indices:
        near[rng.random(N) < 0.3, rng.integers(1, K_MAX) :] = -1
        near[5] = -1
    sets = [list("abcdef"[: i % 4]) for i in range(N)]
    labels = encode_labels(sets, N)
    data = {
        "items": [{"id": str(i), "label": None, "labels": [], "text": None} for i in range(N)],
        "positions": {"a": [0, 0] * N, "b": [0, 0] * N},
        "graph": graph_data(indices, [np.zeros((N, K_MAX), np.float32)] * 2),
        "labels": label_codes(labels),
        "columns": [],
    }
    page.add_script_tag(content=bundle(ENTRY, "page"))
    page.evaluate(OPEN, [{"n_items": N}, data])

    def ask(kind: str, **args: Any) -> np.ndarray:
        _, (found,), _ = page.evaluate("ask", {"kind": kind, "args": args})
        return np.frombuffer(bytes(found), np.uint8 if kind == "shared" else np.float32)

    counts = shared_counts(*indices)
    for k in (1, 4, K_MAX):
        np.testing.assert_array_equal(ask("shared", k=k), counts[:, k - 1])
        a, b = (label_agreement(near[:, :k], labels) for near in indices)
        np.testing.assert_array_equal(ask("column", name="wins", k=k), b - a)
        occurrence = ask("column", name="k_occurrence_b", k=k)
        np.testing.assert_array_equal(occurrence, k_occurrence(indices[1], k))
