"""Whether two operators are one: the same in every setting."""

from __future__ import annotations

from shapelens.operators.operator import Operator

__all__ = ["first_alike", "is_one"]


def first_alike(operator: Operator, firsts: dict[Operator, Operator]) -> Operator:
    """The first operator that is one with this; itself, where it is the first or cannot be compared.

    Args:
        operator: the operator.
        firsts: those before it; it is entered.
    """
    try:
        first = firsts.setdefault(operator, operator)
    except TypeError:
        return operator  # a setting is a vector of sizes, or recorded
    return first if is_one(first, operator) else operator


def is_one(operator: Operator, other: Operator) -> bool:
    """Whether two operators are the same in every setting: 1 and 1.0 are equal, and are not the same setting.

    >>> from shapelens.operators import Clip
    >>> is_one(Clip(0.0, 6.0), Clip(0.0, 6.0)), is_one(Clip(0, 6), Clip(0.0, 6.0))
    (True, False)
    """
    if operator is other:
        return True
    own, its = vars(operator), vars(other)
    return type(operator) is type(other) and all(_is_same(own[name], its[name]) for name in own)


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, Operator) and isinstance(other, Operator):
        return is_one(one, other)
    return type(one) is type(other) and (one is other or one == other)
