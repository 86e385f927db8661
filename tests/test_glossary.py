"""The words of docs/glossary.md hold in Python and in TypeScript."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from embwidget.session.answers.measured_columns import MEASURED

ROOT = Path(__file__).parent.parent
PYTHON = sorted((ROOT / "embwidget").rglob("*.py"))
SCREEN = sorted((ROOT / "js" / "src").rglob("*.ts"))
# Rooms whose texts a person reads in the widget or in a picture.
READ = {"session", "widget", "plots"}
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")

IN_NAMES, IN_TEXTS = "What we do not say", "What the screen does not say"

_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_NO_NAME = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_TEXT = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"((?:\\.|[^\"\\\n])*)\"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`",
    re.DOTALL,
)
# A key, the name of a class of styles: nobody reads them.
_NO_TEXT = re.compile(r"[a-z_.:-]*|[\w./-]+\.(?:ts|css)")
_STYLE = re.compile(r"\bew-[\w-]+")
_TEMPLATE = re.compile(r"`(?:\\.|[^`\\])*`", re.DOTALL)
_FILLED = re.compile(r"\$\{([^}]*)\}")


def words_of(name: str) -> list[str]:
    """Words of a name in snake_case or camelCase."""
    return [part.lower() for part in _PART.findall(name)]


def names_in_python(path: Path) -> Iterator[str]:
    """Names that a file gives: to itself, functions, classes, arguments, attributes, constants."""
    yield path.stem if path.stem != "__init__" else path.parent.name
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def names_on_screen(path: Path) -> Iterator[str]:
    """All names that stand in a file, its own included."""
    yield path.stem
    text = _NO_NAME.sub(" ", path.read_text("utf-8"))
    text = _TEMPLATE.sub(lambda found: " ".join(_FILLED.findall(found[0])), text)
    yield from re.findall(r"[A-Za-z_$][\w$]*", text)


def rows_of(table: str) -> list[list[str]]:
    """Cells of each row of a table."""
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def retired(section: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Each word of a section, what to say instead, and excepted names."""
    found = []
    for words, instead, but in rows_of(GLOSSARY.split(f"## {section}")[1].split("\n## ")[0]):
        excepted = tuple(re.findall(r"`([^`]+)`", but))
        found += [(word, instead, excepted) for word in re.findall(r"`(\w+)`", words)]
    return found


def offenders(given: dict[Path, list[str]], word: str, excepted: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path, names in given.items()
        for name in names
        if word in words_of(name) and name not in excepted
    ]


@pytest.fixture(scope="module")
def names() -> dict[Path, list[str]]:
    return {path: [*names_in_python(path)] for path in PYTHON} | {
        path: [*names_on_screen(path)] for path in SCREEN
    }


def test_the_tables_are_read() -> None:
    assert len(rows_of(GLOSSARY.split("## What we do not say")[0])) > 20
    names, texts = retired(IN_NAMES), retired(IN_TEXTS)
    words = [word for word, *_ in names]
    assert len(words) == len(set(words)) > 10
    assert len(texts) > 5
    assert all(instead for _, instead, _ in names + texts)


@pytest.mark.parametrize("entry", retired(IN_NAMES), ids=lambda entry: entry[0])
def test_nobody_uses_a_retired_word(names: dict[Path, list[str]], entry: tuple) -> None:
    word, instead, excepted = entry
    found = offenders(names, word, excepted)
    assert not found, f"say {instead}: {found}"


def test_a_retired_word_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "ranks.py"
    wrong.write_text("def findPlaces(x):\n    x.kept_ones = x\n    places = 1\n    return places\n")
    assert words_of("_HTMLPlaces_at3") == ["html", "places", "at"]
    assert [*names_in_python(wrong)] == ["ranks", "findPlaces", "x", "kept_ones"]
    screen = tmp_path / "points.ts"
    screen.write_text(
        'const colours = "places"; // outrun\n/* kept */ this.#kept = `facts ${reach}`;'
    )
    assert [*names_on_screen(screen)] == ["points", "const", "colours", "this", "kept", "reach"]


def texts_on_screen(path: Path) -> list[str]:
    """What a file may show: its strings, but for keys and names of styles."""
    found = ["".join(groups) for groups in _TEXT.findall(path.read_text("utf-8"))]
    return readable_ones(_STYLE.sub("", _FILLED.sub("", text)) for text in found)


def texts_in_python(path: Path) -> list[str]:
    """What a module may show: its strings, but for docstrings and keys."""
    tree = ast.parse(path.read_text("utf-8"))
    unread = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return readable_ones(
        node.value for node in strings if isinstance(node.value, str) and id(node) not in unread
    )


def readable_ones(texts: Iterable[str]) -> list[str]:
    """Those that are no key: a single word in small letters."""
    return [text for text in texts if not _NO_TEXT.fullmatch(text)]


@pytest.fixture(scope="module")
def texts() -> dict[Path, list[str]]:
    rooms = [path for path in PYTHON if path.parent != ROOT / "embwidget"]
    shown = [path for path in rooms if READ & {*path.relative_to(ROOT / "embwidget").parts}]
    return {path: texts_in_python(path) for path in shown} | {
        path: texts_on_screen(path) for path in SCREEN
    }


@pytest.mark.parametrize("entry", retired(IN_TEXTS), ids=lambda entry: entry[0])
def test_no_text_of_the_screen_has_a_retired_word(
    texts: dict[Path, list[str]], entry: tuple
) -> None:
    word, instead, excepted = entry
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path, shown in texts.items()
        for text in shown
        if word in words_of(without(text, excepted))
    ]
    assert not found, f"say {instead}: {found}"


def without(text: str, excepted: tuple[str, ...]) -> str:
    """A text without what may stand in it."""
    for phrase in excepted:
        text = text.replace(phrase, "")
    return text


def test_a_retired_word_of_the_screen_is_found(tmp_path: Path) -> None:
    screen = tmp_path / "card.ts"
    screen.write_text(
        'import { x } from "./shared.ts"; // "IoU here"\n'
        'const key = "shared"; h("p", { class: "ew-shared" }, `${iou} of ${k} shared`, "IoU");'
    )
    assert texts_on_screen(screen) == [" of  shared", "IoU"]
    module = tmp_path / "card.py"
    module.write_text('"""An IoU."""\nx = {"shared": f"mean IoU {y:.3f}"}\ny: int\n"""IoU."""\n')
    assert texts_in_python(module) == ["mean IoU ", ".3f"]
    assert without("rank similarity of A", ("rank similarity",)) == " of A"


def test_titles_of_colours_have_the_words_of_their_names() -> None:
    for name, column in MEASURED.items():
        title = re.findall(r"[a-z]+", column.title.lower())
        assert set(name.split("_")) <= set(title), f"{name} is called {column.title}"


def classes_of(path: Path) -> Iterator[str]:
    """Names of the public classes, and on the screen of the interfaces that are exported."""
    text = path.read_text("utf-8")
    if path.suffix == ".ts":
        yield from re.findall(
            r"^export (?:abstract )?(?:class|interface) (\w+)", text, re.MULTILINE
        )
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


@pytest.mark.parametrize("side", [PYTHON, SCREEN], ids=["python", "screen"])
def test_no_class_name_stands_for_two_things(side: list[Path]) -> None:
    places = defaultdict(list)
    for path in side:
        for name in classes_of(path):
            places[name].append(str(path.relative_to(ROOT)))
    assert len(places) > 20
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_no_alias_of_a_type_has_two_meanings() -> None:
    meanings = defaultdict(set)
    for path in PYTHON:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                meanings[node.targets[0].id].add(ast.unparse(node.value))
    aliases = {name: of for name, of in meanings.items() if re.match(r"[A-Z]\w*[a-z]", name)}
    assert len(aliases) > 20
    assert {name: of for name, of in aliases.items() if len(of) > 1} == {}
