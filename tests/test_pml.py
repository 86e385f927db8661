"""The metrics by label equal those of pytorch-metric-learning to 1e-6, where nothing is tied."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import embwidget as ew

torch = pytest.importorskip("torch")
accuracy = pytest.importorskip("pytorch_metric_learning.utils.accuracy_calculator")

RANKING = (
    "mean_average_precision",
    "mean_average_precision_at_r",
    "mean_reciprocal_rank",
    "precision_at_1",
    "r_precision",
)
N = 500


def theirs(x, labels, k, *, reference=None, reference_labels=None, included=True, **options):
    """Their figures, given our order of the references: only the definitions can differ."""
    references = x if reference is None else reference

    def knn(query, wanted, refs, ref_includes_query):
        query, refs = query.numpy(), refs.numpy()
        distances = np.round(np.linalg.norm(query[:, None] - refs[None], axis=2), 9)
        if ref_includes_query:
            np.fill_diagonal(distances, np.inf)
        order = np.argsort(distances, axis=1, kind="stable")
        wanted = min(wanted, refs.shape[0] - ref_includes_query)
        order = torch.from_numpy(order[:, :wanted].copy())
        return torch.zeros(order.shape), order

    calculator = accuracy.AccuracyCalculator(
        include=RANKING, k=k, device=torch.device("cpu"), knn_func=knn, **options
    )
    return calculator.get_accuracy(
        torch.from_numpy(x.astype(np.float64)),
        torch.tensor(labels),
        torch.from_numpy(references.astype(np.float64)),
        torch.tensor(labels if reference is None else reference_labels),
        ref_includes_query=included,
    )


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    # Whole numbers are often equally far apart.
    apart = data.data[:N] + 0.01 * np.random.default_rng(0).normal(size=(N, 64))
    return apart.astype(np.float32), data.target[:N].astype(np.int64)


def imbalanced(digits):
    pixels, names = digits
    keep = np.flatnonzero((names < 3) | (np.arange(N) % 11 == 0))
    return pixels[keep], names[keep]


def with_lone_labels(digits):
    pixels, names = digits
    names = names.copy()
    names[[3, 50, 77]] = [100, 101, 102]
    return pixels, names


def negative(digits):
    pixels, names = digits
    return pixels, names - 5


CASES = [imbalanced, with_lone_labels, negative]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("k", [None, "max_bin_count", 10, 1])
@pytest.mark.parametrize("case", CASES)
def test_one_space(digits, case, k):
    x, labels = case(digits)
    ours = ew.label_metrics(x, labels, metric="euclidean", k=k, n_seeds=0)
    expected = theirs(x, labels, k)
    for name, value in zip(ours["metric"], ours["value"], strict=True):
        assert value == pytest.approx(expected[name], abs=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_what_is_tied_scores_the_mean_over_orders(digits):
    x, labels = digits[0][:200].copy(), digits[1][:200]
    x[50:90] = x[0]
    x[100:160:2] = x[101:161:2]
    ours = ew.label_metrics(x, labels, metric="euclidean", n_seeds=0).set_index("metric")["value"]
    rng = np.random.default_rng(0)
    orders = [rng.permutation(len(x)) for _ in range(30)]
    drawn = [theirs(x[order], labels[order], "max_bin_count") for order in orders]
    for name in RANKING:
        values = np.array([one[name] for one in drawn])
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert 0 < error < 0.004
        assert abs(ours[name] - values.mean()) < 4 * error


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES)
def test_means_over_labels_and_each_label(digits, case):
    x, labels = case(digits)
    ours = ew.label_metrics(x, labels, metric="euclidean", average="labels", n_seeds=0)
    expected = theirs(x, labels, "max_bin_count", avg_of_avgs=True)
    for name, value in zip(ours["metric"], ours["value"], strict=True):
        assert value == pytest.approx(expected[name], abs=1e-6)
    by_label = ew.label_metrics(x, labels, metric="euclidean", by="label", n_seeds=0)
    expected = theirs(x, labels, "max_bin_count", return_per_class=True)
    for name in RANKING:
        rows = by_label[by_label["metric"] == name].dropna()
        np.testing.assert_allclose(rows["value"], expected[name], atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("k", [None, "max_bin_count", 10])
@pytest.mark.parametrize("included", [True, False])
def test_queries_against_a_reference(digits, k, included):
    pixels, names = digits
    queries = 120
    start = 0 if included else queries
    # Labels that no reference has, and some that no query has.
    names = names.copy()
    names[5] = 60
    names[names == 4] = 3
    names[300:320] = 70
    x, labels = pixels[:queries], names[:queries]
    reference, reference_labels = pixels[start:], names[start:]
    ours = ew.label_metrics(
        x,
        labels,
        metric="euclidean",
        k=k,
        reference=reference,
        reference_labels=reference_labels,
        includes_queries=included,
        n_seeds=0,
    )
    expected = theirs(
        x, labels, k, reference=reference, reference_labels=reference_labels, included=included
    )
    for name, value in zip(ours["metric"], ours["value"], strict=True):
        assert value == pytest.approx(expected[name], abs=1e-6)


@pytest.mark.filterwarnings("ignore")
def test_clusters_scored_alike(digits):
    from sklearn.cluster import KMeans

    from embwidget.measures.labels.kmeans import cluster_scores

    pixels, names = digits

    def kmeans(x, n_clusters):
        seed = int(np.random.default_rng(3).integers(1 << 31))
        means = KMeans(n_clusters, init="random", n_init=1, max_iter=20, random_state=seed)
        return torch.from_numpy(means.fit_predict(x.numpy()).astype(np.int64))

    calculator = accuracy.AccuracyCalculator(
        include=("AMI", "NMI"), device=torch.device("cpu"), kmeans_func=kmeans
    )
    expected = calculator.get_accuracy(torch.from_numpy(pixels), torch.from_numpy(names))
    ours = cluster_scores(pixels, names, metric="euclidean", n_seeds=1, random_state=3)
    assert ours["AMI"][0] == pytest.approx(expected["AMI"], abs=1e-6)
    assert ours["NMI"][0] == pytest.approx(expected["NMI"], abs=1e-6)
