"""Steps out of a registry: its spaces by epoch, the splits of an epoch together."""

from dataclasses import replace
from typing import Any, NamedTuple

from embwidget._core.checks import listed, shown
from embwidget.registry import Registry
from embwidget.series.step import Step


class StoredSteps(NamedTuple):
    """Steps by epoch, and of what their splits are.

    Attributes
    ----------
    steps : list of Step
    splits : tuple of str
        Empty where each epoch has one space.
    datasets : tuple of str
        The dataset of each split; empty where that is one for all.
    """

    steps: list[Step]
    splits: tuple[str, ...]
    datasets: tuple[str, ...]


def stored_steps(registry: Registry, filters: dict[str, Any]) -> StoredSteps:
    """Steps of the spaces that fit all filters, the first epoch first.

    Raises
    ------
    ValueError
        When there are none, some have no epoch, or an epoch has several that are no splits of it.
    """
    rows = registry.rows("space", **filters)
    asked = ", ".join(f"{key}={shown(value)}" for key, value in filters.items())
    if not rows:
        msg = f"the registry has no space with {asked or 'any name'}: spaces() lists all"
        raise ValueError(msg[:290])
    for column in ("experiment", "layer"):
        found = {row[column] for row in rows}
        if len(found) > 1 and not _is_all(rows, column):
            msg = f"the spaces are of {_said(column, found)}: give {column}="
            raise ValueError(msg)
    without = [row["name"] for row in rows if row["epoch"] is None]
    if without and len(without) < len(rows):
        msg = f"{listed(without, 3)} of {len(rows)} spaces have no epoch: leave them out by name="
        raise ValueError(msg)
    if without:
        steps = [_step(registry, row["name"], [row]) for row in rows]
        return StoredSteps(steps, (), ())
    by_epoch: dict[float, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["epoch"]):
        by_epoch.setdefault(row["epoch"], []).append(row)
    parts = {epoch: _parts(epoch, some) for epoch, some in by_epoch.items()}
    named = {epoch: tuple(split for split, _ in some) for epoch, some in parts.items()}
    first = next(iter(named))
    for epoch, splits in named.items():
        if splits != named[first]:
            msg = (
                f"epoch {epoch:g} has {listed(splits)} and epoch {first:g} {listed(named[first])}: "
                "give split= or epoch=, so that each epoch has the same"
            )
            raise ValueError(msg)
    splits = named[first] if len(named[first]) > 1 else ()
    datasets = tuple(row["dataset"] for _, row in parts[first]) if splits else ()
    steps = []
    for epoch, some in parts.items():
        number = int(epoch) if epoch == int(epoch) else epoch
        made = _step(registry, str(number) if splits else some[0][1]["name"], [r for _, r in some])
        steps.append(replace(made, number=number))
    return StoredSteps(steps, splits, datasets if len(set(datasets)) == len(datasets) else ())


def _is_all(rows: list[dict[str, Any]], column: str) -> bool:
    """Whether a column alone tells the spaces apart, as layers do where there is no epoch."""
    has_epoch = any(row["epoch"] is not None for row in rows)
    return not has_epoch and len({row[column] for row in rows}) == len(rows)


def _parts(epoch: float, rows: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """Name of the split and row of each space of an epoch, sorted by that name."""
    for column in ("split", "dataset"):
        named = {row[column]: row for row in rows}
        if len(named) == len(rows) and (len(rows) == 1 or None not in named):
            return sorted((str(name), row) for name, row in named.items())
    names = listed([row["name"] for row in rows], 3)
    msg = f"epoch {epoch:g} has several spaces ({names}) of one split: say which by name= or notes="
    raise ValueError(msg)


def _step(registry: Registry, name: str, rows: list[dict[str, Any]]) -> Step:
    """One step of the spaces of some rows; their vectors stay in their files."""
    spaces = tuple(registry.space(row["name"]) for row in rows)
    return Step(name, name, spaces, sources=tuple((registry, row["name"]) for row in rows))


def _said(column: str, found: set[Any]) -> str:
    names = sorted(str(one) for one in found if one is not None)
    none = [f"no {column}"] if None in found else []
    return f"several {column}s ({', '.join([listed(names, 3), *none])})"
