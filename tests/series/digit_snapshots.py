"""Snapshots of a small network that learns the digits of scikit-learn: a training to look at."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

N_SNAPSHOTS = 9
"""Before the first epoch, and after each of eight."""

_BATCH = 64
_N_DIMS = 32


def digit_snapshots(n_snapshots: int = N_SNAPSHOTS) -> tuple[list[NDArray[Any]], NDArray[Any]]:
    """Train a network of two convolutions, and embed all digits before it and after each epoch.

    Returns
    -------
    steps : list of (1797, 32) float32
        What the network's pool, the mean of the last convolution over the picture, gives.
    labels : (1797,) int64
    """
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(0)
    trunk = nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, _N_DIMS, 3, padding=1), nn.BatchNorm2d(_N_DIMS), nn.ReLU()),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    )
    head = nn.Linear(_N_DIMS, 10)
    digits = load_digits()
    x = torch.from_numpy((digits.images / 16).astype(np.float32))[:, None]
    y = torch.from_numpy(digits.target)
    optimizer = torch.optim.Adam([*trunk.parameters(), *head.parameters()], lr=3e-3)
    steps = []
    for epoch in range(n_snapshots):
        if epoch:
            trunk.train()
            for rows in torch.randperm(len(x)).split(_BATCH):
                optimizer.zero_grad()
                nn.functional.cross_entropy(head(trunk(x[rows])), y[rows]).backward()
                optimizer.step()
        trunk.eval()
        with torch.no_grad():
            steps.append(trunk(x).numpy().copy())
    return steps, digits.target
