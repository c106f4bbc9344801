"""Refusals of PyTorch's that have nothing to do with the shape that comes out, by how it begins to say them.

A trace goes on past these with what the rule gives, and findings know what they mean.
"""

from __future__ import annotations

__all__ = ["OF_PADDING", "OF_TYPES", "OF_VIEWS", "is_explained", "is_of_shapes"]

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
_OF_LABEL_TYPES = ("Expected floating point type for target with class probabilities",)
"""Labels of another type than shares of classes are."""
_OF_SOMETHING_ELSE = ("dtype", "scalar type", "on the same device", "expected device")
"""What PyTorch speaks of types and devices with, wherever it stands."""


def is_explained(words: str) -> bool:
    """Whether a refusal is one of these."""
    return words.startswith((*OF_VIEWS, *OF_PADDING, *OF_TYPES))


def is_of_shapes(words: str) -> bool:
    """Whether a refusal may be one of shapes: PyTorch does not speak of types or devices in it.

    >>> is_of_shapes("Input type (unsigned char) and bias type (float) should be the same")
    False
    """
    if words.startswith((*OF_TYPES, *_OF_LABEL_TYPES)):
        return False
    return not any(piece in words for piece in _OF_SOMETHING_ELSE)
