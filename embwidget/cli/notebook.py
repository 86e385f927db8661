"""``run``: how two spaces are looked at."""

from typing import Annotated

import typer

from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json


def run(
    a: Annotated[str | None, typer.Argument(help="A space.", show_default=False)] = None,
    b: Annotated[str | None, typer.Argument(help="Another one.", show_default=False)] = None,
    label: Annotated[
        str | None, typer.Option("--label", help="Column that says what an item is.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how to open spaces in a notebook.

    Without names the first two spaces; `embwidget ls spaces` lists them.

    \b
    Examples:
      embwidget run
      embwidget run glove minilm --label label
    """
    from embwidget.registry import Registry

    registry = Registry()
    names = [row["name"] for row in registry.rows("space")]
    for given in (a, b):
        if given is not None:
            _ = registry[given]
    first = a or (names[0] if names else "A")
    second = b or next((name for name in names if name != first), "B")
    asked = f", label={label!r}" if label is not None else ""
    code = [
        "import embwidget as ew",
        f"reg = ew.Registry({str(registry.path)!r})",
        f"ew.EmbeddingCompare(reg[{first!r}], reg[{second!r}]{asked})",
    ]
    if as_json:
        say_json({"command": "jupyter lab", "cell": code})
        return
    say("Start `jupyter lab` (pip install jupyterlab), and run this in a cell of a notebook:")
    say()
    for line in code:
        say(f"    {line}")
