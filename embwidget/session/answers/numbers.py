"""What is measured once the neighbours are known: one by one, so that each may fail alone."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent, span
from embwidget.comparison import Comparison, Pair
from embwidget.session.answers import seconds
from embwidget.session.answers.measured_columns import Need
from embwidget.session.answers.metadata_columns import MetadataColumns
from embwidget.session.wire import tables

if TYPE_CHECKING:
    import pandas as pd

    from embwidget.measures.groups.names import GroupNames
    from embwidget.measures.labels.lead import Lead
    from embwidget.measures.maps.faithfulness import Faithfulness
    from embwidget.session.wire.state import ChanceInfo, FaithfulnessInfo

Maps = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Map A and map B, (n_samples, 2) float32 each."""

Answer = tuple[dict[str, Any], list[Any]]

NO_LABEL = 'There is no label: pass label="..." to see which labels gain or lose.'

_MOST_QUERIES, _LEAST_QUERIES = 20_000, 2_000
# Pairs of a query and another item: 100,000 items take as long as a million.
_MOST_PAIRS = 2_000_000_000


class Numbers:
    """What `NUMBERS` names of one `Comparison`, and where each of them stands.

    What was not measured yet is measured when it is asked for, if that needs no map.

    Parameters
    ----------
    comparison : callable
        Returns the `Comparison`; ValueError while the neighbours are not known.
    columns : MetadataColumns
    label, text : str
        Names of the columns with the classes, and with what names groups else; "" = none.
    n_jobs : int or None
    random_state : int
    """

    def __init__(
        self,
        comparison: Callable[[], Comparison],
        columns: MetadataColumns,
        *,
        label: str,
        text: str,
        n_jobs: int | None,
        random_state: int,
    ) -> None:
        self._lock = threading.Lock()
        self._comparison = comparison
        self._columns = columns
        self._label = label
        self._text = text
        self._how: dict[str, Any] = {"random_state": random_state, "n_jobs": n_jobs}
        self.chance: ChanceInfo | None = None
        self.faithfulness: FaithfulnessInfo | None = None
        self.lead: Lead | None = None
        self._maps: tuple[Faithfulness, Faithfulness] | None = None
        self._changes: pd.DataFrame | None = None
        self._quality: dict[str, Any] | None = None
        self.infos: dict[str, dict[str, str]] = {
            name: {"state": "coming", "note": ""} for name in NUMBERS
        }
        for name, number in NUMBERS.items():
            if number.needs_label and not label:
                self._set(name, "none", NO_LABEL)

    # -- measuring ------------------------------------------------------------------------------

    def measure(self, name: str, maps: Maps | None, progress: Progress = silent) -> None:
        """Find out one number; what it raises is the caller's to tell with `fail`.

        Parameters
        ----------
        name : str
            One of `NUMBERS`.
        maps : pair of (n_samples, 2) float32, or None
            The final ones.
        progress : callable, optional
        """
        if self.infos[name]["state"] != "none":
            self._set(name, "known", NUMBERS[name].measure(self, maps, progress))

    def fail(self, name: str, message: str) -> None:
        """A number will not be known, and this is why."""
        self._set(name, "failed", message)

    def stop(self) -> None:
        """Nothing more is coming."""
        for name in NUMBERS:
            if self.infos[name]["state"] == "coming":
                self._set(name, "stopped", "")

    def go_on(self) -> None:
        """What was stopped is coming after all."""
        for name in NUMBERS:
            if self.infos[name]["state"] == "stopped":
                self._set(name, "coming", "")

    def _set(self, name: str, state: str, note: str) -> None:
        # Made anew, so that whoever compares sees a change.
        with self._lock:
            self.infos = self.infos | {name: {"state": state, "note": note}}

    def _measure_chance(self, _maps: Maps | None, progress: Progress) -> str:
        comparison = self._comparison()
        half = 0.5 if self._label else 1.0
        chance = comparison.chance(progress=span(progress, 0.0, half), **self._how)
        within = None
        if self._label:
            within = comparison.chance(True, progress=span(progress, half, 1.0), **self._how)
        verdicts = [comparison.verdict(k=k, **self._how) for k in range(1, comparison.k_max + 1)]
        self.chance = tables.chance_info(chance, within, verdicts)
        return f"z from {chance.n_permutations} permutations of the items."

    def _measure_groups(self, _maps: Maps | None, progress: Progress) -> str:
        self._changes = self._find_changes(progress)
        return ""

    def _find_changes(self, progress: Progress) -> "pd.DataFrame":
        text = self._columns.in_metadata(self._text) or None
        return self._comparison().groups(text=text, progress=progress, **self._how)

    def _measure_maps(self, maps: Maps | None, progress: Progress) -> str:
        """Measure the final maps, (n_samples, 2) float32 each."""
        if maps is None:
            msg = "there are no maps yet"
            raise ValueError(msg)
        self._maps = self._comparison().faithfulness(*maps, progress=progress, **self._how)
        self.faithfulness = tables.faithfulness_info(*self._maps)
        return ""

    def _measure_quality(self, _maps: Maps | None, progress: Progress) -> str:
        from embwidget.measures.labels.lead import lead_of
        from embwidget.measures.labels.quality import label_verdict

        comparison = self._comparison()
        # Clusters are not on the screen, and take longer than all else.
        how = self._how | {"n_seeds": 0, "max_queries": queries_for(len(comparison.a))}
        overall = comparison.quality(progress=progress, **how)
        by_label = comparison.quality(by="label", **how)
        verdicts = {name: label_verdict(by_label, name) for name in tables.SHOWN_METRICS}
        self._quality = tables.quality_table(overall, by_label, comparison.labels(), verdicts)
        self.lead = lead_of(overall, by_label)
        asked, n = int(overall["n"].iloc[0]), len(comparison.labels().labelled)
        if asked == 0:
            return "No two items share a label, so that there is nothing to find."
        return f"Measured on {asked:,} of {n:,} items with a label." if asked < n else ""

    # -- showing --------------------------------------------------------------------------------

    def has(self, need: Need) -> bool:
        """Whether what a measured column needs is known, given the neighbours."""
        if need == "label":
            return bool(self._label)
        if need == "graphs":
            return True
        return self._changes is not None if need == "groups" else self._maps is not None

    def quality(self) -> dict[str, Any]:
        """``QualityTable``; measured here where the work did not."""
        if self._quality is None:
            self.measure("quality", None)
        if self._quality is None:
            raise ValueError(NO_LABEL)
        return self._quality

    def changes(self) -> "pd.DataFrame":
        """What becomes of the groups, as `Comparison.groups` gives it."""
        if self._changes is None:
            self._changes = self._find_changes(silent)
        return self._changes

    def group_items(self, change: "pd.Series[Any]") -> NDArray[np.int64]:
        """Positions of the items of a row of `changes`, (n,) int64."""
        return self._comparison().group_items(change, **self._how)

    def group_parts(
        self, change: "pd.Series[Any]"
    ) -> tuple[list[dict[str, Any]], NDArray[np.int64], NDArray[np.int32]]:
        """``GroupPart`` of each part of a row of `changes`, and its items.

        Returns
        -------
        parts : list of dict
        items : (n,) int64
            Positions, ascending.
        part : (n,) int32
            Index into `parts` of each; -1 = in none of them.
        """
        items, part, groups = self._comparison().group_parts(change, **self._how)
        names = self._group_names()
        # A kept pair has one part, its group in B.
        others = names.a if change["change"] in ("merges", "appears") else names.b
        counts = np.bincount(part[part >= 0], minlength=len(groups)).tolist()
        parts = [
            {"name": others[group], "n_items": n} for group, n in zip(groups, counts, strict=True)
        ]
        return parts, items, part

    def clusters(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Group of each item in A and in B, (n_samples,) int32 each."""
        return self._comparison().clusters(**self._how)

    def group_column(self, name: str, side: str) -> tuple[dict[str, Any], NDArray[np.uint16]]:
        """``Column`` of the groups of a side: its header, and (n_samples,) uint16 codes."""
        at = "ab".index(side)
        return tables.group_column(name, self.clusters()[at], self._group_names()[at])

    def _group_names(self) -> "GroupNames":
        """Names of the groups of both spaces, the same in every table."""
        text = self._columns.in_metadata(self._text) or None
        return self._comparison().group_names(text=text, **self._how)

    def map_faithfulness(self, side: str) -> "Faithfulness":
        """How far the final map of a side can be believed; ValueError while it is not measured."""
        if self._maps is None:
            msg = "how far the maps can be believed is not known: the final ones were not measured"
            raise ValueError(msg)
        return self._maps["ab".index(side)]


def queries_for(n_items: int) -> int:
    """Items whose neighbours are ranked by label, so that it takes no longer than for 100,000."""
    return min(_MOST_QUERIES, max(_LEAST_QUERIES, _MOST_PAIRS // n_items))


class Number(NamedTuple):
    """One thing that is measured.

    Attributes
    ----------
    measure : callable
        Takes the `Numbers`, the maps if there are some, and a progress function; returns a note.
    seconds : callable
        How long that takes for a pair, beside the other steps of the work.
    after_maps : bool
        Whether it waits for the final maps, for it needs them or takes long.
    needs_label : bool
        Whether it is not to be had without a label.
    """

    measure: Callable[[Numbers, Maps | None, Progress], str]
    seconds: Callable[[Pair], float]
    after_maps: bool = False
    needs_label: bool = False


NUMBERS = {
    "chance": Number(Numbers._measure_chance, seconds.of_chance),
    "groups": Number(Numbers._measure_groups, seconds.of_groups),
    "faithfulness": Number(Numbers._measure_maps, seconds.of_faithfulness, after_maps=True),
    "quality": Number(
        Numbers._measure_quality,
        lambda pair: seconds.of_ranking(pair, queries_for(pair.n_samples)),
        after_maps=True,
        needs_label=True,
    ),
}
"""All numbers by name, in the order in which they are measured."""
