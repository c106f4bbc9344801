"""An expression with a minimum or maximum, told apart by cases: one for each operand that it may be."""

from __future__ import annotations

from contextlib import suppress

from shapelens.dims.atoms import Atom, Extremum, Floor, Named, Quotient, Rounded
from shapelens.dims.expression import Expression, from_atom, lift

__all__ = ["Cases", "cases"]


MAXIMUM_EXTREMA = 8
"""With more minima and maxima than this, to tell them apart takes longer than it helps."""


class Cases:
    """An expression by cases: everywhere it is what it is in one of them.

    Args:
        members: the expression in each case.
        pull: 1 where it is at least what it is in every case, -1 where it is at most that, 0 if neither.
    """

    __slots__ = ("members", "pull")

    def __init__(self, members: tuple[Expression, ...], pull: int) -> None:
        self.members = members
        self.pull = pull


def cases(expression: Expression) -> Cases | None:
    """The cases of the first minimum or maximum in an expression, or None where it has none or too many.

    What a name stands for is not looked into.
    """
    atoms = _visible_atoms(expression)
    extrema = [atom for atom in atoms if isinstance(atom, Extremum)]
    if not 0 < len(extrema) <= MAXIMUM_EXTREMA:
        return None
    extremum = extrema[0]
    members = []
    for operand in extremum.operands:
        # Where a case divides by 0 there is no expression, and nothing to tell of it.
        with suppress(ZeroDivisionError):
            members.append(_replaced(expression, atoms, extremum, operand))
    return Cases(tuple(members), _pull(expression, extremum)) if members else None


def _pull(expression: Expression, extremum: Extremum) -> int:
    coefficient = dict(expression.terms).get((extremum,), 0)
    rest = lift(expression - from_atom(extremum) * coefficient)
    if not coefficient or _holds(rest, extremum):
        return 0
    return 1 if (extremum.kind == "max") == (coefficient > 0) else -1


def _holds(expression: Expression, sought: Atom) -> bool:
    """Whether an atom is in an expression, or inside one of its atoms: only a higher one can be made of it."""
    seen: set[Atom] = set()
    pending: list[Expression] = [expression]
    while pending:
        for atom in _atoms_of(pending.pop()):
            if atom == sought:
                return True
            if atom.height > sought.height and atom not in seen:
                seen.add(atom)
                pending.extend(atom.operands)
    return False


def _visible_atoms(expression: Expression) -> list[Atom]:
    """The atoms outside of names, every one after those that it is made of."""
    found: set[Atom] = set()
    pending: list[Expression] = [expression]
    while pending:
        for atom in _atoms_of(pending.pop()):
            if atom not in found:
                found.add(atom)
                pending.extend(() if isinstance(atom, Named) else atom.operands)
    return sorted(found, key=lambda atom: (atom.height, atom.key))


def _atoms_of(expression: Expression) -> list[Atom]:
    return [atom for monomial, _ in expression.terms for atom in monomial]


def _replaced(
    expression: Expression, atoms: list[Atom], extremum: Extremum, operand: Expression
) -> Expression:
    """The expression with the operand in the place of the extremum, wherever it is visible."""
    changed: dict[Atom, Expression] = {extremum: operand}

    def whole(part: Expression) -> Expression:
        if not any(atom in changed for atom in _atoms_of(part)):
            return part
        result: Expression | int = part.constant
        for monomial, coefficient in part.terms:
            term: Expression | int = coefficient
            for atom in monomial:
                term = changed.get(atom, from_atom(atom)) * term
            result = term + result
        return lift(result)

    for atom in atoms:
        inside = () if isinstance(atom, Named) or atom == extremum else atom.operands
        operands = tuple([whole(part) for part in inside])
        if operands != inside:
            changed[atom] = lift(_rebuilt(atom, operands))
    return whole(expression)


def _rebuilt(atom: Atom, operands: tuple[Expression, ...]) -> Expression | int:
    """An atom of other operands. Extrema stay as they are: to simplify one needs what this serves."""
    if isinstance(atom, Floor):
        return operands[0] // atom.divisor
    if isinstance(atom, Quotient):
        return operands[0] // operands[1]
    if isinstance(atom, Extremum):
        return from_atom(Extremum(atom.kind, operands))
    assert isinstance(atom, Rounded)
    return from_atom(Rounded(operands[0], atom.factor, atom.precision, atom.rounding))
