"""What is shipped: the public names, a light import, and a wheel that works without Node."""

import json
import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import embwidget

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "umap", "numba", "sklearn", "pynndescent", "pandas", "scipy", "anywidget")


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_public_name_can_be_imported():
    for name in embwidget.__all__:
        value = getattr(embwidget, name)
        assert getattr(value, "__name__", type(value).__name__.lower()) == name


def test_there_is_one_version():
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert embwidget.__version__ == stated
    assert json.loads((ROOT / "package.json").read_text())["version"] == stated


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(AttributeError, match="EmbeddingCompare"):
        _ = embwidget.EmbedingCompare


def test_importing_the_package_imports_nothing_heavy():
    loaded = run(sys.executable, "-c", "import sys, embwidget; print(*sys.modules)").split()
    assert not set(HEAVY) & set(loaded)


def test_the_numeric_side_needs_no_bundle_and_no_widget_library():
    script = "import sys, embwidget as ew; ew.compare; ew.Space; print(*sys.modules)"
    loaded = run(sys.executable, "-c", script).split()
    assert not {"anywidget", "torch", "umap", "numba"} & set(loaded)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


def test_wheel_and_sdist_carry_the_bundle_and_the_demo(dist: Path):
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    demo = {"LICENSES.md", "wordnet.csv.gz", "wordnet_glove.npz", "wordnet_minilm_int8.npz"}
    assert {f"embwidget/cli/demo_data/{name}" for name in demo} <= set(names)
    bundle = {
        f"embwidget/static/{name}.{kind}"
        for kind, names_of_kind in {
            "js": ("index", "page", "page_spaces", "run"),
            "packed": ("index", "spaces"),
        }.items()
        for name in names_of_kind
    }
    assert bundle <= set(names)
    assert not [name for name in names if name.startswith(("tests/", "js/", "notebooks/"))]
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        assert bundle <= {name.partition("/")[2] for name in sdist.getnames()}


def test_the_wheel_runs_the_main_job_in_an_empty_environment_without_node(
    dist: Path, tmp_path: Path
):
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    # Of all that comes along, tests of libraries too, the job imports a part: no other is compiled.
    options = ("--quiet", "--no-compile", next(dist.glob("*.whl")))
    run(sys.executable, "-m", "pip", "--python", python, "install", *options)
    script = """
import embwidget as ew, numpy as np
from importlib.util import find_spec
from sklearn.datasets import load_digits
x = load_digits().data[:200]
w = ew.EmbeddingCompare(x, x[:, ::2]).wait()
print(w.comparison.similarity > 0.1, w.reducer, find_spec("umap"), ew.__file__)
"""
    answer = run(python, "-c", script, cwd=tmp_path, PATH=str(python.parent))
    assert answer.startswith(f"True umap None {tmp_path}")
    home = str(tmp_path / "home")
    said = run(python.parent / "embwidget", "ls", cwd=tmp_path, EMBWIDGET_HOME=home)
    assert said.startswith(f"There is nothing in {home} yet")
