"""Vectors that do not fit into memory stand in files, each as long as its space."""

import gc
import tempfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import IMAGES, SET, TABLE, Stream, cnn, mlp, seeded
from torch.utils.data import DataLoader

import embwidget as ew


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (TABLE, {"batch_size": 4}),
        (DataLoader(SET, batch_size=4), {}),
        (DataLoader(Stream(), batch_size=4), {"ids": 1}),
    ],
)
@pytest.mark.parametrize("max_bytes", [0, 21 * 24 * 4 - 1], ids=["from the start", "later"])
def test_above_a_bound_they_go_into_temporary_files(temporary, data, options, max_bytes):
    model = seeded(mlp)
    expected = ew.collect(model, data, ["0", "2"], **options)
    assert all(not space.mapped_from for space in expected.values())
    assert list(temporary.iterdir()) == []
    found = ew.collect(model, data, ["0", "2"], max_bytes=max_bytes, **options)
    for name, space in found.items():
        assert Path(space.mapped_from).is_relative_to(temporary)
        np.testing.assert_array_equal(space.vectors[:], expected[name].vectors)
        assert space.ids.tolist() == list(range(21))
    assert len(list(temporary.rglob("*.npy"))) == 2
    first = found.pop("0")
    part, compared = first.take(np.arange(9)), ew.compare(first, expected["2"], n_neighbors=3)
    del first, space
    assert len(list(temporary.rglob("*.npy"))) == 2, "a comparison still has it"
    del compared
    gc.collect()
    assert [path.name for path in temporary.rglob("*.npy")] == ["2.npy"]
    np.testing.assert_array_equal(part.vectors, expected["0"].vectors[:9])
    found.clear()
    assert list(temporary.iterdir()) == []


def test_exactly_the_bound_fits(temporary):
    found = ew.collect(seeded(mlp), TABLE, ["0", "2"], max_bytes=21 * 24 * 4, batch_size=4)
    assert [space.mapped_from for space in found.values()] == ["", ""]


def test_a_folder_of_ones_own_has_whole_files_or_none(tmp_path):
    model = seeded(cnn)
    options = {"max_bytes": 0, "folder": tmp_path, "batch_size": 8}
    found = ew.collect(model, IMAGES, [0, "conv", "c*"], **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conv.npy", "model.npy"]
    before = np.load(tmp_path / "conv.npy")
    np.testing.assert_array_equal(found["conv"].vectors[:], before)
    del found
    gc.collect()
    np.testing.assert_array_equal(np.load(tmp_path / "conv.npy"), before)

    def stop(step, share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ew.collect(model, IMAGES * 2, ["conv", "fc"], progress=stop, **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conv.npy", "model.npy"]
    np.testing.assert_array_equal(np.load(tmp_path / "conv.npy"), before)
    assert ew.load(tmp_path / "conv.npy").name == "conv"
    with pytest.raises(FileNotFoundError, match="there is no such folder"):
        ew.collect(model, IMAGES, "fc", folder=tmp_path / "none")


@pytest.mark.parametrize("error", ["nan", "stop", "ids"])
def test_nothing_stays_after_an_error(temporary, error):
    def stop(step, share):
        if share > 0.5:
            raise KeyboardInterrupt

    broken = TABLE.clone()
    broken[17] = torch.nan
    options = {
        "nan": {"data": broken},
        "stop": {"data": TABLE, "progress": stop},
        "ids": {"data": TABLE, "ids": lambda batch: [0] * len(batch)},
    }[error]
    with pytest.raises((ValueError, KeyboardInterrupt)):
        ew.collect(seeded(mlp), layers="0", max_bytes=0, batch_size=4, **options)
    assert list(temporary.iterdir()) == []


def test_progress_says_how_far_it_is():
    told = []
    ew.collect(seeded(mlp), TABLE, "0", batch_size=8, progress=lambda *each: told.append(each))
    assert [round(share * 21) for _, share in told] == [8, 16, 21]
    assert {step for step, _ in told} == {"running Sequential"}
