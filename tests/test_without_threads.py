"""Where no thread can be started, and neither numba nor scikit-network is there."""

import os
import subprocess
import sys
from pathlib import Path

from widget_tools import SECONDS

FOUND = """\
pca (120, 2)
tsne (120, 2)
widget tsne True \n\
{'chance': 'known', 'groups': 'failed', 'faithfulness': 'known', 'quality': 'known'}
[3, 4] 2 1
while drawing map A by <lambda>: ZeroDivisionError: division by zero
raised division by zero
page True
"""


def test_all_is_done_in_the_one_thread_that_there_is():
    child = Path(__file__).with_name("without_threads_child.py")
    done = subprocess.run(
        [sys.executable, child],
        capture_output=True,
        text=True,
        timeout=4 * SECONDS,
        check=False,
        # OpenMP starts threads without asking Python.
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
    )
    assert done.returncode == 0, done.stderr
    first, _, rest = done.stdout.partition("\n")
    assert first.startswith("compare 0.2")
    assert rest == FOUND
