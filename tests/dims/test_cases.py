"""What is searched for in an expression is found wherever it is, and nowhere else."""

from __future__ import annotations

from hypothesis import given, settings

from shapelens.dims import maximum, symbol
from shapelens.dims.cases import _holds
from shapelens.dims.expression import lift
from tests.dims.formulas import Formula, build, formulas


@given(formulas(), formulas())
@settings(max_examples=300)
def test_an_atom_is_held_where_it_is_among_all_atoms(formula: Formula, other: Formula):
    whole, another = lift(build(formula)), lift(build(other))
    for atom in whole.atoms() | another.atoms():
        assert _holds(whole, atom) == (atom in whole.atoms())


def test_an_atom_deep_inside_others_is_held():
    H, W = symbol("H"), symbol("W")
    (inner,) = [atom for atom in lift(maximum(H, W)).atoms() if atom.operands]
    deep = lift((maximum((maximum(H, W) + 1) // 2, 7) * 3 + W) // 5)
    assert _holds(deep, inner)
    assert not _holds(lift((H + W) // 5), inner)
