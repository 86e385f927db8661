"""The inner loop of UMAP's layout, compiled by numba when it is asked for.

What a process waits for is mostly numba's own Python, and that runs for every call, every kind of
array and every number that is wrapped. So there is one loop, its arrays are bare addresses, and
what it is full of is written in LLVM's words.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from embwidget.projection.compiled import Code, compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    Float32 = NDArray[np.float32]
    Int32 = NDArray[np.int32]
    UInt32 = NDArray[np.uint32]

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

_GRAPH = (np.int32, np.int32, np.uint32, np.uint32, np.float32, np.int32)
_MAP = (np.float32, np.float32, np.float32)
_CALL = ctypes.CFUNCTYPE(
    None,
    *(ctypes.c_int64, ctypes.c_int64),
    *[ctypes.c_void_p] * len(_GRAPH + _MAP),
    *(ctypes.c_int64, ctypes.c_uint32, ctypes.c_int64),
    *[ctypes.c_float] * 4,
)

_f = np.float32
_u32 = np.uint32
_ZERO, _ONE, _TWO = _f(0), _f(1), _f(2)
_MOST_STEP = _f(4)
# What keeps a quotient of distances finite; the larger one is UMAP's own.
_TINY, _SMALL = _f(1e-12), _f(1e-3)
# Polynomials: of a mantissa in [1, 2) the logarithm, less the bias of exponents, and of a fraction
# in [0, 1) the power of 2.
_LOG2 = (-0.081615818, 0.645142813, -2.120675124, 4.070090803, -2.512854628 - 127)
_POWER_OF_2 = (0.0790199, 0.2241268, 0.6968357, 0.9998119)
_LIFT = 1024
# Of splitmix64: where counters lie, and what they are mixed by.
_GOLDEN, _APART = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
_MIXED_BY = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))


def _in_llvm(function: Callable[..., Any]) -> Any:
    """Let the loop call what is written in the words of LLVM.

    Each step in those of Python costs numba some milliseconds, and a function a tenth of a second.
    """
    return intrinsic(function)


@_in_llvm
def _power(_: Any, x: Any, exponent: Any) -> Any:
    """Raise x > 0 to a power, within 2e-4 of it; both are float32."""

    def code(context: Any, builder: Any, __: Any, given: Any) -> Any:
        x, exponent = given
        real, whole_number = x.type, context.get_value_type(types.int32)

        def polynomial(x: Any, first: float, *factors: float) -> Any:
            total = real(first)
            for factor in factors:
                total = builder.fadd(builder.fmul(total, x), real(factor))
            return total

        bits = builder.bitcast(x, whole_number)
        mantissa = builder.or_(builder.and_(bits, whole_number(0x7FFFFF)), whole_number(0x3F800000))
        log2 = builder.fadd(
            builder.sitofp(builder.lshr(bits, whole_number(23)), real),
            polynomial(builder.bitcast(mantissa, real), *_LOG2),
        )
        # Never below 0, so that cutting off the fraction rounds down.
        shifted = builder.fadd(builder.fmul(log2, exponent), real(_LIFT))
        whole = builder.fptosi(shifted, whole_number)
        rest = builder.fsub(shifted, builder.sitofp(whole, real))
        scale = builder.shl(builder.add(whole, whole_number(127 - _LIFT)), whole_number(23))
        return builder.fmul(builder.bitcast(scale, real), polynomial(rest, *_POWER_OF_2))

    return x(x, exponent), code


@_in_llvm
def _least(_: Any, x: Any, most: Any) -> Any:
    """Return the smaller one."""

    def code(_: Any, builder: Any, __: Any, given: Any) -> Any:
        x, most = given
        return builder.select(builder.fcmp_ordered("<", x, most), x, most)

    return x(x, most), code


@_in_llvm
def _held(_: Any, x: Any, most: Any) -> Any:
    """Return x, or the bound that it lies beyond, between -most and most."""

    def code(_: Any, builder: Any, __: Any, given: Any) -> Any:
        x, most = given
        least = builder.fneg(most)
        x = builder.select(builder.fcmp_ordered("<", x, most), x, most)
        return builder.select(builder.fcmp_ordered(">", x, least), x, least)

    return x(x, most), code


@_in_llvm
def _drawn(_: Any, seed: Any, item: Any, draw: Any, n: Any) -> Any:
    """Draw a number from 0 to n - 1, n < 2**32, by what is given alone; all are of 64 bits."""

    def code(_: Any, builder: Any, __: Any, given: Any) -> Any:
        seed, item, draw, n = given
        whole_number, half = seed.type, seed.type(32)
        counter = builder.mul(builder.add(seed, item), whole_number(_GOLDEN))
        mixed = builder.add(counter, builder.mul(draw, whole_number(_APART)))
        for n_bits, factor in _MIXED_BY:
            mixed = builder.xor(mixed, builder.lshr(mixed, whole_number(n_bits)))
            mixed = builder.mul(mixed, whole_number(factor))
        return builder.lshr(builder.mul(builder.lshr(mixed, half), n), half)

    return seed(seed, item, draw, n), code


@cache
def _loop(n_components: int) -> Code:
    """Return an epoch's loop as a function of C; see `Epoch`."""
    is_deep = n_components == 3

    def epoch(
        first: int,
        stop: int,
        row_starts: Any,
        neighbors: Any,
        phases: Any,
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
                # Due is an edge whose clock of 32 bits comes round; both of its ends have the same.
                due[end] = neighbors[edge]
                end += _u32(phases[edge] + number * steps[edge]) < steps[edge]
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
                step = _least(step, _least(most, most_moves[j]))
                ax += _held(step * dx, most_pull)
                ay += _held(step * dy, most_pull)
                if is_deep:
                    az += _held(step * dz, most_pull)
            # Shared out, so that items that are pulled to one place are pushed before they meet.
            n_due = _f(end - begin)
            ax /= n_due
            ay /= n_due
            if is_deep:
                az /= n_due
            for at in range(begin, end, PULLS_PER_RUN):
                run = _drawn(seed, i, at - begin, n_runs) * RUN
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
                    sx += _held(step * dx, _MOST_STEP)
                    sy += _held(step * dy, _MOST_STEP)
                    if is_deep:
                        sz += _held(step * dz, _MOST_STEP)
                n_pulls = _f(end - at if end - at < PULLS_PER_RUN else PULLS_PER_RUN)
                x += n_pulls * (push * sx - ax)
                y += n_pulls * (push * sy - ay)
                if is_deep:
                    z += n_pulls * (push * sz - az)
            out[n_components * i] = x
            out[n_components * i + 1] = y
            if is_deep:
                out[n_components * i + 2] = z

    return compiled(
        epoch,
        _OPTIONS,
        *(types.int64, types.int64),
        *(_INT32S, _INT32S, _UINT32S, _UINT32S, _FLOAT32S, _INT32S),
        *(_FLOAT32S, _FLOAT32S, _FLOAT32S),
        *(types.int64, types.uint32, types.int64),
        *(types.float32, types.float32, types.float32, types.float32),
    )


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
    phases, steps : (n_edges,) uint32
        Of 2**32: where an edge's clock stands at first, the same for both of its ends, and so far
        it turns in an epoch.
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
        phases: UInt32,
        steps: UInt32,
        most_moves: Float32,
        curve: tuple[float, float],
        n_components: int,
    ) -> None:
        self._call = _CALL(_loop(n_components).address)
        # Each item writes down which of its edges are due where its edges lie.
        due = np.empty_like(neighbors)
        self._arrays = row_starts, neighbors, phases, steps, most_moves, due
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
