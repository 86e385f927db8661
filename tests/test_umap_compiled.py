"""What UMAP's layout imports, compiles and keeps compiled, in processes of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from embwidget.projection import project_pair

ROOT = Path(__file__).parents[1]


def child(script: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


DRAW = """
import sys, numpy as np, embwidget
x = np.random.default_rng(0).normal(size=(60, 5))
from embwidget.projection import project_pair
a, b = project_pair(x, x[:, :3], "umap")
print(embwidget.__file__, a.tobytes().hex(), b.tobytes().hex(), *sys.modules, sep="\\n")
"""


def test_where_nothing_can_be_written_it_compiles_for_itself_and_imports_no_umap(tmp_path):
    """A file where the folder of compiled code would be keeps even root from writing there."""
    package = tmp_path / "embwidget"
    ignored = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(ROOT / "embwidget", package, ignore=ignored)
    (package / "projection" / "__pycache__").touch()
    (tmp_path / "home").touch()
    home = str(tmp_path / "home")
    where, a, b, *modules = child(
        DRAW,
        tmp_path,
        PYTHONPATH=str(tmp_path),
        HOME=home,
        XDG_CACHE_HOME=home,
        IPYTHONDIR=home,
    ).splitlines()
    assert Path(where).is_relative_to(tmp_path)
    x = np.random.default_rng(0).normal(size=(60, 5))
    for found, here in zip((a, b), project_pair(x, x[:, :3], "umap"), strict=True):
        assert bytes.fromhex(found) == here.tobytes()
    assert "numba" in modules
    assert not {"umap", "pynndescent", "pacmap", "torch"} & set(modules)


LOAD = """
import sys, numpy as np
from embwidget.projection import project
drawn = project(np.random.default_rng(0).normal(size=(60, 5)), "umap")
modules = set(sys.modules)
import numba
own = numba.njit(lambda x: x @ x)(np.arange(3.0))
print(drawn.tobytes().hex(), own, *modules & {"scipy.linalg", "numba.np.arraymath"}, sep="\\n")
"""


def test_a_second_process_loads_what_the_first_compiled_and_nothing_else(tmp_path):
    """And numba, which then has not loaded what it compiles with, still compiles for others."""
    folder = tmp_path / "numba"
    script = {"NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    first, *_ = child(LOAD, tmp_path, **script).splitlines()
    stored = list(folder.rglob("*.nb?"))
    assert stored
    again, own, *modules = child(LOAD, tmp_path, **script).splitlines()
    assert again == first
    assert float(own) == 5
    assert modules == []
    for path in stored:
        path.write_bytes(path.read_bytes()[:20])
    damaged, *_ = child(LOAD, tmp_path, **script).splitlines()
    assert damaged == first
