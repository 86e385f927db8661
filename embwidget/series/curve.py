"""How a training goes on: what each step has in common with the one before and with the last."""

from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget._core.checks import shown, whole
from embwidget._core.estimate import Estimate
from embwidget._core.progress import Progress, reporting
from embwidget.measures.labels.label_metrics import label_metrics
from embwidget.measures.neighbors.expected import expected_jaccard
from embwidget.series.base import SeriesBase

if TYPE_CHECKING:
    import pandas as pd

_TO = ("next", "last")


class TrainingCurve(SeriesBase):
    """Similarity from step to step, metrics by label, and from which step on nothing changes."""

    def curve(
        self,
        k: int = 10,
        *,
        label: Any = None,
        max_queries: int | None = None,
        n_jobs: int | None = None,
        random_state: int = 0,
        progress: Progress | bool = False,
    ) -> "pd.DataFrame":
        """Similarity of each step to the one before and to the last, and its metrics by label.

        Parameters
        ----------
        k : int, default=10
            Neighbours compared.
        label : str or array-like of shape (n_items,), optional
            A column of the metadata, or one value for each item of the series; by default the
            series' own.
        max_queries : int, optional
            Ask a sample of about so many for the metrics by label; None = all.
        n_jobs : int, optional
            Threads; None = one for each CPU that the process may use.
        random_state : int, default=0
        progress : bool or callable, default=False
            As for `embwidget.compare`.

        Returns
        -------
        DataFrame
            One row for each step: ``name, step``; ``previous, previous_low, previous_high``, the
            mean Jaccard index of the k nearest with those of the step before and its 95 % interval,
            NaN for the first; ``last, last_low, last_high``, the same with the last step, 1 for
            itself; ``chance``, what unrelated spaces give. With labels ``precision_at_1`` and the
            other metrics of `embwidget.label_metrics`, each with ``_low`` and ``_high``.
        """
        import pandas as pd

        k = self.checked_k(k)
        labels = self.labels(label)
        rows = []
        with reporting(progress) as report:
            for at, name in enumerate(self.names):
                report(f"measuring step {shown(name)}", at / len(self))
                row: dict[str, Any] = {"name": name, "step": self.steps[at]}
                before = None if at == 0 else self._jaccard(at - 1, at, k, n_jobs)
                row |= _columns("previous", before)
                row |= _columns("last", self._jaccard(at, len(self) - 1, k, n_jobs))
                row["chance"] = expected_jaccard(self.n, k)
                if labels is not None:
                    table = self.label_metrics(
                        at,
                        labels,
                        n_seeds=0,
                        max_queries=max_queries,
                        n_jobs=n_jobs,
                        random_state=random_state,
                    )
                    row |= metric_columns(table)
                rows.append(row)
            report("all steps measured", 1.0)
        return pd.DataFrame(rows)

    def settled(
        self,
        tolerance: float = 0.02,
        *,
        k: int = 10,
        to: str = "next",
        window: int = 3,
        n_jobs: int | None = None,
    ) -> Any:
        """Say from which step on the neighbours do no longer change more than they do at the end.

        Let s(t) be the mean Jaccard index of the k nearest in step t and in step t + 1, for every
        step but the last (``to="last"``: in step t and in the last step). The plateau is the mean
        of the last `window` of these. The series has settled at the first step t for which s(t) and
        all that follow lie within `tolerance` of the plateau, if at least `window` of them do; else
        there is none, and it is worth going on.

        A plateau far below 1 says that each step changes as much as the one before it, not that
        nothing changes any more: look at `curve`.

        Parameters
        ----------
        tolerance : float, default=0.02
            Of the mean Jaccard index, from 0 to 1.
        k : int, default=10
            Neighbours compared.
        to : {"next", "last"}, default="next"
        window : int, default=3
            Similarities that make a plateau, at least 2.
        n_jobs : int, optional
            Threads; None = one for each CPU that the process may use.

        Returns
        -------
        int, float, str or None
            The entry of `steps`; None when the series has not settled, or has fewer than
            ``window + 1`` steps.
        """
        if not _is_share(tolerance):
            msg = f"tolerance={shown(tolerance)}: give a number from 0 to 1, of the Jaccard index"
            raise ValueError(msg)
        if to not in _TO:
            msg = f'to={shown(to)}: give "next" or "last"'
            raise ValueError(msg)
        window = whole(window, "window", 2, why="as one similarity makes no plateau")
        k = self.checked_k(k)
        last = len(self) - 1
        if last < window:
            return None
        values = np.array(
            [
                self._jaccard(at, at + 1 if to == "next" else last, k, n_jobs).value
                for at in range(last)
            ]
        )
        # Exactly equal numbers have a mean that may differ from them in the last digit.
        off = np.abs(values - values[-window:].mean()) > tolerance + 1e-12
        first = int(np.flatnonzero(off).max(initial=-1)) + 1
        return self.steps[first] if last - first >= window else None

    def label_metrics(self, which: Any, label: Any = None, **options: Any) -> "pd.DataFrame":
        """Say how well a step brings items of the same label together.

        Parameters
        ----------
        which : str or int
            Name or position of the step.
        label : str or array-like of shape (n_items,), optional
            A column of the metadata, or one value for each item; by default the series' own.
        **options
            Of `embwidget.label_metrics`, which says more of the result, too.
        """
        labels, at = self.labels(label), self.position_of(which)
        if labels is None:
            msg = "there is no label: name a column of the metadata, or give one value each"
            raise ValueError(msg)
        metric = self._steps[at].metric
        return label_metrics(self.spaces[at], labels, metric=metric, **options)


def metric_columns(table: "pd.DataFrame") -> dict[str, float]:
    """Metrics by label as columns: each one's value by its name, ``_low`` and ``_high``."""
    out: dict[str, float] = {}
    for row in table.to_dict("records"):
        name = row["metric"]
        out |= {name: row["value"], f"{name}_low": row["low"], f"{name}_high": row["high"]}
    return out


def _is_share(given: Any) -> bool:
    """Whether a number from 0 to 1."""
    is_number = isinstance(given, (int, float, np.number)) and not isinstance(given, bool)
    return is_number and bool(0 <= given <= 1)


def _columns(name: str, found: Estimate | None) -> dict[str, float]:
    nan = float("nan")
    three = (nan, nan, nan) if found is None else (found.value, found.low, found.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), three, strict=True))
