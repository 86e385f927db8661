"""What a screen shows of a session at the moment, small enough to travel whole.

The one place where a trait is named: `LiveWidget` has the fields of `State` as traits, and ``make
types`` writes all that stands here into ``js/src/wire/state.ts``.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypedDict
from uuid import uuid4


class SpaceInfo(TypedDict):
    """What is known of a space, for the header and the maps' titles."""

    name: str
    n_dims: int
    metric: str
    distance: str
    """What the distances of the metric are called at the head of their column."""
    engine: str
    """"exact", "nndescent" ...; "" until the graph is there."""
    recall: float | None
    """Sampled recall of an approximate graph in [0, 1]; None when the graph is exact."""


class ColumnInfo(TypedDict):
    """A column that the points can be coloured by."""

    name: str
    title: str
    """What the menu calls it."""
    kind: Literal["coincidence", "category", "numeric", "difference"]
    """"difference" is numeric too: B - A, around 0."""
    source: Literal["metadata", "measured", "measured_at_k"]
    """Whether it came with the items or was measured; "measured_at_k" changes with k."""


TwoOf = Annotated[list[int], "a", "b"]
"""Positions of two spaces among all of them."""

CurvePoint = Annotated[list[float], "value", "low", "high", "chance"]
"""One k of the curve: mean Jaccard, its 95 % interval, and what chance would give."""


class NumberInfo(TypedDict):
    """How far a number is that is measured after the neighbours."""

    state: Literal["none", "coming", "known", "failed", "stopped"]
    """"none" = cannot be had."""
    note: str
    """Why there is none, what went wrong, or what was sampled; "" = nothing to say."""


class NumberInfos(TypedDict):
    """Where each number stands that is measured after the neighbours."""

    chance: NumberInfo
    groups: NumberInfo
    faithfulness: NumberInfo
    quality: NumberInfo


class ChanceInfo(TypedDict):
    """What two unrelated spaces would share, by permutation; entry k - 1 of a list belongs to k."""

    n_permutations: int
    z: list[float | None]
    """Standard deviations of the value above chance; None where chance does not vary."""
    within: list[float] | None
    """What the classes that both spaces tell apart would give alone; None without a label."""
    verdicts: list[str]
    """In plain words."""


class QualityInfo(TypedDict):
    """Which space is better by the labels, over all items that have one."""

    metric: str
    a: float
    b: float
    difference: float
    """b - a."""
    low: float | None
    """95 % interval of the difference; None where it cannot be said."""
    high: float | None
    better: Literal["A", "B", ""]
    """"" where no difference is shown."""
    labels: str
    """"A is better on 27 of 40 labels, B on none"."""


class MapFaithfulness(TypedDict):
    """How far a map can be believed; None where it cannot be said."""

    kept: float | None
    """Share of the true neighbours that are near on the map."""
    trustworthiness: float | None
    continuity: float | None
    rank_correlation: float | None
    """Spearman's, of the distances on the map with those in the space."""
    n_neighbors: int
    n_items: int
    """Items looked at."""
    sampled: bool


class FaithfulnessInfo(TypedDict):
    """How far each of the final maps can be believed."""

    a: MapFaithfulness
    b: MapFaithfulness


class SpaceQualityInfo(TypedDict):
    """How well each of several spaces finds the items of a label."""

    metric: str
    values: list[float]
    """One for each space."""
    low: list[float | None]
    """95 % interval of each; None where it cannot be said."""
    high: list[float | None]
    shuffled: float
    """What the metric gives where items lie anywhere."""


class PairsTestInfo(TypedDict):
    """Whether pairs of spaces agree by more than chance, by permutation, at one k.

    A list has one entry for each pair, in the order of the ``matrix`` message.
    """

    k: int
    n_permutations: int
    z: list[float | None]
    """Standard deviations above chance."""
    p_value: list[float]
    """Counts that all pairs were looked at."""


class ProgressInfo(TypedDict):
    """How far the worker is."""

    step: str
    """"" when nothing is under way."""
    share: float
    """Share of the whole work that is done, 0..1; below 1 with a step of "" = stopped."""
    seconds_left: float | None
    """How long the rest will take; None while that is not known."""


class JoinInfo(TypedDict):
    """Items in both spaces, in one alone, and without a vector; how that was found."""

    matched: int
    only_a: int
    only_b: int
    dropped_a: int
    dropped_b: int
    paired_by: str
    """"by id", "by index", "by position" ..."""
    notes: list[str]
    """How the metadata was aligned, what was guessed, and what looks wrong."""


@dataclass
class State:
    """All that a screen is told of, beside what is large: that goes by message.

    Everything is JSON. A host hears of each change and hands it on to its screen.
    """

    n_items: int
    """Items that are in both spaces."""
    space_a: SpaceInfo
    """The first space."""
    space_b: SpaceInfo
    """The second space."""
    reducer: str
    """Name of what drew the maps that are shown: "pca" at first, "umap" ... or "as given"."""
    as_given: list[Literal["a", "b"]]
    """Spaces whose map no reducer draws: it was given, or they have two dimensions."""
    k: int
    """Neighbours compared, 1..k_max."""
    k_max: int
    """Length of the neighbour lists."""
    color_by: str
    """Name of the column that colours the points, measured or of the metadata."""
    columns: list[ColumnInfo]
    """Each column that can colour the points now."""
    label: str
    """Metadata column with the classes; "" = none."""
    text: str
    """Metadata column with a text of each item; "" = none."""
    show: list[str]
    """More metadata columns that are shown with each item, in the order of ``Row.shown``."""
    image: str
    """What holds a picture of each item: a metadata column or "image"; "" = none."""
    image_note: str
    """How many pictures cannot be read, and why the first cannot; "" = nothing to say."""
    height: int
    """Height of the maps in CSS pixels."""
    join_report: JoinInfo
    """How the items were paired."""
    numbers: NumberInfos
    """Where each number stands that is measured after the neighbours."""
    progress: ProgressInfo
    """How far the work is."""
    curve: list[CurvePoint] = field(default_factory=list)
    """One entry for each k = 1..k_max; empty until both graphs are there."""
    mean_shared: list[float] = field(default_factory=list)
    """Neighbours of an item that are the same, on average, for each k; empty as the curve is."""
    chance: ChanceInfo | None = None
    """What the permutations gave; None until they are done."""
    quality: QualityInfo | None = None
    """Which space is better by the labels; None until it is measured, or when it cannot be."""
    faithfulness: FaithfulnessInfo | None = None
    """How far the final maps can be believed; None until it is measured."""
    spaces: list[SpaceInfo] = field(default_factory=list)
    """All spaces, of which two are compared; empty where there are no others."""
    steps: list[float | str] = field(default_factory=list)
    """What stands for each space on an axis, where they are the steps of a series; else empty."""
    pair: TwoOf = field(default_factory=lambda: [0, 1])
    """Which of the spaces are compared, as a person chose: A and B."""
    pair_shown: TwoOf = field(default_factory=lambda: [0, 1])
    """Which of them all the fields above are of; soon those of `pair`."""
    space_quality: SpaceQualityInfo | None = None
    """How good each of the spaces is by the labels; None until it is measured, or without them."""
    pairs_test: PairsTestInfo | None = None
    """Whether pairs of spaces agree by more than chance; None until it is measured."""
    focus: int | None = None
    """Row position of the item whose neighbours are shown."""
    key: str = field(default_factory=lambda: f"ew{uuid4().hex}")
    """Of this session alone: by it a page knows what else belongs to it."""
    selected: str = ""
    """Selected rows: "positions:" or "mask:", and base64 of them; "" = none."""
    error: str = ""
    """One line that says what went wrong and what to do; "" = nothing."""
