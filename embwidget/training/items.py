"""The items that a recipe trains on and those that it is judged by."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra

Transform = Callable[[Any], Any]

_VAL_PART = 0.3
# Whatever the seed of a training: two of them are then judged by the same items.
_SPLIT_SEED = 0


class LabelledItems(NamedTuple):
    """Items with their labels, in memory.

    Attributes
    ----------
    inputs : tensor of shape (n_items, ...) float32
    labels : tensor of shape (n_items,) int64
        Positions in the names of the classes.
    ids : (n_items,) int64
    """

    inputs: Any
    labels: Any
    ids: NDArray[np.int64]


class TrainingData(NamedTuple):
    """What a recipe works on.

    Attributes
    ----------
    name : str
    train, val : LabelledItems
    classes : list of str
    """

    name: str
    train: LabelledItems
    val: LabelledItems
    classes: list[str]

    def frame(self, split: str) -> Any:
        """What a registry is told of the items of a split."""
        import pandas as pd

        items: LabelledItems = getattr(self, split)
        names = np.array(self.classes, object)[items.labels.numpy()]
        return pd.DataFrame({"id": items.ids, "label": names})

    def pictures(self) -> NDArray[np.uint8] | None:
        """Items of val as pictures, (n_items, height, width) or with 3 colors behind; uint8.

        None when they are none: each has to be of 1 or 3 channels of numbers from 0 to 1.
        """
        x = self.val.inputs
        if x.ndim != 4 or x.shape[1] not in (1, 3) or x.min() < 0 or x.max() > 1:
            return None
        pixels: NDArray[np.uint8] = (x * 255).round().byte().numpy()
        # Dark on white, as what is written.
        return 255 - pixels[:, 0] if x.shape[1] == 1 else np.moveaxis(pixels, 1, -1)


class AugmentedItems:
    """What a DataLoader reads: (input, label) of each item, its input by a transform.

    Parameters
    ----------
    items : LabelledItems
    transform : callable, optional
        From the input of one item to another one of its shape.
    """

    def __init__(self, items: LabelledItems, transform: Transform | None = None) -> None:
        self._items, self._transform = items, transform

    def __len__(self) -> int:
        return len(self._items.ids)

    def __getitem__(self, row: int) -> tuple[Any, Any]:
        x = self._items.inputs[row]
        return (x if self._transform is None else self._transform(x)), self._items.labels[row]


def training_data(dataset: Any = None) -> TrainingData:
    """Read what a recipe is given.

    Parameters
    ----------
    dataset : optional
        None = scikit-learn's digits. Else ``(inputs, labels)``, or anything with a length whose
        entries are ``(input, label)``, as a Dataset of torch; of these 30 % become val, as many of
        each label. A dict with "train" and "val" of such leaves them as they are. All is held in
        memory; bytes become numbers from 0 to 1, all else float32.

    Raises
    ------
    ValueError, TypeError
        When it is none of these, inputs differ in shape or are not finite, or labels are missing.
    """
    if dataset is None:
        from sklearn.datasets import load_digits

        digits = load_digits()
        inputs = (digits.images[:, None] / 16).astype(np.float32)
        return _divided("digits", *_coded(_tensor(inputs), digits.target))
    if isinstance(dataset, Mapping):
        if set(dataset) != {"train", "val"}:
            msg = f"dataset has {shown(sorted(map(str, dataset)))}: give it with train and val"
            raise ValueError(msg)
        (x, y), (other_x, other_y) = _read(dataset["train"]), _read(dataset["val"])
        if x.shape[1:] != other_x.shape[1:]:
            shapes = f"{tuple(x.shape[1:])} and {tuple(other_x.shape[1:])}"
            msg = f"inputs of train and val are of shapes {shapes}: give the same"
            raise ValueError(msg)
        torch = import_extra("torch", extra="train")
        joined = torch.cat([x, other_x])
        inputs, labels, classes = _coded(joined, np.concatenate([y, other_y]))
        rows = np.arange(len(joined))
        return _of_rows("data", inputs, labels, classes, rows[: len(x)], rows[len(x) :])
    return _divided("data", *_coded(*_read(dataset)))


def _read(given: Any) -> tuple[Any, NDArray[Any]]:
    """Inputs as a tensor, and labels (n_items,) of any type."""
    torch = import_extra("torch", extra="train")
    if isinstance(given, tuple) and len(given) == 2:
        inputs, labels = _tensor(given[0]), given[1]
    elif hasattr(given, "__len__") and hasattr(given, "__getitem__"):
        try:
            pairs = [(torch.as_tensor(x), y) for x, y in (given[i] for i in range(len(given)))]
            inputs = _tensor(torch.stack([x for x, _ in pairs]))
            labels = [y.item() if hasattr(y, "item") else y for _, y in pairs]
        except (TypeError, ValueError, RuntimeError, KeyError) as error:
            said = " ".join(str(error).split())[:120]
            msg = f"dataset: entries have to be (input, label), inputs of one shape ({said})"
            raise ValueError(msg) from error
    else:
        msg = (
            f"dataset={shown(given)}: give (inputs, labels), a Dataset, or a dict of train and val"
        )
        raise TypeError(msg)
    labels = labels.cpu().numpy() if isinstance(labels, torch.Tensor) else np.asarray(labels)
    if labels.shape != (len(inputs),):
        msg = f"labels are of shape {labels.shape}: give one for each of {len(inputs)} inputs"
        raise ValueError(msg)
    return inputs, labels


def _tensor(given: Any) -> Any:
    """Numbers as a tensor of float32, (n_items, ...)."""
    torch = import_extra("torch", extra="train")
    x = torch.as_tensor(given).detach().cpu()
    x = x / 255 if x.dtype == torch.uint8 else x.float()
    if x.ndim < 2 or len(x) < 2 or not bool(torch.isfinite(x).all()):
        msg = f"inputs of shape {tuple(x.shape)}: give two items or more, of finite numbers"
        raise ValueError(msg)
    return x


def _coded(inputs: Any, labels: NDArray[Any]) -> tuple[Any, Any, list[str]]:
    """Labels (n_items,) as positions among the names of the classes, which are in their order."""
    import pandas as pd

    torch = import_extra("torch", extra="train")
    codes, found = pd.factorize(labels, sort=True)
    names = [str(name) for name in found]
    if (codes < 0).any() or len(names) < 2 or len(set(names)) < len(names):
        msg = f"labels {shown(names[:5])}: give one to every item, two different ones or more"
        raise ValueError(msg)
    return inputs, torch.from_numpy(codes.astype(np.int64)), names


def _divided(name: str, inputs: Any, labels: Any, classes: list[str]) -> TrainingData:
    from sklearn.model_selection import train_test_split

    counts = np.bincount(labels.numpy())
    rows = np.arange(len(labels))
    try:
        train, val = train_test_split(
            rows,
            test_size=_VAL_PART,
            random_state=_SPLIT_SEED,
            stratify=labels.numpy() if counts.min() > 1 else None,
        )
    except ValueError as error:
        msg = f"{len(rows)} items of {len(classes)} labels are too few: give more of each label"
        raise ValueError(msg) from error
    return _of_rows(name, inputs, labels, classes, np.sort(train), np.sort(val))


def _of_rows(
    name: str,
    inputs: Any,
    labels: Any,
    classes: list[str],
    train: NDArray[np.intp],
    val: NDArray[np.intp],
) -> TrainingData:
    """Divide items at rows (n_train,) and (n_val,)."""
    sides = (
        LabelledItems(inputs[rows], labels[rows], rows.astype(np.int64)) for rows in (train, val)
    )
    return TrainingData(name, next(sides), next(sides), classes)
