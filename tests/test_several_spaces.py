"""Several spaces in one session, of which two are looked at: what a page and Python are told."""

from collections.abc import Callable
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from session_host import PageHost

import embwidget as ew
from embwidget.comparison import Settings
from embwidget.session.session import Session
from embwidget.session.shown import Shown

N, K_MAX, SECONDS = 90, 20, 120

_rng = np.random.default_rng(0)
KINDS = _rng.integers(0, 3, N)
_CENTERS = _rng.normal(size=(3, 12))[KINDS]
# A training: classes come apart, in models of different dimensions.
STEPS = {
    epoch: (_CENTERS * epoch + _rng.normal(size=(N, 12))).astype(np.float32)[:, : 12 - epoch]
    for epoch in range(4)
}
METADATA = pd.DataFrame({"kind": [f"kind {kind}" for kind in KINDS]})


def series() -> ew.Series:
    return ew.Series(STEPS, metadata=METADATA, label="kind")


def opened(spaces: Any = None, *, given: dict[str, Any] | None = None, **shown: Any) -> PageHost:
    spaces = series() if spaces is None else spaces
    shown = {"reducer": "pca"} | shown
    session = Session.of_spaces(
        spaces, None, Settings(k_max=K_MAX), Shown(**shown), **(given or {})
    )
    host = PageHost(session)
    session.start(host, watched=True)
    return host


@pytest.fixture(scope="module")
def host() -> PageHost:
    """A page of a series whose work is done."""
    host = opened()
    host.session.wait(SECONDS)
    return host


def test_a_page_hears_of_all_spaces_their_maps_and_how_far_pairs_agree(host: PageHost) -> None:
    assert [space["name"] for space in host.state["spaces"]] == ["0", "1", "2", "3"]
    assert host.state["steps"] == [0, 1, 2, 3]
    assert host.session.state.progress["share"] == 1.0
    header, maps = host.got("frames")[-1]
    assert (header["n_components"], len(maps), header["reducer"]) == (2, 4, "pca")
    assert all(len(positions) == N * 2 * 2 for positions in maps)
    # All of them on the same axes: together they fill the square.
    square = np.concatenate([np.frombuffer(positions, "<u2") for positions in maps])
    assert (square.min(), square.max()) == (0, 65535)
    header, (values,) = host.got("matrix")[-1]
    found = np.frombuffer(values, "<f4").reshape(6, K_MAX, 3)
    for at, (a, b) in enumerate(combinations(range(4), 2)):
        curve = ew.compare(STEPS[a], STEPS[b], k_max=K_MAX).curve()
        np.testing.assert_allclose(found[at], curve[["jaccard", "low", "high"]], atol=1e-6)
        np.testing.assert_allclose(header["chance"], curve["chance"], atol=1e-12)
    header, graphs = host.got("graphs")[-1]
    assert (header["k_max"], header["dtype"], len(graphs)) == (K_MAX, "uint16", 8)


def test_the_first_and_the_last_step_are_looked_at_first() -> None:
    assert opened().state["pair"] == [0, 3]
    assert opened(list(STEPS.values())).state["pair"] == [0, 1]


def told_of_pair(host: PageHost, a: int, b: int) -> None:
    """What a page knows of the pair is what a comparison of its two spaces says."""
    host.session.wait(SECONDS)
    plain = ew.compare(STEPS[a], STEPS[b], k_max=K_MAX, metadata=METADATA, label="kind")
    state = host.state
    assert state["pair_shown"] == [a, b]
    assert [state[f"space_{side}"]["name"] for side in "ab"] == [str(a), str(b)]
    np.testing.assert_allclose(np.array(state["curve"])[:, 0], plain.curve()["jaccard"], atol=1e-12)
    np.testing.assert_allclose(state["mean_shared"], plain.mean_shared_by_k(), atol=1e-12)
    assert {info["state"] for info in state["numbers"].values()} == {"known"}
    chance = plain.chance()
    np.testing.assert_allclose(state["chance"]["z"], chance.z, atol=1e-5)
    header, (counts,) = host.got("shared")[-1]
    assert header["pair"] == [a, b]
    assert (np.frombuffer(counts, np.uint8).reshape(K_MAX, N)[4] == plain.shared(5)).all()
    _, (near, *_), error = host.ask("neighbors", item=7)
    assert not error
    assert np.frombuffer(near, "<u4").tolist() == plain.graph_a.indices[7].tolist()
    shown = host.ask("quality")[0]["metrics"][0]
    table = plain.quality(n_seeds=0)
    mine = table[table["metric"] == shown["metric"]].set_index("space")["value"]
    np.testing.assert_allclose(shown["overall"][3:5], [mine["a"], mine["b"]], atol=1e-5)


def test_a_page_hears_how_good_each_space_is_and_whether_pairs_agree(host: PageHost) -> None:
    many = ew.compare_many(series(), k_max=K_MAX)
    quality, table = host.state["space_quality"], many.quality(n_seeds=0)
    np.testing.assert_allclose(quality["values"], table[quality["metric"]][:4], atol=1e-5)
    np.testing.assert_allclose(quality["shuffled"], table[quality["metric"]].iloc[4], atol=1e-5)
    test, pairs = host.state["pairs_test"], many.pairs()
    assert test["k"] == 10
    np.testing.assert_allclose(test["p_value"], pairs["p_value"], atol=1e-5)
    np.testing.assert_allclose(test["z"], pairs["z"], atol=1e-4)


@pytest.mark.parametrize("pair", [(1, 2), (3, 0), (2, 2)])
def test_another_pair_is_told_whole(host: PageHost, pair: tuple[int, int]) -> None:
    host.session.change(pair=list(pair))
    # At once, before anything is measured anew.
    assert host.state["pair_shown"] == list(pair)
    told_of_pair(host, *pair)


def test_a_pair_that_was_looked_at_before_is_told_at_once(host: PageHost) -> None:
    host.session.change(pair=[0, 1])
    told_of_pair(host, 0, 1)
    host.session.change(pair=[1, 3])
    told_of_pair(host, 1, 3)
    host.session.change(pair=[0, 1])
    assert {info["state"] for info in host.state["numbers"].values()} == {"known"}
    told_of_pair(host, 0, 1)


def test_any_two_can_be_asked_for_what_they_share(host: PageHost) -> None:
    before = list(host.state["pair_shown"])
    for a, b in pairwise(range(4)):
        _, (counts,), error = host.ask("pair_shared", a=a, b=b, k=6)
        assert not error
        plain = ew.compare(STEPS[a], STEPS[b], n_neighbors=6)
        assert (np.frombuffer(counts, np.uint8) == plain.shared(6)).all()
    assert host.state["pair_shown"] == before
    for wrong in ({"a": 4, "b": 0, "k": 6}, {"a": 0, "b": 1, "k": K_MAX + 1}, {"a": 0, "k": 1}):
        assert host.ask("pair_shared", **wrong)[2]


def test_a_pair_is_chosen_while_the_work_goes_on() -> None:
    def turning(step: str) -> Callable[[dict[str, Any]], None]:
        def publish(changes: dict[str, Any]) -> None:
            PageHost.publish(host, changes)
            now = host.state["progress"]["step"]
            if step in now and host.state["pair"] == [0, 3]:
                host.session.change(pair=[1, 2])

        return publish

    for step in ("neighbours in 0", "permuting", "comparing all pairs"):
        session = Session.of_spaces(series(), None, Settings(k_max=K_MAX), Shown(reducer="pca"))
        host = PageHost(session)
        host.publish = turning(step)  # type: ignore[method-assign]
        session.start(host, watched=True)
        session.wait(SECONDS)
        assert host.state["pair"] == [1, 2], step
        told_of_pair(host, 1, 2)


def test_work_that_was_cancelled_goes_on_with_the_next_pair() -> None:
    def publish(changes: dict[str, Any]) -> None:
        PageHost.publish(host, changes)
        if not cancelled and "neighbours in 3" in host.state["progress"]["step"]:
            cancelled.append(True)
            host.say({"type": "cancel"})

    cancelled: list[bool] = []
    session = Session.of_spaces(series(), None, Settings(k_max=K_MAX), Shown(reducer="pca"))
    host = PageHost(session)
    host.publish = publish  # type: ignore[method-assign]
    session.start(host, watched=True)
    session.wait(SECONDS)
    assert host.state["progress"]["share"] < 1
    session.change(pair=[1, 2])
    told_of_pair(host, 1, 2)
    assert host.state["progress"]["share"] == 1


def test_a_page_that_comes_late_is_told_of_the_pair_of_now(host: PageHost) -> None:
    host.session.change(pair=[2, 1])
    host.session.wait(SECONDS)
    host.messages.clear()
    host.say({"type": "ready"})
    versions = host.got("holds")[0][0]["versions"]
    assert set(versions) == {"frames", "matrix", "graphs", "shared"}
    host.say({"type": "fetch", "parts": list(versions)})
    assert host.got("shared")[0][0]["pair"] == [2, 1]


def test_the_graph_of_a_pair_travels_where_all_are_too_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("embwidget.session.wire.screen.MAX_BULK_BYTES", 3 * N * K_MAX * 6)
    host = opened()
    host.session.wait(SECONDS)
    assert not host.got("graphs")
    assert host.got("graph")[-1][0]["pair"] == [0, 3]
    host.session.change(pair=[1, 3])
    assert host.got("graph")[-1][0]["pair"] == [1, 3]


def test_permuted_items_say_the_same() -> None:
    order = np.random.default_rng(1).permutation(N)
    mixed = {epoch: vectors[order] for epoch, vectors in STEPS.items()}
    permuted = ew.Series(mixed, metadata=METADATA.iloc[order].reset_index(drop=True), label="kind")
    host, other = opened(), opened(permuted)
    for each in (host, other):
        each.session.wait(SECONDS)
    a, b = (np.frombuffer(each.got("matrix")[-1][1][0], "<f4") for each in (host, other))
    np.testing.assert_allclose(a, b, atol=1e-6)


class TestInPython:
    def test_pair_is_read_and_set_by_name_and_position(self) -> None:
        widget = ew.EmbeddingCompare(series(), reducer="pca")
        seen: list[Any] = []
        widget.observe(lambda change: seen.append(change["new"]), "pair")
        assert widget.pair == ("0", "3")
        widget.pair = ("1", "2")
        assert widget.comparison.a.name == "1"
        widget.pair = [3, 0]
        assert widget.pair == ("3", "0")
        assert widget.space_a["name"] == "3"
        assert seen == [("1", "2"), ("3", "0")]
        with pytest.raises(Exception, match=r"pair: no space is called '9': there are '0', '1'"):
            widget.pair = ("9", "0")
        with pytest.raises(Exception, match="give two spaces"):
            widget.pair = "0"
        assert widget.pair == ("3", "0")

    def test_what_a_person_selected_stays_with_the_items(self) -> None:
        widget = ew.EmbeddingCompare(series(), reducer="pca")
        widget.selection, widget.focus, widget.k = [3, 5], 7, 4
        widget.selections = {"some": [1, 2]}
        widget.pair = ("1", "3")
        assert widget.selection.tolist() == [3, 5]
        assert (widget.focus, widget.k, dict(widget.selections)) == (7, 4, {"some": [1, 2]})
        frame = widget.selected_frame()
        np.testing.assert_allclose(frame[["x_a", "y_a"]], widget.positions_a[[3, 5]])
        near = ew.compare(STEPS[1], STEPS[3]).neighbors(7, 4)
        assert widget.neighbors_frame()["id_a"].tolist() == near["id_a"].tolist()

    def test_a_dict_and_a_list_of_models(self) -> None:
        models = {"clip": STEPS[0], "dino": STEPS[1], "mae": STEPS[2]}
        widget = ew.EmbeddingCompare(models, reducer="pca", metadata=METADATA, label="kind")
        assert (widget.pair, widget.steps) == (("clip", "dino"), [])
        assert widget.label == "kind"
        named = ew.EmbeddingCompare(list(models.values()), names=["x", "y", "z"], reducer="pca")
        assert named.pair == ("x", "y")
        two = ew.EmbeddingCompare({"clip": STEPS[0], "dino": STEPS[1]}, reducer="pca")
        assert (two.pair, two.spaces) == (("clip", "dino"), [])
        with pytest.raises(Exception, match="there are two spaces alone"):
            two.pair = ("dino", "clip")

    def test_maps_that_were_drawn_before_are_shown(self) -> None:
        flat = ew.project_series(series(), "pca")
        widget = ew.EmbeddingCompare(series(), positions=flat)
        np.testing.assert_array_equal(widget.positions_b, flat["3"])
        deep = ew.project_series(series(), "pca", n_components=3)
        widget = ew.EmbeddingCompare(series(), positions=deep)
        assert widget.positions_a.shape == (N, 3)
        widget.selection = [4]
        assert {"z_a", "z_b"} <= set(widget.selected_frame())
        assert "pca" in widget.reducer

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"positions": np.zeros((3, N, 2))}, "a map for each of the 4 spaces"),
            ({"positions": np.zeros((4, N - 1, 2))}, r"\(4, 90, 2 or 3\) is needed"),
            ({"positions": np.zeros((4, N, 4))}, r"\(4, 90, 2 or 3\) is needed"),
            ({"reducer": "umapp"}, "umapp"),
            ({"ids": list(range(N))}, "ids= is given, and a Series has its own"),
            ({"unique": True}, "unique=True"),
            ({"metric": ("cosine", "euclidean")}, "one for each of the"),
            ({"label": "kin"}, "kin"),
        ],
    )
    def test_what_does_not_fit_is_refused_at_the_door(
        self, arguments: dict[str, Any], message: str
    ) -> None:
        with pytest.raises((ValueError, TypeError), match=message) as raised:
            ew.EmbeddingCompare(series(), **arguments)
        assert len(str(raised.value)) < 300

    def test_one_step_is_no_pair(self) -> None:
        with pytest.raises(ValueError, match="at least two"):
            ew.EmbeddingCompare(series()[:1])
