"""Each command: what it says, its JSON, and how it says no."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer.main

import embwidget as ew
from embwidget.cli.program import app


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = list(commands(typer.main.get_command(app)))


def test_all_commands_are_there() -> None:
    assert {" ".join(typed) for typed in COMMANDS} >= {
        *("add", "ls", "show", "compare", "import-vectory", "export", "import", "verify", "gc"),
        *("run", "demo", "dataset delete", "experiment delete", "embeddings delete"),
        *("embeddings load", "embeddings list-indices", "embeddings delete-index"),
        "embeddings delete-all-indices",
    }


@pytest.mark.parametrize("typed", COMMANDS, ids=" ".join)
def test_each_has_help_with_an_example_and_json(typed: tuple[str, ...], cli: Callable) -> None:
    ended = cli(*typed, "--help")
    assert (ended.code, ended.error) == (0, "")
    examples = ended.out.partition("Examples:\n")[2].splitlines()
    assert examples[0].strip().startswith(f"embwidget {' '.join(typed)}")
    assert "--json" in ended.out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nonsense", "nonsense"),
        ("ls --nonsense", "--nonsense"),
        ("ls things", "'things' is no kind: give one of datasets, experiments, spaces"),
        ("ls --where lr=1", "say which"),
        ("ls spaces --where lr=1", "'lr'"),
        ("ls spaces --where lr", "give a column and a value"),
        ("compare resnet50", "argument"),
        ("compare resnet50 convnet", "there is no space 'convnet' and no such file"),
        ("compare resnet50 convnext --k many", "many"),
        ("compare resnet50 convnext --k 60", "--k 60: with 60 items give 1 to 59"),
        ("compare resnet50 convnext --label digits", "'digits'"),
        ("compare resnet50 convnext -ma manhattan", "manhattan"),
        ("show resnet", "there is nothing called 'resnet'"),
        ("add", "give a file of vectors"),
        ("add resnet50.npy", "give --dataset TABLE or --dataset-name"),
        ("add no.npy --dataset-name digits", "no.npy"),
        ("add resnet50.npy --embeddings convnext.npz -d digits.csv", "both name the file"),
        ("add resnet50.npy --dataset-name digits", "space 'resnet50' already"),
        ("add resnet50.npy --dataset-name digit --name x", "there is no dataset 'digit'"),
        ("add resnet50.npy --dataset-name digits --name x --dims 9", "have 8 dimensions"),
        ("add resnet50.npy --dataset-name digits --name x --params digits.csv", "is no JSON"),
        ("add resnet50.npy --dataset-name digits --name x --params no.json", "no.json"),
        ("embeddings load i resnet50 --model lsh", "Take --model exact"),
        ("embeddings load i resnet50 --model tree", "give one of auto, exact, ivf"),
        ("embeddings load i resnet50 --k 60", "60"),
        ("embeddings load i nothing", "there is no space 'nothing'"),
        ("embeddings delete nothing", "there is no space 'nothing'"),
        ("embeddings delete-index nothing", "there is no index 'nothing'"),
        ("dataset delete digits", "--recursive"),
        ("import nowhere", "nowhere"),
        ("import-vectory nowhere.db", "nowhere.db"),
        ("run nothing", "there is no space 'nothing'"),
    ],
)
def test_what_is_wrong_is_one_sentence(typed: str, said: str, added: Path, cli: Callable) -> None:
    before = cli("ls", "--json").out
    ended = cli(*typed.split())
    assert ended.code == 3
    assert ended.out == ""
    assert ended.error.startswith("embwidget: ")
    assert said in ended.error
    assert ended.error.count("\n") == 1
    assert len(ended.error) < 320
    assert cli("ls", "--json").out == before


def test_add_is_all_or_nothing(files: Path, cli: Callable, asked: Callable) -> None:
    typed = "add resnet50.npy -d digits.csv --experiment-name e --dims 3"
    assert cli(*typed.split()).code == 3
    assert not any(asked("ls").values())
    assert cli("gc").out == "There was nothing to delete.\n"


def test_add_says_what_is_new(files: Path, asked: Callable) -> None:
    typed = "add resnet50.npy -d digits.csv --id-field key --model-name R -p params.json --epoch 3"
    said = asked(*typed.split())
    assert said["added"] == [
        {"kind": "dataset", "name": "digits"},
        {"kind": "experiment", "name": "resnet50"},
        {"kind": "space", "name": "resnet50"},
    ]
    assert said["report"].startswith("60 items in both")
    assert said["notes"] == []
    [row] = asked("ls", "spaces", "--where", "epoch=3", "--where", "params.lr=0.1")["spaces"]
    assert (row["dims"], row["model"]) == (8, "R")
    again = asked("add", "-d", "digits.csv", "--experiment-name", "resnet50")
    assert again["added"] == []


def test_another_table_of_the_same_name_is_told_from_the_same(added: Path, cli: Callable) -> None:
    table = pd.read_csv("digits.csv")
    table.assign(more=1).to_csv("wider.csv", index=False)
    ended = cli("add", "-d", "wider.csv", "--dataset-name", "digits")
    assert ended.code == 0
    assert "its columns are not those of this table" in ended.error
    table.iloc[::-1].to_csv("turned.csv", index=False)
    ended = cli("add", "-d", "turned.csv", "--dataset-name", "digits")
    assert ended.code == 3
    assert "of other items already" in ended.error


def test_another_experiment_of_the_same_name_is_refused(added: Path, cli: Callable) -> None:
    typed = "add convnext.npz --name x --dataset-name digits --experiment-name resnet50"
    ended = cli(*typed.split(), "--model-name", "another")
    assert ended.code == 3
    assert "whose model is another" in ended.error
    assert cli(*typed.split(), "-p", "params.json").code == 0


def test_input_beside_embeddings_is_the_dataset(files: Path, asked: Callable) -> None:
    said = asked("add", "--input", "digits.csv", "--embeddings", "resnet50.npy")
    assert [each["name"] for each in said["added"]] == ["digits", "resnet50"]


def test_show_knows_what_was_found(added: Path, cli: Callable, asked: Callable) -> None:
    asked("compare", "resnet50", "convnext")
    [found] = asked("show", "convnext")["found"]
    assert found["kind"] == "space"
    assert found["row"]["n"] == 60
    assert found["used_by"]["comparisons"] == ["resnet50 and convnext, k=10"]
    kinds = [each["kind"] for each in asked("show", "resnet50")["found"]]
    assert kinds == ["experiment", "space"]
    assert "convnext" in cli("show", "convnext", "--kind", "spaces").out


def test_compare_says_what_python_says(added: Path, asked: Callable) -> None:
    typed = ["--k", "5", "--label", "digit", "--histogram"]
    said = asked("compare", "resnet50", "convnext", *typed)
    c = ew.compare("resnet50.npy", "convnext.npz", n_neighbors=5)
    assert said["similarity"]["value"] == pytest.approx(c.similarity.value)
    assert said["similarity"]["chance"] == pytest.approx(c.similarity.chance)
    assert said["histogram"] == c.histogram().tolist()
    assert (said["k"], said["n"], said["label"]) == (5, 60, "digit")
    assert {row["space"] for row in said["quality"]} == {"a", "b"}
    assert said["verdict"] == "more than chance"


def test_one_side_may_have_a_metric_of_its_own(added: Path, asked: Callable) -> None:
    said = asked("compare", "resnet50", "convnext", "-mb", "euclidean")
    assert (said["metric_a"], said["metric_b"]) == ("cosine", "euclidean")
    of_files = asked("compare", "resnet50.npy", "convnext.npz", "-ma", "euclidean")
    assert (of_files["metric_a"], of_files["metric_b"]) == ("euclidean", "cosine")


def test_plot_writes_a_picture(added: Path, cli: Callable) -> None:
    ended = cli("compare", "resnet50", "convnext", "--plot", "maps.png")
    assert ended.code == 0, ended.error
    assert Path("maps.png").read_bytes().startswith(b"\x89PNG")
    assert cli("compare", "resnet50", "convnext", "--plot", "no/maps.png").code == 3


def test_an_index_has_the_name_it_was_given(added: Path, cli: Callable, asked: Callable) -> None:
    asked("compare", "resnet50", "convnext")
    row = asked("embeddings", "load", "mine", "resnet50")["index"]
    assert (row["name"], row["space"], row["k"], row["exact"]) == ("mine", "resnet50", 50, True)
    assert len(asked("embeddings", "list-indices")["indexes"]) == 2
    ended = cli("embeddings", "load", "other", "resnet50")
    assert (ended.code, "as index 'mine'" in ended.error) == (3, True)
    ended = cli("embeddings", "load", "mine", "convnext")
    assert (ended.code, "there is an index 'mine' already" in ended.error) == (3, True)
    assert asked("embeddings", "load", "mine", "resnet50")["index"] == row
    assert len(asked("embeddings", "delete-all-indices")["deleted"]) == 2


def test_a_registry_goes_to_another_machine(added: Path, asked: Callable, monkeypatch: Any) -> None:
    asked("export", "copy")
    monkeypatch.setenv("EMBWIDGET_HOME", "second")
    assert {"kind": "space", "name": "resnet50"} in asked("import", "copy")["added"]
    assert asked("import", "copy") == {"added": []}
    assert asked("verify") == {"problems": []}


def test_verify_ends_with_3_when_something_is_wrong(added: Path, cli: Callable) -> None:
    for path in (added / "home" / "files").glob("*.npy"):
        path.write_bytes(b"something else")
    ended = cli("verify", "--json")
    assert ended.code == 3
    assert {each["name"] for each in json.loads(ended.out)["problems"]} == {"resnet50", "convnext"}


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31mred", "[bold]x", "ä/ß'\"", "x" * 300, "-x"])
def test_any_name_stays_on_its_line(name: str, files: Path, cli: Callable, asked: Callable) -> None:
    ended = cli("add", "resnet50.npy", "-d", "digits.csv", "--dataset-name", name, f"--name={name}")
    assert ended.code == 0, ended.error
    assert asked("ls")["spaces"][0]["name"] == name
    assert "\x1b" not in cli("ls").out + ended.out
    assert len(cli("ls", "spaces").out.splitlines()) == 3
    assert cli("dataset", "delete", "--recursive", "--", name).code == 0


def test_vectors_are_found_in_a_file_of_several(files: Path, asked: Callable) -> None:
    rows = np.arange(60)[::-1]
    keys = pd.read_csv("digits.csv")["key"].to_numpy(str)
    x = np.load("resnet50.npy")
    np.savez("turned.npz", names=keys[rows], late=x[rows], early=x[rows] * 2)
    typed = "add turned.npz -d digits.csv --id-field key --vectors late --embeddings-id names"
    assert "by id" in asked(*typed.split())["report"]
    assert np.array_equal(ew.Registry()["turned"].vectors, x)
