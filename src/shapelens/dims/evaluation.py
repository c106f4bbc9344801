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
    """A condition with the symbols of its expressions replaced; a `bool` where all are integers."""
    if isinstance(condition, Comparison):
        left, right = evaluate(condition.left, environment), evaluate(condition.right, environment)
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


def _evaluate(expression: Expression, value_of: Callable[[Atom], object]) -> Dim:
    known: dict[Atom, Dim] = {}

    def whole(part: Expression) -> Dim:
        result: Dim = part.constant
        for monomial, coefficient in part.terms:
            term: Dim = coefficient
            for atom in monomial:
                term = known[atom] * term
            result = term + result
        return result

    # Every atom after those that it is made of, and not by recursion: a chain of names may be long.
    for atom in sorted(expression.atoms(), key=_height):
        value = value_of(atom)
        known[atom] = _rebuild(atom, whole) if value is None else value
    return whole(expression)


def _height(atom: Atom) -> int:
    return atom.height


def _rebuild(atom: Atom, whole: Callable[[Expression], object]) -> Dim:
    if isinstance(atom, Symbol):
        return from_atom(atom)
    if isinstance(atom, Named):
        return whole(atom.definition)
    parts: list[Dim] = [whole(operand) for operand in atom.operands]
    if isinstance(atom, Floor):
        return parts[0] // atom.divisor
    if isinstance(atom, Quotient):
        return parts[0] // parts[1]
    if isinstance(atom, Extremum):
        return (minimum if atom.kind == "min" else maximum)(*parts)
    assert isinstance(atom, Rounded)
    return rounded_product(parts[0], atom.factor, precision=atom.precision, rounding=atom.rounding)
