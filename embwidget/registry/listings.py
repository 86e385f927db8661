"""What a registry holds, found by name or listed."""

from typing import TYPE_CHECKING, Any

from embwidget.registry.base import RegistryFolder
from embwidget.registry.labels import checked_label
from embwidget.registry.rows import checked_kind, columns_of, rows_of

if TYPE_CHECKING:
    import pandas as pd

    from embwidget.comparison.comparison import Comparison
    from embwidget.space import Space


class Listings(RegistryFolder):
    """Spaces opened by name, and tables of everything."""

    def space(self, name: str) -> "Space":
        """Open a space; its vectors stay in their file, and its metadata is the dataset's.

        Raises
        ------
        KeyError
            When there is none of this name; tells near ones.
        OSError
            When its file is gone, or is not what was added.
        """
        from embwidget.registry.spaces import read_space

        return read_space(self._store, checked_label(name)).space

    def __getitem__(self, name: str) -> "Space":
        return self.space(name)

    def __contains__(self, name: object) -> bool:
        try:
            wanted = checked_label(name)
        except (TypeError, ValueError):
            return False
        return any(row["name"] == wanted for row in self.rows("space"))

    def comparison(self, name: str) -> "Comparison":
        """Open a comparison that `add_comparison` stored; the vectors stay in their files.

        ``EmbeddingCompare.load(reg.comparison(name))`` shows it as its widget was left.

        Raises
        ------
        KeyError
            When there is none of this name; tells near ones.
        ValueError
            When there are its numbers alone, or it is of another version of embwidget.
        OSError
            When a file is gone, or is not what was added.
        """
        from embwidget.registry.comparison_files import read_comparison

        return read_comparison(self._store, checked_label(name))

    def items(self, dataset: str) -> "pd.DataFrame":
        """Open a dataset: one row for each item, with its id and what is known of it.

        Raises
        ------
        KeyError
            When there is none of this name; tells near ones.
        OSError
            When its file is gone, or is not what was added.
        """
        from embwidget.registry.datasets import read_dataset

        frame: pd.DataFrame = read_dataset(self._store, checked_label(dataset)).frame
        return frame

    def rows(self, kind: str, **filters: Any) -> list[dict[str, Any]]:
        """List what there is of a kind as dicts; unlike the tables it needs no pandas.

        Parameters
        ----------
        kind : {"dataset", "experiment", "space", "graph", "map", "comparison"}
        **filters
            As for `spaces`.
        """
        with self._store.database.reading() as connection:
            return rows_of(connection, checked_kind(kind), filters)

    def datasets(self, **filters: Any) -> "pd.DataFrame":
        """Table of the datasets; filters as for `spaces`."""
        return self._table("dataset", filters)

    def experiments(self, **filters: Any) -> "pd.DataFrame":
        """Table of the experiments; filters as for `spaces`."""
        return self._table("experiment", filters)

    def spaces(self, **filters: Any) -> "pd.DataFrame":
        """Table of the spaces, in the order in which they were added.

        Parameters
        ----------
        **filters
            By column: a value, a list of values, or a text with the wildcards of file names:
            ``dataset="digits"``, ``name="resnet*"``, ``epoch=[1, 2]``. ``params__lr=0.1`` asks for
            a parameter of the experiment.

        Returns
        -------
        DataFrame
        """
        return self._table("space", filters)

    def graphs(self, **filters: Any) -> "pd.DataFrame":
        """Table of the neighbour graphs; filters as for `spaces`."""
        return self._table("graph", filters)

    def maps(self, **filters: Any) -> "pd.DataFrame":
        """Table of the maps; filters as for `spaces`."""
        return self._table("map", filters)

    def comparisons(self, **filters: Any) -> "pd.DataFrame":
        """Table of the comparisons, each with its interval and verdict; filters as for `spaces`.

        ``bytes`` is the size of the file of one that is stored whole, nothing for others.
        """
        return self._table("comparison", filters)

    def _table(self, kind: str, filters: dict[str, Any]) -> "pd.DataFrame":
        import pandas as pd

        rows = self.rows(kind, **filters)
        return pd.DataFrame(rows, columns=columns_of(kind))
