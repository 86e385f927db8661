"""Texts that break what trusts them, and a widget that has them wherever a text may be."""

import numpy as np
import pandas as pd

from embwidget import EmbeddingCompare, Space

CUT, OTHER_CUT = "\ud83d", "\ud83e"
"""First halves of emoji, as scraped texts have them: no UTF-8 holds them."""

NASTY = [
    *(CUT, OTHER_CUT, f"cut {CUT}", "\ude00 half", "\udcff.png", f"{CUT}\ude00", "\U0010ffff"),
    *("nul \0 in", "end\0", "\x07 \x1b[31mred\x1b[0m", "\x7f\x85\x9f", "tab\tand \x0b\x0c"),
    *("\u202egnp.exe", "\u2066isolated", "zero\u200b\u200d\ufeffwidth", "z" + "\u0301" * 300),
    *("line\u2028para\u2029graph", "\ufffe\uffff", "\ue000", "two\nlines\r\nand\rmore", "\n" * 50),
    *("<script>window.hit = 1</script>", "<img src=x onerror=window.hit=2>", "&lt;b&gt;"),
    *('"><svg onload=window.hit=3>', "javascript:window.hit=4", "{{7*7}}${7*7}`<b>`"),
    *("<style>*{display:none}</style>", "<img src=http://elsewhere.test/a.png>"),
    *("url(http://elsewhere.test/b)", "<link rel=stylesheet href=http://elsewhere.test/c>"),
    *("__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "valueOf"),
    *("NaN", "nan", "null", "undefined", "None", "", " ", "0", "-0", "1e5", "true"),
    *("$\\frac{x$", "_hidden", "[x](javascript:window.hit=5)", "'; DROP TABLE x;--", "%s %n"),
    *("W" * 3000, "x" * 1_000_000, "\u5b57" * 500, "\u0645\u0631\u062d\u0628\u0627"),
]
IDS = [*NASTY, *(f"{text}." for text in NASTY)]


def nasty_widget() -> EmbeddingCompare:
    """Widget whose ids, labels, texts, columns, categories and names are all nasty."""
    n = len(IDS)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(n, 8)).astype(np.float32)
    columns = {name: [*NASTY, *NASTY[::-1]] for name in NASTY[::2]}
    columns |= {name: rng.normal(size=n) for name in NASTY[1::2]}
    metadata = pd.DataFrame(columns)
    label, text = NASTY[0], NASTY[2]
    a = Space(vectors, ids=IDS, metadata=metadata, name=f"{CUT}<b>A</b>\n")
    b = Space(vectors[:, :3], ids=IDS, name="__proto__\udcff")
    image = [f"/nowhere/{CUT}.png", *[np.zeros((2, 2), np.uint8)] * (n - 1)]
    return EmbeddingCompare(a, b, label=label, text=text, image=image, k_max=20, reducer="pca")
