"""What is measured once the neighbours are known: part by part, so that each may fail alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from embwidget._core.progress import Progress, silent, span
from embwidget.comparison.comparison import Comparison
from embwidget.session.answers.measured_columns import MEASURED, Need
from embwidget.session.answers.metadata_columns import Columns
from embwidget.session.wire import tables

if TYPE_CHECKING:
    import pandas as pd

    from embwidget.measures.maps.faithfulness import Faithfulness

Part = Literal["chance", "groups", "faithfulness", "quality"]
PARTS: tuple[Part, ...] = get_args(Part)

Maps = tuple[NDArray[np.float32], NDArray[np.float32]]
Answer = tuple[dict[str, Any], list[Any]]

NO_LABEL = 'There is no label: pass label="..." to see which labels gain or lose.'

_MOST_QUERIES, _LEAST_QUERIES = 20_000, 2_000
# Pairs of a query and another item: 100,000 items take as long as a million.
_MOST_PAIRS = 2_000_000_000


class Numbers:
    """Chance, groups, faithfulness and quality of one `Comparison`, and where each of them stands.

    What was not measured yet is measured when it is asked for, if that needs no map.

    Parameters
    ----------
    comparison : callable
        Returns the `Comparison`; ValueError while the neighbours are not known.
    columns : Columns
    label, text : str
        Names of the columns with the classes, and with what names groups else; "" = none.
    n_jobs : int or None
    random_state : int
    """

    def __init__(
        self,
        comparison: Callable[[], Comparison],
        columns: Columns,
        *,
        label: str,
        text: str,
        n_jobs: int | None,
        random_state: int,
    ) -> None:
        self._comparison = comparison
        self._columns = columns
        self._label = label
        self._text = text
        self._seed: dict[str, Any] = {"random_state": random_state}
        self._how = self._seed | {"n_jobs": n_jobs}
        self.chance: dict[str, Any] | None = None
        self.faithfulness: dict[str, Any] | None = None
        self._maps: tuple[Faithfulness, Faithfulness] | None = None
        self._changes: pd.DataFrame | None = None
        self._quality: dict[str, Any] | None = None
        self.infos: dict[str, dict[str, str]] = {
            part: {"state": "coming", "note": ""} for part in PARTS
        }
        if not label:
            self._set("quality", "none", NO_LABEL)

    # -- measuring ------------------------------------------------------------------------------

    def measure(self, part: Part, maps: Maps | None, progress: Progress = silent) -> None:
        """Find out one part; what it raises is the caller's to tell with `fail`."""
        if self.infos[part]["state"] == "none":
            return
        measure = {
            "chance": self._measure_chance,
            "groups": self._measure_groups,
            "faithfulness": lambda progress: self._measure_maps(maps, progress),
            "quality": self._measure_quality,
        }[part]
        self._set(part, "known", measure(progress))

    def fail(self, part: Part, message: str) -> None:
        """A part will not be known, and this is why."""
        self._set(part, "failed", message)

    def stop(self) -> None:
        """Nothing more is coming."""
        for part in PARTS:
            if self.infos[part]["state"] == "coming":
                self._set(part, "stopped", "")

    def _set(self, part: Part, state: str, note: str) -> None:
        # Made anew, so that the trait sees a change.
        self.infos = self.infos | {part: {"state": state, "note": note}}

    def _measure_chance(self, progress: Progress) -> str:
        from embwidget.measures.neighbors.chance import verdict

        comparison = self._comparison()
        half = 0.5 if self._label else 1.0
        chance = comparison.chance(progress=span(progress, 0.0, half), **self._how)
        within = None
        if self._label:
            within = comparison.chance(True, progress=span(progress, half, 1.0), **self._how)
        values = comparison.curve()["jaccard"]
        verdicts = [verdict(value, chance, within, k=k) for k, value in enumerate(values, 1)]
        self.chance = tables.chance_info(chance, within, verdicts)
        return f"z from {chance.n_permutations} permutations of the items."

    def _measure_groups(self, progress: Progress) -> str:
        self._changes = self._find_changes(progress)
        return ""

    def _find_changes(self, progress: Progress) -> "pd.DataFrame":
        text = self._text or None
        return self._comparison().groups(text=text, progress=progress, **self._seed)

    def _measure_maps(self, maps: Maps | None, progress: Progress) -> str:
        if maps is None:
            msg = "there are no maps yet"
            raise ValueError(msg)
        self._maps = self._comparison().faithfulness(*maps, progress=progress, **self._how)
        self.faithfulness = tables.faithfulness_info(*self._maps)
        return ""

    def _measure_quality(self, progress: Progress) -> str:
        from embwidget.measures.labels.quality import label_verdict

        comparison = self._comparison()
        # Clusters are not on the screen, and take longer than all else.
        how = self._how | {"n_seeds": 0, "max_queries": queries_for(len(comparison.a))}
        overall = comparison.quality(progress=progress, **how)
        by_label = comparison.quality(by="label", **how)
        verdicts = {name: label_verdict(by_label, name) for name in tables.SHOWN_METRICS}
        self._quality = tables.quality_table(overall, by_label, comparison.labels(), verdicts)
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

    def column(self, name: str, k: Any) -> Answer:
        """Header and values of a column of `MEASURED`; ``Column`` in ``js/src/wire/model.ts``."""
        comparison = self._comparison()
        side = name[-1]
        if MEASURED[name].at_k and (not isinstance(k, int) or not 1 <= k <= comparison.k_max):
            msg = f"column {name!r}: k must be in 1..{comparison.k_max}, not {k!r}"
            raise ValueError(msg)
        if name == "wins":
            header, values = tables.difference_column(name, *comparison.label_agreement(k), k)
        elif MEASURED[name].needs == "groups":
            header, values = self._group_column(name, side)
        elif MEASURED[name].needs == "faithfulness":
            if self._maps is None:
                msg = f"column {name!r} is not known: the final maps were not measured"
                raise ValueError(msg)
            measured = self._maps["ab".index(side)]
            header, values = tables.share_column(name, measured.trust, measured.n_neighbors)
        elif name.startswith("k_occurrence"):
            header, values = tables.count_column(name, comparison.k_occurrence(side, k))
        else:
            header, values = tables.share_column(name, comparison.item_values(name, k), None)
        return header, [values]

    def quality(self) -> Answer:
        """``QualityTable``."""
        if self._quality is None:
            self.measure("quality", None)
        if self._quality is None:
            raise ValueError(NO_LABEL)
        return self._quality, []

    def groups(self) -> Answer:
        """``GroupTable``."""
        return tables.group_table(self._known_changes(), *self._clusters()), []

    def label_items(self, code: Any) -> Answer:
        """Positions of the items of the label with a code of `quality`."""
        labels = self._comparison().labels()
        if not isinstance(code, int) or not 0 <= code < len(labels.names):
            msg = f"there is no label {code!r}: they go from 0 to {len(labels.names) - 1}"
            raise ValueError(msg)
        return {}, [np.unique(labels.items[labels.codes == code]).astype("<u4")]

    def group_items(self, row: Any) -> Answer:
        """Positions of the items of a row of `groups`."""
        changes = self._known_changes()
        if not isinstance(row, int) or not 0 <= row < len(changes):
            msg = f"there is no group in row {row!r}: they go from 0 to {len(changes) - 1}"
            raise ValueError(msg)
        items = self._comparison().group_items(changes.iloc[row], **self._seed)
        return {}, [items.astype("<u4")]

    def _known_changes(self) -> "pd.DataFrame":
        if self._changes is None:
            self._changes = self._find_changes(silent)
        return self._changes

    def _group_column(self, name: str, side: str) -> tuple[dict[str, Any], NDArray[Any]]:
        from embwidget.measures.groups.naming import group_names

        comparison = self._comparison()
        groups = self._clusters()["ab".index(side)]
        labels = comparison.labels().one_each() if self._label else None
        texts = self._columns.texts(self._text) if self._text else None
        return tables.group_column(name, groups, group_names(groups, labels=labels, texts=texts))

    def _clusters(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        return self._comparison().clusters(**self._seed)


def queries_for(n_items: int) -> int:
    """Items whose neighbours are ranked by label, so that it takes no longer than for 100,000."""
    return min(_MOST_QUERIES, max(_LEAST_QUERIES, _MOST_PAIRS // n_items))
