"""``compare``: two spaces by name, or two files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embwidget.cli.histogram import say_histogram
from embwidget.cli.options import Json
from embwidget.cli.output import note, say, say_json, say_sentences, shows_progress, table

if TYPE_CHECKING:
    from embwidget.comparison.comparison import Comparison

_QUALITY = ("metric", "A", "B", "B less A", "low", "high", "better")
_K_MAX = 50
_PICTURES = ("png", "pdf", "svg", "jpg", "jpeg", "webp", "tif", "tiff", "eps", "ps")


def compare(
    a: Annotated[str, typer.Argument(help="A space's name, or a file of vectors.")],
    b: Annotated[str, typer.Argument(help="Another one.")],
    metric_a: Annotated[
        str | None, typer.Option("--metric-a", "-ma", help="In A: cosine, euclidean ...")
    ] = None,
    metric_b: Annotated[str | None, typer.Option("--metric-b", "-mb", help="In B.")] = None,
    k: Annotated[int, typer.Option("--k", "-k", help="Neighbours that are compared.")] = 10,
    label: Annotated[
        str | None,
        typer.Option("--label", help="Column that says what an item is: which space is better?"),
    ] = None,
    histogram: Annotated[
        bool, typer.Option("--histogram", help="Draw how many neighbours items share.")
    ] = False,
    precompute: Annotated[
        bool, typer.Option("--precompute", help="Draw and store the maps of both spaces, too.")
    ] = False,
    plot: Annotated[
        str | None, typer.Option("--plot", help="Write a picture of both maps: png, pdf, svg.")
    ] = None,
    html: Annotated[
        str | None,
        typer.Option("--html", help="Write the widget as one page that lives without Jupyter."),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Column with a text of each item, for --html.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Store it whole by this name, to be opened from Python."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare the neighbours in two spaces.

    The nearest ones of the same items. Of two spaces of the registry the numbers are stored, and
    asked again cost nothing.

    \b
    Examples:
      embwidget compare glove minilm --histogram
      embwidget compare glove minilm --label label --k 5 --plot maps.png
      embwidget compare a.npy b.npy -ma cosine -mb euclidean --json
      embwidget compare glove minilm --label label --text gloss --html out.html
      embwidget compare glove minilm --name "glove or minilm"
    """
    if text is not None and html is None:
        msg = "--text is shown on the page that --html writes: give --html FILE, too"
        raise ValueError(msg)
    if plot is not None:
        _check_picture(plot)
    if name is not None:
        _check_name(name, a, b)
    found = compared(a, b, metric=(metric_a, metric_b), k=k, label=label, precompute=precompute)
    say_comparison(
        found,
        histogram=histogram,
        plot=plot,
        html=html,
        text=text,
        name=name,
        as_json=as_json,
    )


def compared(
    a: str,
    b: str,
    *,
    metric: tuple[str | None, str | None] = (None, None),
    k: int = 10,
    label: str | None = None,
    precompute: bool = False,
) -> "Comparison":
    """Compare two names or files; names are looked for first."""
    import embwidget as ew
    from embwidget.registry import Registry

    registry = Registry()
    sides = [side_of(registry, given) for given in (a, b)]
    how: dict[str, Any] = {
        "n_neighbors": k,
        "k_max": max(k, _K_MAX),
        "metric": metric,
        "label": label,
        "progress": shows_progress(),
    }
    if not all(isinstance(each, str) for each in sides):
        if precompute:
            note("--precompute stores maps of spaces of the registry alone: nothing was stored")
        made = [registry[each] if isinstance(each, str) else each for each in sides]
        return ew.compare(made[0], made[1], names=names_of(a, b), **how)
    found = registry.compare(a, b, **how)
    if precompute:
        for name, one in zip((a, b), metric, strict=True):
            registry.map(name, metric=one, progress=shows_progress())
    return found


def say_comparison(
    found: "Comparison",
    *,
    histogram: bool = False,
    plot: str | None = None,
    html: str | None = None,
    text: str | None = None,
    name: str | None = None,
    as_json: bool = False,
) -> None:
    """Print what was found, and draw, write and store what is asked for."""
    told = told_of(found)
    if name is not None:
        from embwidget.registry import Registry

        Registry().add_comparison(found, name=name)
        told["name"] = name
    if plot is not None:
        _write_picture(found, plot)
        told["plot"] = plot
    if html is not None:
        _write_page(found, html, text)
        told["html"] = html
    if as_json:
        say_json(told)
        return
    similarity, shared, n = told["similarity"], told["shared"], told["k"]
    rows = [
        {"": "similarity (mean Jaccard)", **similarity},
        {"": f"neighbours that are the same, of {n}", **shared},
    ]
    title = f"{told['a']} and {told['b']}: {told['n']:,} items, {n} neighbours"
    table(title, rows, ("", "value", "low", "high", "chance"))
    say()
    say(f"Verdict: {told['verdict']}")
    say_sentences(told["summary"].replace("label= takes", "--label takes"))
    if told["quality"]:
        say()
        table(f"by {told['label']}", _side_by_side(told["quality"]), _QUALITY)
    if histogram:
        say()
        say_histogram(told["histogram"])
    if plot is not None:
        say()
        say(f"The picture is in {plot}")
    if html is not None:
        say()
        say(f"The page is in {html}")
    if name is not None:
        say()
        say(f"It is stored as {name}")


def told_of(found: "Comparison") -> dict[str, Any]:
    """All that is said of a comparison, by the keys of its JSON."""
    quality = [] if found.label is None else found.quality().to_dict("records")
    return {
        "a": found.a.name or "A",
        "b": found.b.name or "B",
        "n": len(found.a),
        "k": found.n_neighbors,
        "metric_a": found.pair.metric_a,
        "metric_b": found.pair.metric_b,
        "similarity": _estimate(found.similarity),
        "shared": _estimate(found.mean_shared()),
        "verdict": found.verdict(),
        "summary": found.summary(),
        "label": found.label,
        "quality": quality,
        "histogram": found.histogram().tolist(),
        "join": str(found.join_report),
        "plot": None,
        "html": None,
        "name": None,
    }


def _side_by_side(quality: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each metric, of the two that JSON has."""
    of_b = {row["metric"]: row["value"] for row in quality if row["space"] == "b"}
    return [
        {
            "metric": row["metric"],
            "A": row["value"],
            "B": of_b[row["metric"]],
            "B less A": row["difference"],
            "low": row["difference_low"],
            "high": row["difference_high"],
            "better": row["better"],
        }
        for row in quality
        if row["space"] == "a"
    ]


def _estimate(value: Any) -> dict[str, Any]:
    return {"value": value.value, "low": value.low, "high": value.high, "chance": value.chance}


def side_of(registry: Any, given: str) -> str | Path:
    """A name of the registry, or the path of a file."""
    from embwidget._core.checks import near_names, shown

    if given in registry:
        return given
    path = Path(given).expanduser()
    if path.is_file():
        return path
    names = [row["name"] for row in registry.rows("space")]
    there = near_names(given, names) if names else "no space is registered yet"
    msg = f"there is no space {shown(given)} and no such file: {there}"
    raise LookupError(msg)


def names_of(a: str, b: str) -> tuple[str, str]:
    """What two sides are called: the names, or of files what tells them apart."""
    stems = Path(a).stem, Path(b).stem
    return stems if stems[0] != stems[1] else (a, b)


def _check_name(name: str, a: str, b: str) -> None:
    """Refuse what cannot be stored by a name, before anything takes a while."""
    from embwidget._core.checks import shown
    from embwidget.registry import Registry
    from embwidget.registry.labels import checked_label

    registry, wanted = Registry(), checked_label(name, "--name")
    for given in (a, b):
        if given not in registry:
            msg = f"--name stores comparisons of registered spaces: `embwidget add` {shown(given)}"
            raise ValueError(msg)
    if any(row["name"] == wanted for row in registry.rows("comparison")):
        msg = f"there is a comparison {shown(wanted)} already: give another --name, or delete it"
        raise ValueError(msg)


def _check_picture(path: str) -> None:
    """Refuse what no picture can be written as, before anything takes a while."""
    suffix = Path(path).suffix.lstrip(".").lower()
    if suffix not in _PICTURES:
        msg = f"--plot {path[-60:]!r}: give a file that ends in .{', .'.join(_PICTURES)}"
        raise ValueError(msg)


def _write_page(found: "Comparison", path: str, text: str | None) -> None:
    """Write the page; what it is without stands beside the answer."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found.to_html(path, text=text, progress=shows_progress())
    for warning in caught:
        if issubclass(warning.category, UserWarning):
            note(str(warning.message))


def _write_picture(found: "Comparison", path: str) -> None:
    """Draw both maps into a file, which is there whole or not at all."""
    from embwidget._core.whole_file import saved_file

    figure = found.plot()
    with saved_file(path) as file:
        figure.savefig(file, format=Path(path).suffix.lstrip(".").lower())
