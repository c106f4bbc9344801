"""An expression at values of its symbols, of whatever reading: integers, vectors, other expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shapelens.dims.arithmetic import (
    Dim,
    Truth,
    all_of,
    any_of,
    at_least,
    at_most,
    different,
    equal,
    less_than,
    maximum,
    minimum,
    more_than,
    rounded_product,
)
from shapelens.dims.atoms import Atom, Extremum, Floor, Named, Quotient, Rounded, Symbol
from shapelens.dims.condition import All, Comparison, Either
from shapelens.dims.expression import Expression, from_atom
from shapelens.dims.unknown import Unknown
from shapelens.records import dataclass

__all__ = ["evaluate", "evaluate_condition", "substitute"]


def evaluate(dim: object, environment: Mapping[str, object]) -> Dim:
    """A dim with its symbols replaced by values.

    Args:
        dim: an expression; anything else is given back as it is.
        environment: a value for each symbol, by name, of any reading. A symbol without one stays.

    Returns:
        An integer where all symbols are integers, else a value of the environment's reading.
    """
    if not isinstance(dim, Expression):
        return dim
    return _evaluate(dim, lambda atom: _symbol_value(atom, environment))


def substitute(dim: object, environment: Mapping[str, object]) -> Dim:
    """Another name for `evaluate`, where symbols are replaced by expressions."""
    return evaluate(dim, environment)


def evaluate_condition(condition: Truth, environment: Mapping[str, object]) -> Truth:
    """A condition with the symbols of its expressions replaced; a `bool` where all are integers.

    Unknown where it divides by a size that is zero there.
    """
    if isinstance(condition, Comparison):
        try:
            left, right = evaluate(condition.left, environment), evaluate(condition.right, environment)
        except ZeroDivisionError:
            return Unknown("a size of it is divided by zero there")
        return _COMPARE[condition.relation](left, right)
    if isinstance(condition, Either):
        return any_of(*[evaluate_condition(member, environment) for member in condition.members])
    if isinstance(condition, All):
        return all_of(*[evaluate_condition(member, environment) for member in condition.members])
    return condition


_COMPARE = {
    "==": equal,
    "!=": different,
    ">=": at_least,
    ">": more_than,
    "<=": at_most,
    "<": less_than,
}


def _symbol_value(atom: Atom, environment: Mapping[str, object]) -> Dim:
    return environment.get(atom.name) if isinstance(atom, Symbol) else None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How an expression is evaluated: every atom after those that it is made of.

    Args:
        atoms: each with its operands.
        whole: the expression itself.
    """

    atoms: tuple[tuple[Atom, tuple[_Sum, ...]], ...]
    whole: _Sum


_Sum = tuple[int, tuple[tuple[int, tuple[int, ...]], ...]]
"""A constant, and terms: each a coefficient and the places of the atoms that are multiplied."""


def _plan_of(expression: Expression) -> _Plan:
    plan = expression.plan
    if isinstance(plan, _Plan):
        return plan
    # Not by recursion: a chain of names may be long.
    ordered = sorted(expression.atoms(), key=_height)
    places = {atom: place for place, atom in enumerate(ordered)}

    def summed(part: Expression) -> _Sum:
        terms = [
            (coefficient, tuple([places[atom] for atom in monomial])) for monomial, coefficient in part.terms
        ]
        return part.constant, tuple(terms)

    steps = [(atom, tuple([summed(operand) for operand in atom.operands])) for atom in ordered]
    plan = _Plan(tuple(steps), summed(expression))
    expression.plan = plan
    return plan


def _height(atom: Atom) -> int:
    return atom.height


def _evaluate(expression: Expression, value_of: Callable[[Atom], object]) -> Dim:
    plan = _plan_of(expression)
    known: list[Dim] = []
    for atom, operands in plan.atoms:
        value = value_of(atom)
        known.append(_rebuild(atom, operands, known) if value is None else value)
    return _summed(plan.whole, known)


def _summed(part: _Sum, known: list[Dim]) -> Dim:
    result: Dim = part[0]
    for coefficient, places in part[1]:
        term: Dim = coefficient
        for place in places:
            term = known[place] * term
        result = term + result
    return result


def _rebuild(atom: Atom, operands: tuple[_Sum, ...], known: list[Dim]) -> Dim:
    if isinstance(atom, Symbol):
        return from_atom(atom)
    parts: list[Dim] = [_summed(operand, known) for operand in operands]
    if isinstance(atom, Floor):
        return parts[0] // atom.divisor
    if isinstance(atom, Named):
        return parts[0]
    if isinstance(atom, Quotient):
        return parts[0] // parts[1]
    if isinstance(atom, Extremum):
        return (minimum if atom.kind == "min" else maximum)(*parts)
    assert isinstance(atom, Rounded)
    return rounded_product(parts[0], atom.factor, precision=atom.precision, rounding=atom.rounding)
