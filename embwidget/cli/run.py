"""``run``: two spaces looked at on a page of this machine, or in a marimo notebook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embwidget.cli.options import Json
from embwidget.cli.output import note, say, say_json

if TYPE_CHECKING:
    from embwidget.page.server import PageServer
    from embwidget.registry import Registry


def run(
    a: Annotated[
        str | None, typer.Argument(help="A space's name, or a file of vectors.", show_default=False)
    ] = None,
    b: Annotated[str | None, typer.Argument(help="Another one.", show_default=False)] = None,
    k: Annotated[int, typer.Option("--k", "-k", help="Neighbours that are compared.")] = 10,
    metric: Annotated[
        str | None, typer.Option("--metric", "-m", help="cosine, euclidean ... of both spaces.")
    ] = None,
    reducer: Annotated[
        str, typer.Option("--reducer", help="What draws the maps: umap, pca, tsne ...")
    ] = "umap",
    label: Annotated[
        str | None, typer.Option("--label", help="Column that says what an item is.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Column with a text of each item.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="0 = any that is free; by default 8765 or one behind it."),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; others need --allow-remote.")
    ] = "127.0.0.1",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines in that have the address.")
    ] = False,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address, and open nothing.")
    ] = False,
    notebook: Annotated[
        bool,
        typer.Option("--notebook", help="Write a marimo notebook with the same choices instead."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Look at two spaces on a page of this machine.

    The page offers all spaces of the registry and the files that are named here, and computes in
    this process until Ctrl+C. Without names one chooses there. --notebook writes a notebook of
    marimo into this folder, and opens it. docs/run.md says more.

    \b
    Examples:
      embwidget run
      embwidget run glove minilm --label label
      embwidget run a.npy b.npy --no-browser --port 9000
      embwidget run glove minilm --notebook
    """
    from embwidget.page.asked import Asked
    from embwidget.registry import Registry

    registry = Registry()
    files = _files(registry, a, b)
    names = [name for name in (_name_of(given, files) for given in (a, b)) if name is not None]
    start: dict[str, Any] = {"k": k, "reducer": reducer, "text": text or ""}
    start |= {} if metric is None else {"metric": metric}
    start |= {} if label is None else {"label": label}
    start |= dict(zip("ab", names, strict=False))
    # What is wrong is said here, and not on the page.
    Asked.of({"a": "", "b": "", **start})
    if notebook:
        _write_notebook(registry, files, start, opens=not no_browser, as_json=as_json)
        return
    from embwidget.page.catalogue import Catalogue
    from embwidget.page.server import PageServer

    catalogue = Catalogue(registry, files, start)
    server = PageServer(catalogue, host=host, port=port, allow_remote=allow_remote)
    _serve(server, opens=not no_browser, as_json=as_json)


def _serve(server: "PageServer", *, opens: bool, as_json: bool) -> None:
    """Answer until Ctrl+C."""
    import asyncio
    from contextlib import suppress

    address = server.door.address

    def ready() -> None:
        if as_json:
            say_json({"address": address, "port": server.door.port})
        else:
            say(f"The page is at {address}")
            say("Whoever has this address sees all spaces. Ctrl+C ends it.")
        if opens:
            import threading
            import webbrowser

            # Some browsers answer only when they are closed.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        import sys

        sys.stdout.flush()

    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve(ready))
    if not as_json:
        say("Ended; the registry is as it was.")


def _files(registry: "Registry", a: str | None, b: str | None) -> dict[str, Path]:
    """Files among what was named, by the names that the page knows them by."""
    from embwidget.cli.compare import names_of, side_of

    given = [each for each in (a, b) if each is not None]
    sides = [side_of(registry, each) for each in given]
    stems = names_of(*given) if len(given) == 2 else tuple(Path(each).stem for each in given)
    found: dict[str, Path] = {}
    for side, stem, each in zip(sides, stems, given, strict=True):
        if isinstance(side, Path):
            # A file never stands in the place of a space of the registry.
            found[each if stem in registry or stem in found else stem] = side.resolve()
    return found


def _name_of(given: str | None, files: dict[str, Path]) -> str | None:
    if given is None:
        return None
    path = Path(given).expanduser().resolve()
    return next((name for name, file in files.items() if file == path), given)


def _write_notebook(
    registry: "Registry",
    files: dict[str, Path],
    start: dict[str, Any],
    *,
    opens: bool,
    as_json: bool,
) -> None:
    """Write a notebook of marimo beside the others in this folder, and open it."""
    import subprocess
    import sys
    from importlib.util import find_spec
    from shlex import join

    from embwidget.page.catalogue import Catalogue
    from embwidget.page.notebook import write_notebook

    if "label" not in start:
        start = {**start, "label": Catalogue(registry, files, start).likely_label()}
    path = write_notebook(Path.cwd(), registry.path, files, start)
    command = join(["marimo", "edit", path.name])
    if as_json:
        say_json({"file": str(path), "command": command})
        return
    say(f"The notebook is {path.name}; the button at its bottom right runs all cells.")
    if find_spec("marimo") is None:
        note('marimo opens it, and is not installed: pip install "embwidget[marimo]"')
    elif opens:
        subprocess.run([sys.executable, "-m", "marimo", "edit", path.name], check=False)  # noqa: S603
        return
    say(f"Open it: {command}")
