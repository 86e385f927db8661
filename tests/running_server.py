"""A server in a process of its own, for as long as a test needs it."""

import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(
    command: list[str], url: str, log: Path, *, seconds: int, env: dict[str, str], cwd: Path
) -> Iterator[None]:
    """Start a command, wait until it answers at an address, whatever it says, and end it."""
    with log.open("w") as out:
        process = subprocess.Popen(command, env=env, cwd=cwd, stdout=out, stderr=out)
        try:
            _wait_for(url, process, log, seconds)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path, seconds: int) -> None:
    for _ in range(5 * seconds):
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            # A server has no other sign of being ready than that it answers.
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            return
    msg = f"the server did not start:\n{log.read_text()}"
    raise RuntimeError(msg)
