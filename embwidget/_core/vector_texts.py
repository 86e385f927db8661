"""Vectors written as text, as CSV files and databases hold them: "[0.1, 0.2]", "[0.1 0.2]"."""

import re
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from embwidget._core.checks import shown

# What Python, numpy, torch and jax print around a vector; Postgres has braces.
_LIST = re.compile(
    r"(?:(?:np\.|numpy\.|torch\.|jnp\.)?(?:array|Array|tensor|Tensor|Parameter)\()?"
    r"\[(?P<body>.*)\](?:\s*,[^\[\]]*)?\)?",
    re.DOTALL,
)
_TUPLE = re.compile(r"\((?P<round>[^()\[\]{}]*)\)|\{(?P<curly>[^:{}]*)\}")
# numpy's numbers in a list of Python.
_NUMPY_NUMBER = re.compile(r"np\.(?:float|int|uint)\d+\(([^()]*)\)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf|infinity)", re.I)
_MISSING = {"null", "none", "na", "<na>"}
MISSING_TEXTS = frozenset({"nan", "n/a", *_MISSING})
"""What stands for nothing where a number is meant, in small letters."""
_SHORTENED = {"...", "…"}
_FIRST_CHARS = 200
_SEPARATORS = re.compile(r"[\s,;|]+")


def is_vector_text(text: str) -> bool:
    """Whether a text in brackets is meant for numbers, by its first one; it may yet be none."""
    body = _body(text)
    if body is None:
        return False
    # Numbers in quotes, or in lists of lists, are refused by name when they are read.
    first = next(iter(_tokens(body[:_FIRST_CHARS])), "").strip("\"'[( ")
    return first.lower() in _MISSING | _SHORTENED or _NUMBER.fullmatch(first) is not None


def is_bare_vector_text(text: str) -> bool:
    """Whether a text holds at least three numbers, some of them no whole ones, and nothing else."""
    tokens = _SEPARATORS.split(text.strip())
    return (
        len(tokens) >= 3
        and any("." in token for token in tokens)
        and all(_NUMBER.fullmatch(token) for token in tokens)
    )


def is_number_text(text: str) -> bool:
    """Whether a text is one number, its decimals behind a point or a comma."""
    return _NUMBER.fullmatch(text.strip().replace(",", ".", 1)) is not None


def numbers_of_text(text: str, what: str) -> NDArray[np.float64]:
    """Read one vector.

    Parameters
    ----------
    text : str
        In brackets, or bare numbers with something between them.
    what : str
        Which one, for messages.

    Returns
    -------
    (n_dims,) float64
        NaN where a number is missing.

    Raises
    ------
    ValueError
        When it is no vector, or numbers were left out of it.
    """
    body = _body(text)
    tokens = _SEPARATORS.split(text.strip()) if body is None else _tokens(body)
    with suppress(ValueError):
        if "_" not in text:
            return np.array(tokens, np.float64)
    return np.array([_number(token, what, text) for token in tokens])


def _number(token: str, what: str, text: str) -> float:
    if token.lower() in _MISSING:
        return float("nan")
    if token in _SHORTENED:
        msg = (
            f"{what}: {shown(text)} was shortened by {token!r} when it was written, and those "
            "numbers are lost: write json.dumps(vector.tolist())"
        )
        raise ValueError(msg)
    try:
        # A mark between digits is of Python's own code, and of no data.
        return float(token.replace("_", "?"))
    except ValueError as error:
        msg = f"{what}: {shown(token)} in {shown(text)} is not a number: give one list of numbers"
        raise ValueError(msg) from error


def _body(text: str) -> str | None:
    """What stands between the brackets, one pair of a row alone left out; None = there are none."""
    text = text.strip()
    found = _LIST.fullmatch(text)
    if found is not None:
        body = found["body"]
        inner = _LIST.fullmatch(body.strip())
        return inner["body"] if inner is not None and "[" not in inner["body"] else body
    found = _TUPLE.fullmatch(text)
    body = "" if found is None else found["round"] or found["curly"] or ""
    return body if "," in body else None


def _tokens(body: str) -> list[str]:
    if "np." in body:
        body = _NUMPY_NUMBER.sub(r"\1", body)
    if "," not in body:
        return body.split()
    tokens = [token.strip() for token in body.split(",")]
    # Python writes a comma behind the only entry of a tuple.
    return tokens[:-1] if tokens[-1] == "" else tokens
