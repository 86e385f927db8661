"""Import of packages that only some uses need."""

from importlib import import_module
from typing import Any


def import_extra(module: str, *, extra: str) -> Any:
    """Import an optional package, or say what to install.

    Parameters
    ----------
    module : str
        Name of the module, such as ``"pyarrow"`` or ``"pyarrow.parquet"``.
    extra : str
        The extra of embwidget that brings it.

    Raises
    ------
    ImportError
        When the package is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        msg = f'{package} is needed for this: pip install "embwidget[{extra}]"'
        raise ImportError(msg) from error
