"""``export``, ``import`` and ``import-vectory``: registries taken to other places."""

from typing import Annotated

import typer

from embwidget.cli.listings import one_kind
from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json, table


def export(
    folder: Annotated[str, typer.Argument(help="Empty, new, or exported to before.")],
    as_json: Json = False,
) -> None:
    """Copy everything into a folder.

    It is a registry itself; what is there already is not copied again.

    \b
    Examples:
      embwidget export /backup/embwidget
    """
    from embwidget.registry import Registry

    target = Registry().export(folder)
    if as_json:
        say_json({"folder": str(target)})
    else:
        say(f"Everything is in {target}: `embwidget import` takes it over elsewhere")


def import_(
    folder: Annotated[str, typer.Argument(help="What `embwidget export` wrote.")],
    as_json: Json = False,
) -> None:
    """Take over an exported folder.

    All that it holds or nothing of it; every file is hashed on the way.

    \b
    Examples:
      embwidget import /backup/embwidget
    """
    from embwidget.registry import Registry

    _say_added(Registry().import_(folder), as_json)


def import_vectory(
    path: Annotated[
        str, typer.Argument(help="Vectory's database; relative paths in it count from here.")
    ] = "~/.vectory/main.db",
    as_json: Json = False,
) -> None:
    """Take over a database of Vectory.

    As far as its files still exist; what is missing is listed, with the reason.

    \b
    Examples:
      embwidget import-vectory
      embwidget import-vectory old/main.db --json
    """
    from embwidget.registry import Registry

    done = Registry().import_vectory(path)
    missing = [{**each._asdict(), "kind": one_kind(each.kind)} for each in done.missing]
    if as_json:
        say_json({"added": _added(done.added), "missing": missing})
        return
    _say_added(done.added, as_json)
    if missing:
        say()
        table(f"{len(missing):,} not or not wholly taken over", missing, tuple(missing[0]))


def _added(rows: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"kind": one_kind(kind), "name": name} for kind, name in rows]


def _say_added(rows: list[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        say_json({"added": _added(rows)})
    elif rows:
        table(f"{len(rows):,} taken over", _added(rows), ("kind", "name"))
    else:
        say("There is nothing new in it.")
