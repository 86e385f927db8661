"""Trainings of the field that run on a laptop and end in spaces to compare: docs/training.md."""

from embwidget.training.recipes.classification import CrossEntropySettings, cross_entropy
from embwidget.training.recipes.metric_losses import TripletVsArcFaceSettings, triplet_vs_arcface
from embwidget.training.recipes.supcon import SupConSettings, supcon_two_stage

__all__ = [
    "CrossEntropySettings",
    "SupConSettings",
    "TripletVsArcFaceSettings",
    "cross_entropy",
    "supcon_two_stage",
    "triplet_vs_arcface",
]
