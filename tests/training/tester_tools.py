"""What pytorch-metric-learning's tester says of vectors, by our neighbours and our k-means."""

from typing import Any

import numpy as np
import torch
from pytorch_metric_learning import testers

from embwidget.training import accuracy_calculator

SEVEN = {
    *("AMI", "NMI", "mean_average_precision", "mean_average_precision_at_r"),
    *("mean_reciprocal_rank", "precision_at_1", "r_precision"),
}


def figures_of(space: Any, labels: np.ndarray, **options: Any) -> dict[str, float]:
    """What a GlobalEmbeddingSpaceTester says of vectors."""
    codes = torch.from_numpy(np.unique(labels, return_inverse=True)[1])
    data = torch.utils.data.TensorDataset(torch.from_numpy(np.array(space.vectors)), codes)
    tester = testers.GlobalEmbeddingSpaceTester(
        dataloader_num_workers=0,
        data_device=torch.device("cpu"),
        accuracy_calculator=accuracy_calculator(**options),
        end_of_testing_hook=lambda tester: None,
    )
    found = tester.test({"val": data}, 1, torch.nn.Identity())["val"]
    return {name.removesuffix("_level0"): found[name] for name in found if name != "epoch"}
