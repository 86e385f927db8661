"""The second stage of a training: a classifier on an encoder that no longer changes."""

from typing import Any

from embwidget._core.optional import import_extra
from embwidget.training.items import TrainingData
from embwidget.training.loops import found_rate, outputs_of, row_batches


def classify_frozen(encoder: Any, data: TrainingData, settings: Any) -> dict[str, float]:
    """Classify with a linear layer on a frozen encoder, and by the nearest training items.

    Parameters
    ----------
    encoder : torch.nn.Module
    data : TrainingData
    settings : SupConSettings

    Returns
    -------
    dict of str to float
        Accuracies of the items of val, and the rate that the layer learned at.
    """
    torch = import_extra("torch", extra="train")
    from sklearn.neighbors import KNeighborsClassifier

    # Frozen: in the mode of evaluation, so that its features can be computed beforehand.
    features, others = outputs_of(encoder, data.train.inputs), outputs_of(encoder, data.val.inputs)
    labels = data.train.labels
    linear = torch.nn.Linear(features.shape[1], len(data.classes))

    def loss_of(layer: Any, rows: Any) -> Any:
        smoothing = settings.label_smoothing
        found = layer(features[rows])
        return torch.nn.functional.cross_entropy(found, labels[rows], label_smoothing=smoothing)

    def batches() -> Any:
        return row_batches(len(labels), settings.batch_size)

    rate = settings.linear_rate or found_rate(linear, loss_of, batches)
    optimizer = torch.optim.Adam(linear.parameters(), lr=rate)
    for _ in range(settings.linear_epochs):
        for rows in batches():
            loss = loss_of(linear, rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    hits = linear(others).argmax(1) == data.val.labels
    nearest = KNeighborsClassifier(min(settings.n_neighbors, len(labels)), metric="cosine")
    nearest.fit(features.numpy(), labels.numpy())
    return {
        "linear_accuracy": float(hits.float().mean()),
        "knn_accuracy": float(nearest.score(others.numpy(), data.val.labels.numpy())),
        "linear_rate": rate,
    }
