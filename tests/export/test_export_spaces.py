"""What a file of several spaces holds: each of them once, and the agreement of all pairs."""

import threading
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from exported_file import ExportedFile, export_within, least_mb

import embwidget as ew

N, K_MAX = 100, 20

_rng = np.random.default_rng(0)
KINDS = _rng.integers(0, 3, N)
_CENTERS = _rng.normal(size=(3, 12))[KINDS]
SPACES = {
    name: (_CENTERS * at + _rng.normal(size=(N, 12))).astype(np.float32)
    for at, name in enumerate(("</script>", "dino", "mae", "vit"))
}


@pytest.fixture(scope="module")
def widget() -> Iterator[ew.EmbeddingCompare]:
    made = ew.EmbeddingCompare(SPACES, label=KINDS, reducer="pca", k_max=K_MAX)
    made.pair = ("vit", "dino")
    yield made
    made.close()


def lists_in(page: ExportedFile) -> tuple[set[str], set[str]]:
    """Of which spaces there are lists, and distances."""
    found = [
        {part.split("_")[1].split(".")[0] for part in page.parts if part.startswith(f"{name}_")}
        for name in ("indices", "distances")
    ]
    return found[0], found[1]


def test_each_space_is_in_the_file_once(widget: ew.EmbeddingCompare) -> None:
    page = ExportedFile(str(widget.to_html()))
    head = page.head
    assert head["left_out"] == head["not_measured"] == []
    assert [space["name"] for space in head["traits"]["spaces"]] == list(SPACES)
    assert head["traits"]["pair"] == head["traits"]["pair_shown"] == [3, 1]
    assert lists_in(page) == ({"0", "1", "2", "3"},) * 2
    assert {part for part in page.parts if part.startswith(("frame", "pos"))} == {
        f"frame.{at}" for at in range(4)
    }
    values = page.array("matrix").reshape(6, K_MAX, 3)
    for at, (a, b) in enumerate(combinations(SPACES, 2)):
        curve = ew.compare(SPACES[a], SPACES[b], k_max=K_MAX).curve()
        np.testing.assert_allclose(values[at], curve[["jaccard", "low", "high"]], atol=1e-6)
        np.testing.assert_allclose(head["spaces"]["chance"], curve["chance"], atol=1e-12)
    quality, test = head["traits"]["space_quality"], head["traits"]["pairs_test"]
    assert len(quality["values"]) == 4
    assert len(test["p_value"]) == 6
    assert all(info["state"] == "known" for info in head["traits"]["numbers"].values())
    assert page.texts["title"].startswith("</script>, dino, mae and vit")


def test_a_file_of_two_has_one_script_less(widget: ew.EmbeddingCompare) -> None:
    two = ew.EmbeddingCompare(SPACES["dino"], SPACES["mae"], reducer="pca", k_max=K_MAX)
    files = [ExportedFile(str(opened.to_html())) for opened in (widget, two)]
    two.close()
    assert [len(file.scripts) for file in files] == [2, 1]
    assert all(file.allows_its_scripts_alone for file in files)
    assert files[0].scripts[1] == files[1].scripts[0]


def test_the_file_is_smaller_than_one_for_each_pair(widget: ew.EmbeddingCompare) -> None:
    def n_bytes(spaces: object) -> int:
        opened = ew.EmbeddingCompare(spaces, reducer="pca", k_max=K_MAX)
        text = str(opened.to_html())
        opened.close()
        return len(text) - sum(map(len, ExportedFile(text).scripts))

    names = list(SPACES)
    two = n_bytes([SPACES[name] for name in names[:2]])
    three, four = (n_bytes([SPACES[name] for name in names[:count]]) for count in (3, 4))
    # One more space is one more map and list, however many pairs it makes.
    assert 0.5 < (four - three) / (three - two) < 1.5


def test_lists_of_other_spaces_go_before_those_of_the_two(widget: ew.EmbeddingCompare) -> None:
    least, whole = least_mb(widget), len(str(widget.to_html())) / 1e6
    found = []
    for limit in np.linspace(whole - 1e-3, least - 0.008, 24):
        made = export_within(widget, float(limit))
        if made is None:
            break
        page, warning = made
        assert all(each in warning for each in page.head["left_out"])
        said = " ".join(page.head["left_out"])
        lists, distances = lists_in(page)
        k_max = page.head["traits"]["k_max"]
        assert ("distances to neighbours in other" in said) == (len(distances) < len(lists))
        assert ("; neighbours in other" in f"; {said}") == (len(lists) == 2)
        assert len(page.array("matrix")) == 6 * k_max * 3
        assert len(page.head["spaces"]["chance"]) == k_max
        assert not lists or {"1", "3"} <= distances
        found.append((len(lists), len(distances)))
    assert found == sorted(found, reverse=True)
    assert {(4, 4), (4, 2), (2, 2)} <= set(found)


def test_what_was_cancelled_is_named(recorded: None) -> None:
    made: list[ew.EmbeddingCompare] = []
    is_there = threading.Event()

    def cancelling(x: np.ndarray) -> np.ndarray:
        is_there.wait(30)
        made[0].cancel()
        return x[:, :2]

    made.append(ew.EmbeddingCompare(SPACES, reducer=cancelling, k_max=5))
    is_there.set()
    with pytest.warns(UserWarning, match="how far other spaces agree"):
        page = ExportedFile(str(made[0].to_html()))
    assert "matrix" not in page.parts
    assert page.head["spaces"]["chance"] is None
    made[0].close()
