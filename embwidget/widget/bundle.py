"""Where the built screen lies, which wheels carry and a checkout has to build."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_STATIC = _PACKAGE / "static"


def bundle_file(name: str) -> Path:
    """Path of a file of the bundle; FileNotFoundError that says how to get it."""
    path = _STATIC / name
    if path.is_file():
        return path
    checkout = _PACKAGE.parent
    if (checkout / "package.json").is_file() and (checkout / "js").is_dir():
        remedy = f"run `npm ci && npm run build` in {checkout}"
    else:
        remedy = (
            "this installation is not whole, reinstall it: "
            "`pip install --force-reinstall --no-deps embwidget`"
        )
    msg = f"the widget's bundle {path} is missing: {remedy}"
    raise FileNotFoundError(msg)
