"""Tensors of torch into arrays; torch is never imported."""

import os
from math import prod
from typing import Any

from numpy.typing import NDArray

# Of these float32 holds every value, and numpy knows none of them.
_SHORT_FLOATS = ("torch.bfloat16", "torch.float8", "torch.float4")


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor of torch."""
    return hasattr(x, "detach") and hasattr(x, "cpu")


def float32_size(shape: tuple[int, ...]) -> str:
    """Say how much room so many numbers of float32 take."""
    n_bytes = 4.0 * prod(shape)
    for unit in ("bytes", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.3g} {unit} in float32"
        n_bytes /= 1000
    return f"{n_bytes:,.3g} GB in float32" if n_bytes < 1000 else f"{n_bytes:,.0f} GB in float32"


def memory_bytes() -> float:
    """Memory of this machine; infinite where nobody tells."""
    if not hasattr(os, "sysconf"):
        return float("inf")
    return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")


def from_tensor(tensor: Any, what: str) -> NDArray[Any]:
    """Array (..., n) of a torch tensor on any device, of its shape; gradients are left behind."""
    if str(tensor.layout) != "torch.strided":
        shape = tuple(tensor.shape)
        msg = f"{what}: a sparse tensor of shape {shape}: use .to_dense(), {float32_size(shape)}"
        raise TypeError(msg)
    try:
        tensor = tensor.detach().cpu()
        if hasattr(tensor, "resolve_neg"):
            # What is but marked as negative or conjugate numpy cannot see.
            tensor = tensor.resolve_conj().resolve_neg()
        if str(tensor.dtype).startswith(_SHORT_FLOATS):
            tensor = tensor.float()
        array: NDArray[Any] = tensor.numpy()
    except (RuntimeError, TypeError, NotImplementedError) as error:
        msg = (
            f"{what}: a tensor of {tensor.dtype} on {tensor.device} cannot become an array: "
            "use .float().cpu() before"
        )
        raise TypeError(msg) from error
    return array
