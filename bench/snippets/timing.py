"""For the snippets: a timed part of a process, and its output. Needs nothing but Python."""

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path


def arguments():
    return json.loads(sys.argv[1])


def answer(**values):
    """Print what the snippet found, with the peak memory of all of its process."""
    print(json.dumps({**values, "peak_bytes": memory("VmHWM", since_start=True)}))


def memory(field, *, since_start=False):
    """Bytes: VmRSS = now; VmHWM = the most since the last `timed` began, or since the start."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            found = 1024 * int(line.split()[1])
            return max(found, _highest) if since_start else found
    raise LookupError(field)


_highest = 0


@contextmanager
def timed(part):
    """Fill a dict: seconds of wall clock and CPU (all threads), bytes of memory at the start and
    the most that came on top.
    """
    global _highest
    _highest = memory("VmHWM", since_start=True)
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before = memory("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    part.update(
        wall=time.perf_counter() - wall,
        cpu=time.process_time() - cpu,
        memory_before=before,
        memory_added=memory("VmHWM") - before,
    )
    _highest = max(_highest, memory("VmHWM"))
