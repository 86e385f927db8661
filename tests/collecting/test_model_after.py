"""A model is after `collect` what it was before, whatever happened on the way."""

import random

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from collect_models import IMAGES, TABLE, Block, Resnet, cnn, mlp, seeded
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import embwidget as ew


def all_of(model):
    """Whatever can be told of a model: modes, hooks, attributes, numbers and where they are."""
    return {
        "modes": [module.training for module in model.modules()],
        "hooks": [
            [*module._forward_hooks, *module._forward_pre_hooks] for module in model.modules()
        ],
        "attributes": [sorted(vars(module)) for module in model.modules()],
        "numbers": {
            name: (id(each), each.data_ptr(), each.requires_grad, each.detach().numpy().tobytes())
            for name, each in [*model.named_parameters(), *model.named_buffers()]
        },
        "gradients": {
            name: None if each.grad is None else each.grad.numpy().tobytes()
            for name, each in model.named_parameters()
        },
    }


def all_random():
    name, keys, *rest = np.random.get_state()  # noqa: NPY002
    return random.getstate(), name, keys.tobytes(), rest, torch.get_rng_state().numpy().tobytes()


def mixed_modes(model):
    model.train()
    next(iter(model.children())).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.train()
    return model


class Failing(nn.Module):
    """Does as it is told, the second time that it runs."""

    def __init__(self, error):
        super().__init__()
        self.error, self.n_runs = error, 0
        self.register_buffer("seen", torch.zeros(3))
        self.first = nn.Linear(12, 3)

    def forward(self, x):
        self.seen += 1
        self.n_runs += 1
        found = self.first(x) + torch.rand(3) + random.random() + np.random.rand()  # noqa: NPY002
        if self.error is not None and self.n_runs == 2:
            raise self.error
        self.last = found
        return found


@pytest.mark.parametrize("make", [cnn, Resnet])
def test_nothing_has_changed(make):
    model = mixed_modes(seeded(make))
    model(IMAGES).sum().backward()
    before, random_before, grad = all_of(model), all_random(), torch.is_grad_enabled()
    outputs = model.eval()(IMAGES)
    mixed_modes(model)
    ew.collect(model, IMAGES, [0, "fc", "penultimate"], batch_size=8)
    ew.layers(model, IMAGES)
    assert all_of(model) == before
    assert all_random() == random_before
    assert torch.is_grad_enabled() == grad
    assert torch.equal(model.eval()(IMAGES), outputs)


@pytest.mark.parametrize("error", [None, RuntimeError("boom"), KeyboardInterrupt()])
def test_after_an_error_too(error):
    model = Failing(error)
    before, random_before = all_of(model), all_random()
    if error is None:
        ew.collect(model, TABLE, "first", batch_size=8)
    else:
        with pytest.raises(type(error)):
            ew.collect(model, TABLE, "first", batch_size=8)
    assert all_of(model) == before
    assert model.n_runs == 0
    assert not hasattr(model, "last")
    assert all_random() == random_before
    assert torch.is_grad_enabled()


def test_after_an_error_in_progress_in_data_and_in_reshape():
    model = seeded(mlp).train()
    before = all_of(model)

    class Broken(TensorDataset):
        def __getitem__(self, row):
            if row == 12:
                raise OSError("disk")
            return super().__getitem__(row)

    def stop(step, share):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(OSError, match="disk"):
        ew.collect(model, Broken(TABLE), "0", batch_size=8)
    with pytest.raises(KeyboardInterrupt):
        ew.collect(model, TABLE, "0", batch_size=8, progress=stop)
    with pytest.raises(ZeroDivisionError):
        ew.collect(model, TABLE, "0", reshape=lambda x: x / (1 // 0))
    assert all_of(model) == before


def test_generators_of_a_loader():
    generator = torch.Generator().manual_seed(3)
    loader = DataLoader(TensorDataset(TABLE), batch_size=8, generator=generator)
    state = generator.get_state()
    ew.collect(seeded(mlp), loader, "0")
    assert torch.equal(generator.get_state(), state)


def test_a_graph_in_flight_and_gradients_go_on():
    model = seeded(cnn).train()
    loss = model(IMAGES).sum()
    ew.collect(model, IMAGES, "fc")
    loss.backward()
    assert all(each.grad is not None for each in model.parameters())


def test_hooks_of_the_user_stay_and_are_heeded():
    model = seeded(mlp)
    handle = model[0].register_forward_hook(lambda module, args, output: output * 2)
    twice = ew.collect(model, TABLE, "0")["0"].vectors
    assert list(model[0]._forward_hooks) == [handle.id]
    handle.remove()
    np.testing.assert_array_equal(twice, 2 * ew.collect(model, TABLE, "0")["0"].vectors)


def test_modules_that_merge_weights_in_evaluation():
    """As adapters do: `eval()` writes into a parameter, `train()` takes it out again."""

    class Adapted(nn.Linear):
        def __init__(self):
            super().__init__(12, 3)
            self.delta = nn.Parameter(torch.randn(3, 12) / 3)
            self.is_merged = False

        def train(self, mode=True):
            if self.is_merged == mode:
                self.weight.data += -self.delta.data if mode else self.delta.data
                self.is_merged = not mode
            return super().train(mode)

        def forward(self, x):
            assert self.is_merged
            return super().forward(x)

    model = seeded(lambda: nn.Sequential(Adapted()))
    before = all_of(model)
    found = ew.collect(model, TABLE, "0")["0"].vectors
    assert all_of(model) == before
    assert not model[0].is_merged
    np.testing.assert_array_equal(found, model.eval()(TABLE).detach())


def test_a_pass_that_writes_into_parameters_is_an_error():
    class Writes(nn.Linear):
        def forward(self, x):
            with torch.no_grad():
                self.weight.mul_(0.5)
            return super().forward(x)

    with pytest.raises(ValueError, match=r"writes into the parameter '0.weight'.*deepcopy"):
        ew.collect(nn.Sequential(Writes(12, 3)), TABLE, "0")


def test_what_is_given_is_not_written_into():
    class InPlace(nn.Module):
        def __init__(self):
            super().__init__()
            self.block = Block(3)

        def forward(self, x):
            return self.block(x.sub_(1))

    for x in (IMAGES.clone(), IMAGES.numpy().copy()):
        ew.collect(InPlace(), x, "block")
        np.testing.assert_array_equal(x, IMAGES)


def test_models_that_cache_what_they_compute_can_be_trained_afterwards():
    class Caches(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.scale = nn.Linear(12, 3), None

        def forward(self, x):
            if self.scale is None:
                self.scale = torch.ones(3)
            return self.layer(x) * self.scale

    model = Caches()
    ew.collect(model, TABLE, "layer")
    assert model.scale is None
    model(TABLE).sum().backward()
    assert model.layer.weight.grad is not None


def test_a_device_is_for_the_run_alone():
    model = seeded(cnn)
    before = all_of(model)
    found = ew.collect(model, IMAGES, "fc", device="cpu")["fc"].vectors
    np.testing.assert_array_equal(found, ew.collect(model, IMAGES, "fc")["fc"].vectors)
    assert all_of(model) == before
    with pytest.raises(ValueError, match="device='quantum': torch has no such device here"):
        ew.collect(model, IMAGES, "fc", device="quantum")


def test_a_model_that_moves_its_numbers_gets_them_back():
    """As `device=` does: the tensors that an optimizer knows have their own memory again."""

    class Moves(nn.Linear):
        def forward(self, x):
            for each in self.parameters():
                each.data = each.data.clone()
            return super().forward(x)

    model = nn.Sequential(Moves(12, 3))
    model(TABLE).sum().backward()
    before = all_of(model)
    ew.collect(model, TABLE, "0")
    assert all_of(model) == before


def test_buffers_that_lie_in_no_one_piece_of_memory():
    """As the adjacency of a graph does."""

    class Graph(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(12, 3)
            self.register_buffer("neighbors", torch.eye(21).to_sparse())

        def forward(self, x):
            return self.layer(self.neighbors @ x)

    model = seeded(Graph)
    found = ew.collect(model, TABLE, "layer")["layer"].vectors
    np.testing.assert_array_equal(found, model(TABLE).detach())
