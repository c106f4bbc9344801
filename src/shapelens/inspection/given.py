"""Shapes as users give them: texts, tuples, symbols."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Expression, parse_shape
from shapelens.errors import UsageError
from shapelens.operators import Shape

__all__ = ["ShapeLike", "checked_batch", "dims_of", "typed_shape"]

ShapeLike = str | Sequence[int | str | Expression]
"""A shape: `"3x224x224"`, `(3, 224, 224)`, or with symbols `(3, "H", "W")`."""


def checked_batch(batch: int | None) -> int | None:
    """A number of samples, or None where it is free.

    Raises:
        UsageError: "a batch is a number of samples".
    """
    given: object = batch
    if given is None or (type(given) is int and given >= 1):
        return batch
    raise UsageError(
        "a batch is a number of samples",
        at="batch",
        have=repr(batch),
        rule="a whole number, at least 1",
        fix="batch=8",
    )


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
