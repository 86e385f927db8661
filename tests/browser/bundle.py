"""Parts of js/src on a page of their own, without the app around them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def bundle(exports: str, name: str) -> str:
    """A classic script that puts what an entry exports under a global name.

    Parameters
    ----------
    exports : str
        Lines of TypeScript; ``@`` stands for the folder js.
    name : str
    """
    return subprocess.run(
        [
            ROOT / "node_modules" / ".bin" / "esbuild",
            "--bundle",
            "--format=iife",
            "--loader=ts",
            "--log-level=warning",
            f"--global-name={name}",
        ],
        input=exports.replace("@", f"{ROOT}/js"),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@cache
def styles() -> str:
    """All style sheets of the screen as one."""
    esbuild = ROOT / "node_modules" / ".bin" / "esbuild"
    return subprocess.run(
        [esbuild, "--bundle", "--log-level=warning", "js/src/styles/index.css"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
