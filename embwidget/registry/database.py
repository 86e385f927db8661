"""The database of a registry: one connection and one transaction for each operation.

So processes, threads and forks share nothing but the file, whose locks are sqlite's.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from embwidget._core.checks import shown
from embwidget.registry.schema import UnusableError, migrate, newest, number_of

PATIENCE = 60.0
"""Seconds that a writer waits for others."""

_PAUSE = 0.02
_SHOWN_CHARS = 50
_NOT_WRITTEN = {
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL),
}


class Database:
    """The tables of one registry.

    Parameters
    ----------
    path : Path
        Need not exist: then there are no rows, and the first writer makes it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See the rows as they are at one moment, whoever writes meanwhile.

        Raises
        ------
        ValueError, OSError
            In a sentence, when it cannot be read.
        """
        with self._told(), self._readable() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write all of a block or nothing of it, while no other process writes.

        Raises
        ------
        ValueError, OSError
            In a sentence, when it cannot be written.
        """
        with self._told():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = self._connected("rwc")
            try:
                _in_wal(connection)
                connection.execute("BEGIN IMMEDIATE")
                try:
                    if number_of(connection) < newest():
                        migrate(connection)
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    _roll_back(connection)
            finally:
                connection.close()

    @contextmanager
    def _readable(self) -> Iterator[sqlite3.Connection]:
        """Connection to a database of the newest step."""
        connection = self._open_to_read()
        try:
            if number_of(connection) < newest():
                connection.close()
                connection = self._brought_up()
            yield connection
        finally:
            connection.close()

    def _brought_up(self) -> sqlite3.Connection:
        """Connection to an older database at the newest step, or to a copy if it is read-only."""
        try:
            with self.writing():
                pass
            return self._open_to_read()
        except OSError:
            copied = _prepared(sqlite3.connect(":memory:", isolation_level=None))
            connection = self._open_to_read()
            try:
                connection.backup(copied)
            finally:
                connection.close()
            migrate(copied)
            return copied

    def _open_to_read(self) -> sqlite3.Connection:
        if not self.path.exists():
            connection = _prepared(sqlite3.connect(":memory:", isolation_level=None))
            migrate(connection)
            return connection
        try:
            return self._tried("rw")
        except sqlite3.OperationalError as error:
            if _code(error) not in _NOT_WRITTEN:
                raise
        # In a folder that cannot be written, or is full, a reader cannot make a writer's files.
        with suppress(sqlite3.OperationalError):
            return self._tried("ro")
        wal = self.path.with_name(f"{self.path.name}-wal")
        is_settled = not wal.exists() or wal.stat().st_size == 0
        return self._tried("ro&immutable=1" if is_settled else "ro")

    def _tried(self, mode: str) -> sqlite3.Connection:
        """Connection that has been read from."""
        connection = self._connected(mode)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _connected(self, mode: str) -> sqlite3.Connection:
        if self.path.exists() and not self.path.is_file():
            msg = f"{self.path.name} is no file: restore it from a copy"
            raise UnusableError(msg)
        address = f"{self.path.absolute().as_uri()}?mode={mode}"
        made = sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE)
        return _prepared(made)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in a sentence what sqlite says in a code."""
        name = str(self.path.parent)
        short = name if len(name) <= _SHOWN_CHARS else f"…{name[-_SHOWN_CHARS:]}"
        start = f"the registry in {shown(short)}"
        try:
            yield
        except sqlite3.IntegrityError:
            # Of what a block does with the rows, which it knows best.
            raise
        except sqlite3.DatabaseError as error:
            raise _in_words(error, start) from error
        except PermissionError as error:
            raise _read_only(start) from error
        except UnusableError as error:
            msg = f"{start} cannot be opened: {error}"
            raise ValueError(msg) from error


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.row_factory = sqlite3.Row
    for setting in ("foreign_keys = ON", "trusted_schema = OFF", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _in_wal(connection: sqlite3.Connection) -> None:
    """Let readers see the last whole state while somebody writes."""
    until = monotonic() + PATIENCE
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Here sqlite waits for nobody: another process may be making the same database.
            if _code(error) != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(_PAUSE)
        else:
            # Some file systems have no room for it, and a journal does as well.
            return


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with suppress(sqlite3.DatabaseError):
            connection.execute("ROLLBACK")


def _code(error: sqlite3.Error) -> int:
    """Primary code of an error, 0 for one of Python's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _read_only(start: str) -> PermissionError:
    msg = f"{start} cannot be written, it is read-only: what is there can be read"
    return PermissionError(errno.EACCES, msg)


def _in_words(error: sqlite3.DatabaseError, start: str) -> Exception:
    code = _code(error)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return _read_only(start)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return TimeoutError(
            errno.ETIMEDOUT, f"{start}: another process writes for {PATIENCE:.0f} s: try again"
        )
    if code == sqlite3.SQLITE_FULL:
        return OSError(errno.ENOSPC, f"{start} is as it was: the disk is full")
    if code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
        msg = f"{start} cannot be read or written ({error}): see whether the disk is full"
        return OSError(errno.EIO, msg)
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        msg = f"{start}: its database is damaged ({error}): restore it from a copy"
        return ValueError(msg)
    return error
