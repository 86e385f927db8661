"""The recipes: what they register, that they are the same every time, and data of one's own."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tester_tools import SEVEN, figures_of

import embwidget as ew
from embwidget.training import recipes

NAMES = ("cross_entropy", "supcon_two_stage", "triplet_vs_arcface")
SHORT: dict[str, Any] = {"epochs": 2, "batch_size": 40}
LAYERS = {
    "cross_entropy": {"cross_entropy": ("encoder", "classifier")},
    "supcon_two_stage": dict.fromkeys(("supcon", "ema", "swa"), ("encoder", "head")),
    "triplet_vs_arcface": dict.fromkeys(("triplet", "arcface"), ("trunk", "embedder")),
}


@pytest.fixture(scope="module", params=NAMES)
def run(request: Any, small: Any, tmp_path_factory: Any) -> tuple[str, Any]:
    """Name of a recipe, and its result on small data."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    state = random.getstate(), np.random.get_state()[1].copy(), torch.get_rng_state()
    home = tmp_path_factory.mktemp("recipes") / "home"
    result = getattr(recipes, request.param)(dataset=small, registry=home, **SHORT)
    # Whatever is random belongs to the caller.
    assert random.getstate() == state[0]
    assert np.array_equal(np.random.get_state()[1], state[1])
    assert torch.equal(torch.get_rng_state(), state[2])
    torch.set_num_threads(before)
    return request.param, result


def test_all_spaces_are_registered_with_the_settings(run: Any) -> None:
    name, result = run
    rows = result.registry.rows("space")
    assert {row["name"] for row in rows} == {f"{name}/{key}" for key in result.spaces}
    for model, layers in LAYERS[name].items():
        epochs = [2] if model in ("ema", "swa") else [0, 1, 2]
        for layer in layers:
            for epoch in epochs:
                assert f"{model}/{layer}/epoch={epoch}" in result.spaces
    for experiment in result.registry.rows("experiment"):
        params = experiment["params"]
        assert params["recipe"] == name
        assert (params["epochs"], params["batch_size"], params["seed"]) == (2, 40, 0)
        assert params["of"] in LAYERS[name]
        assert experiment["train_dataset"] == "data/train"
    assert result.registry.verify() == []
    sizes = {row["name"]: row["n"] for row in result.registry.rows("dataset")}
    assert sizes == {"data/train": 168, "data/val": 72}


def test_the_seven_metrics_before_and_after(run: Any) -> None:
    name, result = run
    metrics = result.metrics
    assert set(metrics["metric"]) == SEVEN
    for model, layers in LAYERS[name].items():
        for layer in layers:
            one = metrics[(metrics["model"] == model) & (metrics["layer"] == layer)]
            when = {"after"} if model in ("ema", "swa") else {"before", "after"}
            assert set(one["when"]) == when
            assert len(one) == 7 * len(when)
    assert ((metrics["low"] <= metrics["value"]) & (metrics["value"] <= metrics["high"])).all()
    curves = result.curves
    assert set(curves["metric"]) == SEVEN - {"AMI", "NMI"} | {"loss"}
    losses = curves[curves["metric"] == "loss"]
    assert set(losses["epoch"]) == {1, 2}
    assert np.isfinite(losses["value"]).all()


def test_their_tester_says_the_same(run: Any) -> None:
    _, result = run
    for key in sorted(set(result.metrics.query("when == 'after'")["space"])):
        space = result.spaces[key]
        labels = np.array(space.metadata["label"])
        theirs = figures_of(space, labels, n_seeds=1)
        rows = torch.nn.functional.normalize(torch.from_numpy(np.array(space.vectors)))
        ours = ew.label_metrics(rows, labels, metric="euclidean", n_seeds=1).set_index("metric")
        told = result.metrics[result.metrics["space"] == key].set_index("metric")["value"]
        for metric in SEVEN:
            assert ours["value"][metric] == pytest.approx(theirs[metric], abs=1e-6)
            if metric not in ("AMI", "NMI"):
                assert told[metric] == pytest.approx(theirs[metric], abs=1e-6)


def test_the_tester_of_the_recipe_says_what_its_table_does(run: Any) -> None:
    name, result = run
    if name != "triplet_vs_arcface":
        assert all(0 <= value <= 1 for value in result.scores.values())
        return
    for model in LAYERS[name]:
        table = result.metrics.query(f"model == '{model}' and layer == 'embedder'")
        after = table[table["when"] == "after"].set_index("metric")["value"]
        for metric in SEVEN:
            assert result.scores[f"{model}/{metric}"] == pytest.approx(after[metric], abs=1e-6)


def test_the_same_seed_gives_the_same_bits(run: Any, small: Any, tmp_path: Path) -> None:
    name, result = run
    again = getattr(recipes, name)(dataset=small, registry=tmp_path, **SHORT)
    assert list(again.spaces) == list(result.spaces)
    for key, space in again.spaces.items():
        assert np.array_equal(space.vectors, result.spaces[key].vectors), key
        assert list(space.ids) == list(result.spaces[key].ids)
    assert again.scores == result.scores
    assert again.metrics.equals(result.metrics)


def test_it_ends_in_the_widget(run: Any, recorded: None) -> None:
    _, result = run
    a, b = result.pair()
    widget = result.compare(reducer="pca").wait(60)
    assert widget.comparison.similarity == ew.compare(a, b, label="label").similarity
    assert widget.comparison.label == "label"
    assert result.pictures.shape == (72, 8, 8)
    widget.close()
    with pytest.raises(KeyError, match="there is no space 'encoder'"):
        result.compare("encoder")


def test_names_are_free_or_refused(small: Any, registry: ew.Registry) -> None:
    def train(**options: Any) -> str:
        made = recipes.cross_entropy(
            dataset=small, registry=registry, epochs=1, n_jobs=None, **options
        )
        return made.name

    assert [train(), train(seed=1), train(name="mine")] == [
        "cross_entropy",
        "cross_entropy (2)",
        "mine",
    ]
    with pytest.raises(ValueError, match="there are experiments of this name"):
        train(name="mine")
    vectors = [registry[f"{name}/cross_entropy/encoder/epoch=0"].vectors for name in
               ("cross_entropy", "cross_entropy (2)", "mine")]  # fmt: skip
    assert not np.array_equal(vectors[0], vectors[1])
    assert np.array_equal(vectors[0], vectors[2])
    assert len(registry.rows("dataset")) == 2


@pytest.mark.parametrize("name", NAMES)
def test_data_backbone_and_transform_of_ones_own(
    registry: ew.Registry, name: str, small: Any
) -> None:
    x = torch.from_numpy(small[0]).flatten(1)
    labels = small[1]
    split = {"train": list(zip(x[:60], labels[:60], strict=True)), "val": (x[60:99], labels[60:99])}
    backbone = torch.nn.Sequential(torch.nn.Linear(64, 24), torch.nn.ReLU())
    before = [each.clone() for each in backbone.parameters()]
    seen: list[tuple[int, ...]] = []

    def transform(one: Any) -> Any:
        seen.append(tuple(one.shape))
        return one + 0.01 * torch.randn_like(one)

    result = getattr(recipes, name)(
        dataset=split,
        backbone=backbone,
        transform=transform,
        registry=registry,
        epochs=1,
        batch_size=40,
    )
    assert set(seen) == {(64,)}
    assert all(map(torch.equal, backbone.parameters(), before))
    first = next(iter(LAYERS[name]))
    layer = LAYERS[name][first][0]
    space = result.spaces[f"{first}/{layer}/epoch=1"]
    assert space.vectors.shape == (39, 24)
    assert list(space.ids) == list(range(60, 99))
    assert list(space.metadata["label"]) == list(labels[60:99])
    assert result.pictures is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda x, y: {"dataset": 3}, "dataset=3"),
        (lambda x, y: {"dataset": (x, y[:-1])}, "give one for each of 240"),
        (lambda x, y: {"dataset": (x, ["a"] * 240)}, "two different ones"),
        (lambda x, y: {"dataset": (x * np.nan, y)}, "of finite numbers"),
        (lambda x, y: {"dataset": {"train": (x, y)}}, "give it with train and val"),
        (lambda x, y: {"dataset": {"train": (x, y), "val": (x[..., 1:], y)}}, "give the same"),
        (lambda x, y: {"dataset": [(x[0], 1), (x[0, 0], 2)]}, "inputs of one shape"),
        (lambda x, y: {"dataset": (x[:, :, None], y)}, "give backbone="),
        (lambda x, y: {"dataset": (x, y), "backbone": 3}, "give a torch.nn.Module"),
        (lambda x, y: {"dataset": (x, y), "backbone": torch.nn.ReLU()}, "for 2 items"),
    ],
)
def test_wrong_data_are_told_before_anything_is_registered(
    small: Any, tmp_path: Path, given: Callable, said: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=said) as told:
        recipes.cross_entropy(registry=tmp_path / "home", **given(*small))
    assert len(str(told.value)) < 300
    assert "\n" not in str(told.value)
    assert not (tmp_path / "home").exists()


def test_batches_need_two_classes(small: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a batch needs two classes"):
        recipes.triplet_vs_arcface(
            dataset=small, registry=tmp_path, batch_size=6, per_class=4, epochs=1
        )
