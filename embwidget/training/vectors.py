"""A model's layers as spaces, until `embwidget.collect` does that."""

from typing import Any

import numpy as np

from embwidget._core.optional import import_extra
from embwidget.space import Space


def vectors_of(
    model: Any,
    data: Any,
    layers: Any,
    *,
    reshape: Any = "mean",
    ids: Any = None,
    labels: Any = None,
    batch_size: int = 256,
    device: str | None = None,
) -> dict[str, Space]:
    """Embed data by the layers of a model, which is afterwards as it was."""
    torch = import_extra("torch", extra="train")
    import random

    import pandas as pd

    modules = dict(model.named_modules())
    seen: dict[str, list[Any]] = {name: [] for name in layers}
    handles = [
        modules[name].register_forward_hook(
            lambda _m, _i, out, name=name: seen[name].append(
                (out.flatten(2).mean(2) if out.ndim > 2 else out).detach().float().cpu().clone()
            )
        )
        for name in layers
    ]
    training = {module: module.training for module in model.modules()}
    state = random.getstate(), np.random.get_state(), torch.get_rng_state()
    loader = data if isinstance(data, torch.utils.data.DataLoader) else None
    if loader is None:
        rows = (
            torch.as_tensor(data)
            if not hasattr(data, "__getitem__") or isinstance(data, np.ndarray)
            else data
        )
        loader = torch.utils.data.DataLoader(rows, batch_size=batch_size)
    try:
        model.eval()
        with torch.inference_mode():
            for batch in loader:
                x = batch[0] if isinstance(batch, (list, tuple)) else batch
                model(x if device is None else x.to(device))
    finally:
        for handle in handles:
            handle.remove()
        for module, was in training.items():
            module.training = was
        random.setstate(state[0])
        np.random.set_state(state[1])
        torch.set_rng_state(state[2])
    frame = None if labels is None else pd.DataFrame({"label": np.asarray(labels)})
    return {
        name: Space(torch.cat(rows).numpy(), ids=ids, metadata=frame, name=name)
        for name, rows in seen.items()
    }
