"""Scripts that are run in a process of their own, and say in JSON what they found."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def child(script: Path, *arguments: object) -> dict[str, Any]:
    """What a script found, with the files beside it to import."""
    run = subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(script.parent), *sys.path])},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)
