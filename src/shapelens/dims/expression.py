"""Integer expressions over symbols, kept in a normal form.

An expression is a sum `constant + Σ coefficient · monomial`; a monomial is a product of atoms; an atom is a
symbol, a floor, a quotient of expressions, a minimum or maximum, or a product rounded as a framework rounds
it. Floors are simplified when they are made, so that five strided stages read as one:

    >>> from shapelens.dims import symbol
    >>> H = symbol("H")
    >>> for _ in range(5):
    ...     H = (H + 2 - 3) // 2 + 1
    >>> print(H)
    ceil(H/32)

The identities that do it:

    floor((c·Q + R) / c)          = Q + floor(R / c)                  coefficients are reduced modulo c
    floor((g·x + b) / (g·e))      = floor((x + floor(b / g)) / e)
    floor((floor(x / a) + b) / c) = floor((x + a·b) / (a·c))          whatever integer b is
    floor(-x / c)                 = -floor((x + c - 1) / c)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NoReturn

from shapelens.dims.atoms import Atom, Floor, Named, Symbol
from shapelens.errors import DimensionError

__all__ = [
    "Expression",
    "Monomial",
    "Term",
    "floor_divide",
    "from_atom",
    "lift",
    "named",
    "settle",
    "sum_of",
    "symbol",
]

# What is longer than this is named by one atom, which keeps its definition. So neither a large network nor a
# hostile file can make an expression that takes long to read, to write or to prove.
MAXIMUM_TERMS = 64
MAXIMUM_DEGREE = 8
MAXIMUM_KEY = 1000
MAXIMUM_NESTING = 32

Monomial = tuple[Atom, ...]
Term = tuple[Monomial, int]


def _monomial_key(monomial: Monomial) -> str:
    return monomial[0].key if len(monomial) == 1 else "*".join([atom.key for atom in monomial])


def _term_key(term: Term) -> str:
    return _monomial_key(term[0])


def _atom_key(atom: Atom) -> str:
    return atom.key


class Expression:
    """An integer expression in normal form. It is immutable, hashable, and has no truth value.

    Build expressions with arithmetic on `symbol(name)`, not with this constructor.
    """

    __slots__ = ("_hash", "_key", "_symbols", "constant", "plan", "terms")

    def __init__(self, constant: int, terms: tuple[Term, ...]) -> None:
        self.constant = constant
        self.terms = terms
        self._hash: int | None = None
        self._key: str | None = None
        self._symbols: tuple[Symbol, ...] | None = None
        self.plan: object = None
        """How `evaluation` evaluates it, once it was asked."""

    def __reduce__(self) -> tuple[type[Expression], tuple[int, tuple[Term, ...]]]:
        # Without the hash: a text hashes otherwise in another process.
        return Expression, (self.constant, self.terms)

    # identity -----------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """A text that two expressions share exactly when their normal forms are the same."""
        if self._key is None:
            parts = [f"{coefficient}*{_monomial_key(monomial)}" for monomial, coefficient in self.terms]
            self._key = "+".join([*parts, str(self.constant)])
        return self._key

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Expression):
            return self.constant == other.constant and self.terms == other.terms
        return False

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.constant, self.terms))
        return self._hash

    def __bool__(self) -> NoReturn:
        raise DimensionError(
            f"{self} has no truth value",
            rule="a rule does not branch on dims: compare with at_least() and equal(), ask with decide()",
        )

    def __repr__(self) -> str:
        return str(self)

    def __str__(self) -> str:
        from shapelens.dims.text import dim_text

        return dim_text(self)

    # parts --------------------------------------------------------------------------------------------

    @property
    def height(self) -> int:
        """How deep its atoms are nested: 0 for symbols, -1 for none. It orders atoms by what they need."""
        return max([atom.height for monomial, _ in self.terms for atom in monomial], default=-1)

    def atoms(self) -> frozenset[Atom]:
        """Every atom in it, those inside other atoms included."""
        found: set[Atom] = set()
        pending: list[Expression] = [self]
        while pending:
            for monomial, _ in pending.pop().terms:
                for atom in monomial:
                    if atom not in found:
                        found.add(atom)
                        pending.extend(atom.operands)
        return frozenset(found)

    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols in it, by name."""
        # What it is made of is asked first, and each part once: a chain of sizes asks at every step.
        pending = [self]
        while pending:
            part = pending[-1]
            atoms = [atom for monomial, _ in part.terms for atom in monomial]
            operands = [operand for atom in atoms for operand in atom.operands]
            unasked = [operand for operand in operands if operand._symbols is None]
            if unasked and part._symbols is None:
                pending += unasked
                continue
            pending.pop()
            if part._symbols is None:
                found = {atom for atom in atoms if isinstance(atom, Symbol)}
                found.update(*[operand._symbols or () for operand in operands])
                part._symbols = tuple(sorted(found, key=lambda symbol: (symbol.name, symbol.key)))
        return self._symbols or ()

    @property
    def is_quasi_affine(self) -> bool:
        """Whether it has no products, quotients or extrema of symbols and no rounding: the provable part."""
        return all(
            len(monomial) == 1
            and isinstance(monomial[0], (Symbol, Floor))
            and all(operand.is_quasi_affine for operand in monomial[0].operands)
            for monomial, _ in self.terms
        )

    # arithmetic ---------------------------------------------------------------------------------------

    def __add__(self, other: Expression | int) -> Expression | int:
        if type(other) is int:
            return Expression(self.constant + other, self.terms) if other else self
        if not isinstance(other, Expression):
            return NotImplemented
        return sum_of(self.constant + other.constant, (*self.terms, *other.terms))

    __radd__ = __add__

    def __neg__(self) -> Expression:
        return Expression(-self.constant, tuple([(m, -c) for m, c in self.terms]))

    def __sub__(self, other: Expression | int) -> Expression | int:
        if type(other) is int:
            return Expression(self.constant - other, self.terms) if other else self
        if not isinstance(other, Expression):
            return NotImplemented
        return self + (-other)

    def __rsub__(self, other: int) -> Expression | int:
        if type(other) is not int:
            return NotImplemented
        return (-self) + other

    def __mul__(self, other: Expression | int) -> Expression | int:
        if type(other) is int:
            if other == 1:
                return self
            if other == 0:
                return 0
            return Expression(self.constant * other, tuple([(m, c * other) for m, c in self.terms]))
        if not isinstance(other, Expression):
            return NotImplemented
        own_degree, other_degree = _degree(self), _degree(other)
        if own_degree + other_degree > MAXIMUM_DEGREE:
            return named(self) * other if own_degree >= other_degree else self * named(other)
        products: list[Term] = []
        if other.constant:
            products += [(m, c * other.constant) for m, c in self.terms]
        if self.constant:
            products += [(m, c * self.constant) for m, c in other.terms]
        for left, left_coefficient in self.terms:
            for right, right_coefficient in other.terms:
                monomial = tuple(sorted(left + right, key=_atom_key))
                products.append((monomial, left_coefficient * right_coefficient))
        return sum_of(self.constant * other.constant, products)

    __rmul__ = __mul__

    def __floordiv__(self, other: Expression | int) -> Expression | int:
        if type(other) is int:
            return floor_divide(self, other)
        if not isinstance(other, Expression):
            return NotImplemented
        from shapelens.dims.quotient import quotient

        return quotient(self, other)

    def __rfloordiv__(self, other: int) -> Expression | int:
        if type(other) is not int:
            return NotImplemented
        return Expression(other, ()) // self

    def __mod__(self, other: Expression | int) -> Expression | int:
        return self - (self // other) * other

    def __rmod__(self, other: int) -> Expression | int:
        return other - (other // self) * self


def symbol(name: str, minimum: int = 1, maximum: int | None = None) -> Expression:
    """The expression that is one symbol.

    Args:
        name: any text; `height/2` is one symbol too.
        minimum: the least value that it takes.
        maximum: the largest value that it takes, or None.
    """
    return from_atom(Symbol(name, minimum, maximum))


def from_atom(atom: Atom) -> Expression:
    """The expression that is one atom; a name for it where it is too long or nested too deep."""
    expression = Expression(0, (((atom,), 1),))
    is_deep = atom.height % MAXIMUM_NESTING == 0 and atom.height > 0
    if (is_deep or len(atom.key) > MAXIMUM_KEY) and not isinstance(atom, (Named, Symbol)):
        return named(expression)
    return expression


def named(expression: Expression) -> Expression:
    """One atom that stands for an expression."""
    from shapelens.dims.proof import bounds

    name = Expression(0, (((Named(expression),), 1),))
    bounds(name)  # Asked at once, so that a long chain of names is never walked in one go.
    return name


def lift(dim: Expression | int) -> Expression:
    """An integer as an expression; an expression as it is."""
    return dim if isinstance(dim, Expression) else Expression(dim, ())


def settle(expression: Expression) -> Expression | int:
    """A constant expression as its integer; any other as it is."""
    return expression if expression.terms else expression.constant


def sum_of(constant: int, terms: Iterable[Term]) -> Expression | int:
    """The normal form of a sum: like terms merged, zeros dropped, terms in the order of their keys."""
    merged: dict[Monomial, int] = {}
    for monomial, coefficient in terms:
        merged[monomial] = merged.get(monomial, 0) + coefficient
    if len(merged) > 1:
        _join_halves(merged)
    kept = [term for term in merged.items() if term[1]]
    if not kept:
        return constant
    if len(kept) > 1:
        kept.sort(key=_term_key)
    result = Expression(constant, tuple(kept))
    return named(result) if len(kept) > MAXIMUM_TERMS else result


def _join_halves(merged: dict[Monomial, int]) -> None:
    """`floor(x/2) + ceil(x/2) = x` for every monomial x, so that a sum of the three has one normal form."""
    halves: dict[Monomial, dict[int, Monomial]] = {}
    for monomial in merged:
        atom = monomial[0]
        if isinstance(atom, Floor) and atom.divisor == 2 and len(monomial) == len(atom.numerator.terms) == 1:
            halves.setdefault(atom.numerator.terms[0][0], {})[atom.numerator.constant] = monomial
    for base, found in halves.items():
        if base not in merged and len(found) < 2:
            continue
        lower, upper = (found.get(c) or (Floor(Expression(c, ((base, 1),)), 2),) for c in (0, 1))
        below = merged.get(lower, 0) + merged.get(base, 0)
        above = merged.get(upper, 0) + merged.get(base, 0)
        # As many wholes as both halves make up; where they differ in sign the remainder, x - 2·floor(x/2).
        whole = above if below * above < 0 else min(below, above, key=abs)
        merged[lower], merged[upper], merged[base] = below - whole, above - whole, whole


def _degree(expression: Expression) -> int:
    return max([len(monomial) for monomial, _ in expression.terms], default=0)


def floor_divide(numerator: Expression, divisor: int) -> Expression | int:
    """`floor(numerator / divisor)` in normal form.

    Raises:
        ZeroDivisionError: the divisor is 0.
    """
    if divisor == 0:
        raise ZeroDivisionError(f"{numerator} // 0")
    if divisor < 0:
        return floor_divide(-numerator, -divisor)
    if divisor == 1:
        return settle(numerator)
    # floor((c·Q + R) / c) = Q + floor(R / c)
    whole_terms: list[Term] = []
    rest_terms: list[Term] = []
    for monomial, coefficient in numerator.terms:
        whole, rest = divmod(coefficient, divisor)
        if whole:
            whole_terms.append((monomial, whole))
        if rest:
            rest_terms.append((monomial, rest))
    whole_constant, rest_constant = divmod(numerator.constant, divisor)
    if not rest_terms:
        return settle(Expression(whole_constant, tuple(whole_terms)))
    floor = _floor_of_rest(rest_terms, rest_constant, divisor)
    return floor + Expression(whole_constant, tuple(whole_terms)) if whole_terms else floor + whole_constant


def _floor_of_rest(terms: list[Term], constant: int, divisor: int) -> Expression | int:
    """The floor of a numerator whose coefficients and constant all lie in 0 … divisor - 1."""
    # floor((g·x + b) / (g·e)) = floor((x + floor(b / g)) / e)
    common = math.gcd(divisor, *[coefficient for _, coefficient in terms])
    if common > 1:
        reduced = Expression(constant // common, tuple([(m, c // common) for m, c in terms]))
        return floor_divide(reduced, divisor // common)
    # floor((floor(x / a) + b) / c) = floor((x + a·b) / (a·c))
    for place, (monomial, coefficient) in enumerate(terms):
        atom = monomial[0]
        if coefficient == 1 and len(monomial) == 1 and isinstance(atom, Floor):
            others = [(m, c * atom.divisor) for m, c in (*terms[:place], *terms[place + 1 :])]
            numerator = sum_of(
                atom.numerator.constant + constant * atom.divisor, (*atom.numerator.terms, *others)
            )
            return floor_divide(lift(numerator), atom.divisor * divisor)
    # floor(-x / c) = -floor((x + c - 1) / c), so that the first coefficient is at most half of the divisor
    if 2 * terms[0][1] > divisor:
        flipped = [(m, divisor - c) for m, c in terms]
        subtracted = Expression(0, tuple([(m, 1) for m, _ in terms]))
        return subtracted - floor_divide(Expression(divisor - 1 - constant, tuple(flipped)), divisor)
    return from_atom(Floor(Expression(constant, tuple(terms)), divisor))
