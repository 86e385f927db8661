"""A checkout without the bundle can be installed: npm builds it, or a sentence says what to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_TOOLS = ("npm", "node")


def git(*arguments: str | Path, cwd: Path) -> str:
    who = ("-c", "user.name=someone", "-c", "user.email=some@one")
    done = subprocess.run(
        ["git", *who, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files of this checkout that git knows or would take, committed anew: no bundle."""
    folder = tmp_path / "checkout"
    known = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, known.split("\0")):
        if name.startswith(("notebooks/", "docs/", "bench/", "tests/")):
            continue
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "All of it", cwd=folder)
    assert not (folder / "embwidget" / "static").exists()
    # What npm would install anew; a clone by pip has none of it.
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def install(source: str, target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--target", str(target))
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, source],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("way", ["{}", "git+file://{}"], ids=["folder", "git"])
def test_installing_from_source_builds_the_bundle(checkout: Path, tmp_path: Path, way: str) -> None:
    target = tmp_path / "installed"
    done = install(way.format(checkout), target)
    assert done.returncode == 0, done.stderr
    script = "import embwidget as ew; print(ew.__file__, ew.EmbeddingCompare)"
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(target)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.startswith(str(target))
    assert "EmbeddingCompare" in said


def test_without_npm_the_build_stops_with_one_sentence(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
        for tool in folder.glob("*") if folder.is_dir() else ():
            if tool.name not in NOT_TOOLS and not (tools / tool.name).exists():
                (tools / tool.name).symlink_to(tool)
    target = tmp_path / "installed"
    done = install(str(checkout), target, PATH=str(tools))
    assert done.returncode != 0
    assert "npm, which would build it, was not found: install Node 20" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(target.glob("embwidget*"))


def test_a_bundle_that_cannot_be_built_says_why(checkout: Path, tmp_path: Path) -> None:
    entry = checkout / "js" / "src" / "index.ts"
    entry.write_text(entry.read_text() + "\nimport './there_is_no_such_file.ts';\n")
    done = install(str(checkout), tmp_path / "installed")
    assert done.returncode != 0
    assert "`npm run --silent build` failed" in done.stderr
    assert "there_is_no_such_file" in done.stderr
    assert "Traceback" not in done.stderr
