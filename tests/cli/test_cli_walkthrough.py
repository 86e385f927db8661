"""The walk through Vectory's commands, as it is typed: two spaces of one dataset, compared."""

from collections.abc import Callable
from pathlib import Path

WALK = """
set -e
embwidget add --input resnet50.npy --dataset digits.csv --dataset-name digits --id-field key \
  --experiment-name resnet --model-name ResNet-50 --params params.json \
  --embedding-space-name resnet50 --dims 8 --load
embwidget add --embeddings convnext.npz --dataset digits.csv --dataset-name digits \
  --id-field key --experiment-name convnext --model-name ConvNeXt --train-dataset digits \
  --embedding-name convnext --dims 5
embwidget ls
embwidget embeddings load convnext-l2 convnext --model exact --similarity euclidean
embwidget embeddings list-indices
embwidget compare resnet50 convnext -ma cosine -mb euclidean --label digit --precompute --histogram
"""

END = """
embwidget embeddings delete-index convnext-l2
embwidget embeddings delete-all-indices
embwidget embeddings delete resnet50 --recursive
embwidget experiment delete resnet
embwidget dataset delete digits --recursive
embwidget gc
embwidget verify
embwidget ls
"""


def test_the_walk_as_typed(files: Path, alone: Callable, cli: Callable, asked: Callable) -> None:
    ended = alone(WALK)
    assert (ended.code, ended.error) == (0, "")
    for said in (
        "added dataset digits\nadded experiment resnet\nadded space resnet50\nadded index resnet50",
        "added experiment convnext\nadded space convnext\n",
        "convnext  digits   convnext    ConvNeXt",
        "convnext-l2  convnext  euclidean  50  exact",
        "resnet50 and convnext: 60 items, 10 neighbours",
        "similarity (mean Jaccard)",
        "Verdict: more than chance",
        " 0 of 10  ",
        "10 of 10  ",
    ):
        assert said in ended.out
    held = asked("ls")
    assert [row["name"] for row in held["spaces"]] == ["resnet50", "convnext"]
    assert held["experiments"][0]["params"] == {"lr": 0.1, "epochs": 20}
    assert held["experiments"][1]["train_dataset"] == "digits"
    # The comparison took the neighbours that were loaded, and added no others.
    assert [row["name"] for row in held["indexes"]] == ["resnet50", "convnext-l2"]
    assert [(row["space"], row["metric"]) for row in held["maps"]] == [
        ("resnet50", "cosine"),
        ("convnext", "euclidean"),
    ]
    [found] = held["comparisons"]
    assert found["low"] < found["value"] < found["high"]
    assert found["settings"]["metric_b"] == "euclidean"

    ends = [cli(*line.split()[1:]) for line in END.strip().splitlines()]
    assert [(ended.code, ended.error) for ended in ends] == [(0, "")] * len(ends)
    assert ends[0].out == "deleted index convnext-l2\n"
    assert ends[-2].out == "All is as it was added.\n"
    assert not any(asked("ls").values())


def test_names_and_files_give_the_same(added: Path, asked: Callable) -> None:
    of_files = asked("compare", "resnet50.npy", "convnext.npz")
    of_names = asked("compare", "resnet50", "convnext")
    assert of_names == asked("compare", "resnet50", "convnext")
    assert len(asked("ls", "comparisons")["comparisons"]) == 1
    told = ("similarity", "shared", "verdict", "histogram")
    assert {key: of_names[key] for key in told} == {key: of_files[key] for key in told}
