"""`compare_many`: several spaces of the same items, every two of them compared."""

from copy import copy
from dataclasses import replace
from typing import Any

from embwidget._core.aligning import in_order
from embwidget._core.arguments import told_by_name
from embwidget._core.checks import check_n_neighbors, shown
from embwidget._core.metadata import with_values
from embwidget._core.names import as_name
from embwidget._core.progress import Progress
from embwidget.comparison import Settings
from embwidget.knn import Engine
from embwidget.series.comparisons import Comparisons
from embwidget.series.reading import named_spaces
from embwidget.series.series import Series
from embwidget.series.step import Step, with_metrics

_SEARCH = ("engine", "max_memory", "random_state")


@told_by_name
def compare_many(
    spaces: Any,
    *,
    names: Any = None,
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
    n_neighbors: int = 10,
    k_max: int = 50,
    metric: Any = None,
    engine: str | Engine = "auto",
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    missing: str = "raise",
    progress: Progress | bool = False,
) -> Comparisons:
    """Compare the nearest neighbours of the same items in several spaces, every two of them.

    The neighbours of each space are searched once, whatever pairs are asked for later.

    Parameters
    ----------
    spaces : dict of name -> space, list of spaces, or Series
        At least two. Each is whatever `compare` takes as a space: an array, tensor, frame, `Space`
        or path; their dimensions may differ. The names of a list are the spaces' own, else 0, 1 ...
        Spaces are joined by the rules of `compare`; items that are not in all of them are left out,
        which `Comparisons.join_report` says. The graphs that a `Series` has are used.
    names : sequence of str, optional
        How tables call the spaces.
    ids : array-like of shape (n_samples,), optional
        Ids of the first space, where it has none of its own.
    metadata : frame with a row for each item, optional
        Of the first space; by default what the spaces bring: that of the first one which has any,
        and the columns that later ones alone have.
    label : str or array-like of shape (n_samples,), optional
        What an item is: a column of the metadata, or one value for each item of the first space,
        or of the series.
    n_neighbors : int, default=10
        k of the headline figures.
    k_max : int, default=50
        Length of the neighbour lists; at most n_items - 1, to which it is cut.
    metric : str or Metric, or one of these for each space, optional
        By default, and for None among several, each space's own, else cosine, and euclidean of two
        dimensions.
    engine, n_jobs, max_memory, random_state
        As for `compare`.
    missing : {"raise", "drop"}, default="raise"
        Whether an item without a vector is an error or left out.
    progress : bool or callable, default=False
        As for `compare`.

    Returns
    -------
    Comparisons

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above; before anything is searched.

    Examples
    --------
    >>> import numpy as np
    >>> first = np.random.default_rng(0).normal(size=(50, 8))
    >>> many = compare_many({"a": first, "b": first[:, :6], "c": first[:, 2:]})
    >>> many
    Comparisons('a', 'b', 'c': 50 items, n_neighbors=10, k_max=49)
    >>> many.pair("a", "c").a.name, many.matrix().shape
    ('a', (3, 3))
    """
    made = prepare_many(
        spaces,
        Settings(
            n_neighbors=n_neighbors,
            k_max=k_max,
            engine=engine,
            n_jobs=n_jobs,
            max_memory=max_memory,
            random_state=random_state,
        ),
        names=names,
        ids=ids,
        metadata=metadata,
        label=label,
        metric=metric,
        missing=missing,
    )
    made.search(progress=progress)
    return made


def prepare_many(
    spaces: Any,
    settings: Settings,
    *,
    names: Any = None,
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
    metric: Any = None,
    missing: str = "raise",
) -> Comparisons:
    """Join several spaces and check all that is asked of them; nothing is searched.

    Parameters
    ----------
    spaces, names, ids, metadata, label, metric, missing
        As for `compare_many`.
    settings : Settings
        Its metric is not looked at.
    """
    if isinstance(spaces, Comparisons):
        spaces = spaces.series
    if isinstance(spaces, Series):
        for what, given in (("ids", ids), ("metadata", metadata)):
            if given is not None:
                msg = f"{what}= is given, and a Series has its own: say it where the Series is made"
                raise ValueError(msg)
        if missing not in ("raise", "drop"):
            msg = f'missing={shown(missing)}: give "raise" or "drop"'
            raise ValueError(msg)
        series = _of_series(spaces, names, label, metric, settings)
    else:
        if names is not None:
            _, given = named_spaces(spaces)
            spaces = dict(zip(_checked(names, len(given)), given, strict=True))
        series = Series.of_models(
            spaces, ids=ids, metadata=metadata, label=label, metric=metric, missing=missing
        )
    if len(series) < 2:
        msg = "there is one space, and every two are compared: give at least two"
        raise ValueError(msg)
    n_neighbors = check_n_neighbors(settings.n_neighbors, series.n)
    series.check_vectors()
    series.settings = settings
    return Comparisons(series, n_neighbors)


def _of_series(series: Series, names: Any, label: Any, metric: Any, settings: Settings) -> Series:
    """Series with what is asked for; graphs that were found so are shared with it."""
    made = copy(series)
    if metric is not None:
        made._steps = with_metrics(made._steps, metric)
    if any(getattr(settings, name) != getattr(series.settings, name) for name in _SEARCH):
        made._steps = [replace(step, graph=None) for step in made._steps]
    if names is not None:
        made._steps, made.join_report = _renamed(made, _checked(names, len(series)))
    label = as_name(label)
    if isinstance(label, str):
        made.label = label
        made.labels()
    elif label is not None:
        items = made._items
        ordered = in_order(label, items.told, "label")
        frame = with_values(items.metadata, made.n, "label", ordered)
        made.label, made._items = "label", replace(items, metadata=frame)
    return made


def _renamed(series: Series, names: list[str]) -> tuple[list[Step], Any]:
    """Steps under other names, and the report that calls them so."""
    new = dict(zip(series.names, names, strict=True))
    report = series.join_report
    counts = ("left_out", "examples", "without_vector")
    told: dict[str, Any] = {
        field: {new[name]: each for name, each in getattr(report, field).items() if name in new}
        for field in counts
    }
    steps = [replace(step, name=new[step.name]) for step in series._steps]
    return steps, replace(report, **told)


def _checked(names: Any, n: int) -> list[str]:
    """Names of n spaces; ValueError unless they are different texts."""
    each = list(names) if isinstance(names, (list, tuple)) else []
    are_texts = all(isinstance(name, str) and name for name in each)
    if len(each) != n or not are_texts or len(set(each)) < n:
        msg = f'names={shown(names)}: give {n} different ones, as ["clip", "dino", ...]'
        raise ValueError(msg)
    return each
