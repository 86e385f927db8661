"""``train``: a recipe from a file of settings to registered spaces."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json, shows_progress, table

_RECIPES = {
    "triplet_vs_arcface": "TripletVsArcFaceSettings",
    "supcon_two_stage": "SupConSettings",
    "cross_entropy": "CrossEntropySettings",
}
"""By name, the class of a recipe's settings."""

_MOST_BYTES = 1_000_000
_COLUMNS = ("model", "layer", "metric", "before", "after", "low", "high")


def train(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(_RECIPES)}.")],
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="YAML file of settings.")
    ] = None,
    changed: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="One setting, epochs=5, instead of what the file says; may be repeated."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train by a recipe, and register its spaces.

    On scikit-learn's digits; docs/training.md says how to give data of your own in Python. All
    settings have defaults, and are stored with the experiments.

    \b
    Examples:
      embwidget train triplet_vs_arcface
      embwidget train supcon_two_stage --config supcon.yaml --set epochs=5 --set seed=1
      embwidget train cross_entropy --set label_smoothing=0 --json
    """
    from embwidget._core.checks import near_names, shown
    from embwidget._core.optional import import_extra

    recipe = name.replace("-", "_")
    if recipe not in _RECIPES:
        msg = f"there is no recipe {shown(name)}: {near_names(recipe, _RECIPES)}"
        raise LookupError(msg)
    yaml = import_extra("yaml", extra="train")
    recipes = import_extra("embwidget.training.recipes", extra="train")
    kind = getattr(recipes, _RECIPES[recipe])
    given = _in_file(yaml, config) if config is not None else {}
    given |= dict(_pair(yaml, each) for each in changed or ())
    floats = {each.name for each in fields(kind) if each.type is float}
    told = {key: _number(value) if key in floats else value for key, value in given.items()}
    result = getattr(recipes, recipe)(told, progress=shows_progress())
    if as_json:
        say_json(
            {
                "recipe": recipe,
                "name": result.name,
                "registry": str(result.registry.path),
                "settings": asdict(result.settings),
                "spaces": [space.name for space in result.spaces.values()],
                "scores": result.scores,
                "metrics": result.metrics.to_dict("records"),
            }
        )
        return
    table(result.name, _before_and_after(result.metrics), _COLUMNS)
    say()
    for key, value in result.scores.items():
        say(f"{key}: {value:.4g}")
    say()
    a, b = (f"'{space.name}'" for space in result.pair())
    say(f"{len(result.spaces)} spaces are registered. Next:")
    say(f"  embwidget compare {a} {b} --label label")


def _in_file(yaml: Any, path: Path) -> dict[str, Any]:
    """Settings of a YAML file; nothing in it makes objects."""
    if path.stat().st_size > _MOST_BYTES:
        msg = f"{str(path)!r} has more than {_MOST_BYTES:,} bytes: give a file of settings"
        raise ValueError(msg)
    try:
        read = yaml.load(path.read_text("utf-8"), Loader=_loader(yaml))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        msg = f"{str(path)!r} is no YAML: {' '.join(str(error).split())[:200]}"
        raise ValueError(msg) from error
    if read is None:
        return {}
    if not isinstance(read, dict) or not all(isinstance(key, str) for key in read):
        msg = f"{str(path)!r}: give one setting a line, as 'epochs: 5'"
        raise ValueError(msg)
    return read


def _loader(yaml: Any) -> Any:
    """Make a safe loader that refuses a key which comes twice, where YAML's takes the last."""

    def mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [loader.construct_object(key, deep=deep) for key, _ in node.value]
        for at, key in enumerate(keys):
            if key in keys[:at]:
                msg = f"the setting {key} comes twice"
                raise yaml.YAMLError(msg)
        return dict(yaml.SafeLoader.construct_mapping(loader, node, deep))

    made: Any = type("SettingsLoader", (yaml.SafeLoader,), {})
    made.add_constructor("tag:yaml.org,2002:map", mapping)
    return made


def _pair(yaml: Any, text: str) -> tuple[str, Any]:
    """Key and value of a setting that was typed."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        msg = f"--set {text!r}: give a setting and a value, as epochs=5"
        raise ValueError(msg)
    try:
        return key.strip(), yaml.safe_load(value) if value.strip() else ""
    except yaml.YAMLError as error:
        msg = f"--set {text!r}: the value cannot be read"
        raise ValueError(msg) from error


def _number(value: Any) -> Any:
    """1e-3 as the number that everybody means, and YAML takes for a text."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _before_and_after(metrics: Any) -> list[dict[str, Any]]:
    """One row for each model, layer and metric; the interval is that of after."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in metrics.to_dict("records"):
        key = (one["model"], one["layer"], one["metric"])
        empty = dict(zip(_COLUMNS, (*key, None, None, None, None), strict=True))
        row = rows.setdefault(key, empty)
        row[one["when"]] = one["value"]
        if one["when"] == "after":
            row |= {"low": one["low"], "high": one["high"]}
    return list(rows.values())
