"""What a page may choose: spaces of a registry by their names, and files given at the start."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embwidget._core.checks import near_names, shown
from embwidget._core.version import __version__
from embwidget.page.asked import METRICS, MOST_K, reducers

if TYPE_CHECKING:
    from embwidget.registry import Registry
    from embwidget.space import Space

FILES = "files"
"""What the page calls that which files of the command line are of; no dataset of the registry."""

# More values than that are no classes that a person tells apart.
_MOST_CLASSES = 1000
_FEW_CLASSES = 50


class Catalogue:
    """Spaces by name; a page never names a path.

    Parameters
    ----------
    registry : Registry
        Is read alone.
    files : mapping of str to Path
        Files of vectors by the name that the page knows them by.
    start : dict
        What is chosen when a page opens without a link: fields of `Asked`.
    """

    def __init__(
        self, registry: "Registry", files: Mapping[str, Path], start: Mapping[str, Any]
    ) -> None:
        self._registry = registry
        self._files = dict(files)
        self._start = dict(start)

    def listed(self) -> dict[str, Any]:
        """All of it, as JSON: read anew, so that what was added meanwhile is there."""
        spaces = [
            {"name": name, "dataset": FILES, "n": None, "dims": None, "is_file": True}
            for name in self._files
        ]
        error = ""
        try:
            rows = self._registry.rows("space")
        except (ValueError, OSError) as failed:
            rows, error = [], str(failed)
        spaces += [
            {**{key: row[key] for key in ("name", "dataset", "n", "dims")}, "is_file": False}
            for row in rows
            if row["name"] not in self._files
        ]
        return {
            "spaces": spaces,
            "metrics": list(METRICS),
            "reducers": list(reducers()),
            "k_max": MOST_K,
            "start": self._start,
            "version": __version__,
            "error": error,
        }

    def opened(self, name: str) -> "Space":
        """Open a space; LookupError for what is not listed, which a path never is."""
        from embwidget.space import as_space

        path = self._files.get(name)
        if path is not None:
            return as_space(path, name=name)
        return self._registry[self._known(name)]

    def stamp(self, name: str) -> tuple[Any, ...]:
        """What is another once a space is no longer the one that it was."""
        path = self._files.get(name)
        if path is not None:
            status = path.stat()
            return name, status.st_mtime_ns, status.st_size
        (row,) = [row for row in self._registry.rows("space") if row["name"] == self._known(name)]
        (of,) = self._registry.rows("dataset", name=[row["dataset"]])
        return name, row["hash"], row["created"], of["hash"]

    def columns(self, name: str) -> dict[str, Any]:
        """Columns of a space's items that may be labels or texts, and the label that is likely.

        Returns
        -------
        dict
            ``labels``, ``texts``: names; ``label``: one of them, or "".
        """
        from embwidget._core.frames import as_frame

        space = self.opened(name)
        found: dict[str, Any] = {"labels": [], "texts": [], "label": ""}
        if space.metadata is None:
            return found
        frame = as_frame(space.metadata, "metadata")
        for column in frame.columns:
            kind, n = _kind_of(frame[column])
            if kind == "text":
                found["texts"].append(str(column))
            if 1 < n <= min(_MOST_CLASSES, len(space) // 2):
                found["labels"].append(str(column))
                if kind == "text" and n <= _FEW_CLASSES and not found["label"]:
                    found["label"] = str(column)
        return found

    def likely_label(self) -> str:
        """Label that a page shows at first when none is asked for, or ""."""
        spaces = self.listed()["spaces"]
        n_of = Counter(space["dataset"] for space in spaces)
        # Where there is something to compare, if anywhere.
        first = max(spaces, key=lambda space: min(n_of[space["dataset"]], 2), default={"name": ""})
        name = self._start.get("a") or first["name"]
        try:
            return str(self.columns(name)["label"])
        except (LookupError, OSError, ValueError):
            # Whoever opens the space will be told why it cannot be.
            return ""

    def _known(self, name: str) -> str:
        """Return a registered name as it is stored; KeyError names those near to another."""
        rows = self._registry.rows("space")
        names = [row["name"] for row in rows]
        if name in names:
            return name
        every = [*self._files, *names]
        msg = f"there is no space {shown(name)}: {near_names(name, every)}"
        raise KeyError(msg)


def _kind_of(column: Any) -> tuple[str, int]:
    """Kind of a narwhals column, "text" or "", and how many values it has; 0 = cannot be said."""
    import narwhals as nw

    is_text = column.dtype in (nw.String, nw.Categorical) or isinstance(column.dtype, nw.Enum)
    is_class = is_text or column.dtype.is_integer() or column.dtype == nw.Boolean
    try:
        return ("text" if is_text else ""), int(column.n_unique()) if is_class else 0
    except (TypeError, ValueError):
        return "", 0
