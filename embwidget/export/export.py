"""A session or a comparison as one HTML file that lives without a kernel and without a network."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from embwidget._core.bundle import page_scripts
from embwidget._core.checks import shown
from embwidget._core.progress import Progress, silent, span
from embwidget._core.version import __version__
from embwidget._core.whole_file import saved_file
from embwidget.comparison import Comparison, Settings
from embwidget.export import contents, spaces
from embwidget.export.document import document, n_bytes_around
from embwidget.export.fitting import Fitted, NoRoom, fitted
from embwidget.export.parts import Part, json_part
from embwidget.session.answers.measured_columns import COINCIDENCE
from embwidget.session.session import Session
from embwidget.session.shown import Shown

_MEGABYTE = 1_000_000
# Of the work for a comparison, the share that goes into maps and numbers.
_DRAWN, _MEASURED = 0.5, 0.8

_MISSING = {
    "chance": "what chance would give",
    "groups": "groups",
    "faithfulness": "how far the maps can be believed",
    "quality": "quality by label",
}


class Exported(NamedTuple):
    """What was made.

    Attributes
    ----------
    text : str
        HTML; "" where it is in a file.
    warning : str
        One line that says what was left out; "" = nothing.
    """

    text: str
    warning: str


class _Nobody:
    """Host of a session that nobody looks at."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def send(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        """Arrays are taken from the session when all of it is done."""

    def publish(self, changes: dict[str, Any]) -> None:
        """Tell how far the work is."""
        if "progress" in changes:
            self._progress(changes["progress"]["step"], changes["progress"]["share"])


def export_session(
    session: Session,
    path: str | PathLike[str] | None,
    *,
    max_mb: float | None,
    progress: Progress = silent,
) -> Exported:
    """Write a session, once its work is done.

    Parameters
    ----------
    session : Session
        Started. Numbers that a script leaves out are measured.
    path : path or None
        File to write, whole or not at all; None returns its text.
    max_mb : float or None
        Millions of bytes that the file may have; None = as many as it takes.
    progress : callable, optional

    Raises
    ------
    ValueError
        When the file cannot be so small.
    OSError
        When it cannot be written.
    """
    return _written(path, max_mb, lambda: session, progress)


def export_comparison(
    comparison: Comparison,
    path: str | PathLike[str] | None,
    *,
    max_mb: float | None,
    settings: Settings,
    shown: Shown,
    progress: Progress = silent,
) -> Exported:
    """Draw the maps of a comparison, measure its numbers, and write it as `export_session`."""
    session = Session(comparison, settings, shown)

    def started() -> Session:
        session.start(_Nobody(span(progress, 0.0, _DRAWN)), watched=False)
        return session

    return _written(path, max_mb, started, span(progress, _DRAWN, 1.0))


def _written(
    path: str | PathLike[str] | None,
    max_mb: float | None,
    started: Callable[[], Session],
    progress: Progress,
) -> Exported:
    """Write what a session holds when its work is done."""
    limit = _limit(max_mb)

    def made() -> tuple[str, str]:
        session = started()
        session.finish(span(progress, 0.0, _MEASURED))
        progress("writing the page", _MEASURED)
        return _page(session, limit)

    if path is None:
        return Exported(*made())
    # Before all else, so that a path that cannot be written is refused at once.
    with saved_file(Path(path)) as file:
        text, warning = made()
        file.write(text.encode())
    return Exported("", warning)


def _page(session: Session, limit: float) -> tuple[str, str]:
    """Text of the file, and what was left out in one line."""
    comparison, sources = session.comparison, session.sources
    state, every = session.state, session.every_space
    scripts = page_scripts(several=bool(state.spaces))
    maps = [contents.part_of_maps(session)] if every is None else spaces.parts_of_maps(every)
    agreement = [] if every is None else spaces.parts_of_agreement(every, comparison.k_max)
    always: list[Part] = [
        *contents.parts_of_items(sources),
        *contents.parts_of_columns(sources, state.columns),
        *contents.parts_of_selections(session),
        *contents.parts_of_numbers(session, comparison),
    ]
    named = [space["name"] for space in state.spaces] or [
        state.space_a["name"],
        state.space_b["name"],
    ]
    title = f"{' and '.join(filter(None, [', '.join(named[:-1]), named[-1]]))} · embwidget"
    # The head comes first and is made last: of the state, which is all but all of it.
    names = [column["name"] for column in state.columns]
    of_all = None if every is None else spaces.head_of(every, comparison.k_max)
    head_bytes = json_part("head", [vars(state), names, of_all]).n_bytes + 4096
    held = [*maps, *agreement, *always]
    needed = n_bytes_around(scripts) + sum(part.n_bytes for part in held) + head_bytes
    try:
        chosen = fitted(sources, comparison, every, limit - needed)
    except NoRoom as error:
        least = math.ceil(100 * (limit + error.missing) / _MEGABYTE) / 100
        msg = (
            f"max_mb={limit / _MEGABYTE:g}: a page of these {state.n_items:,} items takes "
            f"{least:g} MB without its neighbours, pictures and long texts: give at least that"
        )
        raise ValueError(msg) from None
    unknown = [_MISSING[name] for name, info in _numbers(session) if info["state"] == "stopped"]
    if every is not None:
        agreement = spaces.parts_of_agreement(every, chosen.k_max)
        of_all = spaces.head_of(every, chosen.k_max)
        unknown += spaces.unknown_of(every)
    parts = [*maps, *agreement, *chosen.lists, *always, *chosen.texts, *chosen.pictures]
    head = {
        "traits": _traits(session, chosen),
        "parts": {part.name: part.info for part in parts},
        "columns": names,
        "k_lists": chosen.k_lists,
        "scales": chosen.scales,
        "spaces": of_all,
        "exported": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "version": __version__,
        "max_mb": float(f"{limit / _MEGABYTE:.4g}") if math.isfinite(limit) else None,
        "left_out": chosen.left_out,
        "not_measured": unknown,
    }
    text = document(title, __version__, scripts, [json_part("head", head), *parts])
    said = []
    if chosen.left_out:
        said.append(f"to fit into max_mb={limit / _MEGABYTE:g}: {'; '.join(chosen.left_out)}")
    if unknown:
        said.append(f"as the work was stopped before: {', '.join(unknown)}")
    return text, f"the page is without, {'; and '.join(said)}" if said else ""


def _numbers(session: Session) -> list[tuple[str, Any]]:
    return list(session.state.numbers.items())


def _traits(session: Session, chosen: Fitted) -> dict[str, Any]:
    """Fields of the state as the page begins with them."""
    with session.changed:
        state = dict(vars(session.state))
    columns = contents.columns_without(state["columns"], lists=chosen.k_lists > 0)
    k_max, chance = chosen.k_max, state["chance"]
    if chance is not None:
        within = chance["within"]
        chance = chance | {
            "z": chance["z"][:k_max],
            "within": None if within is None else within[:k_max],
            "verdicts": chance["verdicts"][:k_max],
        }
    numbers = state["numbers"]
    if numbers["quality"]["state"] == "none":
        # Whoever opens a file can pass no argument.
        numbers = numbers | {"quality": {"state": "none", "note": "There are no labels."}}
    has_color = any(column["name"] == state["color_by"] for column in columns)
    without_pictures = bool(state["image"]) and not chosen.pictures
    return state | {
        "columns": columns,
        "numbers": numbers,
        "k_max": k_max,
        "k": min(state["k"], k_max),
        "curve": state["curve"][:k_max],
        "mean_shared": state["mean_shared"][:k_max],
        "chance": chance,
        "color_by": state["color_by"] if has_color else COINCIDENCE,
        "image": "" if without_pictures else state["image"],
        "image_note": "" if without_pictures else state["image_note"],
        "error": "",
        # Its numbers are of these two, whichever a person turned to meanwhile.
        "pair": state["pair_shown"],
    }


def _limit(max_mb: Any) -> float:
    """Bytes that a file may have; ValueError unless it is a number above 0 or None."""
    if max_mb is None:
        return math.inf
    is_number = isinstance(max_mb, (int, float, np.integer, np.floating))
    if is_number and not isinstance(max_mb, bool) and max_mb > 0:
        return float(max_mb) * _MEGABYTE
    msg = f"max_mb={shown(max_mb)}: give millions of bytes above 0, or None for no limit"
    raise ValueError(msg)
