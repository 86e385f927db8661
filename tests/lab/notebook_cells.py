"""What stands in the two notebooks that are opened in JupyterLab."""

DATA = """
import numpy as np, pandas as pd
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

digits = load_digits()
rows = np.arange(0, 1797, 6)
pixels = digits.data[rows]
lda = LinearDiscriminantAnalysis().fit(digits.data, digits.target).transform(pixels)
ids = [f"digit-{row:04d}" for row in rows]
frame = pd.DataFrame({"digit": digits.target[rows], "ink": pixels.mean(axis=1)})
"""

CELLS = [
    DATA,
    """
import embwidget as ew
w = ew.EmbeddingCompare(
    ew.Space(pixels, ids=ids, metadata=frame, name="pixels"),
    ew.Space(lda, ids=ids, name="lda"),
    label="digit", image=digits.images[rows] / 16, reducer="pca", height=300,
)
w
""",
    "v = ew.EmbeddingCompare(lda, pixels, reducer='umap', height=240)\nv",
    "w",
    """
def broken(x):
    raise ValueError("no map today")
ew.EmbeddingCompare(lda, pixels, reducer=broken, height=240)
""",
]

BEFORE = """
import numpy as np, embwidget as ew
rng = np.random.default_rng(0)
x = rng.normal(size=(12, 16))[np.arange(600) % 12] * 2 + rng.normal(size=(600, 16))
label = (np.arange(600) % 12).astype(str)
"""
# Messages of 5000 bytes; the last widget's maps are never drawn.
SECOND = [
    BEFORE + "import embwidget.session.wire.pieces as pieces\npieces.PIECE_BYTES = 5000",
    """
w = ew.EmbeddingCompare(
    x, x + rng.normal(size=x.shape), label=label, names=("before", "after"), reducer="pca",
)
w
""",
    "ew.EmbeddingCompare(x, x[:, :4], reducer=lambda _: __import__('time').sleep(900))",
]
