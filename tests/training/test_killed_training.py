"""A training that is killed keeps each epoch that was recorded, and goes on from there.

``EMBWIDGET_FUZZ`` makes it 200 kills.
"""

import os
from pathlib import Path

from child_tools import child

N_KILLS = 200 if "EMBWIDGET_FUZZ" in os.environ else 4


def test_killed_at_any_moment_no_epoch_is_lost_or_there_twice(tmp_path: Path) -> None:
    found = child(Path(__file__).parent / "killed_training.py", tmp_path, N_KILLS)
    assert found.pop("amid") > 0
    assert found == {"problems": [], "lost": 0, "in part": 0, "wrong": 0, "twice": 0}
