"""Measure rows of the benchmark and write the report: `python -m bench exact-knn`."""

import argparse
import sys
import time

from bench import machine, report, store
from bench.row import Options
from bench.rows import ROWS


def main() -> int:
    """Run the rows asked for, all by default; a case that fails does not keep the others back."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"of {', '.join(ROWS)}; all by default")
    parser.add_argument("--sizes", type=_sizes, help="numbers of items, with commas between")
    parser.add_argument("--repeats", type=int, help="runs of each side")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the report")
    args = parser.parse_args()
    unknown = [name for name in args.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}: there are {', '.join(ROWS)}")
    if not args.report:
        machine.adopt_orphans()
        for name in args.rows or ROWS:
            row, start = ROWS[name], time.monotonic()
            print(f"{name}: about {row.minutes} minutes at its own sizes", flush=True)
            row.run(Options(args.sizes, args.repeats))
            print(f"{name}: took {(time.monotonic() - start) / 60:.1f} minutes", flush=True)
    report.write()
    for case in store.failures:
        print(f"failed: {case}", file=sys.stderr)
    return 1 if store.failures else 0


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
