"""What keeps a registry in order: removing, checking, moving."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from embwidget.registry.base import RegistryFolder
from embwidget.registry.labels import checked_label
from embwidget.registry.rows import checked_kind

if TYPE_CHECKING:
    from embwidget.registry.inspection import Problem
    from embwidget.registry.taken import TakenOver


class Upkeep(RegistryFolder):
    """Rows removed, files checked and cleared up, everything moved to another machine."""

    def remove(self, kind: str, name: str, recursive: bool = False) -> list[tuple[str, str]]:
        """Remove a row, and its file if no other row has it.

        Parameters
        ----------
        kind : {"dataset", "experiment", "space", "graph", "map", "comparison"}
        name : str
        recursive : bool, default=False
            Whether what refers to it goes too: spaces of a dataset, graphs of a space ...

        Returns
        -------
        list of (kind, name)
            All that was removed.

        Raises
        ------
        ValueError
            When something refers to it; says what.
        KeyError
            When there is none of this name; tells near ones.
        """
        from embwidget.registry.removal import remove_rows

        kind = checked_kind(kind)
        return remove_rows(self._store, kind, [checked_label(name)], recursive=bool(recursive))

    def remove_all(
        self, kind: str, names: Iterable[str], recursive: bool = False
    ) -> list[tuple[str, str]]:
        """Remove rows of a kind, and their files if no other row has them: all, or none of them.

        Parameters
        ----------
        kind : str
            As for `remove`.
        names : iterable of str
        recursive : bool, default=False
            Whether what refers to them goes too.

        Returns
        -------
        list of (kind, name)
            All that was removed.

        Raises
        ------
        ValueError
            When something refers to one of them; says what.
        KeyError
            When there is none of a name; tells near ones.
        """
        from embwidget.registry.removal import remove_rows

        kind, names = checked_kind(kind), [checked_label(name) for name in names]
        return remove_rows(self._store, kind, names, recursive=bool(recursive))

    def check_unneeded(self, kind: str, names: Iterable[str]) -> None:
        """Raise what `remove_all` would raise, and remove nothing.

        Parameters
        ----------
        kind : str
            As for `remove`.
        names : iterable of str
        """
        from embwidget.registry.removal import check_unneeded

        check_unneeded(self._store, checked_kind(kind), [checked_label(name) for name in names])

    def gc(self) -> int:
        """Delete files that no row refers to, as killed processes leave; returns the bytes."""
        return self._store.sweep()

    def verify(self) -> "list[Problem]":
        """Look at the database and hash every file; an empty list = all is as it was added.

        Each problem has the ``kind`` and ``name`` of a row, and says what is wrong with it.
        """
        from embwidget.registry.inspection import problems_of

        return problems_of(self._store)

    def export(self, folder: str | Path) -> Path:
        """Copy everything into a folder, to be carried to another machine; returns the folder.

        It is a registry itself. What is there already is not copied again.

        Parameters
        ----------
        folder : str or Path
            Empty, new, or exported to before.
        """
        from embwidget.registry.moving import export_to

        return export_to(self._store, folder)

    def import_(self, folder: str | Path) -> list[tuple[str, str]]:
        """Take over all that a folder holds which `export` wrote, or nothing of it.

        Parameters
        ----------
        folder : str or Path

        Returns
        -------
        list of (kind, name)
            What is new here.

        Raises
        ------
        ValueError
            When a name stands for something else here, or a file is not what its name says.
        """
        from embwidget.registry.moving import import_from

        return import_from(self._store, folder)

    def import_vectory(self, path: str | Path = "~/.vectory/main.db") -> "TakenOver":
        """Take over what Vectory wrote down, as far as its files still exist.

        Spaces are joined by row, as Vectory did. What is there already is left as it is, so that
        the same database can be taken over again when missing files were found.

        Parameters
        ----------
        path : str or Path, default="~/.vectory/main.db"

        Returns
        -------
        TakenOver
            ``added`` has kind and name of each row that is new; ``missing`` has kind, name and
            problem of each that was not taken over.
        """
        from embwidget.registry.vectory import import_vectory

        return import_vectory(self._store, path)

    def import_mlflow(
        self,
        uri: str | Path | None,
        experiment: str,
        artifact_glob: str = "spaces/**/*.npy",
        *,
        dataset: str | None = None,
    ) -> "TakenOver":
        """Take over the runs of an MLflow experiment, and the vectors among their artifacts.

        Each run that was not deleted becomes an experiment of its name, whose uri is
        "mlflow:/runs/ID", with its params (numbers as numbers) and its tags ("key=value"). Each
        artifact that fits becomes a space. What was taken over before is left as it is, so that
        the same call again adds what is new.

        Parameters
        ----------
        uri : str or Path, optional
            Tracking store, "sqlite:///mlflow.db"; None = that which MLflow is set to.
        experiment : str
            Name or id of an experiment in MLflow.
        artifact_glob : str
            Paths of .npy artifacts, by default ``"spaces/**/*.npy"``; ``*`` stands for letters,
            ``**`` for folders.
        dataset : str, optional
            Dataset of this registry that the spaces are of. By default spaces with the same ids,
            as `Space.log_to_mlflow` writes them, get a dataset of these; those without ids get one
            for each number of rows, and are taken to have the same items in the same order.

        Returns
        -------
        TakenOver
            ``added`` has kind and name of each row that is new; ``missing`` has kind, name and
            problem of each that was not taken over.

        Raises
        ------
        ImportError
            When MLflow is not installed.
        KeyError
            When there is no such experiment; tells near names.
        OSError
            When the store is not there, or does not answer.
        """
        from embwidget.registry.mlflow_import import import_mlflow

        # As it is written there, composed or not.
        checked_label(experiment, "experiment")
        held = None if dataset is None else checked_label(dataset, "dataset")
        return import_mlflow(self._store, uri, experiment, artifact_glob, held)
