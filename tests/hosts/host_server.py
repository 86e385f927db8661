"""A server of a notebook or dashboard host, and what a person does with the widget in it."""

import math
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import FrameLocator, Page

START_SECONDS = 180
DRAWN = ".ew-maps:not([data-drawing])[data-state=ready]"


@contextmanager
def host_server(folder: Path, module: str, *arguments: str) -> Iterator[str]:
    """Start ``python -m module arguments`` with ``{port}`` filled in; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    own |= {"JUPYTER_DATA_DIR": "data", "XDG_CONFIG_HOME": "xdg", "XDG_CACHE_HOME": "cache"}
    environment = os.environ | {name: str(folder / place) for name, place in own.items()}
    command = [sys.executable, "-m", module, *(each.format(port=port) for each in arguments)]
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=out, stderr=out)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers, whatever it says."""
    for _ in range(5 * START_SECONDS):
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
    msg = f"the host did not start:\n{log.read_text()}"
    raise RuntimeError(msg)


def lasso(page: Page, place: Page | FrameLocator) -> None:
    """Draw a lasso around the middle of map A."""
    place.get_by_role("button", name="Lasso").first.click()
    box = place.locator(".ew-map[data-side=a] .ew-map-surface").first.bounding_box()
    assert box
    turns = [2 * math.pi * at / 12 for at in range(13)]
    points = [
        (
            box["x"] + box["width"] * (0.5 + 0.3 * math.cos(turn)),
            box["y"] + box["height"] * (0.5 + 0.3 * math.sin(turn)),
        )
        for turn in turns
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()
