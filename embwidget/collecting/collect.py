"""`collect`: the layers of a model as spaces of the same items."""

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from embwidget._core.arguments import told_by_name
from embwidget._core.callers import frames_inside
from embwidget._core.checks import shown, whole
from embwidget._core.file_rows import map_above
from embwidget._core.optional import import_extra
from embwidget._core.parts import Parts
from embwidget._core.progress import Progress, reporting
from embwidget.collecting.batches import Batch
from embwidget.collecting.items import ItemReader, Known
from embwidget.collecting.modules import ENCODE, PENULTIMATE, as_list, check_model, find_layers
from embwidget.collecting.reshape import check_reshape
from embwidget.collecting.run import Blocks, Run
from embwidget.collecting.running import first_of
from embwidget.collecting.sources import Source, read_data
from embwidget.collecting.state import same_model, same_random
from embwidget.collecting.storage import Storage, folder_of
from embwidget.collecting.texts import can_encode
from embwidget.space import Space


@told_by_name
def collect(
    model: Any,
    data: Any,
    layers: Any = None,
    *,
    reshape: Any = None,
    ids: Any = None,
    labels: Any = None,
    metadata: Any = None,
    inputs: Any = None,
    tokenizer: Any = None,
    batch_size: int | None = None,
    device: Any = None,
    amp: Any = False,
    select: Any = None,
    missing: str = "raise",
    max_bytes: int | None = None,
    folder: str | Path | None = None,
    progress: Progress | bool = False,
) -> dict[str, Space]:
    """Run items through a model and make a space of what each layer gives for them.

    The model is run in evaluation and without gradients, and is afterwards as it was, after an
    error too: training mode of each module, buffers, device, hooks; so are the random states of
    Python, numpy and torch. docs/models.md says how to choose layers, and what the traps are.

    Parameters
    ----------
    model : torch.nn.Module
        Also in DataParallel or compiled, which are run as what is in them; or anything with an
        ``encode`` for texts, as those of sentence-transformers.
    data : DataLoader, Dataset, array, tensor, dict or tuple of arrays, list of texts
        A loader has to bring its items in an order that can be known, unless `ids` come with the
        batches.
    layers : str, int or sequence of those, optional
        Names of modules, patterns ("layer4.*"), places in ``named_modules()``, "penultimate" (what
        goes into the last linear layer or convolution), "encode" (what the model's ``encode``
        gives); by default "encode" for texts where there is one, else "penultimate".
    reshape : str, callable or dict, default="mean"
        What makes an output (n_items, ...) one vector an item, for all layers or by name, pattern
        or index: "mean" and "max" over the dimensions behind the second, "flatten",
        "avg_pool_1_1", "avg_pool_2_2", "avg_pool_3_3" of (n_items, channels, height, width), "cls"
        and "mean_tokens" of (n_items, n_tokens, n_dims), the latter by the batch's attention mask,
        or a function of the tensor, which it gets as it is. What has two dimensions stays so.
    ids : array-like of shape (n_items,), str, int or callable, optional
        One for each item of the data, in its order; or where they are in a batch: a name, a
        position, or a function of the batch. By default the items are counted from 0 on.
    labels : array-like of shape (n_items,), str, int, callable or False, optional
        The same for labels, which become the column "label" of the metadata. By default what
        stands beside the input, as in (x, y), or is called label, labels, y or target.
    metadata : frame with a row for each item, optional
        As for `Space`; of the items of the data, those that are not selected too.
    inputs : str, int or callable, optional
        What of a batch the model is called with; of a function a tuple is several arguments.
    tokenizer : callable, optional
        Makes a list of texts into what the model takes.
    batch_size : int, optional
        By default up to 256, fewer where items are large; 64 texts. A loader has its own.
    device : str or torch.device, optional
        Where the model is run; afterwards it is back. By default it stays where it is.
    amp : bool or {"bfloat16", "float16"}, default=False
        Whether it is run under ``torch.autocast``.
    select : array-like of int or bool, optional
        Items that are wanted, by position and in that order, or by a mask of all; their ids are
        their positions where none are given.
    missing : {"raise", "drop"}, default="raise"
        Whether an item with NaN in its vector is an error or left out.
    max_bytes : int, optional
        Bytes of all vectors together, above which they go into files that are mapped; by default
        1 GB, or what ``EMBWIDGET_MAP_ABOVE`` says.
    folder : str or Path, optional
        Where such files are put, named by layer; by default they are temporary, each as long as
        its space.
    progress : bool or callable, default=False
        True for a bar, or a function ``progress(step, share)``, which may raise to stop.

    Returns
    -------
    dict of Space
        By layer, in the order asked for, each of the name of its layer and with float32 vectors.

    Raises
    ------
    UnknownLayer
        When no module has such a name; a KeyError and a ValueError.
    ValueError, TypeError
        When a layer runs more than one time in a forward pass, or never; when its output has no
        row for each item or changes its shape; when the order of the items cannot be known; when
        it cannot be told what of a batch the model takes.
    ImportError
        When torch is not installed.
    """
    asked = _asked(model, data, layers)
    is_encoded = asked == [ENCODE] and can_encode(model)
    torch = sys.modules.get("torch") if is_encoded else import_extra("torch", extra="train")
    is_module = torch is not None and isinstance(model, torch.nn.Module)
    if not is_encoded:
        check_model(model)
        if ENCODE in asked and can_encode(model):
            msg = f"layers: {shown(ENCODE)} makes batches of its own: collect it by itself"
            raise ValueError(msg)
    found = [] if is_encoded else find_layers(model, asked)
    check_reshape(reshape, found)
    bound = map_above() if max_bytes is None else whole(max_bytes, "max_bytes", 0)
    source = read_data(data, batch_size, select, _dtype_of(model) if is_module else None)
    items = ItemReader(source, ids, labels, metadata)
    run = Run(model, source, items.where_ids, items.where_labels, inputs, tokenizer, device, amp)
    storage = Storage(source.n_rows, bound, folder_of(folder), missing)
    with reporting(progress) as report, storage.writing():

        def sink(batch: Batch, blocks: Blocks) -> None:
            storage.add(blocks)
            items.add(batch)
            report(f"running {type(model).__name__}", items.n_rows / (source.n_rows or np.inf))

        if not is_encoded:
            run.through(found, reshape, sink)
        elif is_module:
            with same_random(), same_model(model):
                run.encode(sink)
        else:
            run.encode(sink)
        known = items.known()
    _tell_left_out(source)
    return {key: _space(storage, key, key or type(model).__name__, known) for key in storage.keys}


def _space(storage: Storage, key: str, name: str, known: Known) -> Space:
    """Space of a layer's vectors, whose temporary file lives as long as they do."""
    with storage.handed_over(key) as vectors:
        parts = Parts(vectors, known.ids, known.metadata, name)
        space = Space._of(parts, Parts(None), storage.missing)
        space.metadata_by = known.metadata_by
        storage.bind(key, space.vectors)
    return space


def _asked(model: Any, data: Any, layers: Any) -> list[Any]:
    """What is asked for, one by one, where it is not said too."""
    if layers is not None:
        return as_list(layers)
    first = data[0] if isinstance(data, (list, tuple)) and len(data) else None
    return [ENCODE if isinstance(first, str) and can_encode(model) else PENULTIMATE]


def _dtype_of(model: Any) -> Any:
    """Of a model's decimal numbers, torch.dtype; None = it has none."""
    first = first_of(model, decimal=True)
    return None if first is None else first.dtype


def _tell_left_out(source: Source) -> None:
    """Warn of items that the loader leaves out of its own, as with `drop_last`."""
    if source.n_left_out:
        msg = (
            f"data: the loader leaves out {source.n_left_out} of {source.n_given} items: "
            "drop_last=False brings all; ids are the positions of those that came"
        )
        warnings.warn(msg, stacklevel=frames_inside())
