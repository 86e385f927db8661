"""One list of values in every container that people hold values in."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

try:
    import torch
except ImportError:
    torch = None

Maker = Callable[[list[Any]], Any]


def first_known(values: list[Any]) -> Any:
    return next((value for value in values if value is not None), 0)


def filled(values: list[Any]) -> list[Any]:
    return [first_known(values) if value is None else value for value in values]


def masked(values: list[Any]) -> Any:
    array = np.array(filled(values))
    return np.ma.masked_array(array, mask=[value is None for value in values])


def plain_numpy(values: list[Any]) -> Any:
    """As numpy has them; a missing one as NaN, NaT or None."""
    if None not in values:
        return np.array(values)
    if isinstance(first_known(values), float):
        return np.array([np.nan if value is None else value for value in values])
    if isinstance(first_known(values), dt.date):
        return np.array(
            values, "M8[us]" if isinstance(first_known(values), dt.datetime) else "M8[D]"
        )
    return np.array(values, object)


def chunked(values: list[Any]) -> Any:
    whole = pa.array(values)
    return pa.chunked_array([whole[:1], whole[1:]])


def nullable(values: list[Any]) -> Any:
    kinds = {bool: "boolean", int: "Int64", float: "Float64", str: "string"}
    kind = kinds.get(type(first_known(values)))
    return pd.Series(values, dtype=kind) if kind else pd.Series(values, dtype=object)


def scalars_of_numpy(values: list[Any]) -> Any:
    return [np.float64("nan") if value is None else np.array([value])[0] for value in values]


def tensors(values: list[Any]) -> Any:
    if torch is None or not isinstance(first_known(values), (bool, int, float)):
        return list(values)
    return [
        None if value is None else torch.tensor(value, dtype=_torch_type(value)) for value in values
    ]


def one_tensor(values: list[Any]) -> Any:
    if torch is None or None in values or not isinstance(values[0], (bool, int, float)):
        return tuple(values)
    return torch.tensor(values, dtype=_torch_type(values[0]))


def _torch_type(value: Any) -> Any:
    return {bool: torch.bool, int: torch.int64, float: torch.float64}[type(value)]


class Foreign:
    """An array of a library that is only known by what numpy asks for, as those of jax are."""

    def __init__(self, array: Any) -> None:
        self._array = array
        self.shape = array.shape

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self._array

    def __iter__(self) -> Any:
        return iter([Foreign(entry) for entry in self._array])


MAKERS: dict[str, Maker] = {
    "list": list,
    "tuple": tuple,
    "generator": lambda values: (value for value in values),
    "numpy": plain_numpy,
    "column of numpy": lambda values: plain_numpy(values).reshape(-1, 1),
    "objects": lambda values: np.array(values, object),
    "masked": masked,
    "numpy's scalars": scalars_of_numpy,
    "foreign": lambda values: Foreign(plain_numpy(values)),
    "tensor": one_tensor,
    "list of tensors": tensors,
    "pandas objects": lambda values: pd.Series(values, dtype=object),
    "pandas nullable": nullable,
    "pandas frame": lambda values: nullable(values).to_frame("x"),
    "pandas index": lambda values: pd.Index(values, dtype=object),
    "pandas category": lambda values: pd.Series(pd.Categorical(values)),
    "pandas over Arrow": lambda values: pd.Series(
        values, dtype=pd.ArrowDtype(pa.array(values).type)
    ),
    "Arrow": pa.array,
    "Arrow in chunks": chunked,
    "Arrow dictionary": lambda values: chunked(values).dictionary_encode(),
    "Arrow scalars": lambda values: list(pa.array(values)),
    "polars": lambda values: pl.Series("x", values),
    "polars frame": lambda values: pl.DataFrame({"x": values}),
    "polars category": lambda values: (
        pl.Series("x", values, dtype=pl.Categorical)
        if isinstance(first_known(values), str)
        else pl.Series("x", values)
    ),
}
"""Name of each kind of container -> function of a list, None = missing."""
