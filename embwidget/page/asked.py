"""What a page asks to see: two spaces by name, and how they are compared and drawn."""

from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from typing import Any

from embwidget._core.checks import near_names, shown, whole

METRICS = ("cosine", "euclidean", "inner_product", "hamming")

# Those of a package of their own are offered where that is installed.
_PACKAGES = {"pacmap": "pacmap", "umap-learn": "umap"}
_REDUCERS = ("umap", "pca", "pca+umap", "tsne", "pacmap", "umap-learn")

MOST_K = 254
"""What the screen can show of neighbours."""

_MOST_CHARS = 1000


def reducers() -> tuple[str, ...]:
    """Names of the reducers that can be used in this installation."""
    return tuple(
        name
        for name in _REDUCERS
        if name not in _PACKAGES or find_spec(_PACKAGES[name]) is not None
    )


@dataclass(frozen=True)
class Asked:
    """A comparison as a page asks for it, checked but for names that have to be looked up.

    Attributes
    ----------
    a, b : str
        Names of spaces.
    k : int
        Neighbours compared at first.
    metric : str
        "" = each space's own.
    reducer : str
    label, text : str
        Columns of the metadata; "" = none.
    """

    a: str
    b: str
    k: int = 10
    metric: str = ""
    reducer: str = "umap"
    label: str = ""
    text: str = ""

    @classmethod
    def of(cls, given: Any) -> "Asked":
        """Check what came; ValueError says what is wrong with it."""
        names = [field.name for field in fields(cls)]
        if not isinstance(given, dict) or not {"a", "b"} <= given.keys() <= set(names):
            msg = f"a comparison is asked for by {', '.join(names)}: a and b are needed"
            raise ValueError(msg)
        asked = cls(**given)
        whole(asked.k, "k", 1, MOST_K)
        for name in names:
            value = getattr(asked, name)
            if name != "k" and (not isinstance(value, str) or len(value) > _MOST_CHARS):
                msg = f"{name}={shown(value)}: give a text of {_MOST_CHARS:,} characters at most"
                raise ValueError(msg)
        _one_of("metric", asked.metric, ("", *METRICS))
        _one_of("reducer", asked.reducer, reducers())
        return asked

    def told(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return asdict(self)


def _one_of(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        names = [name for name in allowed if name]
        msg = f"{what}={shown(given)} is not known: {near_names(given, names)}"
        raise ValueError(msg)
