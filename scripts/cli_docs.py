"""Write docs/cli.md from the commands themselves: ``make types``.

``--check`` writes nothing, and fails when the file is not what would be written. Takes the file to
write when it is another than that of the repository.
"""

import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import typer.main

from embwidget.cli.program import app

TARGET = Path(__file__).parents[1] / "docs" / "cli.md"

HEAD = """\
<!-- Written from the commands by `make types`: change them, in `embwidget/cli/`. -->

# The command `embwidget`

What [the registry](registry.md) does, from a terminal. Tables are for reading; `--json`, which every command has, is for scripts: its
keys stay the same, and nothing else is on stdout then. Notes and errors go to stderr, an error as one sentence. Colours and bars are
left out where nobody looks: in pipes, and with `NO_COLOR`. `embwidget --install-completion` completes commands and options in your shell.

| exit code | |
|---|---|
| 0 | done |
| 3 | a wrong option or wrong data; `verify` found something |
| 130 | stopped by Ctrl+C: nothing is half-written |
"""

TAIL = """\
## For those who come from Vectory

| Vectory | here |
|---|---|
| `vectory elastic up` | nothing: no container, no server |
| `vectory add --dataset X.csv --embeddings Y.npz ...` | the same options; `--id-field` has no default, and asks nothing back |
| `vectory add ... --load` | the same: exact neighbours, 50 of each item, as an index of the space's name |
| `vectory ls` | `embwidget ls`, with filters |
| `vectory embeddings load INDEX SPACE --model exact --similarity l2` | the same; `--model lsh` says what to take in its place |
| `vectory embeddings list-indices`, `delete-index`, `delete-all-indices` | the same; nobody is asked whether he is sure |
| `vectory dataset delete`, `experiment delete`, `embeddings delete` `--recursive` | the same; without `--recursive` refused while something refers to it |
| `vectory compare A B -ma euclidean -mb euclidean --precompute --histogram` | the same; metrics are by default the space's own, else cosine (Vectory: euclidean), neighbours are always stored, and `--precompute` stores the maps |
| `vectory run` | `embwidget run`: a page of its own in place of Streamlit's |
| `~/.vectory/main.db` | `embwidget import-vectory` |
"""


def written() -> str:
    """The whole text."""
    top = typer.main.get_command(app)
    parts = [HEAD, *(_section(*each) for each in _commands(top, "embwidget")), TAIL]
    return "\n".join(parts)


def _commands(group: Any, path: str) -> list[tuple[Any, str]]:
    """Each command that does something, with what is typed for it."""
    found: list[tuple[Any, str]] = []
    for name, command in group.commands.items():
        typed = f"{path} {name}"
        is_group = hasattr(command, "commands")
        found += _commands(command, typed) if is_group else [(command, typed)]
    return found


def _section(command: Any, typed: str) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    names = [_name(each) if each.required else f"[{_name(each)}]" for each in arguments]
    lines = [f"## `{' '.join([typed, *names])}`", "", _text(command.help), ""]
    rows = [(f"`{_name(each)}`", _help(each)) for each in arguments]
    rows += [(_spelled(each), _help(each)) for each in options if each.help]
    lines += ["| | |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows), ""]
    return "\n".join(lines)


def _name(argument: Any) -> str:
    return str(argument.name).upper()


def _spelled(option: Any) -> str:
    return ", ".join(f"`{each}`" for each in sorted(option.opts, key=len, reverse=True))


def _help(parameter: Any) -> str:
    default = parameter.default
    has_default = isinstance(default, (str, int)) and not isinstance(default, bool)
    end = f" (by default {default})" if has_default and default != "" else ""
    return f"{parameter.help}{end}".replace("|", "\\|")


def _text(text: str) -> str:
    """A help text as Markdown: what stands as it is typed becomes a block of code."""
    made = []
    for paragraph in dedent(text).strip().split("\n\n"):
        first, *rest = paragraph.strip("\b\n").split("\n")
        if first == "Examples:":
            made.append("\n".join(["```sh", *(line.strip() for line in rest), "```"]))
        else:
            made.append(" ".join([first, *rest]))
    return "\n\n".join(made)


def main() -> None:
    """Write, or check what is written."""
    check = "--check" in sys.argv
    [target] = map(Path, [each for each in sys.argv[1:] if each != "--check"] or [TARGET])
    text = written()
    if not check:
        target.write_text(text, "utf-8")
    elif not target.exists() or target.read_text("utf-8") != text:
        msg = f"{target.name} is not what the commands say: make types"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
