"""What an expression reads like once it is known that a symbol is a multiple of something."""

from __future__ import annotations

from math import gcd, lcm

from shapelens.dims.arithmetic import Dim, maximum, minimum
from shapelens.dims.atoms import Atom, Extremum, Floor, Quotient, Rounded, Symbol
from shapelens.dims.evaluation import evaluate
from shapelens.dims.expression import Expression, floor_divide, from_atom, lift, settle

__all__ = ["expression_given"]

_FUNCTIONS = ("ceil", "floor", "max", "min")

Fraction = tuple[Expression, int]
"""An expression and what it is divided by, without a rest."""


def expression_given(dim: Dim, name: str, modulus: int, remainder: int = 0) -> Dim:
    """A dim, simplified for the sizes of a symbol with a known remainder.

        >>> from shapelens.dims import symbol
        >>> H = symbol("H")
        >>> expression_given(16 * (H // 16), "H", 16), expression_given((H + 5) // 32, "H", 32)
        (H, floor(H/32))
        >>> expression_given(2 * (H // 2), "H", 2, remainder=1)
        H - 1

    With `H = modulus·h + remainder` the expression simplifies in h, and H is put back.

    Args:
        dim: an expression; anything else is given back as it is.
        name: the symbol's.
        modulus: what the symbol is divided by, at least 1.
        remainder: what is left then.

    Returns:
        An expression that is equal for these sizes, and no longer than the one that was given.
    """
    if not isinstance(dim, Expression):
        return dim
    symbols = [symbol for symbol in dim.symbols() if symbol.name == name]
    if len(symbols) != 1 or modulus < 2:
        return dim
    try:
        found = _Putting(symbols[0], modulus, remainder % modulus).simplified(dim)
    except ZeroDivisionError:  # It has no value for any of these sizes.
        return dim
    return settle(found) if _length(found) < _length(dim) else dim


def _length(expression: Expression) -> tuple[int, int]:
    """How much there is to read: how many floors and extrema, then how many signs."""
    text = str(expression)
    return sum(text.count(f"{function}(") for function in _FUNCTIONS), len(text)


class _Putting:
    """Puts `modulus·steps + remainder` in the place of a symbol, and the symbol back."""

    def __init__(self, symbol: Symbol, modulus: int, remainder: int) -> None:
        least = -((remainder - symbol.minimum) // modulus)
        most = None if symbol.maximum is None else (symbol.maximum - remainder) // modulus
        self.name = symbol.name
        self.steps = Symbol(f"steps of {symbol.name}", least, most)
        self.inside = from_atom(self.steps) * modulus + remainder
        self.outside: Fraction = lift(from_atom(symbol) - remainder), modulus

    def simplified(self, expression: Expression) -> Expression:
        inside = lift(evaluate(expression, {self.name: self.inside}))
        # What is whole for all these sizes is its own floor.
        return lift(floor_divide(*self.put_back(inside)))

    def put_back(self, expression: Expression) -> Fraction:
        """The expression with the symbol in the place of the steps."""
        total: Fraction = Expression(expression.constant, ()), 1
        for monomial, coefficient in expression.terms:
            term: Fraction = Expression(coefficient, ()), 1
            for atom in monomial:
                factor, divisor = self.atom_put_back(atom)
                term = lift(term[0] * factor), term[1] * divisor
            scale = lcm(total[1], term[1])
            total = lift(total[0] * (scale // total[1]) + term[0] * (scale // term[1])), scale
        return _reduced(*total)

    def atom_put_back(self, atom: Atom) -> Fraction:
        if atom == self.steps:
            return self.outside
        if all(self.steps not in operand.atoms() for operand in atom.operands):
            return from_atom(atom), 1
        operands = [self.put_back(operand) for operand in atom.operands]
        if isinstance(atom, Floor):
            ((numerator, scale),) = operands
            return lift(floor_divide(numerator, scale * atom.divisor)), 1
        if isinstance(atom, Quotient):
            (numerator, scale), (denominator, other_scale) = operands
            return lift((numerator * other_scale) // (denominator * scale)), 1
        if isinstance(atom, Extremum):
            scale = lcm(*[own for _, own in operands])
            scaled = [operand * (scale // own) for operand, own in operands]
            return lift((minimum if atom.kind == "min" else maximum)(*scaled)), scale
        assert isinstance(atom, Rounded)
        operand = lift(floor_divide(*operands[0]))
        return from_atom(Rounded(operand, atom.factor, atom.precision, atom.rounding)), 1


def _reduced(expression: Expression, scale: int) -> Fraction:
    common = gcd(scale, expression.constant, *[coefficient for _, coefficient in expression.terms])
    if common == 1:
        return expression, scale
    terms = tuple([(monomial, coefficient // common) for monomial, coefficient in expression.terms])
    return Expression(expression.constant // common, terms), scale // common
