"""A space as artifacts of a run: its vectors as .npy, and its ids in an archive beside them."""

from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown
from embwidget._core.held_vectors import HeldVectors
from embwidget._core.npz import npz_entries, read_npy, write_npy, write_npz
from embwidget._core.optional import import_extra
from embwidget._core.parsing import parsing
from embwidget._core.parts import Parts
from embwidget._core.tracking import EXTRA, asking_mlflow, mlflow_client, open_run, safe_name
from embwidget._core.whole_file import file_hash, open_regular
from embwidget.files.npz import described_arrays, described_parts

FOLDER = "spaces"

BESIDE = ".ids.npz"
"""In the place of .npy, the ending of the archive that belongs to it."""

_HASH = "vectors_sha256"
_MOST_DIGEST = 36
# A larger array is not read into memory before it is copied.
_OPENED_ABOVE = 50_000_000


class LoggedVectors(HeldVectors):
    """Vectors with ids, a name and a metric, which a run of MLflow can hold.

    Attributes
    ----------
    ids : (n_samples,) int64, uint64 or object (of str)
    has_ids : bool
    name, metric : str or None
    """

    __slots__ = ()

    ids: NDArray[Any]
    has_ids: bool
    name: str | None
    metric: str | None

    def log_to_mlflow(
        self,
        run_id: str | None = None,
        *,
        name: str | None = None,
        uri: str | Path | None = None,
    ) -> str:
        """Write vectors and ids to a run of MLflow, where `Registry.from_mlflow` finds them.

        The vectors are ``spaces/NAME.npy``, ids, name and metric ``spaces/NAME.ids.npz`` beside
        them, and the run's inputs tell of them with a digest. Metadata stays here. A space of the
        same name in the same run is replaced.

        Parameters
        ----------
        run_id : str, optional
            By default the run that is active in this process.
        name : str, optional
            By default the space's own, else "space". Letters that no file may have become "_",
            and then a hash of the name tells it from others.
        uri : str or Path, optional
            Tracking store, "sqlite:///mlflow.db"; by default that which MLflow is set to.

        Returns
        -------
        str
            Path of the vectors among the artifacts of the run.

        Raises
        ------
        ImportError
            When MLflow is not installed.
        ValueError, OSError
            When there is no such run, or the store does not answer.
        """
        if name is not None and (not isinstance(name, str) or not name.strip()):
            msg = f"name={shown(name)}: give a text"
            raise ValueError(msg)
        # Without ids, only the positions of some rows of another space say anything.
        told = self.has_ids or not np.array_equal(self.ids, np.arange(len(self)))
        called = name or self.name or "space"
        parts = Parts(self.vectors, self.ids if told else None, name=called, metric=self.metric)
        return log_parts(parts, run_id, uri)


def log_parts(parts: Parts, run_id: Any, uri: Any) -> str:
    """Write a space to a run, and return the path of its vectors there.

    Parameters
    ----------
    parts : Parts
        With vectors (n_samples, n_dims) float32, ids as `as_ids` gives them or None, and a name.
    run_id : str, optional
    uri : str or Path, optional
    """
    client = mlflow_client(uri)
    run = open_run(client, run_id)
    name = str(parts.name)
    stem = safe_name(name)
    with TemporaryDirectory() as folder:
        vectors, beside = Path(folder, f"{stem}.npy"), Path(folder, f"{stem}{BESIDE}")
        with vectors.open("wb") as file:
            write_npy(file, parts.vectors)
        digest = file_hash(vectors)
        with beside.open("wb") as file:
            write_npz(file, {**described_arrays(parts), _HASH: np.array(digest)})
        with asking_mlflow():
            # First, so that vectors that are there always have their ids.
            client.log_artifact(run, str(beside), FOLDER)
            client.log_artifact(run, str(vectors), FOLDER)
    _log_input(client, run, name, parts.vectors.shape, digest)
    return f"{FOLDER}/{stem}.npy"


def _log_input(client: Any, run: str, name: str, shape: tuple[int, ...], digest: str) -> None:
    """Tell of which vectors the run is, for MLflow's own view of where things come from."""
    with asking_mlflow():
        entities = import_extra("mlflow.entities", extra=EXTRA)
        from_numpy = import_extra("mlflow.data", extra=EXTRA).from_numpy
        # Of the array only its shape and type are asked for.
        stand_in = np.broadcast_to(np.float32(0), shape)
        told = from_numpy(stand_in, name=name[:500], digest=digest[:_MOST_DIGEST])
        tags = [entities.InputTag("mlflow.data.context", "embedding space")]
        client.log_inputs(run, [entities.DatasetInput(told._to_mlflow_entity(), tags)])


def read_logged(vectors: Path, beside: Path | None, path: str) -> Parts:
    """Read a space that was downloaded; nothing is unpickled, and no link followed.

    Parameters
    ----------
    vectors : Path
    beside : Path, optional
        What `log_parts` wrote with it; None = it is an array of somebody else.
    path : str
        Of the vectors in the run, by which messages call it.

    Raises
    ------
    ValueError
        When one is damaged, or they do not belong together.
    """
    name = PurePosixPath(path).stem
    with parsing(f"{shown(PurePosixPath(path).name)} cannot be read"):
        held = read_npy(vectors, above=_OPENED_ABOVE, follow=False)
        if beside is None:
            return Parts(held, name=name)
        with ExitStack() as opened:
            file = opened.enter_context(open_regular(beside, follow=False))
            entries = opened.enter_context(npz_entries(file))
            digest = str(entries[_HASH].read()) if _HASH in entries else ""
            told = described_parts(entries)
        if digest != file_hash(vectors):
            msg = f"its ids, {name[:40]}{BESIDE}, are of other vectors: log the space again"
            raise ValueError(msg)
    return told._replace(vectors=held, name=told.name or name)
