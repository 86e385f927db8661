"""``gate``: whether a candidate may take the place of the model in use, as an exit code."""

from pathlib import Path
from typing import Annotated, Any

import typer

from embwidget.cli.compare import names_of, side_of
from embwidget.cli.options import Json
from embwidget.cli.output import note, say, say_json, shows_progress


def gate(
    a: Annotated[str, typer.Argument(help="The model in use: a space's name, or a file.")],
    b: Annotated[str, typer.Argument(help="The candidate.")],
    min_jaccard: Annotated[
        float | None, typer.Option("--min-jaccard", help="Mean coincidence that has to stay.")
    ] = None,
    max_drop: Annotated[
        list[str] | None,
        typer.Option("--max-drop", help="What a metric may lose: map_at_r=.02. May be repeated."),
    ] = None,
    per_label: Annotated[
        bool, typer.Option("--per-label", help="No single label may break the rules either.")
    ] = False,
    label_drop: Annotated[
        float | None,
        typer.Option("--max-label-drop", help="What a label may lose of each, instead."),
    ] = None,
    noise: Annotated[
        str | None,
        typer.Option("--noise", help="A once more: what it differs by counts for nothing."),
    ] = None,
    canary: Annotated[
        Path | None,
        typer.Option("--canary", help="File of ids, one a line, whose neighbours must stay."),
    ] = None,
    min_overlap: Annotated[
        float, typer.Option("--min-overlap", help="Share of its neighbours that a canary keeps.")
    ] = 0.5,
    label: Annotated[
        str | None, typer.Option("--label", help="Column that says what an item is.")
    ] = None,
    k: Annotated[int, typer.Option("--k", "-k", help="Neighbours that are compared.")] = 10,
    metric: Annotated[
        str | None, typer.Option("--metric", help="cosine, euclidean ...; of both.")
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write the checks as JUnit's XML.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write them for a pull request.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Judge whether B may take the place of A.

    By intervals, not by points. Prints which labels and which items lose most.

    \b
    Exit codes:
      0  pass
      1  regression
      2  undecided: too few items, or too near to a limit
      3  a wrong option or wrong data

    \b
    Examples:
      embwidget gate glove minilm --min-jaccard .1
      embwidget gate in_use.npy new.npy --min-jaccard .8 --noise in_use_again.npy
      embwidget gate glove minilm --label label --max-drop map_at_r=.02 --per-label --json
    """
    import embwidget as ew
    from embwidget.registry import Registry

    registry = Registry()

    def space(given: str) -> Any:
        found = side_of(registry, given)
        return registry[found] if isinstance(found, str) else found

    found = ew.gate(
        space(a),
        space(b),
        min_jaccard=min_jaccard,
        max_drop=max_drop or None,
        per_label=per_label if label_drop is None else label_drop,
        noise=None if noise is None else space(noise),
        canary=None if canary is None else _ids_in(canary),
        min_overlap=min_overlap,
        label=label,
        # A model beside itself is called A and B.
        names=names_of(a, b) if a != b else None,
        k=k,
        metric=metric,
        progress=shows_progress(),
    )
    for path, write in ((junit, found.to_junit), (markdown, found.to_markdown)):
        if path is not None:
            _write(path, write())
    if as_json:
        say_json(found.to_dict())
    else:
        for line in str(found).splitlines():
            say(line)
    raise typer.Exit(found.exit_code)


def _ids_in(path: Path) -> list[str]:
    """Ids of a file, one a line; blank lines are none."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _write(path: Path, text: str) -> None:
    """Write a file, which is there whole or not at all."""
    from embwidget._core.whole_file import saved_file

    with saved_file(path) as file:
        file.write(text.encode())
    note(f"{path} is written")
