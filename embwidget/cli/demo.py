"""``demo``: two spaces of the same texts, registered and compared."""

from pathlib import Path

from embwidget.cli.adding import Adding, SpaceGiven
from embwidget.cli.compare import compared, say_comparison, told_of
from embwidget.cli.options import Json
from embwidget.cli.output import say, say_json

DATASET, LABEL = "wordnet", "label"
SPACES = {"glove": "wordnet_glove.npz", "minilm": "wordnet_minilm_int8.npz"}
"""By name, the file of a space; MiniLM in 8 bits, so that the package stays small."""

_TABLE = f"{DATASET}.csv.gz"
# In a wheel beside this file; in a checkout where the notebooks have them.
_FOLDERS = (
    Path(__file__).parent / "demo_data",
    Path(__file__).parents[2] / "notebooks" / "data",
)


def demo(as_json: Json = False) -> None:
    """Register and compare two spaces of texts.

    5,040 definitions of WordNet, by GloVe and by MiniLM. What is there already is used again.

    \b
    Examples:
      embwidget demo
      embwidget compare glove minilm --histogram
    """
    added = _added(_folder())
    found = compared(*SPACES, label=LABEL)
    if as_json:
        say_json({"added": added, "comparison": told_of(found)})
        return
    for each in added:
        say(f"added {each['kind']} {each['name']}")
    say_comparison(found, histogram=True)
    say()
    say(f"Next: `embwidget ls`, and `embwidget run {' '.join(SPACES)} --label {LABEL}`")


def _folder() -> Path:
    for folder in _FOLDERS:
        if (folder / _TABLE).is_file():
            return folder
    msg = f"the demo's data are not in this installation: {_FOLDERS[0]} has no {_TABLE}"
    raise FileNotFoundError(msg)


def _added(folder: Path) -> list[dict[str, str]]:
    """Add what is not there yet, and return that."""
    import gzip
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as unpacked, Adding("embwidget demo") as adding:
        table = Path(unpacked) / f"{DATASET}.csv"
        table.write_bytes(gzip.decompress((folder / _TABLE).read_bytes()))
        adding.dataset(str(table), DATASET, "id")
        for name, file in SPACES.items():
            if not adding.has_space(name, DATASET):
                adding.space(SpaceGiven(str(folder / file), name, DATASET, None, None, {}))
    return adding.told()
