"""Where things lie: what is committed stands in bench/, what can be made again in build/bench/."""

from pathlib import Path

BENCH = Path(__file__).parent
ROOT = BENCH.parent
RESULTS = BENCH / "results"
SNIPPETS = BENCH / "snippets"
PEERS = BENCH / "peers"
README = BENCH / "README.md"
PICTURE = BENCH / "results.png"
BUILD = ROOT / "build" / "bench"
DATA = BUILD / "data"
VENVS = BUILD / "venvs"
