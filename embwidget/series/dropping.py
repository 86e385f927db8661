"""Vectors of a series that leave the disk once its maps are drawn."""

from typing import TYPE_CHECKING

from embwidget._core.checks import listed

if TYPE_CHECKING:
    from embwidget.registry import Registry
    from embwidget.series.base import SeriesBase


def check_droppable(series: "SeriesBase") -> None:
    """Refuse, before work begins, what `drop_sources` would refuse after it.

    Raises
    ------
    ValueError
        When a space is not out of a registry, or something there refers to it; says what.
    """
    registry, names = _source(series)
    registry.check_unneeded("space", names)


def drop_sources(series: "SeriesBase") -> None:
    """Take the spaces of all steps out of their registry, with their files: all, or none of them.

    The series keeps what was found of them, and has vectors no more.
    """
    registry, names = _source(series)
    registry.remove_all("space", names)
    for step in series._steps:
        step.drop()


def _source(series: "SeriesBase") -> "tuple[Registry, list[str]]":
    """The one registry that the spaces are in, and their names there."""
    without = [step.name for step in series._steps if not step.sources]
    if without:
        msg = (
            f"drop_vectors=True: the vectors of step {listed(without, 2)} are not out of a "
            "registry: Series.from_registry(...) says which ones may go"
        )
        raise ValueError(msg)
    names = [name for step in series._steps for _, name in step.sources]
    registry: Registry = series._steps[0].sources[0][0]
    return registry, names
