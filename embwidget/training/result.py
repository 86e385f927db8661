"""What a recipe gives back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embwidget._core.checks import near_names, shown
from embwidget.registry import Registry
from embwidget.space import Space
from embwidget.training.settings import RecipeSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from embwidget.widget import EmbeddingCompare


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RecipeResult:
    """Spaces of a training, and how good they are.

    Attributes
    ----------
    name : str
        What the names of its experiments and spaces in the registry begin with.
    settings : RecipeSettings
    registry : Registry
    spaces : dict of str to Space
        By model, layer and epoch, as "triplet/embedder/epoch=10": the items that were not trained
        on. Epoch 0 is before the training.
    metrics : DataFrame
        The seven metrics by label of each model and layer, before and after: ``model, layer, when,
        epoch, metric, value, standard_error, low, high, chance, n, space``; numbers as of
        `embwidget.label_metrics`.
    curves : DataFrame
        By epoch, the metrics that need no clusters, and the loss: ``model, layer, epoch, metric,
        value, low, high``.
    scores : dict of str to float
        What else was found: accuracies, a rate to learn at.
    models : dict of str to torch.nn.Module
        Trained.
    pictures : (n_items, height, width) or (n_items, height, width, 3) uint8, or None
        Of the items, for thumbnails.
    default_pair : tuple of str
        Keys of the two spaces that the recipe is about.
    """

    name: str
    settings: RecipeSettings
    registry: Registry
    spaces: dict[str, Space]
    metrics: "pd.DataFrame"
    curves: "pd.DataFrame"
    scores: dict[str, float]
    models: dict[str, Any]
    pictures: "NDArray[np.uint8] | None"
    default_pair: tuple[str, str]

    def pair(self, a: str | None = None, b: str | None = None) -> tuple[Space, Space]:
        """Two of the spaces; by default those that the recipe is about.

        Parameters
        ----------
        a, b : str, optional
            Keys of `spaces`.
        """
        found = []
        for given, default in zip((a, b), self.default_pair, strict=True):
            key = default if given is None else given
            if key not in self.spaces:
                msg = f"there is no space {shown(key)}: {near_names(key, self.spaces)}"
                raise KeyError(msg)
            found.append(self.spaces[key])
        return found[0], found[1]

    def compare(
        self, a: str | None = None, b: str | None = None, **options: Any
    ) -> "EmbeddingCompare":
        """Look at two of the spaces side by side.

        Parameters
        ----------
        a, b : str, optional
            Keys of `spaces`; by default those that the recipe is about.
        **options
            Of `embwidget.EmbeddingCompare`.

        Returns
        -------
        EmbeddingCompare
        """
        from embwidget.widget import EmbeddingCompare

        keys = tuple(
            default if x is None else x
            for x, default in zip((a, b), self.default_pair, strict=True)
        )
        given = {"label": "label", "names": keys, "image": self.pictures, **options}
        return EmbeddingCompare(*self.pair(a, b), **given)

    def __repr__(self) -> str:
        return f"RecipeResult({self.name!r}, {len(self.spaces)} spaces, {self.registry!r})"
