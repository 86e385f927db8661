"""What a format of files is, and what may be asked of one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NamedTuple

from embwidget._core.checks import shown
from embwidget._core.optional import import_extra
from embwidget._core.parts import Parts


class Wanted(NamedTuple):
    """What the caller says of a file; see `Space.load`."""

    key: str | None = None
    vectors: str | list[str] | None = None
    id: str | None = None
    apart: tuple[str, ...] = ()
    n_dims: int | None = None


@dataclass(frozen=True)
class Format(ABC):
    """One kind of file: an `ArrayFormat` or a `TableFormat`.

    A module of this package whose variable ``FORMAT`` is one adds it.

    Attributes
    ----------
    suffixes : tuple of str
        Of its files, in small letters, with the dot.
    package : str, optional
        What has to be installed to read them.
    extra : str
        The extra of embwidget that brings it.
    """

    suffixes: tuple[str, ...]
    package: str | None = field(default=None, kw_only=True)
    extra: str = field(default="files", kw_only=True)

    gives: ClassVar[str]
    """What its files hold: "arrays" or "table"."""

    @abstractmethod
    def parts(self, path: Path, wanted: Wanted) -> Parts:
        """Read a file that is there; ValueError in one line that names it for all that is wrong."""

    def check(self, wanted: Wanted) -> None:
        """Refuse an option about the other kind of files; ImportError if the package is missing."""
        suffix = self.suffixes[0]
        if self.gives == "arrays" and wanted.vectors is not None:
            msg = f"vectors={shown(wanted.vectors)} names columns of a table; for {suffix} use key="
            raise ValueError(msg)
        if self.gives == "table" and wanted.key is not None:
            msg = f"key={shown(wanted.key)} names one of several arrays; for {suffix} use vectors="
            raise ValueError(msg)
        if self.package is not None:
            import_extra(self.package, extra=self.extra)
