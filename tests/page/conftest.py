"""One registry and one server for all tests that leave both as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served, registered, serving

from embwidget.page.catalogue import Catalogue
from embwidget.registry import Registry


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return registered(tmp_path_factory.mktemp("page") / "home")


@pytest.fixture(scope="session")
def served(registry: Registry) -> Iterator[Served]:
    with serving(Catalogue(registry, {}, {})) as served:
        yield served


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path
