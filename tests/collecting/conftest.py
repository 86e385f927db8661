"""A small model, and what its first layer gives of a table."""

import pytest
from collect_models import TABLE, mlp, seeded

import embwidget as ew


@pytest.fixture(scope="module")
def model():
    return seeded(mlp)


@pytest.fixture(scope="module")
def expected(model):
    return ew.collect(model, TABLE, "0")["0"].vectors
