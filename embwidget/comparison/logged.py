"""A comparison written to a run of MLflow: as metrics, tables and pictures."""

import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra
from embwidget._core.tracking import (
    COMPARISONS,
    EXTRA,
    asking_mlflow,
    mlflow_client,
    open_run,
    safe_name,
)
from embwidget.comparison.base import Compared
from embwidget.plots.drawable import Drawable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from embwidget._core.estimate import Estimate

_MOST_LOGGED = 500
# By which the pages of MLflow find tables.
_TABLES_TAG = "mlflow.loggedArtifacts"
# By the space of a row: where its metrics stand, and which of them there are beside the value.
_ENDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "both": ("", ("low", "high", "chance")),
    "a": ("a/", ()),
    "b": ("b/", ()),
    "b less a": ("difference/", ("low", "high")),
}
_COLUMNS = ["measure", "space", "value", "low", "high", "chance"]


class Loggable(Drawable, Protocol):
    """What a run is told of a `Comparison`, where each is described."""

    def mean_shared(self) -> "Estimate":
        """Neighbours of an item that are the same."""

    def verdict(self) -> str:
        """Whether both spaces agree by more than chance."""

    def plot(self, **options: Any) -> "Figure":
        """Both maps."""

    def plot_curve(self) -> "Figure":
        """The curve over k."""


class Logged(Compared):
    """What a run of MLflow is told of this pair."""

    def log_to_mlflow(
        self: Loggable,
        run_id: str | None = None,
        *,
        name: str | None = None,
        uri: str | Path | None = None,
        picture: bool = True,
        **options: Any,
    ) -> str:
        """Write what was found to a run of MLflow; logged again, it takes the place of before.

        Metrics are ``comparisons/NAME/jaccard`` with ``jaccard_low``, ``jaccard_high`` and
        ``jaccard_chance``; ``shared`` likewise; ``jaccard_by_k``, whose step is k; ``k`` and
        ``items``; and with a label those by it, such as ``a/precision_at_1``, ``b/precision_at_1``
        and ``difference/precision_at_1`` with its interval. The verdict is the tag
        ``comparisons/NAME/verdict``. Artifacts are table.json, all of these with their intervals;
        labels.json, one row for each label and metric; curve.png and maps.png.

        Parameters
        ----------
        run_id : str, optional
            By default the run that is active in this process.
        name : str, optional
            By default that of both spaces, "glove and minilm"; letters that MLflow does not take
            become "_".
        uri : str or Path, optional
            Tracking store, "sqlite:///mlflow.db"; by default that which MLflow is set to.
        picture : bool, default=True
            Whether pictures are drawn, for which matplotlib is needed.
        **options
            positions, color_by, k and reducer of `plot`, which draws the maps.

        Returns
        -------
        str
            Folder of all this among the artifacts of the run, and start of the metrics' names.

        Raises
        ------
        ImportError
            When MLflow, or for pictures matplotlib, is not installed.
        ValueError, OSError
            When there is no such run, or the store does not answer.
        """
        if name is not None and (not isinstance(name, str) or not name.strip()):
            msg = f"name={shown(name)}: give a text"
            raise ValueError(msg)
        client = mlflow_client(uri)
        run = open_run(client, run_id)
        called = name or f"{self.a.name or 'A'} and {self.b.name or 'B'}"
        start = f"{COMPARISONS}/{safe_name(called)}"
        # All is computed before anything is written.
        tables = {"table": _table_of(self)}
        if self.label is not None:
            tables["labels"] = self.quality(by="label")
        figures: dict[str, Any] = {}
        if picture:
            figures = {"curve": self.plot_curve(), "maps": self.plot(**options)}
        metrics, verdict = _metrics_of(self, tables["table"]), self.verdict()
        with asking_mlflow():
            for title, table in tables.items():
                # Not by log_table, which puts the rows of a second time below those of the first.
                text = table.to_json(orient="split", index=False)
                client.log_text(run, text, f"{start}/{title}.json")
            for title, figure in figures.items():
                client.log_figure(run, figure, f"{start}/{title}.png")
            _tell_tables(client, run, [f"{start}/{title}.json" for title in tables])
            client.set_tag(run, f"{start}/verdict", verdict)
            _log_metrics(client, run, start, metrics)
        return start


def _table_of(c: Loggable) -> "pd.DataFrame":
    """One row for each figure, with its interval; of labels that of both spaces."""
    import pandas as pd

    found = {"jaccard": c.similarity, "shared": c.mean_shared()}
    rows = [
        (measure, "both", value.value, value.low, value.high, value.chance)
        for measure, value in found.items()
    ]
    if c.label is not None:
        for row in c.quality().to_dict("records"):
            measure, space = row["metric"], row["space"]
            rows.append((measure, space, row["value"], row["low"], row["high"], math.nan))
            if space == "b":
                low, high = row["difference_low"], row["difference_high"]
                figures = (row["difference"], low, high, math.nan)
                rows.append((measure, "b less a", *figures))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _metrics_of(c: Loggable, table: "pd.DataFrame") -> list[tuple[str, float, int]]:
    """Name, value and step of each metric."""
    found = [("k", float(c.n_neighbors), 0), ("items", float(len(c.a)), 0)]
    for row in table.to_dict("records"):
        place, ends = _ENDS[row["space"]]
        for key in ("value", *ends):
            end = "" if key == "value" else f"_{key}"
            found.append((f"{place}{row['measure']}{end}", float(row[key]), 0))
    curve = c.curve()
    for k, value in zip(curve["k"], curve["jaccard"], strict=True):
        found.append(("jaccard_by_k", float(value), int(k)))
    return [each for each in found if math.isfinite(each[1])]


def _tell_tables(client: Any, run: str, paths: list[str]) -> None:
    """Add tables to the list of those that MLflow's own pages show."""
    listed = client.get_run(run).data.tags.get(_TABLES_TAG)
    there = json.loads(listed) if listed else []
    new = [{"path": path, "type": "table"} for path in paths]
    told = [*there, *(each for each in new if each not in there)]
    client.set_tag(run, _TABLES_TAG, json.dumps(told))


def _log_metrics(client: Any, run: str, start: str, found: list[tuple[str, float, int]]) -> None:
    metric = import_extra("mlflow.entities", extra=EXTRA).Metric
    now = round(time.time() * 1000)
    metrics = [metric(f"{start}/{name}", value, now, step) for name, value, step in found]
    for first in range(0, len(metrics), _MOST_LOGGED):
        client.log_batch(run, metrics=metrics[first : first + _MOST_LOGGED])
