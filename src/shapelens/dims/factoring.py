"""A sum as a product of sums, where it is one: `(H - 2)*(W - 2)` and not `H*W - 2*H - 2*W + 4`."""

from __future__ import annotations

from functools import lru_cache
from math import gcd

from shapelens.dims.atoms import Atom, Symbol
from shapelens.dims.expression import Expression, Monomial, lift

__all__ = ["factors"]

Polynomial = dict[Monomial, int]
"""Coefficients by monomial; the empty monomial is the constant."""


@lru_cache(maxsize=4096)
def factors(expression: Expression) -> tuple[Expression | int, ...]:
    """The factors of an expression: an integer first where it is not 1, then sums by their symbols.

    Found by taking out the common integer and the common atoms, and by parting what depends on different
    symbols. An expression that is no product is its only factor.
    """
    if not expression.terms:
        return (expression.constant,)
    polynomial: Polynomial = dict(expression.terms)
    if expression.constant:
        polynomial[()] = expression.constant
    content = gcd(*polynomial.values())
    if all(coefficient < 0 for coefficient in polynomial.values()):
        content = -content
    common = _common_atoms(list(polynomial))
    rest = {_without(m, common): c // content for m, c in polynomial.items()}
    found: list[Expression | int] = [Expression(0, (((atom,), 1),)) for atom in common]
    if rest != {(): 1}:
        found.extend(_parts(rest))
    if len(found) == 1 and len(lift(found[0]).terms) + bool(lift(found[0]).constant) > 1:
        # One sum with a common integer reads better spread out: 2*H - 4, not 2*(H - 2).
        return (expression,)
    found.sort(key=lambda factor: [_axis_rank(s.name) for s in lift(factor).symbols()])
    return tuple([content, *found] if content != 1 else found)


def _axis_rank(name: str) -> tuple[int, str]:
    """The order in which a tensor's axes are usually named; other symbols follow by name."""
    usual = "NTCDHW".find(name)
    return (usual if usual >= 0 else len("NTCDHW"), name)


def _common_atoms(monomials: list[Monomial]) -> list[Atom]:
    common: list[Atom] = []
    remaining = [list(m) for m in monomials]
    for atom in monomials[0]:
        if all(atom in other for other in remaining):
            for other in remaining:
                other.remove(atom)
            common.append(atom)
    return common


def _without(monomial: Monomial, atoms: list[Atom]) -> Monomial:
    remaining = list(monomial)
    for atom in atoms:
        remaining.remove(atom)
    return tuple(remaining)


def _parts(polynomial: Polynomial) -> list[Expression]:
    """The polynomial as a product of polynomials with no symbol in common, or as itself."""
    names = sorted({name for monomial in polynomial for name in _names(monomial)})
    for name in names:
        split = _split(polynomial, name)
        if split is not None:
            left, right = split
            return [*_parts(left), *_parts(right)]
    constant = polynomial.get((), 0)
    terms = sorted(((m, c) for m, c in polynomial.items() if m), key=lambda t: "*".join(a.key for a in t[0]))
    return [Expression(constant, tuple(terms))]


def _names(monomial: Monomial) -> set[str]:
    names: set[str] = set()
    for atom in monomial:
        names |= _atom_names(atom)
    return names


@lru_cache(maxsize=4096)
def _atom_names(atom: Atom) -> frozenset[str]:
    if isinstance(atom, Symbol):
        return frozenset({atom.name})
    return frozenset(s.name for operand in atom.operands for s in operand.symbols())


def _split(polynomial: Polynomial, name: str) -> tuple[Polynomial, Polynomial] | None:
    """Part into what depends on one symbol and what does not, if the product of both is the polynomial."""
    table: dict[Monomial, Polynomial] = {}
    for monomial, coefficient in polynomial.items():
        own = tuple(atom for atom in monomial if name in _atom_names(atom))
        other = tuple(atom for atom in monomial if name not in _atom_names(atom))
        if any(_atom_names(atom) != {name} for atom in own):
            return None
        table.setdefault(own, {})[other] = coefficient
    if len(table) < 2 or len(next(iter(table.values()))) < 2:
        return None
    first = next(iter(table.values()))
    scale = gcd(*first.values())
    right = {m: c // scale for m, c in first.items()}
    pivot = next(iter(right))
    left: Polynomial = {}
    for own, row in table.items():
        if row.keys() != right.keys() or row[pivot] % right[pivot]:
            return None
        ratio = row[pivot] // right[pivot]
        if any(row[m] != ratio * c for m, c in right.items()):
            return None
        left[own] = ratio
    return left, right
