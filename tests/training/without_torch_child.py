"""Calls every entry of `embwidget.training` without torch; prints what each says, as JSON."""

import json
import sys

import numpy as np

sys.modules["torch"] = None

import embwidget as ew  # noqa: E402

x = np.zeros((4, 2), np.float32)
ENTRIES = {
    "EpochRecorder": lambda: ew.training.EpochRecorder(sys.argv[1], x),
    "accuracy_calculator": ew.training.accuracy_calculator,
    "knn_func": lambda: ew.training.knn_func(x, 1, x, True),
    "kmeans_func": lambda: ew.training.kmeans_func(x, 2),
    **{
        name: lambda name=name: getattr(ew.training.recipes, name)(registry=sys.argv[1])
        for name in ("cross_entropy", "supcon_two_stage", "triplet_vs_arcface")
    },
}
said = {}
for entry, call in ENTRIES.items():
    try:
        call()
    except ImportError as error:
        said[entry] = str(error)
print(json.dumps({"said": said, "entries": list(ENTRIES), "stops": ew.training.chain()()}))
