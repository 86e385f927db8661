"""The machine and what else it was doing while something was measured."""

import ctypes
import datetime
import os
import platform
import resource
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.paths import ROOT

# More than this many cores at work for others makes a time doubtful.
QUIET = 0.25
MEASURED = ("embwidget", "js/src")
_PR_SET_CHILD_SUBREAPER = 36


def about() -> dict[str, Any]:
    """Processor, cores, memory, system and the commit that is measured."""
    cpu = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # What is measured: the benchmark's own results change with every run.
    commit = _git("log", "-1", "--format=%h", "--", *MEASURED)
    changed = "-changed" if _git("status", "--porcelain", "--", *MEASURED) else ""
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": commit + changed,
    }


@dataclass
class Watch:
    """Tells from its making on how many cores worked for processes that are not ours."""

    load_before: float = field(default_factory=lambda: os.getloadavg()[0])
    _busy: float = field(default_factory=lambda: _busy_seconds())
    _own: float = field(default_factory=lambda: _own_seconds())
    _start: float = field(default_factory=time.monotonic)

    def conditions(self) -> dict[str, Any]:
        """Date, load average before, and mean cores that others kept busy, steal included."""
        wall = time.monotonic() - self._start
        others = (_busy_seconds() - self._busy) - (_own_seconds() - self._own)
        return {
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
            "load_before": round(self.load_before, 2),
            "others": round(max(0.0, others / wall), 3),
            "seconds": round(wall, 1),
        }


def adopt_orphans() -> None:
    """Have processes that lose their parent (a browser's) counted as ours when they end."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans() -> None:
    """Count the adopted ones that have ended; only when no other child is awaited."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def _busy_seconds() -> float:
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields)
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _git(*command: str) -> str:
    git = ["git", "-C", str(ROOT), *command]
    return subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
