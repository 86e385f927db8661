"""MLflow as a place where runs are written down: its client, and names that it takes."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra
from embwidget._core.parsing import reason_of

EXTRA = "mlflow"

COMPARISONS = "comparisons"
"""Folder of what was found in a run: of its artifacts, and in the names of metrics and tags."""

_SQLITE = "sqlite:///"
# What MLflow takes in names of metrics on every system, but for slashes, which are folders.
_UNSAFE = re.compile(r"[^\w\- .]")
_MOST_CHARS = 80
_HASH_CHARS = 8


def mlflow_client(uri: Any = None) -> Any:
    """Client of a tracking store.

    Parameters
    ----------
    uri : str or Path, optional
        By default that which MLflow itself is set to.

    Raises
    ------
    ImportError
        When MLflow is not installed; names the extra.
    FileNotFoundError
        When it names a file of SQLite that is not there, which MLflow would make.
    """
    mlflow = import_extra("mlflow", extra=EXTRA)
    if uri is not None and (not isinstance(uri, (str, Path)) or not str(uri).strip()):
        msg = f'uri={shown(uri)}: give the address of a tracking store, "sqlite:///mlflow.db"'
        raise ValueError(msg)
    with asking_mlflow():
        address = mlflow.get_tracking_uri() if uri is None else str(uri)
    path = Path(address.removeprefix(_SQLITE).partition("?")[0])
    if address.startswith(_SQLITE) and not path.is_file():
        msg = f"there is no tracking store {shown(str(path))}: give the uri of one that is there"
        raise FileNotFoundError(msg)
    with asking_mlflow():
        return mlflow.MlflowClient(address)


@contextmanager
def asking_mlflow() -> Iterator[None]:
    """Turn whatever MLflow and its database raise into an OSError of one sentence."""
    try:
        yield
    except ImportError as error:
        msg = f"MLflow needs a package for this store: {reason_of(error)}"
        raise ImportError(msg) from error
    except Exception as error:
        msg = f"MLflow does not answer: {reason_of(error)}"
        raise OSError(msg) from error


def open_run(client: Any, run_id: Any) -> str:
    """Id of a run that can be written to.

    Parameters
    ----------
    client : MlflowClient
    run_id : str or None
        None = the run that is active in this process.

    Raises
    ------
    ValueError
        When there is none of this id, none is active, or it was deleted.
    """
    if run_id is None:
        active = import_extra("mlflow", extra=EXTRA).active_run()
        if active is None:
            msg = "no run is active: give run_id=, or call it inside of mlflow.start_run()"
            raise ValueError(msg)
        run_id = active.info.run_id
    if not isinstance(run_id, str):
        msg = f"run_id={shown(run_id)} ({type(run_id).__name__}): give the id of a run as text"
        raise TypeError(msg)
    try:
        run = client.get_run(run_id)
    except Exception as error:
        msg = f"run_id={shown(run_id)}: there is no such run: {reason_of(error)}"
        raise ValueError(msg[:290]) from error
    if run.info.lifecycle_stage != "active":
        msg = f"run_id={shown(run_id)}: this run was deleted: restore it, or give another one"
        raise ValueError(msg)
    return run_id


def safe_name(name: str) -> str:
    """Return a name as a part of paths and of names of metrics, other names another one."""
    made = _UNSAFE.sub("_", name).strip(" .")[:_MOST_CHARS].rstrip(" .")
    if made == name:
        return made
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARS]
    return f"{made or 'space'}-{digest}"
