"""What somebody is told who types wrong things, or has a narrow terminal."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nosuch", "No such command 'nosuch': `embwidget --help` says"),
        ("compare resnet50", "`embwidget compare --help` says"),
        ("add x.npy --epoch late", "`embwidget add --help` says"),
        ("embeddings load x", "`embwidget embeddings load --help` says"),
        ("gate resnet50 convnext", "give --min-jaccard, --max-drop or --canary"),
        ("gate resnet50 convnext --min-jaccard 2", "--min-jaccard is 2.0"),
        ("gate resnet50 convnext --max-drop map_at_r", "--max-drop 'map_at_r'"),
        ("compare resnet50 convnext --label digits", "--label 'digits' is no column"),
        ("compare resnet50 convnext -ma cosin", "'inner_product', 'hamming'"),
        ("compare resnet50 convnext --plot maps.docx", "ends in .png, .pdf"),
        ("compare resnet50 resnet51", "there are 'resnet50', 'convnext'"),
    ],
)
def test_the_words_are_those_of_the_command(
    added: Path, cli: Callable, typed: str, said: str
) -> None:
    ended = cli(*typed.split())
    assert ended.code == 3
    assert said in ended.error
    assert len(ended.error.splitlines()) == 1
    assert "subclass" not in ended.error
    assert "=," not in ended.error


def test_a_group_has_an_example_too(cli: Callable) -> None:
    for group in ("dataset", "experiment", "embeddings"):
        out = cli(group, "--help").out
        assert f"Examples:\n    embwidget {group} " in out


def test_an_empty_registry_says_so(cli: Callable) -> None:
    assert "nothing is registered yet" in cli("show", "x").error
    assert "no space is registered yet" in cli("compare", "x", "y").error
    assert "There is no map in" in cli("ls", "maps").out


def test_a_filter_that_fits_nothing_tells_how_to_see_all(added: Path, cli: Callable) -> None:
    assert "`embwidget ls spaces` lists all" in cli("ls", "spaces", "--name", "z*").out


# One process for all widths: to import what compares takes it two seconds of CPU.
ON_TERMINALS = """
import fcntl, struct, sys, termios
from embwidget.cli.program import main
widths, sys.argv[1:] = sys.argv[1].split(","), sys.argv[2:]
for columns in map(int, widths):
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    try:
        main()
    except SystemExit as end:
        print(f"ended with {end.code}", flush=True)
"""


def on_terminals(widths: tuple[int, ...], *typed: str) -> list[list[str]]:
    """Lines that a terminal of each width is sent, without colours."""
    outer, inner = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    command = [sys.executable, "-c", ON_TERMINALS, ",".join(map(str, widths)), *typed]
    with subprocess.Popen(
        command, stdout=inner, stderr=subprocess.DEVNULL, env=env | {"TERM": "xterm-256color"}
    ) as process:
        os.close(inner)
        parts = []
        try:
            while part := os.read(outer, 65_536):
                parts.append(part)
        except OSError:
            # Linux says so when the last writer has closed its end.
            pass
        os.close(outer)
        assert process.wait(60) == 0
    said = re.sub(r"\x1b\[[\d;]*m", "", b"".join(parts).decode()).split("ended with 0")
    assert said.pop().strip() == ""
    assert len(said) == len(widths)
    return [each.strip().splitlines() for each in said]


def test_a_narrow_terminal_cuts_no_number(added: Path, asked: Callable) -> None:
    found = asked("compare", "resnet50", "convnext", "--label", "digit")
    numbers = [f"{found['similarity'][key]:.4g}" for key in ("value", "low", "high")]
    words = found["summary"].replace("label= takes", "--label takes").split()
    widths = (38, 120)
    told = on_terminals(widths, "compare", "resnet50", "convnext", "--label", "digit")
    for columns, lines in zip(widths, told, strict=True):
        cells = {cell for line in lines for cell in line.split()}
        assert set(numbers) <= cells
        # Sentences break between words.
        assert set(words) <= cells
        # But for the title, which is one sentence.
        assert max(map(len, lines[1:])) <= columns
    assert max(map(len, told[1])) > 80
