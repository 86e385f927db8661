"""What is no truth and no measure is refused in one short sentence."""

import numpy as np
import pytest

import embwidget as ew

VECTORS = np.random.default_rng(0).normal(size=(20, 4))


@pytest.fixture(scope="module")
def many():
    return ew.compare_many([VECTORS, VECTORS[:, :3]], k_max=5, n_neighbors=5)


@pytest.mark.parametrize("given", [np.array([True, False]), None, "yes", 2, [1]])
def test_what_is_no_truth_is_named(many, given):
    with pytest.raises(TypeError, match=r"^adjusted=.*give True or False$"):
        many.matrix(adjusted=given)
    with pytest.raises(TypeError, match=r"^unique=.*or False$"):
        ew.compare(VECTORS, VECTORS, unique=given)


@pytest.mark.parametrize("given", [np.True_, np.bool_(0), 1, 0])
def test_what_is_a_truth_is_taken(many, given):
    assert many.matrix(adjusted=given).equals(many.matrix(adjusted=bool(given)))


@pytest.mark.parametrize("given", [["jaccard"], None, 3, {"a": 1}, "x" * 1000, ["a" * 1000] * 50])
def test_what_is_no_measure_is_told_in_a_line(many, given):
    with pytest.raises(ValueError, match="is not known") as caught:
        many.matrix(measure=given)
    assert len(str(caught.value)) < 300
    assert "'jaccard'" in str(caught.value) or "'average_overlap'" in str(caught.value)
