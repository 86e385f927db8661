"""Data with a seed, the same on every machine: made block by block, so that prefixes agree.

200 classes of Zipf-like sizes, each a Gaussian of its own shape in 24 latent dimensions with 5 %
background, through one random two-layer ReLU net for each space. Space B sees the latent vectors
with noise, and 20 pairs of classes merged.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.paths import DATA

N_CLASSES = 200
LATENT = 24
HIDDEN = 256
BLOCK = 10_000
NOISE = 0.25


def spaces(n: int, dims: int) -> tuple[Path, Path]:
    """Files of both spaces, (n, dims) float32 each."""
    return _made(f"a-{n}x{dims}", n, dims), _made(f"b-{n}x{dims}", n, dims)


def classes(n: int) -> Path:
    """File of the class of each item, (n,) int64."""
    return _made(f"classes-{n}", n, 64)


def positions(n: int) -> Path:
    """File of the PCA maps of both spaces side by side, (n, 4) float32: what every tool draws."""
    return _made(f"positions-{n}", n, 64)


def _made(name: str, n: int, dims: int) -> Path:
    path = DATA / f"{name}.npy"
    if not path.is_file():
        # In a process of its own: the size of the one that measures must not grow.
        subprocess.run([sys.executable, "-m", "bench.data", str(n), str(dims)], check=True)
    return path


def _write(n: int, dims: int) -> None:
    import numpy as np

    from embwidget.projection.pair import project_pair

    DATA.mkdir(parents=True, exist_ok=True)
    a, b = (np.empty((n, dims), np.float32) for _ in "ab")
    label = np.empty(n, np.int64)
    mixture, nets = _mixture(), [_net(seed, dims) for seed in (11, 22)]
    for start in range(0, n, BLOCK):
        rng = np.random.default_rng([1, start // BLOCK])
        latent, latent_b, y = _latent(rng, *mixture)
        stop = min(n, start + BLOCK)
        for space, net, z in zip((a, b), nets, (latent, latent_b), strict=True):
            space[start:stop] = _through(net, z, rng)[: stop - start]
        label[start:stop] = y[: stop - start]
    arrays = {f"a-{n}x{dims}": a, f"b-{n}x{dims}": b}
    if dims == 64:
        arrays[f"classes-{n}"] = label
        arrays[f"positions-{n}"] = np.hstack(project_pair(a, b, "pca"))
    for name, array in arrays.items():
        half = DATA / f"{name}.half.npy"
        np.save(half, array)
        half.rename(DATA / f"{name}.npy")


def _mixture() -> tuple[Any, Any, Any]:
    """Shares (200,), centres (200, 24) and shapes (200, 24, 8) of the classes."""
    import numpy as np

    rng = np.random.default_rng(1)
    share = 1 / np.arange(1, N_CLASSES + 1) ** 0.7
    centers = 1.2 * rng.normal(size=(N_CLASSES, LATENT))
    shapes = rng.normal(size=(N_CLASSES, LATENT, 8)) / np.sqrt(8)
    return share / share.sum(), centers, shapes


def _latent(rng: Any, share: Any, centers: Any, shapes: Any) -> tuple[Any, Any, Any]:
    """One block of both spaces in latent dimensions, and its classes."""
    import numpy as np

    y = rng.choice(N_CLASSES, BLOCK, p=share)
    inner = rng.normal(size=(BLOCK, 8))
    z = centers[y] + 0.7 * np.einsum("nlk,nk->nl", shapes[y], inner)
    z += 0.15 * rng.normal(size=z.shape)
    background = rng.random(BLOCK) < 0.05
    z[background] = 1.3 * rng.normal(size=(int(background.sum()), LATENT))
    z_b = z + 0.25 * rng.normal(size=z.shape)
    merged = (y < 40) & (y % 2 == 1)
    z_b[merged] += centers[y[merged] - 1] - centers[y[merged]]
    return z, z_b, y


def _net(seed: int, dims: int) -> tuple[Any, Any, Any]:
    import numpy as np

    rng = np.random.default_rng(seed)
    first = rng.normal(size=(LATENT, HIDDEN)) / np.sqrt(LATENT)
    bias = 0.5 * rng.normal(size=HIDDEN)
    return first, bias, rng.normal(size=(HIDDEN, dims)) / np.sqrt(HIDDEN)


def _through(net: tuple[Any, Any, Any], z: Any, rng: Any) -> Any:
    import numpy as np

    first, bias, second = net
    x = np.maximum(z @ first + bias, 0) @ second
    return x + NOISE * x.std() * rng.normal(size=x.shape)


if __name__ == "__main__":
    _write(int(sys.argv[1]), int(sys.argv[2]))
