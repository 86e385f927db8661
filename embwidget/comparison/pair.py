"""Two spaces brought together, and all that is asked of them checked before work begins."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from embwidget._core.checks import check_n_neighbors, near_names, shown
from embwidget.comparison.settings import Settings
from embwidget.comparison.unique import OneOfEach
from embwidget.joining import JoinReport, join
from embwidget.metrics import metric_of
from embwidget.space import Space, as_space, check_column


@dataclass(frozen=True, eq=False)
class Pair:
    """Two spaces of the same items in the same order, and how they are to be compared.

    Attributes
    ----------
    a, b : Space
        Joined: row i of both is the same item.
    join_report : JoinReport
    metadata : frame or None
        One row for each item, of the library that it came from.
    label : str or None
        Column of the metadata that says what an item is.
    n_neighbors : int
        k of the headline figures.
    k_max : int
        Length of the neighbour lists, n_neighbors <= k_max < n_samples.
    metric_a, metric_b : str
    unique : OneOfEach or None
        The items that are compared where copies are not; None = all.
    """

    a: Space
    b: Space
    join_report: JoinReport
    metadata: Any
    label: str | None
    n_neighbors: int
    k_max: int
    metric_a: str
    metric_b: str
    unique: OneOfEach | None = None

    @property
    def n_samples(self) -> int:
        """Number of items in both spaces."""
        return len(self.a)

    def position_of(self, item: Any) -> int:
        """Row of an item by its id; KeyError that names near ids."""
        try:
            return self._positions[item]
        except (KeyError, TypeError):
            msg = f"no item has the id {shown(item)}: {near_names(item, self.a.ids[:10_000])}"
            raise KeyError(msg) from None

    @cached_property
    def _positions(self) -> dict[Any, int]:
        return {key: row for row, key in enumerate(self.a.ids.tolist())}


def prepare(
    a: Any,
    b: Any,
    settings: Settings | None = None,
    *,
    ids: Any = None,
    metadata: Any = None,
    label: Any = None,
) -> Pair:
    """Join two spaces and check all that is asked of them.

    Nothing is computed here, so that bad input is refused at once.

    Parameters
    ----------
    a, b, ids, metadata, label
        As for `embwidget.compare`.
    settings : Settings, optional
    """
    settings = Settings() if settings is None else settings
    space_a = space_of("a", a, ids=ids, metadata=metadata)
    space_b = space_of("b", b, ids=ids)
    if label is not None and not isinstance(label, str):
        space_a = _with_label(space_a, label)
        label = "label"
    space_a, space_b, report = join(space_a, space_b)
    frame = _joined_metadata(space_a, space_b)
    if label is not None:
        _check_label(label, frame)
    metric_a, metric_b = settings.metrics_of(space_a, space_b)
    metric_of(metric_a).check(space_a.vectors, "a")
    metric_of(metric_b).check(space_b.vectors, "b")
    unique = OneOfEach(space_a, space_b) if settings.unique else None
    n = len(space_a) if unique is None else len(unique)
    n_neighbors = check_n_neighbors(settings.n_neighbors, n)
    k_max = min(max(int(settings.k_max), n_neighbors), n - 1)
    return Pair(
        space_a, space_b, report, frame, label, n_neighbors, k_max, metric_a, metric_b, unique
    )


def space_of(side: str, x: Any, *, ids: Any = None, metadata: Any = None) -> Space:
    """Make a space of one side's input; an error says which side it is about."""
    try:
        return as_space(x, ids=ids, metadata=metadata)
    except (ValueError, TypeError) as error:
        if type(error) not in {ValueError, TypeError}:
            raise
        msg = f"{side}: {error}"
        raise type(error)(msg) from error


def _with_label(a: Space, label: Any) -> Space:
    """Space `a` with labels, one for each of its rows, as the column "label" of its metadata."""
    import pandas as pd

    values = label.to_list() if hasattr(label, "to_list") else list(label)
    if len(values) != len(a):
        msg = f"label: {len(values)} values for {len(a)} rows of a: give one each"
        raise ValueError(msg)
    frame = pd.DataFrame() if a.metadata is None else as_pandas(a.metadata)
    if "label" in frame.columns:
        msg = 'label: the metadata has a column "label" already: use label="label" or rename it'
        raise ValueError(msg)
    return as_space(a, metadata=frame.assign(label=values))


def _check_label(label: str, frame: Any) -> None:
    from embwidget._core.frames import as_frame

    if frame is None:
        msg = (
            f"label={shown(label)}: there is no metadata: pass metadata=, or one label for each row"
        )
        raise ValueError(msg)
    check_column(label, list(as_frame(frame, "metadata").columns), "label")


def _joined_metadata(a: Space, b: Space) -> Any:
    """Metadata of a, and the columns that only b has."""
    if a.metadata is None or b.metadata is None or a.metadata is b.metadata:
        return b.metadata if a.metadata is None else a.metadata
    mine, theirs = as_pandas(a.metadata), as_pandas(b.metadata)
    more = [name for name in theirs.columns if name not in mine.columns]
    return a.metadata if not more else mine.assign(**{name: theirs[name] for name in more})


def as_pandas(native: Any) -> Any:
    """Copy any frame into pandas with rows 0..n-1; needs no Arrow, unlike most conversions."""
    import pandas as pd

    from embwidget._core.frames import as_frame

    frame = as_frame(native, "metadata")
    if frame.implementation.is_pandas():
        return frame.to_native().reset_index(drop=True)
    columns = {name: frame[name].to_numpy() for name in frame.columns}
    return pd.DataFrame({name: _flat(values) for name, values in columns.items()})


def _flat(values: Any) -> Any:
    """Values of one column, (n,): nested entries as objects."""
    return values if values.ndim == 1 else list(values)
