"""Options that several commands have."""

from typing import Annotated

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print JSON, whose keys stay the same, instead of text.")
]
Recursive = Annotated[
    bool, typer.Option("--recursive", help="Delete what refers to it, too, and say what.")
]
