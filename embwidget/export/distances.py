"""Distances in two bytes each: whole numbers as they are, others to one part in ten thousand."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

INFINITE_CODE = 65_535
_TOP = 65_534
# Smaller ones than this part of the largest are as good as 0 beside it.
_SMALLEST = 1e-6


def coded(distances: NDArray[np.float32]) -> tuple[NDArray[np.uint16], dict[str, Any]]:
    """Write distances as codes on a scale.

    Parameters
    ----------
    distances : (n_samples, n_neighbors) float32
        Of any sign; infinite or NaN where there is no neighbour.

    Returns
    -------
    codes : (n_samples, n_neighbors) uint16
        Ascending with the distances; 65535 = infinite.
    scale : dict
        ``DistanceScale`` of ``js/src/wire/page/distances.ts``. "steps" from ``low`` in steps of 1,
        for whole numbers; else "log": ``zero`` is the code of 0, and each code away from it is the
        factor e^``step``, beginning at ``least``. That is a relative error of 1.1e-4 at most,
        2.2e-4 where signs differ, and what is smaller than a millionth of the largest becomes 0
        or that.
    """
    values = distances.astype(np.float64)
    finite = np.isfinite(values)
    known = values[finite]
    low, high = (known.min(), known.max()) if len(known) else (0.0, 0.0)
    if high - low <= _TOP and (known == np.rint(known)).all():
        codes, scale = known - low, {"kind": "steps", "low": float(low)}
    else:
        codes, scale = _logarithms(known)
    out = np.full(values.shape, INFINITE_CODE, np.uint16)
    out[finite] = codes.astype(np.uint16)
    return out, scale


def _logarithms(known: NDArray[np.float64]) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Codes of finite distances, (n_known,) float64 both, and their scale."""
    sizes = np.abs(known)
    high = sizes.max()
    least = max(sizes[sizes > 0].min(), _SMALLEST * high)
    both = (known < 0).any() and (known > 0).any()
    most = (_TOP // 2 if both else _TOP) - 1
    step = float(np.log(high / least)) / most or 1.0
    far = 1 + np.rint(np.log(np.maximum(sizes, least) / least) / step)
    far[sizes < least / 2] = 0
    zero = int(most + 1 if (known < 0).any() else 0)
    scale = {"kind": "log", "zero": zero, "least": float(least), "step": step}
    return zero + np.sign(known) * far, scale
