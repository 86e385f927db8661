"""Inner loops of UMAP's layout, compiled by numba when this module is imported: do that where used.

All of them release the GIL and write only rows `first` to `stop` of their outputs: who cuts the
rows between threads gets the same bits for any number of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]

Function = TypeVar("Function", bound="Callable[..., Any]")

RUN = 8
"""Items of one draw: they lie side by side in memory, and fill a vector register."""

_f = np.float32
_u32, _u64 = np.uint32, np.uint64
_ZERO, _ONE, _TWO = _f(0), _f(1), _f(2)
_MOST_STEP = _f(4)
# What keeps a quotient of distances finite; the larger one is UMAP's own.
_TINY, _SMALL = _f(1e-12), _f(1e-3)
# Of a mantissa in [1, 2) the logarithm, and of a fraction in [0, 1) the power of 2.
_L4, _L3, _L2 = _f(-0.081615818), _f(0.645142813), _f(-2.120675124)
_L1, _L0 = _f(4.070090803), _f(-2.512854628 - 127)
_E3, _E2, _E1, _E0 = _f(0.0790199), _f(0.2241268), _f(0.6968357), _f(0.9998119)
_MOST_HALVINGS = 64
_SUM_TOLERANCE = 1e-5


def _compiled(signature: str) -> Callable[[Function], Function]:
    """Compile for these types alone, and read or keep the code beside this file or in the home.

    Where neither can be written, or what lies there is damaged, a process compiles for itself: that
    takes a second. `EMBWIDGET_CACHE` is no place for the code, for numba unpickles what it finds.
    """

    def compile_(function: Function) -> Function:
        options: dict[str, Any] = {
            "nogil": True,
            # numba's checks for a division by zero would keep the loops from being vectorised.
            "error_model": "numpy",
            "fastmath": {"nnan", "ninf", "nsz", "reassoc", "contract"},
        }
        try:
            made: Function = numba.njit(signature, cache=True, **options)(function)
        except Exception:  # noqa: BLE001 (whatever is wrong with the cache, no map needs it)
            made = numba.njit(signature, **options)(function)
        return made

    return compile_


@_compiled("void(i8, i8, f4[:, ::1], f8, f4[:, ::1])")
def bandwidths(first: int, stop: int, distances: Float32, target: float, out: Float32) -> None:
    """Find how far each item's nearest lies, and the scale at which its weights sum to `target`.

    Parameters
    ----------
    first, stop : int
        Rows to do.
    distances : (n_samples, n_neighbors) float32
        None below 0, ascending, the item itself excluded.
    target : float
    out : (n_samples, 2) float32
        Is filled: distance of the nearest that is no copy, and scale.
    """
    for i in range(first, stop):
        nearest = _ZERO
        for j in range(distances.shape[1]):
            if distances[i, j] > 0:
                nearest = distances[i, j]
                break
        # A negative one is none: what is compiled takes no number to be infinite.
        low, high, scale = 0.0, -1.0, 1.0
        for _ in range(_MOST_HALVINGS):
            total = 0.0
            for j in range(distances.shape[1]):
                beyond = distances[i, j] - nearest
                total += np.exp(-beyond / scale) if beyond > 0 else 1.0
            if abs(total - target) < _SUM_TOLERANCE:
                break
            if total > target:
                high = scale
                scale = (low + high) / 2
            else:
                low = scale
                scale = scale * 2 if high < 0 else (low + high) / 2
        out[i, 0] = nearest
        out[i, 1] = scale


@_compiled("f4(f4, f4)")
def _power(x: Any, exponent: Any) -> Any:
    """Raise x > 0 to a power, within 2e-4 of it."""
    bits = _f(x).view(np.int32)
    mantissa = np.int32(np.int32(bits & np.int32(0x7FFFFF)) | np.int32(0x3F800000)).view(np.float32)
    log2 = (
        _f(np.int32(bits >> np.int32(23)))
        + (((_L4 * mantissa + _L3) * mantissa + _L2) * mantissa + _L1) * mantissa
        + _L0
    )
    # Never below 0, so that cutting off the fraction rounds down.
    shifted = log2 * exponent + _f(1024)
    whole = np.int32(shifted)
    rest = shifted - _f(whole)
    factor = ((_E3 * rest + _E2) * rest + _E1) * rest + _E0
    return np.int32(np.int32(whole + np.int32(-897)) << np.int32(23)).view(np.float32) * factor


@cache
def epoch_of(n_components: int) -> Callable[..., None]:
    """Return the kernel of an epoch, for maps of 2 or 3 dimensions.

    It moves rows `first` to `stop` once, from `positions` to `out`:

    - along each edge that is due, as its other end moves along it the other way: an edge is due as
      often as its weight says, and never for one end alone, so that what its ends do to each other
      adds up to nothing and clusters can travel;
    - away from a run of others for each of these edges.

    Every move is by the positions before the epoch, but for what the item itself did in it. What is
    drawn depends on the epoch, the item and the number of the edge alone.
    """
    is_deep = n_components == 3

    @_compiled(
        "void(i8, i8, i4[::1], i4[::1], u4[::1], f4[::1], f4[:, ::1], f4[:, :, ::1], f4[:, ::1],"
        " u4, u8, f4, f4, f4, f4)"
    )
    def epoch(
        first: int,
        stop: int,
        row_starts: Any,
        neighbors: Any,
        steps: Any,
        most_moves: Any,
        positions: Any,
        runs: Any,
        out: Any,
        number: Any,
        seed: Any,
        rate: Any,
        repulsion: Any,
        a: Any,
        b: Any,
    ) -> None:
        n_runs = _u64(runs.shape[0])
        longest = np.int64(0)
        for i in range(first, stop):
            longest = max(longest, np.int64(row_starts[i + 1] - row_starts[i]))
        due = np.empty(longest, np.int32)
        two_b = _TWO * b
        pull = _TWO * rate
        push = rate * repulsion
        most_pull = _MOST_STEP * pull
        depth = dz = az = sz = ez = _ZERO
        for i in range(first, stop):
            n_due: Any = 0
            for edge in range(row_starts[i], row_starts[i + 1]):
                low = _u32(min(i, neighbors[edge]))
                high = _u32(max(i, neighbors[edge]))
                # An edge is due when this clock of 32 bits comes round; both ends have the same.
                phase = _u32(_u32(low * _u32(2654435761)) + _u32(high * _u32(2246822519)))
                clock = _u32(phase + _u32(number * steps[edge]))
                due[n_due] = edge
                n_due += np.int64(clock < steps[edge])
            x, y = positions[i, 0], positions[i, 1]
            start_x, start_y = x, y
            if is_deep:
                depth = positions[i, 2]
            start_depth = depth
            counter = (seed + _u64(i)) * _u64(0x9E3779B97F4A7C15)
            for at in range(n_due):
                j = neighbors[due[at]]
                dx = start_x - positions[j, 0]
                dy = start_y - positions[j, 1]
                squared = dx * dx + dy * dy + _TINY
                if is_deep:
                    dz = start_depth - positions[j, 2]
                    squared += dz * dz
                power = a * _power(squared, b)
                step = min(
                    pull * two_b * power / (squared * (power + _ONE)),
                    min(most_moves[i], most_moves[j]),
                )
                ax = min(max(step * dx, -most_pull), most_pull)
                ay = min(max(step * dy, -most_pull), most_pull)
                if is_deep:
                    az = min(max(step * dz, -most_pull), most_pull)
                # splitmix64 of a counter, and of its upper half a run.
                drawn = counter + _u64(at) * _u64(0xBF58476D1CE4E5B9)
                drawn = (drawn ^ (drawn >> _u64(30))) * _u64(0xBF58476D1CE4E5B9)
                drawn = (drawn ^ (drawn >> _u64(27))) * _u64(0x94D049BB133111EB)
                drawn = drawn ^ (drawn >> _u64(31))
                run = ((drawn >> _u64(32)) * n_runs) >> _u64(32)
                sx = sy = sz = _ZERO
                for lane in range(RUN):
                    ex = x - runs[run, 0, lane]
                    ey = y - runs[run, 1, lane]
                    squared = ex * ex + ey * ey
                    if is_deep:
                        ez = depth - runs[run, 2, lane]
                        squared += ez * ez
                    power = a * _power(squared + _TINY, b)
                    step = two_b / ((_SMALL + squared) * (power + _ONE))
                    sx += min(max(step * ex, -_MOST_STEP), _MOST_STEP)
                    sy += min(max(step * ey, -_MOST_STEP), _MOST_STEP)
                    if is_deep:
                        sz += min(max(step * ez, -_MOST_STEP), _MOST_STEP)
                x += push * sx - ax
                y += push * sy - ay
                if is_deep:
                    depth += push * sz - az
            out[i, 0] = x
            out[i, 1] = y
            if is_deep:
                out[i, 2] = depth

    return epoch
