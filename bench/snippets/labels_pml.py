"""The seven metrics by label, by pytorch-metric-learning's AccuracyCalculator as it comes."""

import numpy as np
import torch
from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
from timing import answer, arguments, timed

args = arguments()
if args["n_jobs"]:
    torch.set_num_threads(args["n_jobs"])
x, labels = np.load(args["vectors"]), np.load(args["labels"])
calculator = AccuracyCalculator(k=args["k"], device=torch.device("cpu"))
rng = np.random.default_rng(0)
calculator.get_accuracy(torch.tensor(rng.normal(size=(200, 8)).astype("f4")), torch.arange(200) % 3)
part = {}
with timed(part):
    rows = torch.nn.functional.normalize(torch.from_numpy(x))
    values = calculator.get_accuracy(rows, torch.from_numpy(labels))
answer(part=part, values={name: float(value) for name, value in values.items()})
