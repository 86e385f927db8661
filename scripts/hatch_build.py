"""Builds the widget's bundle where a checkout is installed that has none; adds the demo's data."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = tuple(
    f"embwidget/static/{name}"
    for name in (
        "index.js",
        "index.packed",
        "spaces.packed",
        "page.js",
        "page_spaces.js",
        "run.js",
    )
)
# What `embwidget demo` shows: in a checkout it reads them where the notebooks do.
DATA = ("LICENSES.md", "wordnet.csv.gz", "wordnet_glove.npz", "wordnet_minilm_int8.npz")
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
BUILD = ("run", "--silent", "build")


class BundleHook(BuildHookInterface):
    """A package without the bundle would import, and show nothing.

    Wheels and source distributions carry the bundle, so that installing one needs no Node. An
    editable installation is left alone: who works on the screen builds it himself, again and again.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run npm unless the bundle is there; SystemExit with one sentence when that fails."""
        root = Path(self.root)
        if self.target_name == "wheel" and version != "editable":
            folder = root / "notebooks" / "data"
            build_data["force_include"] |= {
                str(folder / name): f"embwidget/cli/demo_data/{name}"
                for name in DATA
                if (folder / name).is_file()
            }
        if version == "editable" or all((root / name).is_file() for name in BUNDLE):
            return
        npm = shutil.which("npm")
        if npm is None:
            sys.exit(
                "embwidget: this checkout has no bundle for the screen, and npm, which would build "
                "it, was not found: install Node 20 or newer and try again, or take a release: "
                "pip install embwidget"
            )
        has_tools = (root / "node_modules" / "esbuild").is_dir()
        for arguments in (BUILD,) if has_tools else (INSTALL, BUILD):
            done = subprocess.run(  # noqa: S603
                [npm, *arguments], cwd=root, capture_output=True, text=True, check=False
            )
            if done.returncode:
                said = (done.stderr or done.stdout).strip().splitlines()
                reason = next((line for line in said if "error" in line.lower()), "it said nothing")
                sys.exit(
                    f"embwidget: the bundle for the screen could not be built, for "
                    f"`npm {' '.join(arguments)}` failed in {root}: {reason.strip()[:300]}"
                )
