"""Say where a docstring leaves out the shape of an array: `check_shapes.py PATH...`.

A shape is "(n_samples, k)", "(n,)" or "(..., n_dims)"; the dtype stands behind it. An array is what
is annotated as NDArray, ndarray or ArrayLike, or by a name that some file of embwidget gives to
those, such as ``Float32 = NDArray[np.float32]``.

Rules
-----
1. A public function has an entry of its own for each array among its parameters, under
   "Parameters", and one under "Returns", each with a shape. One whose docstring has no sections has
   as many shapes in it as there are arrays, the returned one included.
2. A public class has an entry with a shape for each attribute that is an array, under "Attributes"
   or "Parameters"; the arrays that its ``__init__`` takes stand there too.
3. A private function or class, or a method of a private class, has at least one shape in its
   docstring. It may do without a docstring when its body is shorter than 6 lines.
4. Functions inside of functions are left to the reader of those.
5. A method without a docstring needs none where one of the same name in a base class of embwidget
   has one: an overriding method is documented where it is first declared. Bases are found by name.
6. No docstring says "Do the same": whoever jumps there has not read what stands above.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "embwidget"
LONGEST_WITHOUT_DOCSTRING = 5

_ARRAYS = frozenset({"NDArray", "ndarray", "ArrayLike"})
_SIZE = r"(?:\.\.\.|(?:at most )?[\w.]+(?:\(\w+\))?(?: ?[-+*/] ?[\w.]+)*(?: or fewer)?)"
_SHAPE = re.compile(rf"\(\s*{_SIZE}\s*,(?:\s*{_SIZE}\s*,?)*\s*\)")
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: ?:| *$|, each)", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def array_names(paths: list[Path]) -> frozenset[str]:
    """Names of array types: numpy's, and those that files give to them."""
    given: dict[str, ast.expr] = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                given[node.targets[0].id] = node.value
    names = set(_ARRAYS)
    while True:
        more = {
            name
            for name, value in given.items()
            if name[0].isupper() and name not in names and _is_alias(value, names)
        }
        if not more:
            return frozenset(names)
        names |= more


def _is_alias(value: ast.expr, names: set[str]) -> bool:
    """Whether an assigned value is an array type, or a union of those."""
    if isinstance(value, ast.BinOp):
        return _is_alias(value.left, names) and _is_alias(value.right, names)
    if isinstance(value, ast.Subscript):
        value = value.value
    return _name_of(value) in names


def _name_of(node: ast.expr | None) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def has_array(annotation: ast.expr | None, names: frozenset[str]) -> bool:
    """Whether an annotation has an array in it; what a callable takes and gives does not count."""
    if annotation is None:
        return False
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return has_array(ast.parse(annotation.value, mode="eval").body, names)
    if isinstance(annotation, ast.Subscript):
        outer = _name_of(annotation.value)
        if outer in names:
            return True
        return outer not in {"Callable", "Literal"} and has_array(annotation.slice, names)
    if _name_of(annotation) in names:
        return True
    return any(
        has_array(child, names)
        for child in ast.iter_child_nodes(annotation)
        if isinstance(child, ast.expr)
    )


def sections_of(docstring: str) -> dict[str, str]:
    """Text of each section by its heading; "" is what stands before the first."""
    parts = _SECTION.split(docstring)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def entries_of(section: str) -> dict[str, str]:
    """Text of each entry of a section by the name that it explains."""
    found = {}
    starts = [*_ENTRY.finditer(section)]
    ends = [*(start.start() for start in starts[1:]), len(section)]
    for start, end in zip(starts, ends, strict=False):
        for name in start[1].split(", "):
            found[name.lstrip("*")] = section[start.start() : end]
    return found


class Bases:
    """Classes by name, to ask where a method is documented.

    Parameters
    ----------
    paths : list of Path
        Files in which classes are looked up; two of one name count as one.
    """

    def __init__(self, paths: list[Path]) -> None:
        self._bases: defaultdict[str, set[str]] = defaultdict(set)
        self._documented: defaultdict[str, set[str]] = defaultdict(set)
        for path in paths:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    self._bases[node.name] |= {_base_name(base) for base in node.bases}
                    self._documented[node.name] |= {
                        inner.name
                        for inner in node.body
                        if isinstance(inner, Function) and ast.get_docstring(inner)
                    }

    def document(self, class_name: str, method: str) -> bool:
        """Whether a class above this one has the method with a docstring."""
        seen = {class_name}
        waiting = [class_name]
        while waiting:
            new = self._bases.get(waiting.pop(), set()) - seen
            if any(method in self._documented.get(name, ()) for name in new):
                return True
            seen |= new
            waiting += new
        return False


def _base_name(base: ast.expr) -> str:
    return _name_of(base.value if isinstance(base, ast.Subscript) else base)


def problems(path: Path, names: frozenset[str], bases: Bases) -> Iterator[tuple[int, str]]:
    """Line and message of each place of a file that breaks a rule."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body:
        yield from _problems(node, names, bases, private=False, owner=None)


def _problems(
    node: ast.stmt,
    names: frozenset[str],
    bases: Bases,
    *,
    private: bool,
    owner: ast.ClassDef | None,
) -> Iterator[tuple[int, str]]:
    """Those of a function or a class; `owner` is the class that a method is in."""
    if isinstance(node, (ast.If, ast.Try)):
        for inner in node.body:
            yield from _problems(inner, names, bases, private=private, owner=owner)
    elif isinstance(node, ast.ClassDef):
        private = private or node.name.startswith("_")
        docstring = ast.get_docstring(node) or ""
        yield from _told_to_look_up(node, docstring)
        yield from _of_attributes(node, docstring, names, private=private)
        for inner in node.body:
            yield from _problems(inner, names, bases, private=private, owner=node)
    elif isinstance(node, Function):
        is_init = node.name == "__init__"
        documented = owner if is_init and owner else node
        docstring = ast.get_docstring(documented) or ""
        if not is_init:
            if owner and not docstring and bases.document(owner.name, node.name):
                return
            yield from _told_to_look_up(node, docstring)
            private = private or node.name.startswith("_")
        yield from _of_function(node, docstring, names, private=private)


def _told_to_look_up(node: Function | ast.ClassDef, docstring: str) -> Iterator[tuple[int, str]]:
    if re.search(r"\bdo the same\b", docstring, re.IGNORECASE):
        yield node.lineno, f'{node.name}: say what it does instead of "Do the same"'


def _of_attributes(
    node: ast.ClassDef, docstring: str, names: frozenset[str], *, private: bool
) -> Iterator[tuple[int, str]]:
    arrays = [
        inner.target.id
        for inner in node.body
        if isinstance(inner, ast.AnnAssign)
        and isinstance(inner.target, ast.Name)
        and has_array(inner.annotation, names)
    ]
    if not arrays or (private and _SHAPE.search(docstring)):
        return
    if private:
        yield node.lineno, f"{node.name}: no shape in the docstring of a class that holds arrays"
        return
    sections = sections_of(docstring)
    entries = entries_of(sections.get("Parameters", "")) | entries_of(
        sections.get("Attributes", "")
    )
    for name in arrays:
        if not _SHAPE.search(entries.get(name, "")):
            yield node.lineno, f"{node.name}.{name}: no shape under Attributes"


def _of_function(
    node: Function, docstring: str, names: frozenset[str], *, private: bool
) -> Iterator[tuple[int, str]]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    arguments += [more for more in (node.args.vararg, node.args.kwarg) if more]
    arrays = [given.arg for given in arguments if has_array(given.annotation, names)]
    gives = has_array(node.returns, names)
    if not arrays and not gives:
        return
    if private:
        if docstring:
            if not _SHAPE.search(docstring):
                yield node.lineno, f"{node.name}: no shape in its docstring"
        elif node.end_lineno - node.body[0].lineno >= LONGEST_WITHOUT_DOCSTRING:
            yield node.lineno, f"{node.name}: needs a docstring with a shape, or to be shorter"
        return
    sections = sections_of(docstring)
    if len(sections) == 1:
        wanted = len(arrays) + gives
        found = len(_SHAPE.findall(docstring))
        if found < wanted:
            yield node.lineno, f"{node.name}: {found} shapes in its docstring for {wanted} arrays"
        return
    entries = entries_of(sections.get("Parameters", ""))
    for name in arrays:
        if not _SHAPE.search(entries.get(name, "")):
            yield node.lineno, f"{node.name}: no shape of {name} under Parameters"
    told = sections.get("Returns", "") + sections.get("Yields", "")
    if gives and not _SHAPE.search(told or sections[""]):
        yield node.lineno, f"{node.name}: no shape under Returns"


def main(given: list[str]) -> int:
    """Check files and folders; 1 when something was found."""
    paths = [
        file
        for path in map(Path, given)
        for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])
    ]
    known = [*sorted(PACKAGE.rglob("*.py")), *paths]
    names, bases = array_names(known), Bases(known)
    n_found = 0
    for path in paths:
        for line, message in problems(path, names, bases):
            print(f"{path}:{line}: {message}")
            n_found += 1
    return int(n_found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
