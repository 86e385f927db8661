"""Write the types of what a screen is told from Python to TypeScript: ``make types``.

``--check`` writes nothing, and fails when the file is not what would be written. Takes the module
to read and the file to write when they are others than those of the repository.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "embwidget" / "session" / "wire" / "state.py"
TARGET = ROOT / "js" / "src" / "wire" / "state.ts"

HEAD = "/** Written from `embwidget/session/wire/state.py` by `make types`: change it there. */"
PLAIN = {"int": "number", "float": "number", "str": "string", "bool": "boolean", "None": "null"}
# What the TypeScript side calls it.
NAMES = {"State": "Traits"}


Words = dict[str, str]


def type_of(node: ast.expr, words: Words) -> str:
    """TypeScript's words for an annotation."""
    match node:
        case ast.Name(id=name) if name in words:
            return words[name]
        case ast.Constant(value=None):
            return "null"
        case ast.Constant(value=str(text)):
            return f'"{text}"'
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{type_of(left, words)} | {type_of(right, words)}"
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            inner = type_of(item, words)
            return f"({inner})[]" if " " in inner else f"{inner}[]"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=options)):
            return " | ".join(type_of(option, words) for option in options)
        case ast.Subscript(
            value=ast.Name(id="Annotated"),
            slice=ast.Tuple(elts=[ast.Subscript(value=ast.Name(id="list"), slice=item), *names]),
        ):
            labels = [name.value for name in names if isinstance(name, ast.Constant)]
            return f"[{', '.join(f'{label}: {type_of(item, words)}' for label in labels)}]"
    msg = f"line {node.lineno}: no word in TypeScript for {ast.unparse(node)}"
    raise SystemExit(msg)


def comment(text: str, indent: str) -> Iterator[str]:
    """Lines of a comment, which calls nothing what Python does."""
    lines = text.strip().replace("None", "null").splitlines()
    if len(lines) == 1:
        yield f"{indent}/** {lines[0]} */"
        return
    yield f"{indent}/**"
    yield from (f"{indent} * {line.strip()}".rstrip() for line in lines)
    yield f"{indent} */"


def described(body: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement, with the text that stands below it."""
    for node, after in zip(body, [*body[1:], None], strict=True):
        match after:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node, text
            case _:
                yield node, ""


def interface(kind: ast.ClassDef, words: Words) -> Iterator[str]:
    """Lines of the interface that a class is in TypeScript."""
    yield from comment(ast.get_docstring(kind) or "", "")
    yield f"export interface {words[kind.name]} {{"
    for node, text in described(kind.body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield from comment(text, "  ") if text else ()
            yield f"  {node.target.id}: {type_of(node.annotation, words)};"
    yield "}"


def written(source: str) -> str:
    """The TypeScript for the types of a module."""
    blocks, words = [HEAD], dict(PLAIN)
    for node, text in described(ast.parse(source).body):
        match node:
            case ast.ClassDef(name=name):
                words[name] = NAMES.get(name, name)
                blocks.append("\n".join(interface(node, words)))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                words[name] = name
                line = f"export type {name} = {type_of(value, words)};"
                blocks.append("\n".join([*comment(text, ""), line]))
    return "\n\n".join(blocks) + "\n"


def main() -> None:
    """Write, or check what is written."""
    check = "--check" in sys.argv
    source, target = map(Path, [a for a in sys.argv[1:] if a != "--check"] or [SOURCE, TARGET])
    text = written(source.read_text())
    if not check:
        target.write_text(text)
    elif not target.exists() or target.read_text() != text:
        msg = f"{target.name} is not what {source.name} says: make types"
        raise SystemExit(msg)


if __name__ == "__main__":
    main()
