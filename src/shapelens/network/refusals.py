"""Refusals of PyTorch's that have nothing to do with the shape that comes out, by how it begins to say them.

A trace goes on past these with what the rule gives, and findings know what they mean.
"""

from __future__ import annotations

__all__ = ["OF_LABELS", "OF_PADDING", "OF_TYPES", "OF_VIEWS", "is_explained"]

OF_VIEWS = ("view size is not compatible",)
"""A view of what does not lie in order."""
OF_PADDING = ("padding='same' is not supported",)
"""`same` with a stride."""
OF_TYPES = (
    "Input type (",
    "expected m1 and m2 to have the same dtype",
    "mat1 and mat2 must have the same dtype",
    "Expected tensor for argument #1 'indices'",
)
"""Elements of another type than the weights are."""
OF_LABELS = (
    "0D or 1D target tensor expected",
    "Expected floating point type for target with class probabilities",
    "only batches of spatial targets supported",
)
"""Labels that are no classes."""


def is_explained(words: str) -> bool:
    """Whether a refusal is one of these."""
    return words.startswith((*OF_VIEWS, *OF_PADDING, *OF_TYPES, *OF_LABELS))
