"""A virtual environment for each peer, made on first use from bench/peers/<peer>.txt."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from bench.paths import PEERS, VENVS

OURS = "embwidget"


def python_of(peer: str) -> str:
    """Path of the interpreter that runs a peer; ours is the one that runs the benchmark."""
    if peer == OURS:
        return sys.executable
    wanted = (PEERS / f"{peer}.txt").read_text()
    venv = VENVS / peer
    made_from = venv / "made-from.txt"
    if not made_from.is_file() or made_from.read_text() != wanted:
        _make(peer, venv)
        made_from.write_text(wanted)
    return str(venv / "bin" / "python")


@cache
def versions(peer: str) -> dict[str, str]:
    """Versions of what a peer's file pins; of embwidget and what it computes with for ours."""
    if peer == OURS:
        names = [OURS, "numpy", "umap-learn", "pynndescent", "numba", "anywidget", "jupyterlab"]
    else:
        lines = (PEERS / f"{peer}.txt").read_text().splitlines()
        names = [line.split("==")[0] for line in lines if line]
    code = (
        "import sys, json; from importlib.metadata import version; "
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    command = [python_of(peer), "-c", code, *names]
    found: dict[str, str] = json.loads(subprocess.check_output(command, text=True))
    return found


def _make(peer: str, venv: Path) -> None:
    print(f"making the environment of {peer} ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", str(PEERS / f"{peer}.txt")], check=True)
