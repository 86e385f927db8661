"""docs/cli.md is what the commands say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    typed = [sys.executable, "scripts/cli_docs.py", *arguments]
    return subprocess.run(typed, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_text_is_written_from_the_commands(tmp_path: Path) -> None:
    done = check("--check")
    assert done.returncode == 0, done.stderr
    other = tmp_path / "cli.md"
    other.write_text((ROOT / "docs" / "cli.md").read_text("utf-8").replace("--json", "--jsn"))
    done = check("--check", str(other))
    assert done.returncode == 1
    assert "make types" in done.stderr
