"""Small networks for data without a backbone of its own, and what is done to their inputs."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra

FEATURES = 64
"""Numbers that a backbone of ours gives."""


def backbone_for(inputs: Any, given: Any = None) -> tuple[Any, int]:
    """Network that turns inputs into features, and how many these are.

    Parameters
    ----------
    inputs : tensor of shape (n_items, ...) float32
        Of (channels, height, width) each, or vectors.
    given : torch.nn.Module, optional
        A copy of it is taken. It has to give (n_items, n_features).

    Raises
    ------
    TypeError, ValueError
        When it is no module, or gives something else.
    """
    torch = import_extra("torch", extra="train")
    if given is None:
        return _small(inputs), FEATURES
    if not isinstance(given, torch.nn.Module):
        msg = f"backbone={shown(given)}: give a torch.nn.Module"
        raise TypeError(msg)
    made = deepcopy(given).cpu()
    was_training = made.training
    with torch.no_grad():
        found = made.eval()(inputs[:2])
    made.train(was_training)
    if not isinstance(found, torch.Tensor) or found.ndim != 2 or len(found) != 2:
        what = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        msg = f"backbone gives {what} for 2 items: it has to give (n_items, n_features)"
        raise ValueError(msg)
    return made, found.shape[1]


def _small(inputs: Any) -> Any:
    nn = import_extra("torch.nn", extra="train")
    shape = tuple(inputs.shape[1:])
    if len(shape) == 1:
        hidden = 2 * FEATURES
        return nn.Sequential(
            nn.Linear(shape[0], hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, FEATURES),
        )
    if len(shape) != 3:
        msg = f"inputs are of shape {shape} each: give backbone=, a module for them"
        raise ValueError(msg)
    layers, channels = [], shape[0]
    for width in (FEATURES // 4, FEATURES // 2, FEATURES):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.MaxPool2d(2, ceil_mode=True)] if width < FEATURES else []
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def unit_rows() -> Any:
    """Layer that divides each row (n_items, n_dims) float32 by its length."""
    torch = import_extra("torch", extra="train")
    module: Any = torch.nn.Module

    class UnitRows(module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return torch.nn.functional.normalize(x, dim=1)

    return UnitRows()


def named_chain(**modules: Any) -> Any:
    """Modules one after the other, each found by its name."""
    return import_extra("torch.nn", extra="train").Sequential(_ordered(modules))


def _ordered(modules: dict[str, Any]) -> Any:
    from collections import OrderedDict

    return OrderedDict(modules)


def view_of(transform: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    """Function that draws another view of each item of a batch (n_items, ...).

    Parameters
    ----------
    transform : callable, optional
        From one item to another of its shape; by default pictures are turned by up to a fifth of a
        right angle, scaled and moved by a tenth, and all get a little noise.
    """
    torch = import_extra("torch", extra="train")
    if transform is not None:
        return lambda x: torch.stack([transform(one) for one in x.cpu()]).to(x.device)
    return _moved_view


def _moved_view(x: Any) -> Any:
    torch = import_extra("torch", extra="train")
    noise = 0.1 * x.std() * torch.randn_like(x)
    if x.ndim != 4:
        return x + noise
    n = len(x)
    angle = (torch.rand(n, device=x.device) - 0.5) * 0.6
    scale = 1 + (torch.rand(n, device=x.device) - 0.5) * 0.2
    turned = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1).view(n, 2, 2)
    shift = (torch.rand(n, 2, 1, device=x.device) - 0.5) * 0.4
    grid = torch.nn.functional.affine_grid(
        torch.cat([turned * scale[:, None, None], shift], 2), list(x.shape), align_corners=False
    )
    return torch.nn.functional.grid_sample(x, grid, align_corners=False) + noise
