"""One job on a thread of its own: progress, cancelling, and an error that is not lost."""

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

from embwidget._core.freed import hand_back
from embwidget._core.progress import Cancelled, Progress, step_of
from embwidget._core.threads import can_start
from embwidget.session.time_left import TimeLeft

_REPORT_SECONDS = 0.2


class Worker:
    """Runs `job` on a daemon thread, which never keeps the interpreter from leaving.

    Parameters
    ----------
    job : callable
        Called with a progress function; every call of that function may raise `Cancelled`.
    on_progress : callable
        ``on_progress(step, share, seconds_left)``, from the thread of the job, with the lock held:
        each new step, and within a step at most five times a second. `seconds_left` is None while
        it is not known.
    on_end : callable
        ``on_end(error)`` once, from the thread of the job: None when the job is done, `Cancelled`
        when it was stopped.
    changed : Condition
        Lock of the state that the job shares with other threads. Waiting releases it, so that
        a callback that holds it may wait for the job.
    context : contextvars.Context, optional
        What the thread runs in; by default a copy of the maker's, in which some hosts keep which
        page a message belongs to.
    """

    def __init__(
        self,
        job: Callable[[Progress], None],
        *,
        on_progress: Callable[[str, float, float | None], None],
        on_end: Callable[[BaseException | None], None],
        changed: threading.Condition,
        context: contextvars.Context | None = None,
    ) -> None:
        self._job = job
        self._on_progress = on_progress
        self._on_end = on_end
        self._changed = changed
        self._cancelled = threading.Event()
        self._ended = False
        self._error: BaseException | None = None
        self._reported = ("", 0.0)
        self._time_left = TimeLeft(time.monotonic())
        self._context = contextvars.copy_context() if context is None else context
        self._thread = threading.Thread(
            target=self._context.run, args=(self._run,), name="embwidget", daemon=True
        )

    @property
    def ended(self) -> bool:
        """Whether the job is over."""
        return self._ended

    def start(self) -> None:
        """Begin on a thread of its own; this or `run` is to be called once.

        Where no thread can be started all is done here; what goes wrong is raised by `wait`.
        """
        if can_start():
            self._thread.start()
            return
        self._thread = threading.current_thread()
        self._context.run(self._run)

    def run(self) -> None:
        """Do all of it in the calling thread, and raise what goes wrong."""
        self._thread = threading.current_thread()
        self._run()
        self.wait()

    def cancel(self) -> None:
        """Ask the job to stop at its next sign of progress; returns at once."""
        self._cancelled.set()

    def join(self, seconds: float) -> None:
        """Wait for the thread's end, for so long at most."""
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(seconds)

    def wait(self, timeout: float | None = None, until: Callable[[], bool] | None = None) -> None:
        """Block until the job is over, or until a condition holds that the job brings about.

        Raises
        ------
        Exception
            The error of the job, when that came before the condition held.
        TimeoutError
            After `timeout` seconds.
        """
        until = until or (lambda: False)
        inside = threading.current_thread() is self._thread and not self._ended
        if inside and not until():
            msg = "waiting inside a callback of the work itself would never end"
            raise RuntimeError(msg)
        with self._changed:
            if not self._changed.wait_for(lambda: self._ended or until(), timeout):
                msg = f"not done after {timeout:g} s, at: {self._reported[0] or 'starting'}"
                raise TimeoutError(msg)
        if self._error is not None and not until():
            raise self._error

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self._job(self._progress)
        except BaseException as raised:  # noqa: BLE001 whatever it is, wait() raises it again
            error = raised
        # Before anybody hears of the end: what nobody holds is gone by then.
        hand_back()
        with self._changed:
            if not isinstance(error, Cancelled):
                self._error = error
            try:
                self._on_end(error)
            finally:
                self._ended = True
                self._changed.notify_all()

    def _progress(self, step: str, share: float) -> None:
        if self._cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        last_step, last_time = self._reported
        if step == last_step and now - last_time < _REPORT_SECONDS:
            return
        # Whoever holds the lock may wait for what is being found here, so it is not waited for;
        # the next sign of progress will tell.
        if not self._changed.acquire(blocking=False):
            return
        try:
            self._reported = (step, now)
            share = min(max(share, 0.0), 1.0)
            self._on_progress(step, share, self._time_left.at(now, share))
        finally:
            self._changed.release()
        if self._cancelled.is_set():
            raise Cancelled


def said_of(error: BaseException) -> str:
    """One line that begins with what was being done, where that is known."""
    step, text = step_of(error), one_line(error)
    return f"{step}: {text}" if step else text


def one_line(error: BaseException) -> str:
    """Say what went wrong on one line, short enough for a banner."""
    # A KeyError quotes its message.
    lines = str(error.args[0] if isinstance(error, KeyError) else error).strip().splitlines()
    text = lines[0] if lines else type(error).__name__
    plain: tuple[type[Any], ...] = (ValueError, TypeError, ImportError, RuntimeError, KeyError)
    if lines and not isinstance(error, plain):
        text = f"{type(error).__name__}: {text}"
    return text[:500]
