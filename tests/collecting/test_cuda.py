"""On a GPU, where there is one."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import IMAGES, SET, TABLE, cnn, mlp, seeded
from torch.utils.data import DataLoader

import embwidget as ew

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


@pytest.mark.parametrize("error", [False, True])
def test_a_model_is_moved_and_comes_back(error):
    model = seeded(cnn).train()
    model(IMAGES).sum().backward()
    tensors = [*model.parameters(), *model.buffers(), *(each.grad for each in model.parameters())]
    before = [(each.data_ptr(), each.device, each.clone()) for each in tensors]
    expected = ew.collect(model, IMAGES, ["norm", "fc"], batch_size=8)
    state = torch.cuda.get_rng_state()

    def stop(step, share):
        torch.rand(3, device="cuda")
        if error and share > 0.5:
            raise KeyboardInterrupt

    options = {"batch_size": 8, "device": "cuda", "progress": stop}
    if error:
        with pytest.raises(KeyboardInterrupt):
            ew.collect(model, IMAGES, ["norm", "fc"], **options)
    else:
        found = ew.collect(model, IMAGES, ["norm", "fc"], **options)
        for name, space in found.items():
            np.testing.assert_allclose(space.vectors, expected[name].vectors, atol=5e-3)
    for each, (pointer, device, copy) in zip(tensors, before, strict=True):
        assert (each.data_ptr(), each.device) == (pointer, device)
        assert torch.equal(each, copy)
    assert torch.equal(torch.cuda.get_rng_state(), state)
    assert all(module.training for module in model.modules())


def test_a_model_that_is_there_gets_what_it_is_given():
    model = seeded(mlp)
    expected = ew.collect(model, TABLE, "2")["2"].vectors
    model.cuda()
    for data in (
        TABLE,
        TABLE.cuda(),
        TABLE.numpy(),
        DataLoader(SET, batch_size=8, pin_memory=True),
    ):
        found = ew.collect(model, data, "2")["2"].vectors
        np.testing.assert_allclose(found, expected, atol=5e-3)
    back = ew.collect(model, TABLE, "2", device="cpu")["2"].vectors
    np.testing.assert_array_equal(back, expected)
    assert next(model.parameters()).is_cuda
    half = ew.collect(model, TABLE, "2", amp=True)["2"].vectors
    np.testing.assert_allclose(half, expected, atol=5e-2)
