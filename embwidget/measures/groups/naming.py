"""What is typical of each group of items: labels that prevail, and words."""

import re
from collections.abc import Iterable
from heapq import nsmallest
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from embwidget._core.values import read_values
from embwidget.measures.labels.labels import factorized

MOST_CHARS = 60
"""Length of a name, the ellipsis included."""

# What a label takes to name a group: see `group_names`.
_MAJORITY = 0.5
_MUCH = 0.2
_LIFT = 2.0
_ALONE = 2 / 3
_LEAST = 0.1
_MOST_LABELS = 4
# Of so many equally frequent ones none says anything, and a million may all be different.
_MOST_TIES = 1000

# Texts looked at in all and at least in each group, and characters of each: what a group is about
# shows in these, within seconds.
_TEXTS = 20_000
_TEXTS_PER_GROUP = 50
_TEXT_CHARS = 1000
_WORDS = 3
# Letters first; longer ones are hashes, addresses and lines without spaces.
_WORD = re.compile(r"\b[^\W\d_]\w{1,29}\b")


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
        the group, then the first by its text, or of more than a thousand the first that is seen.
        None where no item has a label.
    shares : (n_groups,) float64
        In (0, 1]; NaN where the label is None.
    """
    tops = _top_labels(groups, codes, values)
    found = [values[top[0].code] if top else None for top in tops]
    return found, np.array([top[0].share if top else np.nan for top in tops], np.float64)


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


class Naming:
    """What there is to name the groups of one space by.

    Parameters
    ----------
    groups : (n_samples,) int
        Numbered from 0; negative = none.
    labels : (n_samples,) int64 and list, or None
        What `label_codes` gave.
    texts : iterable of str or None, (n_samples,), or None

    Attributes
    ----------
    plain : list of str or None
        Name of each group: labels that prevail in it, else words, else None. Some may be alike.
    """

    def __init__(
        self,
        groups: NDArray[np.integer],
        labels: tuple[NDArray[np.int64], list[Any]] | None,
        texts: Iterable[str | None] | None,
    ) -> None:
        n_groups = int(groups.max(initial=-1)) + 1
        self._words = None if texts is None else _Words(groups, texts, n_groups)
        self._others: list[str] = [""] * n_groups
        self.plain: list[str | None] = [None] * n_groups
        if labels is not None:
            sizes = np.bincount(groups[groups >= 0], minlength=n_groups)
            for group, top in enumerate(_top_labels(groups, *labels)):
                named = _prevailing(top, int(sizes[group]))
                texts_of = [clean(labels[1][each.code]) for each in top]
                self.plain[group] = ", ".join(filter(None, texts_of[:named])) or None
                self._others[group] = next(filter(None, texts_of[named:]), "") if named else ""
        unnamed = [group for group, name in enumerate(self.plain) if name is None]
        if self._words is not None and unnamed:
            words = self._words.typical(range(n_groups))
            for group in unnamed:
                self.plain[group] = words[group]
        self.plain = [name and clean(name) for name in self.plain]

    def longer(self, alike: list[int]) -> dict[int, str]:
        """Names for groups that are alike, those that can be told apart by more than a number."""
        found = {
            group: f"{self.plain[group]}, {self._others[group]}"
            for group in alike
            if self._others[group]
        }
        rest = [group for group in alike if group not in found]
        if self._words is not None and len(rest) > 1:
            for group, words in self._words.typical(rest).items():
                # Words that were the name already tell nothing apart.
                if words and words != self.plain[group]:
                    found[group] = f"{self.plain[group]}: {words}"
        return found


class _TopLabel(NamedTuple):
    """A label of a group.

    Attributes
    ----------
    code : int
    share : float
        Of the labelled items of the group.
    lift : float
        That share over the label's share of all labelled items.
    n : int
        Items that have it.
    """

    code: int
    share: float
    lift: float
    n: int


def _prevailing(top: list[_TopLabel], size: int) -> int:
    """How many of a group's labels, the most frequent first, name it: 0, 1 or 2."""

    def prevails(label: _TopLabel) -> bool:
        is_much = label.share >= _MAJORITY or (label.share >= _MUCH and label.lift >= _LIFT)
        return is_much and label.n >= _LEAST * size

    if not top or not prevails(top[0]):
        return 0
    return 2 if len(top) > 1 and top[0].share < _ALONE and prevails(top[1]) else 1


def _top_labels(
    groups: NDArray[np.integer], codes: NDArray[np.int64], values: list[Any]
) -> list[list[_TopLabel]]:
    """Labels of each group (n_samples,) by code (n_samples,) int64, the most frequent first.

    Beside the first one those of at least a tenth of the labelled items: in no other order than
    that of their counts and texts, so that the order of the items makes no difference.
    """
    n_groups = int(groups.max(initial=-1)) + 1
    known = (groups >= 0) & (codes >= 0)
    pairs = groups[known].astype(np.int64) * max(1, len(values)) + codes[known]
    pair, count = np.unique(pairs, return_counts=True)
    group, code = np.divmod(pair, max(1, len(values)))
    total = np.bincount(codes[codes >= 0], minlength=len(values))
    n_labelled = int(total.sum())
    order = np.lexsort([total[code], -count, group])
    group, code, count = group[order], code[order], count[order]
    starts = np.searchsorted(group, np.arange(n_groups + 1))
    found: list[list[_TopLabel]] = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        own, counts = code[start:end], count[start:end]
        n = int(counts.sum())
        ties = own[(counts == counts[:1]) & (total[own] == total[own[:1]])].tolist()
        first = _first_by_text(ties, values)
        more = np.flatnonzero((counts >= _LEAST * n) & (own != first)).tolist()
        more.sort(key=lambda i: (-counts[i], total[own[i]], *_text_of(values[own[i]]), own[i]))
        ranked = [*np.flatnonzero(own == first).tolist(), *more]
        found.append(
            [
                _TopLabel(
                    int(own[i]),
                    float(counts[i] / n),
                    float(counts[i] / n * n_labelled / total[own[i]]),
                    int(counts[i]),
                )
                for i in ranked[:_MOST_LABELS]
            ]
        )
    return found


def _first_by_text(codes: list[int], values: list[Any]) -> int:
    """Of some codes that of the first label by its text; -1 where there are none."""
    if len(codes) < 2:
        return codes[0] if codes else -1
    if len(codes) > _MOST_TIES:
        return min(codes)
    texts = list(map(str, map(values.__getitem__, codes)))
    least = min(texts)
    alike = [code for code, text in zip(codes, texts, strict=True) if text == least]
    return min(alike, key=lambda code: (type(values[code]).__name__, code))


def _text_of(value: Any) -> tuple[str, str]:
    """What a label is sorted by among equals, whatever its type."""
    return str(value)[: 4 * MOST_CHARS], type(value).__name__


class _Words:
    """Words of the texts of each group.

    Parameters
    ----------
    groups : (n_samples,) int
    texts : iterable of str or None, (n_samples,)
    n_groups : int
    """

    def __init__(
        self, groups: NDArray[np.integer], texts: Iterable[str | None], n_groups: int
    ) -> None:
        known = np.fromiter(texts, object)
        if len(known) != len(groups):
            msg = f"{len(known)} texts for {len(groups)} items: give one for each"
            raise ValueError(msg)
        self._groups, self._texts = groups, known
        self._size = np.bincount(groups[groups >= 0], minlength=n_groups).tolist()
        self._counts: list[tuple[dict[str, int], int]] | None = None

    def typical(self, among: Iterable[int]) -> dict[int, str | None]:
        """Words that stand in a group's texts more than in those of all of these groups."""
        if self._counts is None:
            self._counts = self._count()
        groups = list(among)
        # Each group stands for all of its items, however many of its texts were looked at.
        overall: dict[str, float] = {}
        for group in groups:
            seen, n_texts = self._counts[group]
            for word, count in seen.items():
                overall[word] = overall.get(word, 0.0) + count / n_texts * self._size[group]
        n_items = max(1, sum(self._size[group] for group in groups))
        return {group: _best_words(*self._counts[group], overall, n_items) for group in groups}

    def _count(self) -> list[tuple[dict[str, int], int]]:
        groups, size = self._groups, self._size
        order = np.argsort(groups, kind="stable")[int((groups < 0).sum()) :]
        most = max(_TEXTS_PER_GROUP, _TEXTS // max(1, len(size)))
        ends = np.cumsum(size, dtype=np.int64).tolist()
        return [
            _document_counts(_sample(self._texts[order[end - n : end]], most))
            for n, end in zip(size, ends, strict=True)
        ]


def _sample(texts: NDArray[Any], most: int) -> list[str]:
    """So many of the texts, (n_texts,) object, the same ones in whatever order they come."""
    there = [text[:_TEXT_CHARS] for text in texts.tolist() if isinstance(text, str)]
    if len(there) <= most:
        return there
    return nsmallest(most, there, key=lambda text: (crc32(text.encode("utf-8", "replace")), text))


def _document_counts(texts: list[str]) -> tuple[dict[str, int], int]:
    """In how many of some texts each word stands, and how many there are."""
    counts: dict[str, int] = {}
    for text in texts:
        for word in set(_WORD.findall(text.casefold())):
            counts[word] = counts.get(word, 0) + 1
    return counts, len(texts)


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
