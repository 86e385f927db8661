"""How a command ends: its exit code, and what went wrong in one sentence."""

import os
import re
import sys
from typing import Any

import typer
from typer.core import TyperGroup

WRONG = 3
"""A wrong option, or data that cannot be taken."""

STOPPED = 130
"""Stopped by Ctrl+C, as shells say it."""

_MOST_CHARS = 300
# Click's own class, which lies at different places in different releases of typer.
_UsageError: Any = next(
    each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException"
)
_TOLD = (ValueError, TypeError, LookupError, OSError, ImportError, MemoryError)
# What a message asks of somebody who writes Python.
_IN_WORDS = (
    (re.compile(r"remove\('(dataset|experiment)', name\)"), r"embwidget \1 delete NAME"),
    (re.compile(r"remove\('space', name\)"), "embwidget embeddings delete NAME"),
    (re.compile(r"\ba graph(?= ')"), "an index"),
    (re.compile(r"\bgraph(?= ')"), "index"),
    (re.compile(r"\bn_neighbors=(?=\S)"), "--k "),
    (re.compile(r"recursive=True"), "--recursive"),
    (re.compile(r"add the dataset with id=,"), "add the dataset with --id-field,"),
    (re.compile(r"\bexport\(\)"), "embwidget export"),
    (re.compile(r"\bverify\(\)"), "embwidget verify"),
    (re.compile(r'missing="drop"'), "--missing drop"),
    (re.compile(r"\bmin_jaccard\b=?"), "--min-jaccard"),
    (re.compile(r"\bmax_drop=(?=\S)"), "--max-drop "),
    (re.compile(r"\bmax_drop="), "--max-drop"),
    (re.compile(r"\bcanary="), "--canary"),
    (re.compile(r"\blabel=(?=')"), "--label "),
    (re.compile(r"^path=(?=')"), "EMBWIDGET_HOME="),
    (re.compile(r"\bgive it ids too\b"), "give it ids too, --embeddings-id"),
    (re.compile(r", or an object of a subclass of embwidget\.\S+"), ""),
)


class Program(TyperGroup):
    """The whole command, which tells its errors without a traceback."""

    def main(self, *args: Any, standalone_mode: bool = True, **options: Any) -> Any:
        """Run and end the process; outside of it, as for tests, with the same codes."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                # Names are any text, and a terminal may not have all letters.
                stream.reconfigure(errors="backslashreplace")
        try:
            code = self._code_of(*args, standalone_mode=False, **options)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read has enough, as `head`; Python would tell it at the end again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            code = 0
        if standalone_mode:
            sys.exit(code)
        return code

    def _code_of(self, *args: Any, **options: Any) -> int:
        """Run, tell what goes wrong, and return the exit code."""
        code: Any = STOPPED
        try:
            code = super().main(*args, **options)
        except BrokenPipeError:
            raise
        except (typer.Abort, KeyboardInterrupt):
            pass
        except _UsageError as error:
            text = _with_help(error.format_message(), getattr(error, "ctx", None))
            # A bare group is answered with its help, and is no error.
            is_help = type(error).__name__ == "NoArgsIsHelpError"
            code = print(error.format_message()) if is_help else _told(text)
        except _TOLD as error:
            code = _told(_said(error))
        if code == STOPPED:
            print("embwidget: stopped; nothing is half-written", file=sys.stderr)
        return code if isinstance(code, int) else 0


def _with_help(text: str, context: Any) -> str:
    """What was typed wrong, and where it says how it is typed."""
    typed = "embwidget" if context is None else context.command_path
    return f"{text.rstrip('.')}: `{typed} --help` says what is taken"


def _said(error: Exception) -> str:
    if isinstance(error, LookupError):
        return str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, MemoryError):
        return "this needs more memory than there is"
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{str(error.filename)!r}: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def _told(text: str) -> int:
    """Write a sentence to stderr, on one line of what a screen can show."""
    from embwidget._core.parsing import printable

    for pattern, words in _IN_WORDS:
        text = pattern.sub(words, text)
    text = printable(text)
    text = text if len(text) <= _MOST_CHARS else f"{text[: _MOST_CHARS - 1]}…"
    print(f"embwidget: {text}", file=sys.stderr)
    return WRONG
