"""The inner loop of UMAP's layout, compiled by numba when it is asked for.

What a process waits for is mostly numba's own Python, and that runs for every call, every kind of
array and every number that is wrapped. So there is one loop, its arrays are bare addresses, and
minima are comparisons.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]
    Int32 = NDArray[np.int32]

RUN = 16
"""Items of one draw: they lie side by side in memory, and fill vector registers."""

PULLS_PER_RUN = 2
"""Edges that a run is drawn for. For three, merged classes move too little (bench)."""

_OPTIONS: dict[str, Any] = {
    # numba's checks for a division by zero would keep the loops from being vectorised.
    "error_model": "numpy",
    "fastmath": {"nnan", "ninf", "nsz", "reassoc", "contract"},
}
_INT32S, _UINT32S, _FLOAT32S = (
    types.CPointer(kind) for kind in (types.int32, types.uint32, types.float32)
)

_GRAPH = (np.int32, np.int32, np.uint32, np.float32, np.int32)
_MAP = (np.float32, np.float32, np.float32)
_CALL = ctypes.CFUNCTYPE(
    None,
    *(ctypes.c_int64, ctypes.c_int64),
    *[ctypes.c_void_p] * len(_GRAPH + _MAP),
    *(ctypes.c_int64, ctypes.c_uint32, ctypes.c_uint64),
    *[ctypes.c_float] * 4,
)

_f = np.float32
_u32, _u64, _i32 = np.uint32, np.uint64, np.int32
_ZERO, _ONE, _TWO = _f(0), _f(1), _f(2)
_MOST_STEP = _f(4)
# What keeps a quotient of distances finite; the larger one is UMAP's own.
_TINY, _SMALL = _f(1e-12), _f(1e-3)
# Of a mantissa in [1, 2) the logarithm, and of a fraction in [0, 1) the power of 2.
_L4, _L3, _L2 = _f(-0.081615818), _f(0.645142813), _f(-2.120675124)
_L1, _L0 = _f(4.070090803), _f(-2.512854628 - 127)
_E3, _E2, _E1, _E0 = _f(0.0790199), _f(0.2241268), _f(0.6968357), _f(0.9998119)
_MANTISSA, _EXPONENT_OF_1, _MANTISSA_BITS = _i32(0x7FFFFF), _i32(0x3F800000), _i32(23)
_LIFT, _UNLIFT = _f(1024), _i32(127 - 1024)
# Of the clocks of edges, and of splitmix64.
_OF_LOW, _OF_HIGH = _u32(2654435761), _u32(2246822519)
_GOLDEN, _MIX_1, _MIX_2 = (
    _u64(0x9E3779B97F4A7C15),
    _u64(0xBF58476D1CE4E5B9),
    _u64(0x94D049BB133111EB),
)
_BITS_1, _BITS_2, _BITS_3, _HALF = _u64(30), _u64(27), _u64(31), _u64(32)


def _same_bits(to: Any) -> Any:
    """Read the 32 bits of a number as another type; numba's own `view` compiles a function more."""

    def read(_: Any, x: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.bitcast(args[0], context.get_value_type(signature.return_type))

        return to(x), code

    return intrinsic(read)


_as_int, _as_float = _same_bits(types.int32), _same_bits(types.float32)


def _raised(x: Any, exponent: Any) -> Any:
    """Raise x > 0 to a power, within 2e-4 of it."""
    bits = _as_int(x)
    mantissa = _as_float(_i32((bits & _MANTISSA) | _EXPONENT_OF_1))
    log2 = (
        _f(_i32(bits >> _MANTISSA_BITS))
        + (((_L4 * mantissa + _L3) * mantissa + _L2) * mantissa + _L1) * mantissa
        + _L0
    )
    # Never below 0, so that cutting off the fraction rounds down.
    shifted = log2 * exponent + _LIFT
    whole = _i32(shifted)
    rest = shifted - _f(whole)
    factor = ((_E3 * rest + _E2) * rest + _E1) * rest + _E0
    return _as_float(_i32(_i32(whole + _UNLIFT) << _MANTISSA_BITS)) * factor


_power: Any = numba.njit(**_OPTIONS)(_raised)


@cache
def _loop(n_components: int) -> Any:
    """Return an epoch's loop as a function of C; see `Epoch`."""
    is_deep = n_components == 3

    def epoch(
        first: int,
        stop: int,
        row_starts: Any,
        neighbors: Any,
        steps: Any,
        most_moves: Any,
        due: Any,
        positions: Any,
        runs: Any,
        out: Any,
        n_runs: Any,
        number: Any,
        seed: Any,
        rate: Any,
        repulsion: Any,
        a: Any,
        b: Any,
    ) -> None:
        two_b = _TWO * b
        pull = _TWO * rate * two_b
        push = rate * repulsion
        most_pull = _MOST_STEP * _TWO * rate
        n_drawn = n_runs * RUN
        z = dz = az = sz = _ZERO
        for i in range(first, stop):
            begin = row_starts[i]
            end = begin
            for edge in range(begin, row_starts[i + 1]):
                j = neighbors[edge]
                # An edge is due when this clock of 32 bits comes round; both ends have the same.
                low = _u32(i if i < j else j)
                high = _u32(j if i < j else i)
                clock = _u32(low * _OF_LOW + high * _OF_HIGH + number * steps[edge])
                due[end] = j
                end += clock < steps[edge]
            x = positions[n_components * i]
            y = positions[n_components * i + 1]
            if is_deep:
                z = positions[n_components * i + 2]
            most = most_moves[i]
            ax = ay = az = _ZERO
            for at in range(begin, end):
                j = due[at]
                dx = x - positions[n_components * j]
                dy = y - positions[n_components * j + 1]
                squared = dx * dx + dy * dy + _TINY
                if is_deep:
                    dz = z - positions[n_components * j + 2]
                    squared += dz * dz
                power = a * _power(squared, b)
                step = pull * power / (squared * (power + _ONE))
                theirs = most_moves[j]
                least = theirs if theirs < most else most
                step = step if step < least else least
                dx *= step
                dx = dx if dx < most_pull else most_pull
                ax += dx if dx > -most_pull else -most_pull
                dy *= step
                dy = dy if dy < most_pull else most_pull
                ay += dy if dy > -most_pull else -most_pull
                if is_deep:
                    dz *= step
                    dz = dz if dz < most_pull else most_pull
                    az += dz if dz > -most_pull else -most_pull
            # Shared out, so that items that are pulled to one place are pushed before they meet.
            n_due = _f(end - begin)
            ax /= n_due
            ay /= n_due
            if is_deep:
                az /= n_due
            counter = (seed + _u64(i)) * _GOLDEN
            for at in range(begin, end, PULLS_PER_RUN):
                # splitmix64 of a counter, and of its upper half a run.
                drawn = counter + _u64(at - begin) * _MIX_1
                drawn = (drawn ^ (drawn >> _BITS_1)) * _MIX_1
                drawn = (drawn ^ (drawn >> _BITS_2)) * _MIX_2
                drawn = drawn ^ (drawn >> _BITS_3)
                run = np.int64(((drawn >> _HALF) * _u64(n_runs)) >> _HALF) * RUN
                sx = sy = sz = _ZERO
                for lane in range(RUN):
                    dx = x - runs[run + lane]
                    dy = y - runs[n_drawn + run + lane]
                    squared = dx * dx + dy * dy
                    if is_deep:
                        dz = z - runs[2 * n_drawn + run + lane]
                        squared += dz * dz
                    power = a * _power(squared + _TINY, b)
                    step = two_b / ((_SMALL + squared) * (power + _ONE))
                    dx *= step
                    dx = dx if dx < _MOST_STEP else _MOST_STEP
                    sx += dx if dx > -_MOST_STEP else -_MOST_STEP
                    dy *= step
                    dy = dy if dy < _MOST_STEP else _MOST_STEP
                    sy += dy if dy > -_MOST_STEP else -_MOST_STEP
                    if is_deep:
                        dz *= step
                        dz = dz if dz < _MOST_STEP else _MOST_STEP
                        sz += dz if dz > -_MOST_STEP else -_MOST_STEP
                n_pulls = _f(end - at if end - at < PULLS_PER_RUN else PULLS_PER_RUN)
                x += n_pulls * (push * sx - ax)
                y += n_pulls * (push * sy - ay)
                if is_deep:
                    z += n_pulls * (push * sz - az)
            out[n_components * i] = x
            out[n_components * i + 1] = y
            if is_deep:
                out[n_components * i + 2] = z

    return _compiled(
        epoch,
        *(types.int64, types.int64),
        *(_INT32S, _INT32S, _UINT32S, _FLOAT32S, _INT32S, _FLOAT32S, _FLOAT32S, _FLOAT32S),
        *(types.int64, types.uint32, types.uint64),
        *(types.float32, types.float32, types.float32, types.float32),
    )


def _compiled(function: Callable[..., None], *kinds: Any) -> Any:
    """Compile for these types, and read or keep the code beside this file or in the home.

    Where neither can be written, or what lies there is damaged, a process compiles for itself: that
    takes a second. `EMBWIDGET_CACHE` is no place for the code, for numba unpickles what it finds.
    """
    signature = types.void(*kinds)
    try:
        return numba.cfunc(signature, cache=True, **_OPTIONS)(function)
    except Exception:  # noqa: BLE001 (whatever is wrong with the cache, no map needs it)
        return numba.cfunc(signature, **_OPTIONS)(function)


class Epoch:
    """Moves every item of a map once: along each edge that is due, and away from runs of others.

    The other end of an edge moves along it the other way in the same epoch: an edge is due as often
    as its weight says, and never for one end alone, so that what its ends do to each other adds up
    to nothing and clusters can travel. Pulls go by the positions before the epoch; what pushes an
    item away looks at where it has come to. What is drawn depends on the epoch, the item and the
    number of the edge alone.

    Parameters
    ----------
    row_starts, neighbors : (n_samples + 1,) and (n_edges,) int32
        As in `Edges`.
    steps : (n_edges,) uint32
        Of 2**32: so far an edge's clock turns in an epoch.
    most_moves : (n_samples,) float32
        An item moves by at most this part of the way along each edge.
    curve : (float, float)
        What weighs a distance on the map.
    n_components : {2, 3}
    """

    def __init__(
        self,
        row_starts: Int32,
        neighbors: Int32,
        steps: NDArray[np.uint32],
        most_moves: Float32,
        curve: tuple[float, float],
        n_components: int,
    ) -> None:
        self._call = _CALL(_loop(n_components).address)
        # Each item writes down which of its edges are due where its edges lie.
        due = np.empty_like(neighbors)
        self._arrays = row_starts, neighbors, steps, most_moves, due
        self._graph = _addresses(_GRAPH, *self._arrays)
        self._curve = curve

    def of(
        self,
        positions: Float32,
        runs: Float32,
        out: Float32,
        *,
        number: int,
        seed: int,
        rate: float,
        repulsion: float,
    ) -> Callable[[int, int], None]:
        """Return what moves rows `first` to `stop`, from `positions` to `out`.

        It releases the GIL and writes to those rows alone: who cuts the rows between threads gets
        the same bits for any number of them. The arrays have to outlive it.

        Parameters
        ----------
        positions, out : (n_samples, n_components) float32
        runs : (n_components, n_runs * RUN) float32
            Positions of items drawn by chance.
        number, seed : int
            Of the epoch.
        rate, repulsion : float
        """
        given = (
            *self._graph,
            *_addresses(_MAP, positions, runs, out),
            *(runs.shape[1] // RUN, number, seed, rate, repulsion, *self._curve),
        )
        return lambda first, stop: self._call(first, stop, *given)


def _addresses(dtypes: Iterable[Any], *arrays: NDArray[Any]) -> list[int]:
    """Addresses of arrays (...,), which the loop takes for what they have to be."""
    for array, dtype in zip(arrays, dtypes, strict=True):
        if array.dtype != dtype or not array.flags.c_contiguous:
            msg = (
                f"an array of {array.dtype} is given where the loop reads {dtype.__name__} in a row"
            )
            raise TypeError(msg)
    return [array.ctypes.data for array in arrays]
