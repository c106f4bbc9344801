"""Shapes as users give them: texts, tuples, symbols."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Expression, parse_shape
from shapelens.operators import Shape

__all__ = ["ShapeLike", "dims_of", "typed_shape"]

ShapeLike = str | Sequence[int | str | Expression]
"""A shape: `"3x224x224"`, `(3, 224, 224)`, or with symbols `(3, "H", "W")`."""


def dims_of(shape: ShapeLike, at: str) -> Shape:
    """A shape as dims; sizes are checked as they are when typed."""
    if isinstance(shape, str):
        return parse_shape(shape, at)
    return tuple(
        [d if isinstance(d, Expression) else parse_shape(str(d).replace(",", " "), at)[0] for d in shape]
    )


def typed_shape(shape: ShapeLike, at: str) -> tuple[Shape, str]:
    """A shape, and the type that stands behind it: `2x16:int64`."""
    if not isinstance(shape, str):
        return dims_of(shape, at), ""
    sizes, _, dtype = shape.partition(":")
    return dims_of(sizes, at), dtype.strip()
