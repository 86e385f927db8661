"""Work shared by a few threads, each of which multiplies matrices on its own.

The BLAS can spread one product over several threads, but all that numpy does between the products
would then wait on one. So every thread takes whole tasks, and the BLAS is held to one thread each.
"""

import math
import os
import sys
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from embwidget._core.checks import whole

Task = TypeVar("Task")
Result = TypeVar("Result")

_NO_QUOTA = 1 << 20
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_OLD_QUOTA = Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
_OLD_PERIOD = Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def n_cpus() -> int:
    """CPUs that this process may use: more threads than that only wait for each other."""
    usable = getattr(os, "sched_getaffinity", None)
    cpus = len(usable(0)) if usable else os.cpu_count() or 1
    return max(1, min(cpus, _quota()))


_started: list[bool] = []


def can_start() -> bool:
    """Whether threads can be started: in a browser, and in some containers, none can.

    Where one could be, others are taken to be possible, too: trying costs a thread.
    """
    if _started:
        return True
    if sys.platform == "emscripten":
        return False
    thread = threading.Thread(target=_nothing, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return False
    thread.join()
    _started.append(True)
    return True


def most(n_threads: int) -> int:
    """So many threads, or one where no others can be started."""
    return n_threads if n_threads <= 1 or can_start() else 1


def _nothing() -> None:
    """Do nothing."""


def resolve(n_jobs: int | None) -> int:
    """Threads to use: `n_jobs`, or one for each CPU of this process where it is None.

    Raises
    ------
    ValueError
        Unless it is None or a whole number of at least 1.
    """
    if n_jobs is None:
        return n_cpus()
    return whole(n_jobs, "n_jobs", 1, why="or None for a thread on each CPU")


def _quota() -> int:
    """CPUs that the container grants, rounded up; very many where nothing says so."""
    try:
        quota, period = _QUOTA.read_text().split()
    except (OSError, ValueError):
        try:
            quota, period = _OLD_QUOTA.read_text(), _OLD_PERIOD.read_text()
        except OSError:
            return _NO_QUOTA
    try:
        granted = float(quota) / float(period)
    except (ValueError, ZeroDivisionError):
        return _NO_QUOTA
    return math.ceil(granted) if granted > 0 else _NO_QUOTA


_limits_lock = threading.Lock()
_held: list[int] = []
_limits: list[Any] = []


@contextmanager
def blas_threads(n_threads: int) -> Iterator[None]:
    """Hold the BLAS to so many threads; while several hold it, to the smallest number.

    The last one that lets go gives its threads back.
    """
    from threadpoolctl import threadpool_limits

    def hold() -> None:
        if _held and (not _limits or min(_held) != _limits[-1][0]):
            _limits.append((min(_held), threadpool_limits(min(_held), user_api="blas")))

    with _limits_lock:
        _held.append(n_threads)
        hold()
    try:
        yield
    finally:
        with _limits_lock:
            _held.remove(n_threads)
            hold()
            if not _held:
                # The first one knows how many there were before any.
                _limits[0][1].restore_original_limits()
                _limits.clear()


def single_threaded_blas() -> AbstractContextManager[None]:
    """Hold the BLAS to one thread: whoever multiplies has threads of its own."""
    return blas_threads(1)


@contextmanager
def limited(n_jobs: int | None) -> Iterator[None]:
    """Hold the BLAS, and OpenMP in this thread, to so many threads; None = as they are."""
    if n_jobs is None:
        yield
        return
    from threadpoolctl import threadpool_limits

    n_threads = resolve(n_jobs)
    with blas_threads(n_threads), threadpool_limits(n_threads, user_api="openmp"):
        yield


def mapped(
    function: Callable[[Task], Result], items: Iterable[Task], n_threads: int
) -> Iterator[Result]:
    """Apply a function to items in a few threads; results come in the order of the items.

    With one thread, or one item, all is done in the calling thread.
    """
    items = list(items)
    with mapping(min(n_threads, len(items))) as do:
        yield from do(function, items)


@contextmanager
def mapping(n_threads: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """``map`` that does all in a few threads, or in the calling one where there are no others."""
    if most(n_threads) <= 1:
        yield map
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(n_threads) as pool:
        yield pool.map


class _Tasks(Generic[Task]):
    """Hands out tasks in order, none while another thread holds something it writes to."""

    def __init__(
        self, tasks: Iterable[Task], writes: Callable[[Task], tuple[Hashable, ...]], n_workers: int
    ) -> None:
        self._tasks = iter(tasks)
        self._writes = writes
        self._waiting: list[Task] = []
        self._held: set[Hashable] = set()
        self._changed = threading.Condition()
        self._n_workers = n_workers
        self.n_done = 0
        self.failure: BaseException | None = None

    def work(self, worker: Callable[[], Callable[[Task], None]]) -> None:
        """Do tasks until there are no more, or until one has failed."""
        try:
            do = worker()
            while (task := self._take()) is not None:
                do(task)
                self._give_back(task)
        except BaseException as error:  # noqa: BLE001 (raised again in the calling thread)
            self.stop(error)
        finally:
            with self._changed:
                self._n_workers -= 1
                self._changed.notify_all()

    def stop(self, reason: BaseException) -> None:
        """Hand out nothing more."""
        with self._changed:
            self.failure = self.failure or reason
            self._changed.notify_all()

    def wait_beyond(self, n_done: int) -> int | None:
        """Wait until more tasks are done, and say how many; None when the workers have left."""
        with self._changed:
            self._changed.wait_for(lambda: self.n_done > n_done or not self._n_workers)
            return self.n_done if self._n_workers else None

    def check(self) -> None:
        """Raise what a task raised."""
        if self.failure is not None:
            raise self.failure

    def _take(self) -> Task | None:
        with self._changed:
            while self.failure is None:
                task = self._next_free()
                if task is not None:
                    self._held.update(self._writes(task))
                    return task
                if not self._waiting:
                    break
                self._changed.wait()
            return None

    def _give_back(self, task: Task) -> None:
        with self._changed:
            self._held.difference_update(self._writes(task))
            self.n_done += 1
            self._changed.notify_all()

    def _next_free(self) -> Task | None:
        for at, task in enumerate(self._waiting):
            if self._held.isdisjoint(self._writes(task)):
                return self._waiting.pop(at)
        for task in self._tasks:
            if self._held.isdisjoint(self._writes(task)):
                return task
            self._waiting.append(task)
        return None


def in_threads(
    tasks: Iterable[Task],
    worker: Callable[[], Callable[[Task], None]],
    n_threads: int,
    report: Callable[[int], None],
    *,
    writes: Callable[[Task], tuple[Hashable, ...]] = lambda _: (),
) -> None:
    """Do all tasks.

    Parameters
    ----------
    tasks : iterable
    worker : callable
        Called once in each thread; returns what does a task, with buffers of its own.
    n_threads : int
        With one, or where no other can be started, all is done in the calling thread.
    report : callable
        Called with the number of tasks done, at last with that of all, in the calling thread alone.
        What it raises stops the workers after the task that each is at.
    writes : callable
        What a task writes to. Two tasks that share something are never done at a time.
    """
    if most(n_threads) == 1:
        do, n_tasks = worker(), 0
        for task in tasks:
            report(n_tasks)
            do(task)
            n_tasks += 1
        report(n_tasks)
        return
    queue = _Tasks(tasks, writes, n_threads)
    threads = [
        threading.Thread(target=queue.work, args=(worker,), daemon=True) for _ in range(n_threads)
    ]
    for thread in threads:
        thread.start()
    n_done: int | None = 0
    try:
        while n_done is not None:
            report(n_done)
            n_done = queue.wait_beyond(n_done)
    except BaseException as error:
        queue.stop(error)
        raise
    finally:
        for thread in threads:
            thread.join()
    queue.check()
    report(queue.n_done)
