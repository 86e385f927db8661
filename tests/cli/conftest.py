"""The command, run in this process or in one of its own, on a registry that nobody else has."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from embwidget.cli.program import app

N = 60


class Ended(NamedTuple):
    code: int
    out: str
    error: str


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder in which all is typed, with a registry that is empty."""
    monkeypatch.setenv("EMBWIDGET_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(home: Path) -> Callable[..., Ended]:
    """Run a command in this process; exceptions that nobody told go through."""

    def run(*typed: str) -> Ended:
        ended = CliRunner().invoke(app, [str(each) for each in typed])
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ended(ended.exit_code, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def asked(cli: Callable[..., Ended]) -> Callable[..., Any]:
    """Run a command with --json, and return what it says."""

    def run(*typed: str) -> Any:
        ended = cli(*typed, "--json")
        assert ended.code == 0, ended.error
        return json.loads(ended.out, parse_constant=pytest.fail)

    return run


@pytest.fixture
def alone(home: Path) -> Callable[..., Ended]:
    """Run a line of a shell, in which ``embwidget`` is the command, in a process of its own."""

    def run(line: str, **environment: str) -> Ended:
        start = f'embwidget() {{ "{sys.executable}" -m embwidget.cli "$@"; }}\n'
        done = subprocess.run(
            ["sh", "-c", start + line],
            cwd=home,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def files(home: Path) -> Path:
    """Files of one dataset: its table, and two spaces of its items in their order."""
    rng = np.random.default_rng(0)
    classes = np.arange(N) % 3
    vectors = rng.normal(size=(3, 8))[classes] * 2 + rng.normal(size=(N, 8))
    table = pd.DataFrame(
        {"key": [f"item-{i:02d}" for i in range(N)], "digit": [f"class {c}" for c in classes]}
    )
    table.to_csv(home / "digits.csv", index=False)
    np.save(home / "resnet50.npy", vectors.astype(np.float32))
    np.savez(home / "convnext.npz", embeddings=vectors[:, :5] + rng.normal(size=(N, 5)))
    (home / "params.json").write_text('{"lr": 0.1, "epochs": 20}')
    return home


@pytest.fixture
def added(files: Path, cli: Callable[..., Ended]) -> Path:
    """Folder of a registry that holds the dataset and both spaces."""
    for typed in (
        "add resnet50.npy --dataset digits.csv --id-field key --params params.json",
        "add convnext.npz --dataset-name digits",
    ):
        ended = cli(*typed.split())
        assert ended.code == 0, ended.error
    return files
