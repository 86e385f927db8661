"""Which reducers a series is drawn by, each with its options: checked before anything is drawn."""

from collections.abc import Mapping
from typing import Any

from embwidget._core.checks import flag, shown, whole
from embwidget._core.progress import silent
from embwidget.projection import Reducer
from embwidget.projection.reducers import REDUCERS
from embwidget.series.aligned import check_align
from embwidget.series.drawing import ALIGNED_UMAP, SeriesDrawing, name_of_reducer
from embwidget.series.series import Series

OPTIONS = ("fit_on", "align", "n_components", "n_neighbors", "by_dataset")
"""What an entry of a list of reducers may say beside the reducer's own parameters."""

_MOST_COMPONENTS = 3
_N_NEIGHBORS = 15
# With the 15 of UMAP, PaCMAP keeps .02 less of the 10 nearest (digits).
_OWN_NEIGHBORS = {"pacmap": 11}


def several_of(reducer: Any) -> dict[str, tuple[Any, dict[str, Any]]] | None:
    """Reducers by name with their own options, where several are given; else None."""
    if isinstance(reducer, Mapping):
        if "reducer" in reducer:
            reducer = [reducer]
        else:
            named = list(reducer.items())
            if not named or not all(isinstance(name, str) for name, _ in named):
                msg = f"reducer={shown(dict(reducer))}: give a dict of name -> reducer"
                raise ValueError(msg)
            return {name: _with_parameters(one) for name, one in named}
    if not isinstance(reducer, (list, tuple)):
        return None
    if not reducer:
        msg = "reducer is an empty list: give one or more reducers"
        raise ValueError(msg)
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    for one in reducer:
        made, own = _with_parameters(one)
        given = (
            {key: value for key, value in one.items() if key != "reducer"}
            if own or isinstance(one, Mapping)
            else {}
        )
        said = ", ".join(f"{key}={value}" for key, value in given.items())
        name = name_of_reducer(made) + (f" ({said})" if said else "")
        if name in found:
            msg = f"two reducers are called {shown(name)}: give a dict of name -> reducer"
            raise ValueError(msg)
        found[name] = made, own
    return found


def _with_parameters(one: Any) -> tuple[Any, dict[str, Any]]:
    """Reducer of an entry, with its parameters, and the options that are none of these."""
    if not isinstance(one, Mapping):
        return one, {}
    own = dict(one)
    reducer = own.pop("reducer", "umap")
    options = {key: own.pop(key) for key in OPTIONS if key in own}
    if own:
        known = REDUCERS.get(reducer) if isinstance(reducer, str) else None
        if known is None:
            msg = (
                f"parameters {shown(sorted(own))} of reducer {shown(reducer)}: only those of a "
                "named reducer can be given so; pass an object that has them"
            )
            raise ValueError(msg)
        try:
            reducer = type(known)(**own)
        except TypeError:
            msg = (
                f'reducer "{known.name}" has no parameter {shown(sorted(own))}: '
                f"beside its own give {', '.join(OPTIONS)}"
            )
            raise ValueError(msg) from None
    return reducer, options


def chosen(series: Series, reducer: Any, options: dict[str, Any]) -> tuple[SeriesDrawing, bool]:
    """Check one reducer with its options; also returns whether it is fitted by dataset."""
    n_components = whole(options["n_components"], "n_components", 2, _MOST_COMPONENTS)
    align, each = check_align(options["align"]), flag(options["by_dataset"], "by_dataset")
    if each:
        _check_datasets(series)
    name = name_of_reducer(reducer)
    if isinstance(reducer, str) and name != ALIGNED_UMAP:
        reducer = REDUCERS[reducer].of_components(n_components)
    elif isinstance(reducer, Reducer) and n_components != 2:
        reducer = reducer.of_components(n_components)
    fit_on = _fitted_on(series, options["fit_on"])
    if name == ALIGNED_UMAP and fit_on != "all":
        msg = f'fit_on={shown(options["fit_on"])}: "aligned_umap" lays out all steps together'
        raise ValueError(msg)
    if isinstance(fit_on, int) and not _can_transform(reducer):
        msg = (
            f"fit_on={shown(options['fit_on'])}: {shown(name)} draws no new items on a map: "
            'use "umap", "pacmap", "pca" or an object with transform, or fit_on="all"'
        )
        raise ValueError(msg)
    n_neighbors = options["n_neighbors"]
    if n_neighbors is None:
        n_neighbors = _OWN_NEIGHBORS.get(name, _N_NEIGHBORS)
    whole(n_neighbors, "n_neighbors", 2, why="the item and one other")
    drawing = SeriesDrawing(reducer, fit_on, align, n_components, n_neighbors, 0, None, silent)
    return drawing, bool(each)


def _check_datasets(series: Series) -> None:
    if not series.datasets:
        msg = "by_dataset=True: nothing says of which dataset an item is: Series(..., split=...)"
        raise ValueError(msg)
    missing = series.n - sum(map(len, series.datasets.values()))
    if missing:
        msg = f"by_dataset=True: {missing} of {series.n} items have no split: give one to each"
        raise ValueError(msg)


def _fitted_on(series: Series, fit_on: Any) -> Any:
    """Return "all", "each" or the position of a step."""
    if isinstance(fit_on, str) and fit_on in ("all", "each"):
        return fit_on
    if isinstance(fit_on, str) and fit_on == "last":
        return len(series) - 1
    try:
        return series.position_of(fit_on)
    except (KeyError, IndexError, TypeError) as error:
        told = error.args[0] if error.args else error
        msg = f'fit_on={shown(fit_on)}: give "all", "each", "last" or a step: {told}'
        raise ValueError(msg[:299]) from None


def _can_transform(reducer: Any) -> bool:
    if isinstance(reducer, Reducer):
        return reducer.has_transform
    return hasattr(reducer, "transform")
