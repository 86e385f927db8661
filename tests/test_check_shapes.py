"""The script of `make lint` that asks for the shapes of arrays."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "scripts" / "check_shapes.py"

HEAD = """
from collections.abc import Callable
from dataclasses import dataclass
import numpy as np
from numpy.typing import NDArray

Heights = NDArray[np.float32]
"""

GOOD = '''
def scaled(x: Heights, y: "NDArray[np.int32] | None", by: float) -> Heights:
    """Multiply.

    Parameters
    ----------
    x, y : (n_samples, n_dims) float32 and int32
    by : float

    Returns
    -------
    (n_samples, n_dims) float32
    """
    return x * by


def mean(x: Heights) -> Heights:
    """Mean over the rows of (n_samples, n_dims): (n_dims,) float32."""
    return x.mean(axis=0)


def apply(function: Callable[[Heights], Heights], n: int) -> int:
    """Call it."""
    return n


@dataclass
class Hills:
    """Some.

    Attributes
    ----------
    tops : dict of str to (n,) float32
    """

    tops: dict[str, Heights]

    def _one(self) -> Heights:
        return self.tops["one"]

    def at(self, rows: NDArray[np.intp]) -> Heights:
        """Heights (n_rows,) float32 at (n_rows,) intp."""
        return self.tops["one"][rows]


class Ranges(Hills):
    """Some more."""


class Peaks(Ranges, Generic[T]):
    """The highest of them."""

    def at(self, rows: NDArray[np.intp]) -> Heights:
        return self.tops["two"][rows]


class Rows(Metric):
    """A subclass of one that is in another file, of embwidget."""

    def lengths(self, x: Heights) -> Heights:
        return x


def _blocks(x: Heights) -> list[Heights]:
    """Pieces of (n, n_dims)."""

    def piece(start: int) -> Heights:
        """One."""
        return x[start : start + 1]

    return [piece(start) for start in range(len(x))]
'''

BAD = {
    "of_param": '''
def of_param(x: Heights, y: Heights) -> None:
    """Look.

    Parameters
    ----------
    x : (n,) float32
    y : float32
        As for `x`.
    """
''',
    "of_result": '''
def of_result(x: Heights) -> Heights:
    """Look.

    Parameters
    ----------
    x : (n,) float32

    Returns
    -------
    float32
    """
    return x
''',
    "summary": '''
def summary(x: Heights) -> Heights:
    """Root of (n,)."""
    return x
''',
    "undocumented": """
def undocumented(x: Heights) -> None:
    print(x)
""",
    "Fields.x": '''
class Fields:
    """Two.

    Attributes
    ----------
    x : float32
    """

    x: Heights
''',
    "__init__": '''
class Taking:
    """Taker of arrays."""

    def __init__(self, x: Heights) -> None:
        self.x = x
''',
    "_private": '''
def _private(x: Heights) -> None:
    """Look at all of them."""
''',
    "_long": """
def _long(x: Heights) -> Heights:
    x = x + 1
    x = x + 2
    x = x + 3
    x = x + 4
    x = x + 5
    return x
""",
    "overriding": """
class Over(Under):
    def overriding(self, x: Heights) -> None:
        print(x)


class Under(Over):
    def overriding(self, x: int) -> None: ...
""",
    "again": '''
def again(n: int) -> int:
    """Do the same for a number."""
    return n
''',
}


def messages(path: Path, text: str) -> tuple[int, list[str]]:
    path.write_text(HEAD + text)
    ran = subprocess.run(
        [sys.executable, SCRIPT, path], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()


def test_what_states_its_shapes_passes(tmp_path: Path) -> None:
    assert messages(tmp_path / "good.py", GOOD) == (0, [])


def test_each_kind_of_gap_is_named_once(tmp_path: Path) -> None:
    code, told = messages(tmp_path / "bad.py", "".join(BAD.values()))
    assert code == 1
    assert [line.split(": ")[1] for line in told] == list(BAD)
    assert told[0].startswith(f"{tmp_path / 'bad.py'}:9: ")
