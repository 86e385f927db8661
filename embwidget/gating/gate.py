"""`gate`: whether a candidate may take the place of the model in use, and `Gate`, its verdict."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from embwidget._core.arguments import told_by_name
from embwidget._core.checks import shown, whole
from embwidget._core.progress import Progress, reporting
from embwidget._core.version import __version__
from embwidget.comparison.settings import Settings
from embwidget.gating.by_label import check_labels, label_rows, surely_lost
from embwidget.gating.canaries import judge_canaries
from embwidget.gating.check import EXIT_CODES, Check, Verdict, worst
from embwidget.gating.drops import OF_CLUSTERS, parse_drops, share_of
from embwidget.gating.evidence import gather
from embwidget.gating.items import item_rows
from embwidget.gating.junit import junit_of
from embwidget.gating.markdown import markdown_of
from embwidget.gating.plain import as_json
from embwidget.gating.rules import NO_ORDER, TOO_FEW, check_drop, check_items, check_jaccard
from embwidget.joining import JoinReport
from embwidget.knn import Engine

Row = dict[str, Any]

# Of what loses most, `str` names so many.
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Gate:
    """What `gate` found.

    Attributes
    ----------
    verdict : {"pass", "regression", "undecided"}
        One rule that is surely broken is a regression; else one that is undecided leaves it so.
    checks : tuple of Check
        One for each rule; the first is about how many items there are.
    labels : list of dict
        One row for each label and rule, those first that most surely fall beyond what is allowed:
        ``label, metric, n, asked, a, b, drop, low, high, limit, p_value, verdict``. Of "jaccard",
        a is that of the noise, or 1. The p-value is adjusted for the number of labels. The verdict
        is "" where labels are not judged, or a label has too few items.
    items : list of dict
        The items that lose most: ``id, label, jaccard, noise, drop``.
    canaries : list of dict
        ``id, overlap, low, high, noise, limit, verdict, lost``.
    join_report : JoinReport
        How many items are left out, among others.
    names : pair of str
        Of the model in use and the candidate.
    k : int
    n_items : int
    asked : dict
        The arguments that decide.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    labels: list[Row]
    items: list[Row]
    canaries: list[Row]
    join_report: JoinReport
    names: tuple[str, str]
    k: int
    n_items: int
    asked: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """What a program ends with: 0 pass, 1 regression, 2 undecided."""
        return EXIT_CODES[self.verdict]

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON has it; keys stay as they are from release to release."""
        report = self.join_report
        told: dict[str, Any] = as_json(
            {
                "verdict": self.verdict,
                "exit_code": self.exit_code,
                "a": self.names[0],
                "b": self.names[1],
                "n_items": self.n_items,
                "left_out": {
                    "only_a": report.only_a,
                    "only_b": report.only_b,
                    "without_vector_a": report.dropped_a,
                    "without_vector_b": report.dropped_b,
                },
                "join": str(report),
                "k": self.k,
                "asked": self.asked,
                "checks": [vars(each) for each in self.checks],
                "labels": self.labels,
                "items": self.items,
                "canaries": self.canaries,
                "version": __version__,
            }
        )
        return told

    def to_junit(self) -> str:
        """One test case for each check, as CI reads it: XML, with what is undecided as an error."""
        return junit_of(self.to_dict())

    def to_markdown(self) -> str:
        """A table for a pull request, in which names are text whatever stands in them."""
        return markdown_of(self.to_dict())

    def __str__(self) -> str:
        a, b = map(shown, self.names)
        lines = [f"{self.verdict}: {b} in place of {a}, {self.n_items:,} items"]
        lines += [f"  {each.verdict:<10}  {each.sentence}" for each in self.checks]
        fallen: dict[str, str] = {}
        for row in self.labels:
            if row["drop"] > 0:
                fallen.setdefault(shown(row["label"]), f"{row['drop']:.3f} of {row['metric']}")
        if fallen:
            most = [f"{name} by {by}" for name, by in list(fallen.items())[:_NAMED]]
            lines.append(f"  labels that lose most: {', '.join(most)}")
        if self.items:
            told = [f"{shown(row['id'])} {row['jaccard']:.2f}" for row in self.items[:_NAMED]]
            lines.append(f"  items that lose most, with their coincidence: {', '.join(told)}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Gate({self.verdict}, {len(self.checks)} checks, {self.n_items} items)"


@told_by_name
def gate(
    a: Any,
    b: Any,
    *,
    min_jaccard: float | None = None,
    max_drop: Any = None,
    per_label: bool | float = False,
    noise: Any = None,
    canary: Any = None,
    min_overlap: float = 0.5,
    label: Any = None,
    ids: Any = None,
    id: Any = None,  # noqa: A002 (the word of every frame)
    metadata: Any = None,
    names: Any = None,
    missing: str = "raise",
    k: int = 10,
    metric: Any = None,
    engine: str | Engine = "auto",
    min_items: int = 50,
    min_label_items: int = 10,
    min_joined: float = 0.9,
    n_worst: int = 20,
    max_queries: int | None = 20_000,
    n_jobs: int | None = None,
    max_memory: int | None = None,
    random_state: int = 0,
    progress: Progress | bool = False,
) -> Gate:
    """Judge whether a candidate may take the place of the model in use.

    A rule holds when all of its interval holds it, is broken when all of it breaks it, and is
    undecided else. docs/gate.md says what the intervals mean.

    Parameters
    ----------
    a, b : Space, array-like of shape (n_samples, n_dims), tensor, frame, AnnData or path
        Of the model in use and of the candidate, joined as `embwidget.compare` does.
    min_jaccard : float, optional
        Mean coincidence of the k nearest that has to stay, above 0; with noise, of what it leaves.
    max_drop : mapping, str or list of str, optional
        What each metric by label may lose, ``{"map_at_r": 0.02}``; see `parse_drops`.
    per_label : bool or float, default=False
        Whether no single label may break the rules either; a number is what a label may lose of
        each metric, and of the coincidence, instead.
    noise : as b, optional
        The same items embedded by the model in use once more: another run, another precision. What
        it differs by counts for nothing.
    canary : list of ids, optional
        Items whose neighbours must stay.
    min_overlap : float, default=0.5
        Share of a canary's k neighbours that it has to have still.
    label, ids, id, metadata, names, missing, metric, engine, n_jobs, max_memory, progress
        As for `embwidget.compare`.
    k : int, default=10
        Neighbours compared; of fewer items all others.
    min_items, min_label_items : int, default=50, 10
        With fewer items all is undecided; labels with fewer are not judged.
    min_joined : float, default=0.9
        Share of a's items that b has to have for a pass.
    n_worst : int, default=20
        Rows of `Gate.items`.
    max_queries : int, optional
        As for `Comparison.quality`.
    random_state : int, default=0
        Seed of the bootstrap, and of all that is sampled.

    Returns
    -------
    Gate

    Raises
    ------
    ValueError, TypeError
        When an argument is not what is described above, or nothing is asked.
    """
    drops = parse_drops(max_drop)
    _check_numbers(min_items, min_label_items, n_worst)
    if min_jaccard is not None:
        min_jaccard = share_of(min_jaccard, "min_jaccard", above_zero=True)
    min_overlap = share_of(min_overlap, "min_overlap", above_zero=True)
    min_joined = share_of(min_joined, "min_joined")
    of_labels = _per_label(per_label)
    if min_jaccard is None and not drops and canary is None:
        msg = "nothing is asked: give min_jaccard=, max_drop= or canary="
        raise ValueError(msg)
    if label is None and (drops or of_labels is not False):
        what = "max_drop" if drops else "per_label"
        msg = f"{what} needs labels: pass label=, a column of the metadata or one value each"
        raise ValueError(msg)
    if of_labels is not False and min_jaccard is None and not set(drops) - set(OF_CLUSTERS):
        msg = "per_label asks each label for what all are asked: give min_jaccard= or map_at_r=.02"
        raise ValueError(msg)
    settings = _settings(k, metric, engine, n_jobs, max_memory, random_state)
    doors = {
        "missing": missing,
        "ids": ids,
        "id": id,
        "metadata": metadata,
        "label": label,
        "names": names,
    }
    with reporting(progress) as report:
        evidence = gather(
            a,
            b,
            noise,
            settings,
            max_queries=max_queries,
            canary=canary,
            progress=report,
            **doors,
        )
    found = evidence.found
    items = check_items(evidence, min_items, min_joined)
    enough = items.n >= min_items
    why_not = "" if enough and not evidence.says_nothing else NO_ORDER if enough else TOO_FEW
    checks = [items]
    if min_jaccard is not None:
        checks.append(check_jaccard(evidence, min_jaccard, enough=enough))
    checks += [check_drop(evidence, name, drop, enough=enough) for name, drop in drops.items()]
    rules = ({} if min_jaccard is None else {"jaccard": 1 - min_jaccard}) | drops
    labels: list[Row] = []
    judged = of_labels is not False
    for name, drop in rules.items() if found.label is not None else ():
        if name in OF_CLUSTERS:
            continue
        allowed = drop if isinstance(of_labels, bool) else of_labels
        asked = 1 - allowed if name == "jaccard" else allowed
        some = label_rows(evidence, name, asked, judged=judged, fewest=min_label_items)
        labels += some
        if judged:
            checks.append(check_labels(some, name, asked, why_not=why_not))
    canaries: list[Row] = []
    if evidence.canaries is not None:
        check, canaries = judge_canaries(evidence, evidence.canaries, min_overlap, why_not=why_not)
        checks.append(check)
    first = next((name for name in drops if name not in OF_CLUSTERS), None)
    return Gate(
        worst([each.verdict for each in checks]),
        tuple(checks),
        sorted(labels, key=surely_lost),
        item_rows(evidence, first, n_worst),
        canaries,
        found.join_report,
        (found.a.name or "A", found.b.name or "B"),
        found.n_neighbors,
        len(found.a),
        {
            "min_jaccard": min_jaccard,
            "max_drop": drops,
            "per_label": of_labels,
            "noise": noise is not None,
            "canaries": len(canaries),
            "min_overlap": min_overlap,
            "label": found.label,
            "metric": [found.pair.metric_a, found.pair.metric_b],
            "min_items": min_items,
            "min_label_items": min_label_items,
            "min_joined": min_joined,
            "random_state": random_state,
        },
    )


def _check_numbers(min_items: int, min_label_items: int, n_worst: int) -> None:
    whole(min_items, "min_items", 2)
    whole(min_label_items, "min_label_items", 2)
    whole(n_worst, "n_worst", 0)


def _per_label(given: Any) -> bool | float:
    """False, True, or what a label may lose."""
    if isinstance(given, (bool, np.bool_)):
        return bool(given)
    return share_of(given, "per_label")


def _settings(
    k: int,
    metric: Any,
    engine: str | Engine,
    n_jobs: int | None,
    max_memory: int | None,
    random_state: int,
) -> Settings:
    """How neighbours are searched: k at most, of fewer items what there is."""
    return Settings(
        n_neighbors=1,
        k_max=whole(k, "k", 1),
        metric=metric,
        engine=engine,
        n_jobs=n_jobs,
        max_memory=max_memory,
        random_state=random_state,
    )
