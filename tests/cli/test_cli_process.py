"""The command as a process: what it imports, what a pipe gets, and Ctrl+C."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

HEAVY = ("numpy", "pandas", "numba", "scipy", "sklearn", "pydantic", "rich", "matplotlib")
MAIN = "from embwidget.cli import main; main()"


def test_listing_imports_nothing_heavy(added: Path) -> None:
    script = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    typed = [sys.executable, "-c", f"{script}; {MAIN}", "ls"]
    done = subprocess.run(typed, capture_output=True, text=True, check=True)
    assert "resnet50" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not set(HEAVY) & loaded


def test_the_package_imports_no_command(home: Path) -> None:
    script = "import sys, embwidget; embwidget.Registry().rows('space'); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"typer", "rich", "embwidget.cli"} & set(done.stdout.split())


def test_the_command_is_installed_by_this_name() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert 'embwidget = "embwidget.cli:main"' in text


def on_a_terminal(typed: list[str], **environment: str) -> str:
    """What a terminal is sent."""
    outer, inner = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment}
    with subprocess.Popen(
        [sys.executable, "-m", "embwidget.cli", *typed], stdout=inner, stderr=inner, env=env
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
    return b"".join(parts).decode()


def test_colors_are_for_terminals_alone(added: Path, alone: Callable) -> None:
    assert "\x1b[" in on_a_terminal(["ls"])
    assert "\x1b[" not in on_a_terminal(["ls"], NO_COLOR="1")
    assert "\x1b[" not in alone("embwidget ls").out


def test_whoever_reads_may_stop(added: Path, alone: Callable) -> None:
    ended = alone("embwidget ls --json | head -1; embwidget nonsense 2>&1 | head -1")
    assert ended.out.startswith("{\nembwidget: No such command 'nonsense'")
    assert ended.out.count("\n") == 2
    assert ended.error == ""


def test_a_terminal_without_these_letters_shows_others(added: Path, alone: Callable) -> None:
    line = "embwidget compare resnet50 convnext --histogram"
    ended = alone(line, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.code == 0, ended.error
    assert "#####" in ended.out
    assert ended.out.isascii()


def test_a_registry_that_is_a_file_is_said_in_a_sentence(files: Path, alone: Callable) -> None:
    ended = alone("embwidget ls", EMBWIDGET_HOME="digits.csv")
    assert (ended.code, ended.out) == (3, "")
    assert ended.error.startswith("embwidget: ")
    assert ended.error.count("\n") == 1


def is_writing(home: Path) -> bool:
    """Whether vectors are on their way into the registry."""
    try:
        return any(path.stat().st_size for path in home.glob("home/staging/*/*.npy"))
    except FileNotFoundError:
        # Folders there come and go.
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for another process")
def test_ctrl_c_leaves_nothing_half_written(home: Path, asked: Callable) -> None:
    n, dims = 25_000, 2000
    # 200 MB on a disk that need not hold the zeros.
    np.lib.format.open_memmap(home / "large.npy", "w+", np.float32, (n, dims))[:, 0] = 1
    (home / "many.csv").write_text("id\n" + "\n".join(map(str, range(n))) + "\n")
    typed = ["add", "large.npy", "-d", "many.csv", "--model-name", "m"]
    # A runner in the background may have told its children to ignore it.
    script = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {MAIN}"
    with subprocess.Popen(
        [sys.executable, "-c", script, *typed], stderr=subprocess.PIPE, text=True
    ) as process:
        while not is_writing(home):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error == "embwidget: stopped; nothing is half-written\n"
    assert asked("verify") == {"problems": []}
    assert not any(asked("ls").values())
    assert asked("gc") == {"freed_bytes": 0}
    assert list(home.glob("home/files/*")) == []


def test_the_demo_is_what_it_says(asked: Callable) -> None:
    said = asked("demo")
    assert [each["name"] for each in said["added"]] == ["wordnet", "glove", "minilm"]
    found = said["comparison"]
    assert (found["n"], found["a"], found["b"], found["label"]) == (
        5040,
        "glove",
        "minilm",
        "label",
    )
    assert found["similarity"]["low"] < found["similarity"]["value"] < found["similarity"]["high"]
    assert "B (minilm) is better" in found["summary"]
