"""Where a registry lies: its folder, the database in it, and the files that rows refer to."""

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from embwidget._core.checks import shown
from embwidget._core.seen_files import SeenFile
from embwidget._core.whole_file import file_hash, sync_folder
from embwidget.registry.database import Database
from embwidget.registry.staging import Staged, Staging, remove_abandoned_folders

DATABASE = "registry.db"

_VARIABLE = "EMBWIDGET_HOME"
_NAME = re.compile(r"[0-9a-f]{64}\.(npy|npz|parquet|json)")
_REFERRED = """
SELECT file FROM dataset UNION SELECT file FROM space
UNION SELECT rows_file FROM space WHERE rows_file IS NOT NULL
UNION SELECT file FROM graph UNION SELECT file FROM map
UNION SELECT file FROM comparison WHERE file IS NOT NULL
"""


def home_of(path: Any) -> Path:
    """Folder of a registry: what is given, else ``EMBWIDGET_HOME``, else the user's data folder."""
    given = os.environ.get(_VARIABLE, "").strip() if path is None else path
    if given == "":
        if path is not None:
            msg = 'path="": give a folder, or None for the one of this user'
            raise ValueError(msg)
        from platformdirs import user_data_path

        return user_data_path("embwidget", appauthor=False)
    if not isinstance(given, (str, Path)):
        msg = f"path={shown(given)}: give a folder, or None for the one of this user"
        raise TypeError(msg)
    try:
        folder = Path(given).expanduser()
        os.fsencode(folder)
        is_other = folder.exists() and not folder.is_dir()
    except (ValueError, RuntimeError, OSError) as error:
        msg = f"path={shown(str(given))}: no folder can have this path"
        raise ValueError(msg) from error
    if is_other:
        msg = f"path={shown(str(given))} is a file: give a folder"
        raise NotADirectoryError(msg)
    return folder.absolute()


class Store:
    """The folder of a registry.

    Files lie in ``files/``, named by the hash of their bytes, so that none is there twice. One is
    written whole and gets its name while its writer holds the database's lock, just before the
    row that refers to it; whoever deletes files holds the same lock. So a killed process leaves at
    most a file without a row, which `sweep` deletes.

    Parameters
    ----------
    folder : Path

    Attributes
    ----------
    database : Database
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder / DATABASE)
        self._files = folder / "files"
        self._staging = folder / "staging"

    def check_writable(self) -> None:
        """Raise what a writer would, before anything takes a while; makes an empty registry."""
        with self.database.writing():
            pass

    def staging(self) -> Staging:
        """Return a folder for files that are to be placed."""
        return Staging(self._staging)

    def path_of(self, name: str) -> Path:
        """Path of a file by its name in a row; ValueError for what is no such name."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            msg = f"a row refers to the file {shown(name)}, which is no hash: it was tampered with"
            raise ValueError(msg)
        return self._files / name

    @contextmanager
    def adding(self, staged: Iterable[Staged]) -> Iterator[sqlite3.Connection]:
        """Write rows that refer to files, in one transaction with giving these their names."""
        placed: list[str] = []
        try:
            with self.database.writing() as connection:
                for each in staged:
                    self._place(connection, each, placed)
                if placed:
                    sync_folder(self._files)
                yield connection
        except BaseException:
            # Only now, for another process may have added the same content in between.
            with suppress(Exception):
                self.sweep(placed)
            raise

    def _place(self, connection: sqlite3.Connection, staged: Staged, placed: list[str]) -> None:
        path = self.path_of(staged.name)
        row = connection.execute("SELECT * FROM file WHERE name = ?", (staged.name,)).fetchone()
        if row is not None and _looks_like(path, row):
            return
        self._files.mkdir(exist_ok=True, mode=0o700)
        placed.append(staged.name)
        staged.path.replace(path)
        record(connection, path)

    def sound(self, name: str) -> Path:
        """Path of a file whose content is what its name says.

        One that looks as it did when it was written, by size and times, is taken for the same; any
        other is hashed.

        Raises
        ------
        OSError
            When it is gone, or was changed.
        """
        path = self.path_of(name)
        with self.database.reading() as connection:
            row = connection.execute("SELECT * FROM file WHERE name = ?", (name,)).fetchone()
        if row is not None and _looks_like(path, row):
            return path
        problem = self.problem_of(name)
        if problem:
            msg = f"the registry's file {name[:12]}… {problem}: restore files/{name} from a copy"
            raise OSError(msg)
        # It was moved, or restored: the next reader need not hash it again.
        with suppress(OSError), self.database.writing() as connection:
            record(connection, path)
        return path

    def problem_of(self, name: str) -> str:
        """What is wrong with a file, from a look at all of it; "" = nothing."""
        path = self.path_of(name)
        try:
            return "" if file_hash(path) == path.stem else "was changed since it was written"
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"cannot be read ({error.strerror or error})"

    def sweep(self, among: Iterable[str] | None = None) -> int:
        """Delete files that no row refers to; returns the bytes that this frees.

        Parameters
        ----------
        among : iterable of str, optional
            Names of files; by default all that are there, and what killed writers left.
        """
        if not self.database.path.exists():
            return remove_abandoned_folders(self._staging)
        with self.database.writing() as connection:
            referred = names_referred(connection)
            freed = 0
            for name in self.names() if among is None else among:
                if name not in referred:
                    path = self.path_of(name)
                    with suppress(OSError):
                        size = path.lstat().st_size
                        path.unlink()
                        freed += size
            unused = [
                (row["name"],)
                for row in connection.execute("SELECT name FROM file")
                if row["name"] not in referred
            ]
            connection.executemany("DELETE FROM file WHERE name = ?", unused)
        return freed + (remove_abandoned_folders(self._staging) if among is None else 0)

    def names(self) -> list[str]:
        """Files that are there; somebody's own among them are left alone."""
        try:
            found = list(self._files.iterdir())
        except FileNotFoundError:
            return []
        return sorted(path.name for path in found if _NAME.fullmatch(path.name))


def names_referred(connection: sqlite3.Connection) -> set[str]:
    """Names of the files that rows refer to."""
    return {row[0] for row in connection.execute(_REFERRED)}


def record(connection: sqlite3.Connection, path: Path) -> None:
    """Write down how a file looks, so that every later writing to it shows."""
    seen = SeenFile.of(path)
    if seen is None:
        msg = f"the registry's file {path.name[:12]}… changes while it is added: try again"
        raise OSError(msg)
    connection.execute(
        "INSERT INTO file VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
        "bytes = excluded.bytes, written = excluded.written, changed = excluded.changed",
        (path.name, seen.n_bytes, seen.written, seen.changed),
    )


def _looks_like(path: Path, row: sqlite3.Row) -> bool:
    """Whether a file has the size and times that were written down."""
    try:
        found = path.lstat()
    except OSError:
        return False
    looks = (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    return not path.is_symlink() and looks == (row["bytes"], row["written"], row["changed"])
