"""What items anywhere give by label: the row that several spaces are held against."""

from typing import TYPE_CHECKING, Any

import numpy as np

from embwidget.measures.labels.labels import encode_labels

if TYPE_CHECKING:
    import pandas as pd

SHUFFLED = "shuffled"

# Above it, too few digits are left of what chance gives.
_PERFECT = 1 - 1e-6


def shuffled_row(tables: "list[pd.DataFrame]", labels: Any) -> dict[str, float]:
    """Each metric by label of items that lie anywhere, as columns, with itself as both ends.

    Parameters
    ----------
    tables : list of DataFrame
        What `label_metrics` gives of each space.
    labels : array-like of shape (n_items,)

    Notes
    -----
    Metrics of neighbours depend on the labels alone, by the formula of their column ``chance``.
    With the normalized mutual information of independent labels and clusters of the same sizes
    being e on average, AMI = (NMI - e) / (1 - e): so e is (NMI - AMI) / (1 - AMI), here its mean
    over the spaces. Clusters that are the labels themselves have their sizes.
    """
    out: dict[str, float] = {}
    for row in tables[0].to_dict("records"):
        chance = row["chance"]
        if row["metric"] == "NMI":
            chance = _nmi_by_chance(tables, labels)
        out |= dict.fromkeys(
            (row["metric"], f"{row['metric']}_low", f"{row['metric']}_high"), chance
        )
    return out


def _nmi_by_chance(tables: "list[pd.DataFrame]", labels: Any) -> float:
    found = []
    for table in tables:
        values = table.set_index("metric")["value"]
        if values["AMI"] < _PERFECT:
            found.append((values["NMI"] - values["AMI"]) / (1 - values["AMI"]))
    if found:
        return float(np.mean(found))
    from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

    encoded = encode_labels(labels, len(labels))
    codes = np.sort(encoded.codes)
    others = np.random.default_rng(0).permutation(codes)
    adjusted = adjusted_mutual_info_score(codes, others)
    if adjusted == 1:
        return 1.0
    return float((normalized_mutual_info_score(codes, others) - adjusted) / (1 - adjusted))
