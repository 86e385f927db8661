"""Experiments: which model, with which parameters, trained on what."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from embwidget._core.checks import shown
from embwidget.registry.labels import checked_label, optional_text
from embwidget.registry.stamps import insert, row_named, stamp
from embwidget.registry.store import Store

_MOST_JSON = 1_000_000


def add_experiment(
    store: Store,
    *,
    name: str,
    model: str | None,
    params: Any,
    train_dataset: str | None,
    parent: str | None,
    tags: Any,
    uri: str | None,
    notes: str,
) -> None:
    """Write an experiment down; arguments as for `Registry.add_experiment`, the name checked."""
    if isinstance(tags, str) or not isinstance(tags, Iterable):
        msg = f"tags={shown(tags)}: give a list of texts"
        raise TypeError(msg)
    values = {
        "name": name,
        "model": optional_text(model, "model"),
        "params": as_json(params),
        "tags": json.dumps([checked_label(tag, "tag") for tag in tags], ensure_ascii=False),
        "uri": optional_text(uri, "uri"),
        **stamp(notes),
    }
    with store.database.writing() as connection:
        for column, kind, other in (
            ("train_dataset", "dataset", train_dataset),
            ("parent", "experiment", parent),
        ):
            if other is not None:
                other = checked_label(other, column)
                values[column] = row_named(connection, kind, other)["id"]
        insert(connection, "experiment", values)


def as_json(params: Any) -> str:
    """Text of parameters; TypeError or ValueError that names one which JSON has no word for."""
    if params is None:
        return "{}"
    if not isinstance(params, Mapping):
        msg = f'params={shown(params)}: give a dict, {{"learning_rate": 0.1}}'
        raise TypeError(msg)
    plain: dict[str, Any] = {}
    for key, value in params.items():
        name = str(key)
        if name in plain:
            msg = f"params have {shown(name)} twice, as a text and as something else: rename one"
            raise ValueError(msg)
        try:
            text = json.dumps(value, default=_plain, allow_nan=True, ensure_ascii=False)
            f"{name}{text}".encode()
        except (TypeError, ValueError, RecursionError) as error:
            msg = f"params[{shown(name)}]={shown(value)} is no number, text, list or dict of such"
            raise TypeError(msg) from error
        plain[name] = json.loads(text)
    found = json.dumps(plain, ensure_ascii=False)
    if len(found) > _MOST_JSON:
        msg = f"params are {len(found):,} characters as JSON: {_MOST_JSON:,} are the most"
        raise ValueError(msg)
    return found


def _plain(value: Any) -> Any:
    """What JSON has in the place of numbers of numpy, paths and sets."""
    if isinstance(value, np.floating):
        # By its digits: 0.1 in 32 bits is asked for as 0.1.
        return float(str(value))
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, Path):
        return str(value)
    raise TypeError
