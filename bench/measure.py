"""Runs a snippet in a fresh process of a peer's environment, and says what it cost."""

import functools
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.environments import OURS, python_of
from bench.paths import SNIPPETS

THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def run(
    peer: str,
    snippet: str,
    arguments: dict[str, Any],
    *,
    threads: int | None = None,
    environment: dict[str, str] | None = None,
    timeout: float = 7200,
) -> dict[str, Any]:
    """Run bench/snippets/<snippet>.py and return what it printed, with the cost of its process.

    Parameters
    ----------
    peer : str
        Whose environment runs it.
    snippet : str
    arguments : dict
        JSON that the snippet gets as its one argument.
    threads : int, optional
        Size of every thread pool; None = what the libraries choose.
    environment : dict, optional
        More variables. Our disk cache is off unless one of them says otherwise.
    timeout : float
        Seconds.

    Returns
    -------
    dict
        The snippet's own JSON, and ``process``: ``wall`` and ``cpu`` in seconds, user and system
        time of the whole process tree. Peak memory is read inside of the process, because what
        ``wait4`` says of it includes that of the parent before the fork.
    """
    python = python_of(peer)
    variables = os.environ | {"EMBWIDGET_CACHE": "off"} | (environment or {})
    for name in THREAD_VARIABLES:
        variables.pop(name, None)
        if threads is not None:
            variables[name] = str(threads)
    command = [python, str(SNIPPETS / f"{snippet}.py"), json.dumps(arguments)]
    with tempfile.TemporaryFile("w+") as out:
        start = time.perf_counter()
        # A folder that holds nothing to import.
        process = subprocess.Popen(
            command, stdout=out, env=variables, cwd=tempfile.gettempdir(), start_new_session=True
        )
        timer = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read()
    if process.returncode == -signal.SIGKILL and wall >= timeout:
        return {"failed": f"not done after {timeout:.0f} s"}
    if process.returncode != 0:
        msg = f"{snippet} in the environment of {peer} ended with {process.returncode}:\n{printed}"
        raise RuntimeError(msg)
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    found["process"] = {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime}
    return found


def ours(snippet: str, arguments: dict[str, Any], **options: Any) -> dict[str, Any]:
    """`run` in our own environment."""
    return run(OURS, snippet, arguments, **options)


def scratch(name: str) -> Path:
    """Return a path in a folder of its own that goes when the benchmark ends."""
    return Path(tempfile.mkdtemp(dir=_folder().name)) / name


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="bench-")
