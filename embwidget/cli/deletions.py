"""``delete`` of datasets, experiments and comparisons, and what all deletions say."""

from typing import Annotated

import typer

from embwidget.cli.listings import one_kind
from embwidget.cli.options import Json, Recursive
from embwidget.cli.output import say, say_json

_HELP = """Delete {0}s.

\b
Examples:
  embwidget {0} delete {1}
"""

dataset = typer.Typer(help=_HELP.format("dataset", "digits"), no_args_is_help=True)
experiment = typer.Typer(help=_HELP.format("experiment", "resnet50"), no_args_is_help=True)
comparison = typer.Typer(help=_HELP.format("comparison", "digits"), no_args_is_help=True)


@dataset.command("delete")
def delete_dataset(
    name: Annotated[str, typer.Argument(help="Of a dataset.")],
    recursive: Recursive = False,
    as_json: Json = False,
) -> None:
    """Delete a dataset.

    Refused while spaces or experiments refer to it, unless these go too.

    \b
    Examples:
      embwidget dataset delete digits
      embwidget dataset delete digits --recursive
    """
    delete("dataset", name, recursive, as_json)


@experiment.command("delete")
def delete_experiment(
    name: Annotated[str, typer.Argument(help="Of an experiment.")],
    recursive: Recursive = False,
    as_json: Json = False,
) -> None:
    """Delete an experiment.

    Refused while spaces or other experiments refer to it, unless these go too.

    \b
    Examples:
      embwidget experiment delete resnet50
      embwidget experiment delete resnet50 --recursive --json
    """
    delete("experiment", name, recursive, as_json)


@comparison.command("delete")
def delete_comparison(
    name: Annotated[str, typer.Argument(help="Of a comparison, as `ls comparisons` has it.")],
    as_json: Json = False,
) -> None:
    """Delete a comparison.

    Its numbers, and its file if it was stored whole. The spaces stay.

    \b
    Examples:
      embwidget comparison delete "resnet50 and convnext, k=10"
      embwidget comparison delete digits --json
    """
    delete("comparison", name, False, as_json)


def delete(kind: str, name: str, recursive: bool, as_json: bool) -> None:
    """Remove a row of a kind, and say all that went."""
    from embwidget.registry import Registry

    say_deleted(Registry().remove(kind, name, recursive), as_json)


def say_deleted(gone: list[tuple[str, str]], as_json: bool) -> None:
    """Tell what was removed: kind and name of each row."""
    if as_json:
        say_json({"deleted": [{"kind": one_kind(kind), "name": name} for kind, name in gone]})
        return
    for kind, name in gone:
        say(f"deleted {one_kind(kind)} {name}")
