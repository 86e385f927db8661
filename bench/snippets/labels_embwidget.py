"""The seven metrics by label, by embwidget."""

import numpy as np
from timing import answer, arguments, timed

from embwidget import label_metrics

args = arguments()
x, labels = np.load(args["vectors"]), np.load(args["labels"])
options = {"metric": "cosine", "n_jobs": args["n_jobs"], "n_seeds": args["n_seeds"]}
# What it computes with is imported on first use.
rng = np.random.default_rng(0)
label_metrics(rng.normal(size=(50, 8)), rng.integers(0, 3, 50), **options)
part = {}
with timed(part):
    table = label_metrics(x, labels, k=args["k"], **options)
answer(part=part, values=dict(zip(table["metric"], table["value"], strict=True)))
