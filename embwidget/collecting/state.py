"""What a model and the generators of random numbers were before, brought back whatever happens."""

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import numpy as np

from embwidget._core.checks import shown


@contextmanager
def same_random(generators: Sequence[Any] = (), *, cuda: bool = False) -> Iterator[None]:
    """Give back the random states of Python, numpy and torch, and of generators of torch."""
    import torch

    python, numpy_state, cpu = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    own = [(generator, generator.get_state()) for generator in generators]
    # Asking for its state starts CUDA, which takes seconds where nobody uses it.
    uses_cuda = torch.cuda.is_available() and (cuda or torch.cuda.is_initialized())
    devices = torch.cuda.get_rng_state_all() if uses_cuda else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy_state)  # noqa: NPY002
        torch.set_rng_state(cpu)
        for generator, state in own:
            generator.set_state(state)
        if devices is not None:
            torch.cuda.set_rng_state_all(devices)


class _Held(NamedTuple):
    """A parameter, buffer or gradient, and where its numbers are."""

    tensor: Any
    data: Any


class _Attributes(NamedTuple):
    """What a module had: its attributes, and what stood in its tables of tensors and parts."""

    module: Any
    values: dict[str, Any]
    tables: list[tuple[dict[str, Any], dict[str, Any]]]


@contextmanager
def same_model(model: Any) -> Iterator[None]:
    """Let a model be run in evaluation, and give it back as it was.

    Attributes of each module (training mode, caches that a forward pass leaves), its buffers, and
    the device that its parameters are on. Their numbers are held for those modules alone that do
    something of their own in ``eval()``, as adapters that merge their weights; elsewhere a forward
    pass that writes into parameters is an error.
    """
    import torch

    modules = list(model.modules())
    attributes = [_attributes(module) for module in modules]
    tensors = [*model.parameters(), *model.buffers()]
    gradients = [each.grad for each in model.parameters() if each.grad is not None]
    held = [_Held(each, each.data) for each in [*tensors, *gradients] if _has_memory(each)]
    own = [module for module in modules if _has_own_eval(module, torch.nn.Module)]
    own_ids = {id(each) for module in own for each in module.parameters(recurse=False)}
    copied = [*model.buffers(), *(each for each in model.parameters() if id(each) in own_ids)]
    copies = [(each.data, each.detach().clone()) for each in copied if _has_memory(each)]
    versions = [
        (name, each, each._version)
        for name, each in model.named_parameters()
        if id(each) not in own_ids and not each.is_inference()
    ]
    is_done = False
    try:
        with ExitStack() as stack:
            _run_uncompiled(modules, stack)
            _evaluate(model)
            yield
        is_done = True
    finally:
        written = [name for name, each, version in versions if each._version != version]
        for tensor, data in held:
            if tensor.data_ptr() != data.data_ptr() or tensor.device != data.device:
                tensor.data = data
        for data, copy in copies:
            if not torch.equal(data, copy):
                data.copy_(copy)
        for module, values, tables in attributes:
            _restore(vars(module), values)
            for table, before in tables:
                _restore(table, before)
    if is_done and written:
        msg = (
            f"model: its forward pass writes into the parameter {shown(written[0])} even in "
            "evaluation, so that it is not as before: collect from a copy.deepcopy(model)"
        )
        raise ValueError(msg)


def _has_memory(tensor: Any) -> bool:
    """Whether its numbers lie in one piece of memory, as those of sparse tensors do not."""
    return str(tensor.layout) == "torch.strided"


def _evaluate(model: Any) -> None:
    try:
        model.eval()
    except NotImplementedError as error:
        msg = "model: it is exported, and has no eval(): give the model that it was made of"
        raise TypeError(msg) from error


def _attributes(module: Any) -> _Attributes:
    values = dict(vars(module))
    tables = [values[name] for name in ("_parameters", "_buffers", "_modules")]
    return _Attributes(module, values, [(table, dict(table)) for table in tables])


def _restore(now: dict[str, Any], before: dict[str, Any]) -> None:
    for name in [name for name in now if name not in before]:
        del now[name]
    now.update(before)


def _has_own_eval(module: Any, base: Any) -> bool:
    kind = type(module)
    return kind.train is not base.train or kind.eval is not base.eval


def _run_uncompiled(modules: list[Any], stack: ExitStack) -> None:
    """Let what `torch.compile` made run as it was written: compiled code skips hooks."""
    for module in modules:
        if vars(module).get("_compiled_call_impl") is not None:
            vars(module)["_compiled_call_impl"] = None
    set_stance = getattr(sys.modules.get("torch.compiler"), "set_stance", None)
    # Before torch 2.6 parts that are compiled for themselves skip them still: an error says so.
    if "torch._dynamo" in sys.modules and set_stance is not None:
        stack.enter_context(set_stance("force_eager"))
