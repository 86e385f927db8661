"""Names for groups of items: what is most typical of each."""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embwidget._core.values import read_values
from embwidget.measures.labels.labels import factorized

MOST_CHARS = 60
"""Length of a name, the ellipsis included."""

# Texts looked at in all and at least in each group, and characters of each: what a group is about
# shows in these, within seconds.
_TEXTS = 20_000
_TEXTS_PER_GROUP = 50
_TEXT_CHARS = 1000
_WORDS = 3
# Letters first; longer ones are hashes, addresses and lines without spaces.
_WORD = re.compile(r"\b[^\W\d_]\w{1,29}\b")


def group_names(
    groups: NDArray[np.integer],
    *,
    labels: Iterable[Any] | None = None,
    texts: Iterable[str | None] | None = None,
) -> list[str]:
    """Name each group by what is most typical of it.

    Parameters
    ----------
    groups : (n_samples,) int
        Group of each item, numbered from 0; negative = none.
    labels : iterable of hashable, (n_samples,), optional
        What each item is; None and NaN = unknown. A group gets its most frequent label.
    texts : iterable of str or None, (n_samples,), optional
        For groups without a label: the words that are most typical of their texts.

    Returns
    -------
    list of str, one for each group
        The label, else up to three words, else "group 7"; at most 60 printable characters.

    Raises
    ------
    ValueError
        When there is not one label or text for each item.

    Notes
    -----
    A word that stands in the share p of a group's texts and in the share q of all counts
    ``p log(p / q)``: its part in the divergence between the two. Words that are everywhere have p
    near q and drop out, whatever the language.
    """
    n_groups = int(groups.max(initial=-1)) + 1
    names: list[str | None] = [None] * n_groups
    if labels is not None:
        found, _ = typical_labels(groups, *label_codes(labels, len(groups)))
        names = [None if label is None else clean(label) for label in found]
    if texts is not None and None in names:
        words = _typical_words(groups, texts, n_groups)
        names = [name or other for name, other in zip(names, words, strict=True)]
    return [name or f"group {number}" for number, name in enumerate(names)]


def typical_labels(
    groups: NDArray[np.integer], codes: NDArray[np.int64], values: list[Any]
) -> tuple[list[Any], NDArray[np.float64]]:
    """Most frequent label of each group and its share of the group's labelled items.

    Parameters
    ----------
    groups : (n_samples,) int
        Numbered from 0; negative = none.
    codes, values : (n_samples,) int64, list
        What `label_codes` gave.

    Returns
    -------
    labels : list
        One for each group; of equally frequent ones the one with the larger share of its items in
        the group, then the one that is seen first. None where no item has a label.
    shares : (n_groups,) float64
        In (0, 1]; NaN where the label is None.
    """
    n_groups = int(groups.max(initial=-1)) + 1
    known = (groups >= 0) & (codes >= 0)
    pairs = groups[known].astype(np.int64) * max(1, len(values)) + codes[known]
    pair, count = np.unique(pairs, return_counts=True)
    group, code = np.divmod(pair, max(1, len(values)))
    total = np.bincount(codes[codes >= 0], minlength=len(values))
    order = np.lexsort([code, total[code], -count, group])
    winners, place = np.unique(group[order], return_index=True)
    found: list[Any] = [None] * n_groups
    shares = np.full(n_groups, np.nan)
    shares[winners] = count[order][place] / np.bincount(groups[known])[winners]
    for winner, best in zip(winners.tolist(), code[order][place].tolist(), strict=True):
        found[winner] = values[best]
    return found, shares


def label_codes(labels: Iterable[Any], n_samples: int) -> tuple[NDArray[np.int64], list[Any]]:
    """Code of each item's label, (n_samples,), -1 = unknown, and the labels in order of first use.

    Raises
    ------
    ValueError
        When there is not one label for each item.
    """
    given = read_values(labels, "labels")
    if len(given) != n_samples:
        msg = f"{len(given)} labels for {n_samples} items: give one for each"
        raise ValueError(msg)
    codes, values = factorized(given, "labels")
    return codes.astype(np.int64), values


def clean(name: object, most: int = MOST_CHARS) -> str:
    """Return what a value is called: one line, printable, of at most so many characters."""
    # Cut before it is cleaned: it may be a whole book.
    text = "".join(c if c.isprintable() else " " for c in str(name)[: 4 * most])
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _typical_words(
    groups: NDArray[np.integer], texts: Iterable[str | None], n_groups: int
) -> list[str | None]:
    """Words that stand in a group's texts more than in others'; None where no word does.

    The group of each item is (n_samples,) int, -1 = none.
    """
    known = np.fromiter(texts, object)
    if len(known) != len(groups):
        msg = f"{len(known)} texts for {len(groups)} items: give one for each"
        raise ValueError(msg)
    size = np.bincount(groups[groups >= 0], minlength=n_groups)
    order = np.argsort(groups, kind="stable")[int((groups < 0).sum()) :]
    most = max(_TEXTS_PER_GROUP, _TEXTS // max(1, n_groups))
    counts = []
    for n, end in zip(size.tolist(), np.cumsum(size).tolist(), strict=True):
        step = max(1, -(-n // most))
        counts.append(_document_counts(known[order[end - n : end : step]]))
    # Each group stands for all of its items, however many of its texts were looked at.
    overall: dict[str, float] = {}
    for (seen, n_texts), n in zip(counts, size.tolist(), strict=True):
        for word, count in seen.items():
            overall[word] = overall.get(word, 0.0) + count / n_texts * n
    n_items = max(1, int(size.sum()))
    return [_best_words(seen, n_texts, overall, n_items) for seen, n_texts in counts]


def _document_counts(texts: NDArray[Any]) -> tuple[dict[str, int], int]:
    """In how many of some texts, (n_texts,) object, each word stands, and how many there are."""
    counts: dict[str, int] = {}
    there = [text for text in texts.tolist() if isinstance(text, str)]
    for text in there:
        for word in set(_WORD.findall(text[:_TEXT_CHARS].casefold())):
            counts[word] = counts.get(word, 0) + 1
    return counts, len(there)


def _best_words(
    seen: dict[str, int], n_texts: int, overall: dict[str, float], n_items: int
) -> str | None:
    """The words with the largest part in the divergence, those of a single text never."""
    score = {
        word: count / n_texts * float(np.log(count / n_texts * n_items / overall[word]))
        for word, count in seen.items()
        if count > 1 or n_texts == 1
    }
    typical = [word for word in score if score[word] > 1e-9]
    typical.sort(key=lambda word: (-score[word], word))
    return clean(", ".join(typical[:_WORDS])) if typical else None
