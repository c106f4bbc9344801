"""What is not known, and why.

An unknown dim is shown as `?`. Whatever is computed from it is unknown too, for the same reason, so that
nothing is ever guessed on the way:

    >>> from shapelens.dims import Unknown
    >>> size = Unknown("the values of 'boxes' decide it")
    >>> (size + 2) // 2
    Unknown("the values of 'boxes' decide it")
"""

from __future__ import annotations

from typing import NoReturn, Self

from shapelens.errors import DimensionError

__all__ = ["Unknown"]


class Unknown:
    """A dim, a condition or a whole shape that is not known.

    Args:
        reason: why it is not known, as a clause that a sentence can end with.
    """

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def _tainted(self, other: object) -> Self:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _tainted
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _tainted

    def __neg__(self) -> Self:
        return self

    def __bool__(self) -> NoReturn:
        raise DimensionError("an unknown has no truth value", have=self.reason, rule="use decide()")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and other.reason == self.reason

    def __hash__(self) -> int:
        return hash((Unknown, self.reason))

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"

    def __str__(self) -> str:
        return "?"
