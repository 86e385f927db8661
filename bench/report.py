"""Writes the table of the last results into README.md, between its markers, and the picture."""

import subprocess

from bench import store
from bench.environments import python_of
from bench.machine import QUIET
from bench.paths import PICTURE, README, ROOT
from bench.row import Finding, Row
from bench.rows import ROWS
from bench.store import Cases

BEGIN = "<!-- results: written by `python -m bench --report` -->"
END = "<!-- end of results -->"
HEAD = "| what | embwidget | peer | | ratio | target | met |\n|---|---:|---:|---|---:|---:|:-:|"
NOISY = " ⚠"


def write() -> None:
    """Write the report; a row that was never measured is left out."""
    parts = [text for row in ROWS.values() if (text := _section(row))]
    if parts:
        _draw()
        parts.insert(0, f"![Times over the number of items, and ratios]({PICTURE.name})\n")
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    body = "\n".join(parts) or "Nothing was measured yet.\n"
    README.write_text(f"{before}{BEGIN}\n\n{body}\n{END}{after}")
    print(f"wrote {README.relative_to(ROOT)}")


def findings(row: Row) -> tuple[Cases, list[Finding]]:
    """Return what is stored of a row, and what is read off it."""
    cases = store.load(row.name)
    return cases, row.findings(cases) if cases else []


def _section(row: Row) -> str:
    cases, lines = findings(row)
    if not lines:
        return ""
    noisy = {name for name, found in cases.items() if found["conditions"]["others"] > QUIET}
    table = "\n".join(_line(line, noisy=line.case in noisy) for line in lines)
    return f"### `{row.name}`: {row.title}\n\n{HEAD}\n{table}\n\n{_conditions(cases)}\n"


def _line(line: Finding, *, noisy: bool) -> str:
    ratio = "" if line.ratio is None else f"**{line.ratio:.3g}**"
    target = "" if line.target is None else f"≤ {line.target:g}"
    met = {None: "", True: "yes", False: "no"}[line.met]
    mark = NOISY if noisy else ""
    fields = [line.what, line.ours, line.peer, line.peer_name, ratio, target, met + mark]
    return "| " + " | ".join(fields) + " |"


def _conditions(cases: Cases) -> str:
    """Return one line a case: machine, date, what else ran, versions."""
    lines = []
    for name, found in cases.items():
        state, machine = found["conditions"], found["machine"]
        versions = ", ".join(
            f"{package} {version}"
            for packages in found["versions"].values()
            for package, version in packages.items()
            if package != "numpy"
        )
        lines.append(
            f"- {name}: {state['date']}, {machine['cpu']}, {machine['cores']} cores, "
            f"{machine['memory_gib']} GiB, load before {state['load_before']}, others "
            f"{state['others']} cores, commit {machine['commit']}; {versions}"
        )
    listed = "\n".join(lines)
    return f"<details><summary>Measured when and on what</summary>\n\n{listed}\n\n</details>"


def _draw() -> None:
    """Run plot.py in an environment that has matplotlib, which embwidget itself does without."""
    subprocess.run([python_of("plot"), "-m", "bench.plot"], cwd=ROOT, check=True)
