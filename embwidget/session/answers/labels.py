"""Which space brings items of the same label together better, label by label."""

from typing import Any

import numpy as np

from embwidget._core.checks import whole
from embwidget.session.answers.answers import Sources
from embwidget.session.answers.numbers import Answer


def quality(sources: Sources, _args: dict[str, Any]) -> Answer:
    """``QualityTable``."""
    return sources.numbers.quality(), []


def label_items(sources: Sources, args: dict[str, Any]) -> Answer:
    """Positions of the items of the label with a code of `quality`, (n,) uint32."""
    labels = sources.comparison().labels()
    code = whole(args.get("code"), "code", 0, len(labels.names) - 1, why="one a label")
    return {}, [np.unique(labels.items[labels.codes == code]).astype("<u4")]


ANSWERS = {"quality": quality, "label_items": label_items}
