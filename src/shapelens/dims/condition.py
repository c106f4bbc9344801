"""What can hold or not hold between expressions.

A condition is data: it can be printed, negated, evaluated at a size or at many, and proved. It has no truth
value by itself; `decide` gives it one, along a path.
"""

from __future__ import annotations

from math import gcd
from typing import NoReturn

from shapelens.dims.expression import Expression, lift
from shapelens.errors import DimensionError

__all__ = ["All", "Comparison", "Condition", "Either"]


class Condition:
    """The base of conditions between expressions."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise DimensionError(
            f"{self} has no truth value", rule="a rule does not branch on dims: use decide()"
        )

    def __str__(self) -> str:
        from shapelens.dims.text import condition_text

        return condition_text(self)

    def __repr__(self) -> str:
        return str(self)

    def negated(self) -> Condition:
        """The condition that holds exactly where this one does not."""
        raise NotImplementedError

    def expressions(self) -> tuple[Expression, ...]:
        """Every expression that it compares."""
        raise NotImplementedError


_OPPOSITE = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", "<=": ">", ">": "<="}


class Comparison(Condition):
    """`left relation right`, as it was asked; two are equal when they say the same.

    Args:
        left: an expression or integer.
        relation: `==`, `!=`, `>=`, `>`, `<=` or `<`.
        right: an expression or integer.
    """

    __slots__ = ("difference", "left", "relation", "right", "strictness")

    def __init__(self, left: Expression | int, relation: str, right: Expression | int) -> None:
        self.left = left
        self.relation = relation
        self.right = right
        # Every comparison of integers is `difference == 0`, `!= 0` or `>= 0`.
        if relation in {"==", "!="}:
            self.strictness = relation
            self.difference = _reduced(lift(left - right), exactly=True)
        else:
            self.strictness = ">="
            gap = left - right if relation in {">=", ">"} else right - left
            self.difference = _reduced(lift(gap - 1 if relation in {">", "<"} else gap), exactly=False)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Comparison)
            and self.strictness == other.strictness
            and self.difference == other.difference
        )

    def __hash__(self) -> int:
        return hash((self.strictness, self.difference))

    def negated(self) -> Comparison:
        return Comparison(self.left, _OPPOSITE[self.relation], self.right)

    def expressions(self) -> tuple[Expression, ...]:
        return (self.difference,)


def _reduced(difference: Expression, *, exactly: bool) -> Expression:
    """The simplest difference that is 0, or at least 0, where this one is: for 2·H - 31 ≥ 0 it is H - 16."""
    if not difference.terms:
        return difference
    common = gcd(*[coefficient for _, coefficient in difference.terms])
    if exactly:
        common = 1 if difference.constant % common else common
        common = common if difference.terms[0][1] > 0 else -common
    if common == 1:
        return difference
    terms = tuple([(monomial, coefficient // common) for monomial, coefficient in difference.terms])
    return Expression(difference.constant // common, terms)


class _Group(Condition):
    __slots__ = ("members",)

    def __init__(self, members: tuple[Condition, ...]) -> None:
        self.members = members

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.members == getattr(other, "members", None)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.members))

    def expressions(self) -> tuple[Expression, ...]:
        return tuple(e for member in self.members for e in member.expressions())


class Either(_Group):
    """At least one of its members holds."""

    __slots__ = ()

    def negated(self) -> Condition:
        return All(tuple(member.negated() for member in self.members))


class All(_Group):
    """Every one of its members holds."""

    __slots__ = ()

    def negated(self) -> Condition:
        return Either(tuple(member.negated() for member in self.members))
