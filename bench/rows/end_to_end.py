"""From two arrays to both maps in a fresh process: ours alone, with its stages and its memory."""

from bench import data
from bench.environments import OURS
from bench.measure import ours
from bench.row import Finding, Options, Row, seconds, short, size
from bench.store import Cases, case

NAME = "end-to-end"
CASES = {100_000: 384, 1_000_000: 64}
K_MAX = 50
# Peak memory of the process: three times the vectors and this.
SPARE_BYTES = 1e9
FACTOR = 3
TIMEOUT = 4 * 3600


def measure(options: Options) -> None:
    """Run each size once."""
    for n in options.sizes or CASES:
        dims = CASES.get(n, 384)
        with case(NAME, f"{n} x {dims}", [OURS], n=n, dims=dims, k_max=K_MAX) as found:
            a, b = map(str, data.spaces(n, dims))
            arguments = {"a": a, "b": b, "k_max": K_MAX, "reducer": "umap"}
            found["run"] = ours("open_pair", arguments, timeout=TIMEOUT)


def findings(cases: Cases) -> list[Finding]:
    """Seconds of each stage, peak memory against what is allowed, and the recall."""
    lines = []
    for name, found in sorted(cases.items(), key=lambda item: item[1]["n"]):
        run = found["run"]
        what = f"2 x {short(found['n'])} x {found['dims']}"
        if "failed" in run:
            lines.append(Finding(what, run["failed"], "", "", name, met=False))
            continue
        for stage, cost in run["stages"].items():
            both = f"{seconds(cost['wall'])} wall, {seconds(cost['cpu'])} CPU"
            lines.append(Finding(f"{what}, {stage}", both, "", "", name))
        allowed = FACTOR * run["vectors_bytes"] + SPARE_BYTES
        peak = run["peak_bytes"]
        memory = Finding(
            f"{what}, peak memory",
            size(peak),
            size(allowed),
            "3 x vectors + 1 GB",
            name,
            peak / allowed,
            1.0,
            peak <= allowed,
        )
        recalls = [f"{recall:.4f}" for recall in run["recalls"] if recall is not None]
        recall = Finding(
            f"{what}, recall it says, A and B", ", ".join(recalls) or "1 (exact)", "", "", name
        )
        lines += [memory, recall]
    return lines


ROW = Row(NAME, "Two arrays to both maps in a fresh process", 80, measure, findings)
