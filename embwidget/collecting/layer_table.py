"""`layers`: what a model is made of, to choose layers from."""

from typing import Any

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra
from embwidget.collecting.batches import BatchReader
from embwidget.collecting.forward import Forward
from embwidget.collecting.modules import all_named, check_model, unwrapped
from embwidget.collecting.outputs import tensor_in
from embwidget.collecting.running import caller, device_of, first_of, mixed_precision, mover
from embwidget.collecting.sources import read_data
from embwidget.collecting.state import same_model, same_random
from embwidget.collecting.texts import tokenizer_of

# Items of an example that are run where it has more.
_N_ITEMS = 4


def layers(model: Any, example: Any = None, *, tokenizer: Any = None, inputs: Any = None) -> Any:
    """List the layers of a model: names, types, shapes of their outputs, numbers of parameters.

    Parameters
    ----------
    model : torch.nn.Module
    example : DataLoader, Dataset, array, tensor, dict or tuple of arrays, list of texts, optional
        Data as for `collect`, of which a few items are run; without them, shapes are not known.
        The model is afterwards as it was.
    tokenizer, inputs
        As for `collect`.

    Returns
    -------
    pandas.DataFrame
        A row for each module, in the order of ``named_modules()``: `index` and `name`, by which
        `collect` takes it; `type`; `output_shape`, a tuple whose first entry is the items run, and
        `runs`, how many times it runs in a forward pass (both None without an example; `collect`
        takes those that run one time); `parameters`, those of its parts included.

    Raises
    ------
    TypeError, ValueError
        As by `collect`.
    ImportError
        When torch is not installed.
    """
    import_extra("torch", extra="train")
    import pandas as pd

    check_model(model)
    plain = {each.name: each for each in all_named(model)}
    names = [name for name, _ in model.named_modules()]
    shapes, runs = _run(model, example, tokenizer, inputs) if example is not None else ({}, None)
    rows = []
    for index, name in enumerate(names):
        module = plain[name].module
        rows.append(
            {
                "index": index,
                "name": plain[name].plain,
                "type": type(module).__name__,
                "output_shape": shapes.get(id(module)),
                "runs": None if runs is None else runs.get(id(module), 0),
                "parameters": sum(each.numel() for each in module.parameters()),
            }
        )
    return pd.DataFrame(rows)


def _run(
    model: Any, example: Any, tokenizer: Any, inputs: Any
) -> tuple[dict[int, tuple[int, ...]], dict[int, int]]:
    """Shapes of outputs, and numbers of runs, by the id of the module, of one batch."""
    import torch

    inner = unwrapped(model)
    first = first_of(inner, decimal=True)
    source = read_data(example, None, None, None if first is None else first.dtype, _N_ITEMS)
    device = device_of(inner, None)
    tokenize, move = tokenizer_of(inner, tokenizer), mover(device)
    reader = BatchReader(Forward.of(inner), inputs, None, None, tokenize, move)
    shapes: dict[int, tuple[int, ...]] = {}
    runs: dict[int, int] = {}

    def note(module: Any, _: Any, output: Any) -> None:
        runs[id(module)] = runs.get(id(module), 0) + 1
        try:
            tensor = tensor_in(output, "it")
        except TypeError:
            return
        if not tensor.is_nested:
            shapes[id(module)] = tuple(tensor.shape)

    with same_random(source.generators), same_model(model), torch.no_grad():
        batch = next(iter(source.batches()), None)
        if batch is None:
            msg = f"example={shown(type(example).__name__)}: it brings no batch"
            raise ValueError(msg)
        handles = []
        try:
            handles += [each.register_forward_hook(note) for each in inner.modules()]
            caller(inner, mixed_precision(False, device))(reader.read(batch))
        finally:
            for handle in handles:
                handle.remove()
    return shapes, runs
