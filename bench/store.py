"""Results on disk: one JSON file a row, one entry a case, written as soon as a case is done."""

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import machine
from bench.environments import versions
from bench.paths import RESULTS

Cases = dict[str, dict[str, Any]]

failures: list[str] = []


def load(row: str) -> Cases:
    """Cases of a row that were measured so far, by name."""
    path = RESULTS / f"{row}.json"
    if not path.is_file():
        return {}
    cases: Cases = json.loads(path.read_text())
    return cases


@contextmanager
def case(row: str, name: str, peers: list[str], **facts: Any) -> Iterator[dict[str, Any]]:
    """Measure one case: what is put into the dict is kept, with the machine's state.

    A case that is measured again replaces its entry. One that fails leaves the old one, is named in
    `failures`, and does not keep the next ones back.

    Parameters
    ----------
    row, name : str
    peers : list of str
        Environments whose versions are written down.
    facts
        What the case is: ``n``, ``dims``, ``threads`` ...
    """
    print(f"{row}: {name}", flush=True)
    versions_of = {peer: versions(peer) for peer in peers}
    watch = machine.Watch()
    found: dict[str, Any] = dict(facts)
    try:
        yield found
    except Exception:  # noqa: BLE001 the rest of a long run goes on
        traceback.print_exc()
        failures.append(f"{row}: {name}")
        return
    machine.reap_orphans()
    found["conditions"] = watch.conditions()
    found["machine"] = machine.about()
    found["versions"] = versions_of
    cases = load(row) | {name: found}
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(cases, indent=1, default=float)
    (RESULTS / f"{row}.json").write_text(text + "\n")
    conditions = found["conditions"]
    print(f"    {conditions['seconds']} s, others {conditions['others']} cores", flush=True)
