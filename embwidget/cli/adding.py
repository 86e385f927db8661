"""What ``add`` does: all that is new is added, or nothing of it."""

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from embwidget.cli.listings import one_kind


class ExperimentGiven(NamedTuple):
    """An experiment as it was asked for; None = not said."""

    name: str
    model: str | None
    params: dict[str, Any] | None
    train_dataset: str | None


class SpaceGiven(NamedTuple):
    """A space as it was asked for, with what else goes to `Registry.add`."""

    path: str
    name: str
    dataset: str | None
    experiment: str | None
    dims: int | None
    options: dict[str, Any]


class Adding:
    """Rows that belong together, to be added in a ``with`` statement.

    Parameters
    ----------
    notes : str
        Of each new row.

    Attributes
    ----------
    added : list of (kind, name)
    remarks : list of str
        What is not as a person may think.
    report : str
        How the space was joined to its dataset; "" = there is none.
    """

    def __init__(self, notes: str) -> None:
        from embwidget.registry import Registry

        self._registry = Registry()
        self._notes = notes
        self.added: list[tuple[str, str]] = []
        self.remarks: list[str] = []
        self.report = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what is new, where the rest could not be added or was stopped."""
        if error is None:
            return
        for each, name in reversed(self.added):
            # Somebody else may use it by now.
            with suppress(ValueError, KeyError, OSError):
                self._registry.remove(each, name)

    def told(self) -> list[dict[str, str]]:
        """What is new, in the words of a person."""
        return [{"kind": one_kind(kind), "name": name} for kind, name in self.added]

    def dataset(self, table: str | None, name: str | None, id_field: str | None) -> str | None:
        """Add a table's dataset unless it is there, and return its name; None = none is asked for.

        Parameters
        ----------
        table : str, optional
            A file, or the name of a dataset.
        name : str, optional
        id_field : str, optional
        """
        from embwidget.registry.labels import checked_label

        if table is None:
            return None if name is None else self._known("dataset", name)["name"]
        if name is None and not Path(table).expanduser().is_file():
            found = [row for row in self._registry.rows("dataset") if row["name"] == table]
            if found:
                return str(found[0]["name"])
        called = Path(table).name.partition(".")[0] if name is None else name
        called = checked_label(called, "dataset name")
        there = [row for row in self._registry.rows("dataset") if row["name"] == called]
        if there:
            self._check_same_dataset(table, there[0], id_field)
            return called
        self._registry.add_dataset(table, name=called, id=id_field, notes=self._notes)
        self.added.append(("dataset", called))
        return called

    def _check_same_dataset(self, table: str, row: dict[str, Any], id_field: str | None) -> None:
        """Refuse a table whose items are not those of a dataset."""
        from tempfile import TemporaryDirectory

        from embwidget.registry import Registry

        with TemporaryDirectory() as folder:
            other = Registry(folder)
            other.add_dataset(table, name="new", id=id_field or row["id_column"])
            (new,) = other.rows("dataset")
        if new["ids_hash"] != row["ids_hash"]:
            msg = (
                f"there is a dataset {row['name'][:60]!r} of other items already "
                f"({row['n']:,}, the table has {new['n']:,}, or their ids differ): give another "
                "--dataset-name, or delete that first"
            )
            raise ValueError(msg)
        if new["hash"] != row["hash"]:
            self.remarks.append(
                f"dataset {row['name'][:60]!r} was there with the same items, and its columns are "
                "not those of this table: they stay as they are"
            )

    def experiment(self, given: ExperimentGiven) -> None:
        """Add an experiment unless it is there; ValueError when it is there and another one."""
        from embwidget.registry.labels import checked_label

        name = checked_label(given.name, "experiment name")
        there = [row for row in self._registry.rows("experiment") if row["name"] == name]
        if not there:
            self._registry.add_experiment(
                name,
                model=given.model,
                params=given.params,
                train_dataset=given.train_dataset,
                notes=self._notes,
            )
            self.added.append(("experiment", name))
            return
        for key in ("model", "params", "train_dataset"):
            value = getattr(given, key)
            if value is not None and value != there[0][key]:
                msg = (
                    f"there is an experiment {name[:60]!r} already, whose {key} is another: give "
                    "another --experiment-name"
                )
                raise ValueError(msg)

    def space(self, given: SpaceGiven) -> None:
        """Add a space to its dataset."""
        from embwidget.registry.labels import checked_label

        if given.dataset is None:
            msg = "a space is of the items of a dataset: give --dataset TABLE or --dataset-name"
            raise ValueError(msg)
        name = checked_label(given.name, "space name")
        report = self._registry.add(
            str(Path(given.path).expanduser()),
            name=name,
            dataset=given.dataset,
            experiment=given.experiment,
            notes=self._notes,
            **given.options,
        )
        self.added.append(("space", name))
        self.report = str(report)
        dims = self._known("space", name)["dims"]
        if given.dims is not None and given.dims != dims:
            msg = f"the vectors have {dims} dimensions, and --dims says {given.dims}"
            raise ValueError(msg)

    def has_space(self, name: str, dataset: str) -> bool:
        """Whether a space is there already; ValueError when it is one of another dataset."""
        there = [row for row in self._registry.rows("space") if row["name"] == name]
        if there and there[0]["dataset"] != dataset:
            msg = f"there is a space {name!r} of another dataset: delete it first"
            raise ValueError(msg)
        return bool(there)

    def index(self, space: str) -> None:
        """Compute the neighbours in a space, and store them under its name."""
        from embwidget.cli.embeddings import store_index

        row = store_index(self._registry, space, space)
        self.added.append(("graph", row["name"]))

    def _known(self, kind: str, name: str) -> dict[str, Any]:
        """Row of a name; LookupError that tells near ones."""
        from embwidget.registry.labels import checked_label, no_such

        rows, label = self._registry.rows(kind), checked_label(name)
        for row in rows:
            if row["name"] == label:
                return row
        raise no_such(kind, name, [row["name"] for row in rows])
