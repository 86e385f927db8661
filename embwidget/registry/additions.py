"""What a person adds to a registry: datasets, experiments, spaces, and whole comparisons."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from embwidget.registry.base import RegistryFolder
from embwidget.registry.labels import checked_label

if TYPE_CHECKING:
    from embwidget._core.join_report import JoinReport
    from embwidget.metrics import Metric
    from embwidget.registry.spaces import NewSpace


class Additions(RegistryFolder):
    """Datasets, experiments, spaces and comparisons written down."""

    def add_dataset(
        self,
        metadata: Any,
        *,
        name: str,
        id: str | None = None,  # noqa: A002 (the word of every frame)
        notes: str = "",
    ) -> None:
        """Write down the items that spaces will embed: their ids, and what is known of them.

        Parameters
        ----------
        metadata : frame, dict of columns, or path of a table
            One row for each item; .csv, .tsv, .parquet and Arrow files.
        name : str
            Any text by which it is found again.
        id : str, optional
            Column of the ids, or name of the index; by default the column "id", else an index of
            texts. Without any, items are known by their rows alone.
        notes : str

        Raises
        ------
        ValueError, TypeError
            When the name is taken, ids are missing or not unique, or a column cannot be stored.
        """
        from embwidget.registry.datasets import add_dataset

        add_dataset(self._store, metadata, name=checked_label(name), id=id, notes=notes)

    def add_experiment(
        self,
        name: str,
        *,
        model: str | None = None,
        params: Mapping[str, Any] | None = None,
        train_dataset: str | None = None,
        parent: str | None = None,
        tags: Iterable[str] = (),
        uri: str | None = None,
        notes: str = "",
    ) -> None:
        """Write down which model was trained on what, and how.

        Parameters
        ----------
        name : str
        model : str, optional
        params : dict, optional
            Whatever JSON has a word for; numbers of numpy become Python's.
        train_dataset : str, optional
            A dataset of this registry.
        parent : str, optional
            An experiment of this registry that it goes on from.
        tags : sequence of str
        uri : str, optional
            Where else it is written down, such as "mlflow:/runs/1".
        notes : str
        """
        from embwidget.registry.experiments import add_experiment

        add_experiment(
            self._store,
            name=checked_label(name),
            model=model,
            params=params,
            train_dataset=train_dataset,
            parent=parent,
            tags=tags,
            uri=uri,
            notes=notes,
        )

    def add(
        self,
        space: Any,
        *,
        name: str,
        dataset: str,
        experiment: str | None = None,
        layer: str | None = None,
        epoch: float | None = None,
        split: str | None = None,
        metric: "str | Metric | None" = None,
        notes: str = "",
        **options: Any,
    ) -> "JoinReport":
        """Copy vectors into the registry, joined to the items of a dataset.

        Parameters
        ----------
        space : Space, array-like of shape (n_samples, n_dims), path, or anything that makes a space
            Joined by id where it and the dataset have ids, else by row, which needs as many rows.
            A large .npy is read and copied by blocks.
        name : str
        dataset : str
            A dataset of this registry.
        experiment : str, optional
            An experiment of this registry.
        layer, split : str, optional
        epoch : float, optional
        metric : str, optional
            What nearness means in it; by default what the space says.
        notes : str
        **options
            ids, vectors, id, missing and n_dims of `embwidget.as_space`.

        Returns
        -------
        JoinReport
            Its a is the dataset, its b the space: how many items are in both, and which in one.

        Raises
        ------
        ValueError, TypeError, KeyError
            When the name is taken, there is no such dataset or experiment, no or too few rows fit
            it, ids are not unique, or a vector has NaN in it. Nothing is written then.
        """
        given = {
            "name": name,
            "dataset": dataset,
            "experiment": experiment,
            "layer": layer,
            "epoch": epoch,
            "split": split,
            "metric": metric,
            "notes": notes,
        }
        [report] = self.add_all([{"space": space, **given, **options}])
        return report

    def add_comparison(self, comparison: Any, *, name: str, notes: str = "") -> None:
        """Store a comparison whole: its neighbours, metadata, label, settings and numbers.

        Of a widget its maps, selections and what else is chosen, too; of one with several spaces
        these are the two that are looked at. The vectors are those of registered spaces, and are
        not stored again. `compare` writes down the numbers alone.

        Parameters
        ----------
        comparison : Comparison, EmbeddingCompare, str or Path
            Or a file that ``save`` of either wrote. Both spaces have to be in this registry, by
            whatever name: they are known by their vectors.
        name : str
            By which `comparison` opens it again.
        notes : str

        Raises
        ------
        ValueError, TypeError
            When the name is taken, a space is not registered, or something cannot be stored: a
            metric of your own, or values of the metadata. Nothing is written then.
        """
        from embwidget.registry.comparison_files import add_comparison

        add_comparison(self._store, comparison, name=checked_label(name), notes=notes)

    def add_all(self, spaces: Iterable[Mapping[str, Any]]) -> "list[JoinReport]":
        """Copy several spaces into the registry at one moment: all are there then, or none.

        Parameters
        ----------
        spaces : list of dict
            The arguments of `add` for each, by their names: ``space``, ``name``, ``dataset`` ...

        Returns
        -------
        list of JoinReport
            One for each, in their order.

        Raises
        ------
        ValueError, TypeError, KeyError
            As for `add`, when one of them cannot be added.
        """
        from embwidget.registry.spaces import add_spaces

        return add_spaces(self._store, [_new_space(**each) for each in spaces])


def _new_space(
    space: Any,
    *,
    name: str,
    dataset: str,
    experiment: str | None = None,
    layer: str | None = None,
    epoch: float | None = None,
    split: str | None = None,
    metric: Any = None,
    notes: str = "",
    **options: Any,
) -> "NewSpace":
    from embwidget.registry.spaces import NewSpace

    about = (dataset, experiment, layer, epoch, split, metric, notes)
    return NewSpace(space, checked_label(name), *about, options)
