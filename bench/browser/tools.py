"""What is written into the notebook for each tool: the same maps, the same colours."""

from dataclasses import dataclass

from bench import data

DIMS = 64


@dataclass(frozen=True)
class Tool:
    """One tool in the notebook.

    Attributes
    ----------
    peer : str
        Environment of its kernel.
    setup : str
        Cell that is run before the clock starts; ``{...}`` are paths of the data.
    show : str
        Cell that is timed: makes and shows the widget.
    maps : int
        How many it draws.
    apart : str
        What tells its maps apart: "viewport", "context" or "copy", as in page.js.
    node : str
        Selector of what takes the mouse on the (first) map.
    """

    peer: str
    setup: str
    show: str
    maps: int
    apart: str
    node: str


FRAME = """
import numpy as np, pandas as pd
labels = np.load(r"{classes}")
xy = np.load(r"{positions}")
names = [f"class {{i}}" for i in range(10)]
frame = pd.DataFrame({{
    f"c{{i}}": pd.Categorical.from_codes((labels + i * (labels // 10)) % 10, names)
    for i in range(6)
}})
"""

OURS_SETUP = (
    FRAME
    + """
import embwidget as ew
from embwidget.widget import EmbeddingCompare
a, b = np.load(r"{a}"), np.load(r"{b}")
"""
)

# For what does not depend on whose neighbours they are: random ones, which take no minutes.
OURS_STAND_IN = (
    OURS_SETUP
    + """
from embwidget.comparison.comparison import Comparison, prepare
pair = prepare(a, b, metadata=frame)
rng = np.random.default_rng(0)
def graph():
    steps = np.sort(rng.integers(1, len(a) - 1, (len(a), 50), dtype=np.int32), axis=1)
    return ew.KNNGraph(
        ((steps + np.arange(len(a))[:, None]) % len(a)).astype(np.int32),
        np.sort(rng.random((len(a), 50), dtype=np.float32), axis=1), "cosine", "exact")
comparison = Comparison(pair, graph(), graph())
"""
)

OURS_WHOLE = """
def drawn(x):
    return rng.normal(size=(len(x), 2))
w = EmbeddingCompare.from_comparison(comparison, reducer=drawn); w
"""

TOOLS = {
    "embwidget": Tool(
        "embwidget",
        OURS_SETUP,
        "w = EmbeddingCompare(a, b, metadata=frame); w",
        2,
        "viewport",
        ".ew-map[data-side=a] .ew-map-surface",
    ),
    "embwidget, one map each": Tool(
        "embwidget",
        OURS_SETUP,
        "w = EmbeddingCompare(a, b, metadata=frame); w.cancel(); w",
        2,
        "viewport",
        ".ew-map[data-side=a] .ew-map-surface",
    ),
    "embwidget, neighbours given": Tool(
        "embwidget",
        OURS_STAND_IN,
        "w = EmbeddingCompare.from_comparison(comparison, reducer='pca', color_by='c0'); w",
        2,
        "viewport",
        ".ew-map[data-side=a] .ew-map-surface",
    ),
    "embwidget, all that follows": Tool(
        "embwidget",
        OURS_STAND_IN,
        OURS_WHOLE,
        2,
        "viewport",
        ".ew-map[data-side=a] .ew-map-surface",
    ),
    "jscatter": Tool(
        "jscatter",
        FRAME
        + """
import jscatter
frame = frame.assign(xa=xy[:, 0], ya=xy[:, 1], xb=xy[:, 2], yb=xy[:, 3])
""",
        """
sa = jscatter.Scatter(data=frame, x="xa", y="ya")
sb = jscatter.Scatter(data=frame, x="xb", y="yb")
jscatter.compose([sa, sb], sync_selection=True, sync_hover=True, row_height=400)
""",
        2,
        "copy",
        "canvas",
    ),
    "atlas": Tool(
        "atlas",
        FRAME
        + """
from embedding_atlas.widget import EmbeddingAtlasWidget
frame = frame.astype(str).assign(xa=xy[:, 0], ya=xy[:, 1])
""",
        """
w = EmbeddingAtlasWidget(frame, x="xa", y="ya", labels=[])
w
""",
        1,
        "context",
        "canvas",
    ),
}


def cells(tool: str, n: int) -> tuple[str, str]:
    """Return the two cells of a tool, for n items."""
    a, b = data.spaces(n, DIMS)
    paths = {"a": a, "b": b, "positions": data.positions(n), "classes": data.classes(n)}
    found = TOOLS[tool]
    return found.setup.format(**paths), found.show
