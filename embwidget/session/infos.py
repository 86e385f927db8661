"""What is known of a comparison in JSON; types in `state`."""

from collections.abc import Sequence

from embwidget.comparison import Comparison
from embwidget.joining import JoinReport
from embwidget.knn import KNNGraph
from embwidget.metrics import metric_of
from embwidget.series import Series, SeriesReport
from embwidget.session.answers.measured_columns import COINCIDENCE, MEASURED
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.answers.numbers import Numbers
from embwidget.session.wire.state import ColumnInfo, CurvePoint, JoinInfo, ProgressInfo, SpaceInfo
from embwidget.space import Space

_MAX_NAME_CHARS = 200
_MAX_NOTE_CHARS = 300


def space_info(space: Space, side: str, metric: str, graph: KNNGraph | None) -> SpaceInfo:
    """``SpaceInfo``; the engine is "" until the graph is there."""
    return _info(space.name or side, space.n_dims, metric, graph)


def space_infos(series: Series, graphs: Sequence[KNNGraph | None]) -> list[SpaceInfo]:
    """``SpaceInfo`` of each space of a series, whose vectors are not read for that."""
    return [
        _info(name, series.n_dims_at(at), series.metric_at(at), graph)
        for at, (name, graph) in enumerate(zip(series.names, graphs, strict=True))
    ]


def _info(name: str, n_dims: int, metric: str, graph: KNNGraph | None) -> SpaceInfo:
    return {
        "name": name[:_MAX_NAME_CHARS],
        "n_dims": n_dims,
        "metric": metric,
        "distance": metric_of(metric).distance_name[:_MAX_NAME_CHARS],
        "engine": graph.engine if graph else "",
        "recall": float(graph.recall) if graph and graph.recall is not None else None,
    }


def steps_of(series: Series) -> list[float | str]:
    """What stands for each step on an axis."""
    return [
        step[:_MAX_NAME_CHARS] if isinstance(step, str) else float(step) for step in series.steps
    ]


def join_info_of_several(report: SeriesReport) -> JoinInfo:
    """``JoinInfo`` of all spaces together: what was left out of which stands in the notes."""
    notes = report.parts[1:]
    return {
        "matched": report.matched,
        "only_a": 0,
        "only_b": 0,
        "dropped_a": 0,
        "dropped_b": 0,
        "paired_by": report.paired_by[:_MAX_NOTE_CHARS],
        "notes": [note[:_MAX_NOTE_CHARS] for note in notes],
    }


def join_info(report: JoinReport) -> JoinInfo:
    """``JoinInfo``."""
    by = (f"metadata {report.metadata_by}",) if report.metadata_by else ()
    return {
        "matched": report.matched,
        "only_a": report.only_a,
        "only_b": report.only_b,
        "dropped_a": report.dropped_a,
        "dropped_b": report.dropped_b,
        "paired_by": report.paired_by[:_MAX_NOTE_CHARS],
        "notes": [note[:_MAX_NOTE_CHARS] for note in (*by, *report.notes)],
    }


def column_infos(columns: MetadataColumns, numbers: Numbers, *, graphs: bool) -> list[ColumnInfo]:
    """``ColumnInfo`` of each column that can colour points now: measured ones, then metadata.

    The coincidence stands there from the start, for it is what comes first.
    """
    infos: list[ColumnInfo] = [
        {
            "name": name,
            "title": column.title,
            "kind": column.kind,
            "source": "measured_at_k" if column.at_k else "measured",
        }
        for name, column in MEASURED.items()
        if name == COINCIDENCE or (graphs and numbers.has(column.needs))
    ]
    return infos + [
        {"name": name, "title": name, "kind": kind, "source": "metadata"}
        for name, kind in columns.kinds.items()
    ]


def curve_points(comparison: Comparison) -> list[CurvePoint]:
    """``CurvePoint`` for each k = 1..k_max: mean Jaccard, low, high, chance."""
    curve = comparison.curve()[["jaccard", "low", "high", "chance"]]
    return [[float(value) for value in row] for row in curve.to_numpy()]


def progress_info(step: str, share: float, seconds_left: float | None) -> ProgressInfo:
    """``ProgressInfo``."""
    return {"step": step, "share": share, "seconds_left": seconds_left}
