"""`embwidget run` as a process: its address, its end, and the notebook that it writes."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from file_tools import full_disk
from served import NASTY, registered
from typer.testing import CliRunner

import embwidget as ew
from embwidget.cli.program import app
from embwidget.page.notebook import notebook, write_notebook
from embwidget.registry import Registry


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("command")
    registered(folder / "home")
    rng = np.random.default_rng(0)
    for name in ("left", "right"):
        np.save(folder / f"{name}.npy", rng.normal(size=(30, 3)))
    return folder


@pytest.fixture
def cli(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("EMBWIDGET_HOME", str(home / "home"))
    monkeypatch.chdir(home)
    return lambda *typed: CliRunner().invoke(app, ["run", *typed])


@contextmanager
def running(home: Path, *typed: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "embwidget.cli", "run", "--no-browser", "--port", "0", *typed]
    environment = {**os.environ, "EMBWIDGET_HOME": str(home / "home")}
    with subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


def megabytes(process: subprocess.Popen[str]) -> float:
    """Resident megabytes of a process."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_it_says_where_the_page_is_and_costs_little(home: Path) -> None:
    with running(home, "one", "two", "--label", "kind") as (process, line):
        assert re.fullmatch(r"The page is at http://127\.0\.0\.1:\d+/\?token=[\w-]{43}\n", line)
        if sys.platform == "linux":
            assert megabytes(process) < 80
            loaded = Path(f"/proc/{process.pid}/maps").read_text()
            for name in ("numba", "pandas", "scipy", "sklearn"):
                assert f"/{name}/" not in loaded
        process.send_signal(signal.SIGINT)
        assert process.stdout
        assert process.stdout.read().endswith("Ended; the registry is as it was.\n")
        assert process.wait(30) == 0


def test_a_killed_server_loses_nothing(home: Path) -> None:
    with running(home) as (process, line):
        assert "token=" in line
        process.kill()
        process.wait(30)
    registry = Registry(home / "home")
    assert registry.verify() == []
    assert registry["one"].n_dims == 8


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("one nothing", "there is no space 'nothing' and no such file"),
        ("one two --reducer nothing", "reducer='nothing' is not known"),
        ("one two --metric nothing", "metric='nothing' is not known"),
        ("one two --k 0", "0: give a whole number from 1 to 254"),
        ("one two --host 0.0.0.0", "add --allow-remote"),
        ("one two --port 99999", "port 99999: give 0 to 65,535"),
        ("one two --host nobody.invalid --allow-remote", "give another --port"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_served(cli: Any, typed: str, said: str) -> None:
    ended = cli(*typed.split())
    assert ended.exit_code == 3
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def literals(text: str) -> dict[str, Any]:
    """Values that a notebook gives names in capitals to."""
    found = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).isupper():
            found[ast.unparse(node.targets[0])] = ast.literal_eval(node.value)
    return found


def test_a_notebook_has_the_same_choices(cli: Any, home: Path) -> None:
    typed = ("left.npy", "one", "--notebook", "--json", "--k", "5", "--label", "kind")
    first, second = (json.loads(cli(*typed).stdout) for _ in range(2))
    assert first["command"] == "marimo edit embwidget_run.py"
    assert second["file"] == str(home / "embwidget_run_2.py")
    held = literals(Path(first["file"]).read_text())
    assert held["REGISTRY"] == str(home / "home")
    assert held["FILES"] == {"left": str(home / "left.npy")}
    chosen = {"a": "left", "b": "one", "k": 5, "label": "kind"}
    assert held["START"] == {"metric": "", "reducer": "umap", "text": "", **chosen}


def test_a_notebook_starts_with_the_label_that_the_page_would(cli: Any, home: Path) -> None:
    path = Path(json.loads(cli("--notebook", "--json").stdout)["file"])
    assert literals(path.read_text())["START"]["label"] == "kind"


def test_a_notebook_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with full_disk(100), pytest.raises(OSError, match=r"'embwidget_run\.py' is not saved"):
        write_notebook(tmp_path, tmp_path, {}, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", [NASTY, '"""', "\\", "'); import os #", "{x}", "\r\n# VALUES\n", "\ud800", "ü"]
)
def test_any_name_is_a_literal_in_the_notebook(name: str, tmp_path: Path) -> None:
    text = notebook(tmp_path / "r", {name: tmp_path / "x.npy"}, {"a": name, "label": name})
    held = literals(text)
    assert (list(held["FILES"]), held["START"]["a"], held["START"]["label"]) == ([name], name, name)
    assert text.isascii()
    assert len(text.splitlines()) == len(notebook(tmp_path / "r", {}, {}).splitlines())


def test_the_notebook_runs_as_it_is(home: Path, tmp_path: Path) -> None:
    pytest.importorskip("marimo", reason="of the extra marimo")
    chosen = {"a": "one", "b": NASTY, "reducer": "pca", "label": "kind", "text": "title"}
    path = write_notebook(tmp_path, home / "home", {"left": home / "left.npy"}, chosen)
    shown = f"""
import runpy
app = runpy.run_path({str(path)!r})["app"]
_, names = app.run()
w = names["widget"]
print([w.comparison.a.name, w.comparison.b.name, w.comparison.label, w.session.state.text])
"""
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout.splitlines()[-1]) == ["one", NASTY, "kind", "title"]


def test_the_server_asks_for_its_extra(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websockets.asyncio.server", None)
    ended = cli("one", "two")
    assert ended.exit_code == 3
    assert 'pip install "embwidget[run]"' in ended.stderr


def test_importing_the_package_imports_no_server() -> None:
    code = "import sys, embwidget; print(sorted({'websockets', 'asyncio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert ew.__version__
