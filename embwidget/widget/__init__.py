"""The notebook widget; importing it needs the built bundle, which wheels carry."""

from embwidget.widget.base import comms_made_by
from embwidget.widget.widget import EmbeddingCompare

__all__ = ["EmbeddingCompare", "comms_made_by"]
