"""What all parts of the registry stand on: the folder."""

from pathlib import Path

from embwidget.registry.store import Store, home_of


class RegistryFolder:
    """The folder of a registry; `Registry` describes its argument."""

    def __init__(self, path: str | Path | None = None) -> None:
        self._store = Store(home_of(path))

    @property
    def path(self) -> Path:
        """The registry's folder; it need not exist yet."""
        return self._store.folder
