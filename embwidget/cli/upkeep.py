"""``verify`` and ``gc``: what keeps a registry in order."""

import typer

from embwidget.cli.endings import WRONG
from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json, table


def verify(as_json: Json = False) -> None:
    """See whether all is as it was added.

    Looks at the database and hashes every file; exit code 3 if something is not as it was.

    \b
    Examples:
      embwidget verify
      embwidget verify --json
    """
    from embwidget.registry import Registry

    problems = [problem._asdict() for problem in Registry().verify()]
    if as_json:
        say_json({"problems": problems})
    elif problems:
        table(f"{len(problems):,} problems", problems, ("kind", "name", "problem"))
    else:
        say("All is as it was added.")
    if problems:
        raise typer.Exit(WRONG)


def gc(as_json: Json = False) -> None:
    """Delete files that nothing refers to.

    Killed processes leave such; whoever writes just now is not disturbed.

    \b
    Examples:
      embwidget gc
      embwidget gc --json
    """
    from embwidget.registry import Registry

    freed = Registry().gc()
    if as_json:
        say_json({"freed_bytes": freed})
    else:
        say(f"{freed:,} bytes were freed." if freed else "There was nothing to delete.")
