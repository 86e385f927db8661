"""Pictures of a comparison: what their artists hold, and that no text of the data is code."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from embwidget import Space, compare
from embwidget.comparison.comparison import Comparison

pytest.importorskip("matplotlib")

from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from embwidget.plots.plots import plot_comparison, plot_curve, plot_groups, plot_quality
from embwidget.plots.style import CATEGORIES, MISSING, OTHER, SIDES, plain
from embwidget.projection.pair import project_pair

# Two $ open a formula, and \frac{ without an end stops the drawing.
HOSTILE = r"$\frac{$"
N_CLASSES = 6


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """Six classes of 60; in B class 0 lies in two halves, class 2 on class 1, and 3 is noisier."""
    rng = np.random.default_rng(0)
    row = np.arange(360)
    label = np.repeat(np.arange(N_CLASSES), 60)
    a = 8 * np.eye(12)[label] + rng.normal(size=(360, 12))
    b = a + 0.3 * rng.normal(size=a.shape)
    b[:60:2, 8] += 12
    b[label == 2] += 8 * (np.eye(12)[1] - np.eye(12)[2])
    b[label == 3] += 2 * rng.normal(size=(60, 12))
    names = np.array([HOSTILE, "_hidden", "fig $5", "three", "four", "five"], object)[label]
    score = np.where(np.arange(360) % 9, rng.normal(size=360), np.nan)
    many = np.arange(360) % 30
    metadata = pd.DataFrame({"class": names, "score": score, "many": [f"m{i}" for i in many]})
    metadata.loc[5:9, "class"] = None
    metadata["day"] = np.datetime64("1965-01-01") + row
    metadata["when"] = pd.date_range("2024-07-02", periods=360, freq="min", tz="Europe/Berlin")
    metadata["took"] = pd.to_timedelta(row, unit="min")
    metadata["large"] = 2**60 + row
    metadata["epoch"] = 1.7e9 + row / 1000
    sizes = ["small", "medium", "large"]
    metadata["size"] = pd.Categorical(np.array(sizes)[row % 3], sizes, ordered=True)
    metadata.loc[row % 2 == 0, "size"] = "large"
    metadata[7] = row
    spaces = [
        Space(x.astype(np.float32), name=name, metric="euclidean")
        for x, name in ((a, "_first $ and $"), (b, "second"))
    ]
    return compare(*spaces, metadata=metadata, label="class", k_max=25)


def points_of(figure: Figure) -> list[PathCollection]:
    axes = [ax for ax in figure.axes if ax.get_title(loc="left")]
    found = [c for ax in axes for c in ax.collections if isinstance(c, PathCollection)]
    assert len(found) == 2
    return found


def texts_of(figure: Figure) -> list[str]:
    """All texts as they are drawn."""
    import matplotlib.text

    figure.canvas.draw()
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text)]


def drawn(figure: Figure) -> bytes:
    """The picture, which a text that is taken for a formula would stop."""
    picture, size = figure._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert size["width"] > 300
    return picture


def maps(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(n, 2)).astype(np.float32), rng.normal(size=(n, 2)).astype(np.float32)


def test_both_maps_show_every_item_in_its_color(comparison: Comparison) -> None:
    positions = maps(360)
    figure = plot_comparison(comparison, positions)
    coincidence = comparison.jaccard()
    for points, given in zip(points_of(figure), positions, strict=True):
        drawn_at = np.asarray(points.get_offsets(), np.float32)
        assert sorted(map(tuple, drawn_at.tolist())) == sorted(map(tuple, given.tolist()))
        where = {tuple(place): item for item, place in enumerate(given.tolist())}
        items = [where[tuple(place)] for place in drawn_at.tolist()]
        np.testing.assert_array_equal(np.asarray(points.get_array()), coincidence[items])
        assert points.get_clim() == (0, 1)
    drawn(figure)


def test_the_caption_has_the_interval_and_chance(comparison: Comparison) -> None:
    similarity = comparison.similarity
    caption = texts_of(plot_comparison(comparison, maps(360)))
    expected = (
        f"mean coincidence of the 10 nearest {similarity.value:.3f} "
        f"(95 % {similarity.low:.3f} to {similarity.high:.3f}), "
        f"by chance {similarity.chance:.2g}; 360 items"
    )
    assert expected in caption
    at_5 = " ".join(texts_of(plot_comparison(comparison, maps(360), k=5)))
    assert f"mean coincidence of the 5 nearest {comparison.jaccard(5).mean():.3f}" in at_5


def test_maps_are_laid_out_when_none_are_given(comparison: Comparison) -> None:
    figure = plot_comparison(comparison, reducer="pca")
    first, second = points_of(figure)
    assert first.axes.get_shared_x_axes().joined(first.axes, second.axes)
    figure.draw_without_rendering()
    for points in (first, second):
        shown = points.axes.transData.transform(points.get_offsets())
        assert points.axes.bbox.width == pytest.approx(points.axes.bbox.height)
        assert all(points.axes.bbox.contains(*at) for at in shown)
    pair = project_pair(comparison.a.vectors, comparison.b.vectors, "pca")
    for points, positions in zip((first, second), pair, strict=True):
        drawn_at = np.asarray(points.get_offsets(), np.float32)
        assert sorted(map(tuple, drawn_at.tolist())) == sorted(map(tuple, positions.tolist()))


def test_a_column_of_labels_has_a_color_each(comparison: Comparison) -> None:
    figure = plot_comparison(comparison, maps(360), color_by="class")
    legend = figure.legends[0]
    names = [text.get_text() for text in legend.get_texts()]
    assert names[:5] == [plain(x) for x in ("_hidden", "fig $5", "three", "four", "five")]
    assert names[5:] == [plain(HOSTILE), "missing"]
    colors = [to_hex(line.get_color()) for line in legend.get_lines()]
    assert colors == [*CATEGORIES[:6], MISSING]
    for points in points_of(figure):
        counts = pd.Series([to_hex(color) for color in points.get_facecolors()]).value_counts()
        assert counts.to_dict() == {
            **dict.fromkeys(CATEGORIES[:5], 60),
            CATEGORIES[5]: 55,
            MISSING: 5,
        }
    drawn(figure)


def test_many_labels_share_one_grey(comparison: Comparison) -> None:
    figure = plot_comparison(comparison, maps(360), color_by="many")
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == len(CATEGORIES) + 1
    assert names[-1] == "10 others"
    grey = [to_hex(color) == OTHER for color in points_of(figure)[0].get_facecolors()]
    assert sum(grey) == 10 * 12


def test_a_column_of_numbers_has_a_ramp_and_missing_a_color(comparison: Comparison) -> None:
    figure = plot_comparison(comparison, maps(360), color_by="score")
    score = comparison.to_frame()["score"]
    points = points_of(figure)[0]
    assert points.get_clim() == (score.min(), score.max())
    drawn(figure)
    colors = [to_hex(color) for color in points.get_facecolors()]
    assert colors.count(MISSING) == score.isna().sum() == 40


@pytest.mark.parametrize(
    ("column", "title", "ends"),
    [
        ("day", "day", (-1826, -1467)),
        ("when", "when (UTC)", (19_905 + 22 / 24, 19_905 + 22 / 24 + 359 / 1440)),
        ("took", "took in hours", (0, 359 / 60)),
        ("large", "large, above 1,152,921,504,606,846,976", (0, 359)),
        ("epoch", "epoch", (1.7e9, 1.7e9 + 0.359)),
        (7, "7", (0, 359)),
    ],
)
def test_dates_and_large_numbers_keep_their_differences(
    comparison: Comparison, column: object, title: str, ends: tuple[float, float]
) -> None:
    figure = plot_comparison(comparison, maps(360), color_by=column)
    points = points_of(figure)[0]
    assert points.get_clim() == pytest.approx(ends, rel=1e-13, abs=1e-9)
    drawn(figure)
    assert len({to_hex(color) for color in points.get_facecolors()}) > 200
    texts = texts_of(figure)
    assert title in texts
    if column == "day":
        assert any("1965" in text for text in texts)


def test_ordered_categories_keep_their_order(comparison: Comparison) -> None:
    legend = plot_comparison(comparison, maps(360), color_by="size").figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["small", "medium", "large"]
    assert to_hex(legend.get_lines()[2].get_color()) == CATEGORIES[0]


def test_wins_are_centred_on_no_difference(comparison: Comparison) -> None:
    figure = plot_comparison(comparison, maps(360), color_by="wins")
    a, b = comparison.label_agreement()
    largest = float(np.nanmax(np.abs(b - a)))
    points = points_of(figure)[0]
    assert points.get_clim() == (-largest, largest)
    values = np.ma.filled(points.get_array(), np.nan)
    np.testing.assert_array_equal(np.sort(values), np.sort(b - a))


def test_the_curve_is_that_of_the_comparison(comparison: Comparison) -> None:
    figure = plot_curve(comparison)
    lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
    curve = comparison.curve()
    for name, values in (
        ("mean coincidence, 95 %", curve["jaccard"]),
        ("chance", curve["chance"]),
        ("the classes alone", comparison.chance(within="class").mean),
    ):
        np.testing.assert_array_equal(lines[name].get_xdata(), curve["k"])
        np.testing.assert_array_equal(lines[name].get_ydata(), values)
    band = figure.axes[0].collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(curve["low"].min())
    assert band[:, 1].max() == pytest.approx(curve["high"].max())
    drawn(figure)


def test_without_a_label_there_is_no_line_of_classes(comparison: Comparison) -> None:
    plain_comparison = compare(comparison.a.vectors, comparison.b.vectors, k_max=12)
    names = [line.get_label() for line in plot_curve(plain_comparison).axes[0].get_lines()]
    assert "chance" in names
    assert "the classes alone" not in names


def test_quality_bars_are_the_table(comparison: Comparison) -> None:
    figure = plot_quality(comparison, top=4)
    table = comparison.quality(by="label")
    rows = table[table["metric"] == "mean_average_precision_at_r"].head(4)
    ax = figure.axes[0]
    for side, bars in zip("ab", ax.containers, strict=True):
        assert [bar.get_width() for bar in bars] == rows[side].tolist()
        assert {to_hex(bar.get_facecolor()) for bar in bars} == {SIDES[side]}
    ends = np.array([segment[:, 0] for segment in ax.collections[0].get_segments()])
    np.testing.assert_allclose(ends[:, 0], rows["a"] + rows["low"])
    np.testing.assert_allclose(ends[:, 1], rows["a"] + rows["high"])
    texts = [text.get_text() for text in ax.get_yticklabels()]
    assert texts == [
        f"{plain(label)}  ({n})" for label, n in zip(rows["label"], rows["n"], strict=True)
    ]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [r"_first \$ and \$", "second"]
    drawn(figure)


def test_another_metric_can_be_drawn(comparison: Comparison) -> None:
    figure = plot_quality(comparison, metric="precision_at_1")
    assert figure.axes[0].get_xlabel() == "precision at 1"
    with pytest.raises(ValueError, match=r"metric='accuracy': there are .*'precision_at_1'"):
        plot_quality(comparison, metric="accuracy")


def test_group_bars_are_the_table(comparison: Comparison) -> None:
    figure = plot_groups(comparison)
    table = comparison.groups()
    rows = table[table["change"] != "kept"].head(20)
    assert {"splits", "merges"} <= set(rows["change"])
    pale, dark = figure.axes[0].containers
    assert [bar.get_width() for bar in pale] == rows["n_items"].tolist()
    assert [bar.get_width() for bar in dark] == pytest.approx(rows["score"].tolist())
    for bar, change in zip(dark, rows["change"], strict=True):
        side = "a" if change in {"splits", "dissolves"} else "b"
        assert to_hex(bar.get_facecolor()) == SIDES[side]
    texts = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert texts == [plain(name) for name in rows["name"]]
    drawn(figure)
    assert len(plot_groups(comparison, top=1).axes[0].containers[0]) == 1


def test_no_change_is_said_in_words(comparison: Comparison) -> None:
    same = compare(comparison.a, comparison.a, k_max=15)
    assert "All groups are in both." in texts_of(plot_groups(same))


def test_axes_and_figures_can_be_given(comparison: Comparison) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_curve(comparison, ax=left) is figure
    assert plot_groups(comparison, ax=right) is figure
    other = Figure()
    assert plot_comparison(comparison, maps(360), figure=other) is other
    assert len(points_of(other)) == 2


def test_no_window_is_opened(comparison: Comparison) -> None:
    import matplotlib.pyplot as plt

    plot_curve(comparison)
    plot_comparison(comparison, maps(360))
    assert plt.get_fignums() == []


def test_texts_are_never_formulas(comparison: Comparison) -> None:
    figure = plot_curve(comparison)
    figure.axes[0].set_title(plain(HOSTILE))
    drawn(figure)
    assert plain("a\nb\x00$c$") == r"a b \$c\$"
    assert len(plain("x" * 10**6)) == 40
    figure.axes[0].set_title(HOSTILE)
    with pytest.raises(ValueError, match="frac"):
        drawn(figure)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"color_by": "clas"}, r"color_by='clas': there are 'class'"),
        ({"positions": maps(3)}, r"positions of A: shape \(3, 2\), expected \(360, 2\)"),
        ({"positions": (np.full((360, 2), np.nan),) * 2}, "positions of A: row 0, column 0 is nan"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    comparison: Comparison, arguments: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        plot_comparison(comparison, **{"positions": maps(360), **arguments})


@pytest.mark.parametrize("top", [0, -1, 1.5, True])
def test_top_is_a_number_of_rows(comparison: Comparison, top: object) -> None:
    with pytest.raises(ValueError, match="give a whole number of at least 1"):
        plot_groups(comparison, top=top)


def test_without_matplotlib_the_extra_is_named(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install \"embwidget\[plots\]\""):
        plot_curve(comparison)


def test_plots_bring_matplotlib_only_when_they_draw() -> None:
    code = "import sys, embwidget.plots.plots; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
