"""All commands together. Nothing heavy is imported here: each command does so when it runs."""

from collections.abc import Callable
from typing import Annotated

import typer

from embwidget._core.version import __version__
from embwidget.cli import (
    add,
    compare,
    deletions,
    demo,
    embeddings,
    gate,
    listings,
    moving,
    run,
    train,
    upkeep,
)
from embwidget.cli.endings import Program

app = typer.Typer(
    name="embwidget",
    cls=Program,
    no_args_is_help=True,
    # Texts of --help stand as they are written, in any terminal and in docs/cli.md.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"embwidget {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the release and end.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Track and compare embedding spaces.

    Everything lies in one folder: EMBWIDGET_HOME, else the user's data folder.

    \b
    Exit codes:
      0    done
      3    a wrong option or wrong data; one sentence on stderr says what
      130  stopped by Ctrl+C; nothing is half-written

    \b
    Examples:
      embwidget demo
      embwidget ls
      embwidget compare glove minilm --histogram
    """


_COMMANDS: dict[str, Callable[..., None]] = {
    "add": add.add,
    "ls": listings.ls,
    "show": listings.show,
    "compare": compare.compare,
    "gate": gate.gate,
    "train": train.train,
    "import-vectory": moving.import_vectory,
    "import-mlflow": moving.import_mlflow,
    "export": moving.export,
    "import": moving.import_,
    "verify": upkeep.verify,
    "gc": upkeep.gc,
    "run": run.run,
    "demo": demo.demo,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)

for _name, _group in {
    "dataset": deletions.dataset,
    "experiment": deletions.experiment,
    "comparison": deletions.comparison,
    "embeddings": embeddings.embeddings,
}.items():
    app.add_typer(_group, name=_name)


def main() -> None:
    """Run the command that the process was given, and end the process."""
    app(prog_name="embwidget")
