"""`Comparison` is made of siblings: one class a subject, none of which knows another."""

import ast
from pathlib import Path

import numpy as np
import pytest

import embwidget as ew
from embwidget.comparison import Comparison, Settings, compare_pair, prepare
from embwidget.comparison.base import Compared

FOLDER = Path(ew.__file__).parent / "comparison"
SIBLINGS = Comparison.__bases__
# What a sibling may import of its room.
BELOW = {"base", "memo", "pair", "saved_arrays", "settings"}


def imported_siblings(source: str) -> set[str]:
    """Modules of the room that a source imports, but for those that all stand on."""
    names = [
        name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module
        for name in [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    ]
    parts = [name.split(".") for name in names if name.startswith("embwidget.comparison.")]
    return {found[2] for found in parts} - BELOW


def test_every_sibling_has_the_base_alone():
    assert len(SIBLINGS) > 5
    for sibling in SIBLINGS:
        assert sibling.__bases__ == (Compared,), sibling


def test_no_sibling_imports_another():
    for sibling in SIBLINGS:
        source = (FOLDER / f"{sibling.__module__.rpartition('.')[2]}.py").read_text()
        assert imported_siblings(source) == set(), sibling


def test_an_import_of_a_sibling_would_be_seen():
    assert imported_siblings("from embwidget.comparison.hubs import Hubness") == {"hubs"}
    assert imported_siblings("from embwidget.comparison.base import Compared") == set()


def test_no_two_siblings_have_a_method_of_the_same_name():
    names = [name for sibling in SIBLINGS for name in vars(sibling) if not name.startswith("__")]
    assert len(names) == len(set(names))
    assert not set(names) & set(vars(Compared))


def test_what_is_asked_in_two_ways_is_found_once():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 60, 5))
    found = ew.compare(a, b, label=np.arange(60) % 3)
    assert found.clusters() is found.clusters(n_jobs=1)
    assert found.clusters(resolution=2.0) is not found.clusters()
    assert found.labels() is found.labels("label")
    values = np.arange(60) % 2
    assert found.labels(values) is not found.labels(values)


def test_settings_are_checked_where_they_are_made():
    with pytest.raises(ValueError, match=r"k_max=0: give a whole number"):
        Settings(k_max=0)
    with pytest.raises(ValueError, match=r"n_jobs=True: give a whole number"):
        Settings(n_jobs=True)
    with pytest.raises(ValueError, match=r"random_state=-1: give a whole number"):
        Settings(random_state=-1)
    with pytest.raises(ValueError, match="one for each space"):
        Settings(metric=("cosine",))


def test_settings_travel_from_the_door_to_the_graphs():
    a, b = np.random.default_rng(0).normal(size=(2, 40, 5))
    settings = Settings(n_neighbors=4, k_max=7, metric=("euclidean", "cosine"), engine="exact")
    found = compare_pair(prepare(a, b, settings), settings)
    assert (found.n_neighbors, found.k_max) == (4, 7)
    assert (found.graph_a.metric, found.graph_b.metric) == ("euclidean", "cosine")
    told = ew.compare(a, b, n_neighbors=4, k_max=7, metric=("euclidean", "cosine"))
    np.testing.assert_array_equal(found.jaccard(), told.jaccard())
