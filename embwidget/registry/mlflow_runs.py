"""What a tracking store of MLflow says: runs of an experiment, and which artifacts they have."""

from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from embwidget._core.checks import shown
from embwidget._core.tracking import asking_mlflow
from embwidget.registry.labels import no_such

_MOST_LISTED = 1000
_ACTIVE_ONLY = 1
_WILD = ("*", "?", "[")
_ANY_DEPTH = "**"
# Folders may be links to those that they are in.
_MOST_DEEP, _MOST_ARTIFACTS = 8, 10_000


class TrackedExperiment(NamedTuple):
    """An experiment of MLflow: many runs, each of which is an experiment here."""

    id: str
    name: str


class TrackedRun(NamedTuple):
    """A run of MLflow.

    Attributes
    ----------
    id, name : str
    params, tags : dict of str
    """

    id: str
    name: str
    params: dict[str, str]
    tags: dict[str, str]

    @property
    def uri(self) -> str:
        """By which it is known everywhere."""
        return f"mlflow:/runs/{self.id}"


def find_experiment(client: Any, wanted: str) -> TrackedExperiment:
    """Experiment by its name, else by its id; KeyError that tells near names."""
    with asking_mlflow():
        found = client.get_experiment_by_name(wanted)
        there = [] if found is not None else list(client.search_experiments())
    found = found or next((each for each in there if each.experiment_id == wanted), None)
    if found is None:
        kind = "MLflow experiment"
        raise no_such(kind, wanted, [each.name for each in there])
    if found.lifecycle_stage != "active":
        msg = f"experiment {shown(wanted)} was deleted in MLflow: restore it there first"
        raise ValueError(msg)
    return TrackedExperiment(str(found.experiment_id), str(found.name))


def runs_of(client: Any, experiment: TrackedExperiment) -> list[TrackedRun]:
    """Runs that were not deleted, the oldest first."""
    found: list[TrackedRun] = []
    token = None
    while True:
        with asking_mlflow():
            some = client.search_runs(
                [experiment.id],
                run_view_type=_ACTIVE_ONLY,
                max_results=_MOST_LISTED,
                order_by=["attributes.start_time ASC"],
                page_token=token,
            )
        for run in some:
            name = (run.info.run_name or "").strip() or run.info.run_id
            found.append(
                TrackedRun(run.info.run_id, name, dict(run.data.params), dict(run.data.tags))
            )
        token = some.token
        if not token:
            return found


def checked_glob(pattern: Any) -> tuple[str, ...]:
    """Parts of a pattern of paths; ValueError for what is none."""
    parts = PurePosixPath(pattern).parts if isinstance(pattern, str) else ()
    if not parts or parts[0] == "/" or ".." in parts:
        msg = f"artifact_glob={shown(pattern)}: give a pattern of paths, 'spaces/**/*.npy'"
        raise ValueError(msg)
    return parts


def folder_of(pattern: tuple[str, ...]) -> str:
    """Folder in which all lies that fits; "" = that of all artifacts."""
    n_fixed = next(
        (n for n, part in enumerate(pattern) if any(sign in part for sign in _WILD)), len(pattern)
    )
    return "/".join(pattern[: min(n_fixed, len(pattern) - 1)])


def artifacts_of(
    client: Any, run: TrackedRun, pattern: tuple[str, ...]
) -> tuple[set[str], set[str]]:
    """Paths of a run's files that fit, and of all in the folder where they lie.

    Raises
    ------
    ValueError
        When a path leaves the folder that it is said to be in, or there is no end of them.
    """
    all_files: set[str] = set()
    folders = [folder_of(pattern)]
    while folders:
        folder = folders.pop()
        with asking_mlflow():
            listed = list(client.list_artifacts(run.id, folder or None))
        for each in listed:
            path = str(each.path)
            _check_within(path, folder)
            if not each.is_dir:
                all_files.add(path)
                continue
            if path.count("/") >= _MOST_DEEP:
                msg = f"its artifacts lie over {_MOST_DEEP} folders deep, as in a link to itself"
                raise ValueError(msg)
            folders.append(path)
        if len(all_files) + len(folders) > _MOST_ARTIFACTS:
            msg = f"it has over {_MOST_ARTIFACTS:,} artifacts there: give a narrower artifact_glob"
            raise ValueError(msg)
    return {path for path in all_files if _fits(PurePosixPath(path).parts, pattern)}, all_files


def download(client: Any, run: TrackedRun, path: str, folder: Path) -> Path:
    """Copy an artifact into a folder of its own, and return its path there.

    Raises
    ------
    ValueError
        When it came to lie elsewhere, or is no file.
    """
    folder.mkdir()
    with asking_mlflow():
        found = Path(client.download_artifacts(run.id, path, str(folder)))
    is_inside = found.resolve().is_relative_to(folder.resolve())
    if not is_inside or found.is_symlink() or not found.is_file():
        msg = f"{shown(path)} is no file of this run alone: it is left where it is"
        raise ValueError(msg)
    return found


def _check_within(path: str, folder: str) -> None:
    parts = path.split("/")
    is_plain = not {"", ".", ".."} & set(parts) and "\\" not in path and "\0" not in path
    if not is_plain or (folder and not path.startswith(f"{folder}/")):
        msg = f"its artifact {shown(path)} leaves its folder: nothing of this run is read"
        raise ValueError(msg)


def _fits(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether a path fits a pattern, in which ** stands for folders of any number."""
    if not pattern:
        return not parts
    if pattern[0] == _ANY_DEPTH:
        return _fits(parts, pattern[1:]) or (bool(parts) and _fits(parts[1:], pattern))
    is_part = bool(parts) and fnmatchcase(parts[0], pattern[0])
    return is_part and _fits(parts[1:], pattern[1:])
