"""Forks trainings with a recorder, kills each at a random moment, and looks at what it left.

Called with a folder and how many are to be killed; prints what was found as one line of JSON. A
process of its own, for it has one thread, so that it may fork.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from embwidget import Registry
from embwidget.training import EpochRecorder

N_EPOCHS, N_ITEMS = 4, 1000
LAYERS, SPLITS = ("0", "2"), ("train", "val")
INPUTS = np.random.default_rng(0).normal(size=(N_ITEMS, 12)).astype(np.float32)
DATA = {"train": INPUTS, "val": INPUTS[:300]}


def epochs() -> Any:
    """Model before each epoch and at the end, the same in every process."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(nn.Linear(12, 40), nn.ReLU(), nn.Linear(40, 20))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for epoch in range(N_EPOCHS + 1):
        yield epoch, model
        optimizer.zero_grad()
        model(torch.from_numpy(INPUTS)).square().mean().backward()
        optimizer.step()


def train(home: Path, report: Callable[[str], None]) -> None:
    recorder = EpochRecorder(home, DATA, layers=LAYERS, strict=True)
    report("begin")
    for epoch, model in epochs():
        recorder(model, epoch)
        report(str(epoch))


def killed_after(home: Path, seconds: float) -> list[str]:
    """Kill a training some time after it began; returns its reports."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        train(home, lambda said: os.write(writing, f"{said}\n".encode()))
        os._exit(0)
    os.close(writing)
    reports = os.read(reading, 1)
    timer = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    timer.start()
    while block := os.read(reading, 65_536):
        reports += block
    timer.cancel()
    timer.join()
    os.waitpid(child, 0)
    os.close(reading)
    return reports.decode().split()


def main(folder: Path, n_kills: int) -> None:
    torch.set_num_threads(1)
    # What is killed has all imported already: so does what its time is taken from.
    train(folder / "first", lambda said: None)
    started = time.perf_counter()
    train(folder / "whole", lambda said: None)
    seconds = time.perf_counter() - started
    expected = {row["name"]: row["hash"] for row in Registry(folder / "whole").rows("space")}
    assert len(expected) == (N_EPOCHS + 1) * len(LAYERS) * len(SPLITS)
    rng = random.Random(0)
    found = {"problems": [], "lost": 0, "in part": 0, "wrong": 0, "amid": 0, "twice": 0}
    home, number = folder / "0", 0
    for _ in range(n_kills):
        reports = killed_after(home, rng.uniform(0, seconds))
        registry = Registry(home)
        rows = registry.rows("space") if home.exists() else []
        of = [int(row["epoch"]) for row in rows]
        done = {int(said) for said in reports[1:]}
        found["problems"] += registry.verify() if rows else []
        found["lost"] += len(done - set(of))
        found["in part"] += sum(of.count(e) != len(LAYERS) * len(SPLITS) for e in set(of))
        found["wrong"] += sum(expected[row["name"]] != row["hash"] for row in rows)
        found["amid"] += len(done) <= N_EPOCHS
        if len(done) > N_EPOCHS:
            # This one was through: the next begins anew, in a folder of its own.
            number += 1
            home = folder / str(number)
    train(home, lambda said: None)
    there = {row["name"]: row["hash"] for row in Registry(home).rows("space")}
    found["wrong"] += there != expected
    found["twice"] += len(Registry(home).rows("space")) - len(expected)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
