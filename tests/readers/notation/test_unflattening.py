"""One axis parted into several."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Flatten, Tensor
from shapelens.readers.notation.unflattening import Unflatten
from tests.operators.readings import assert_readings_agree


@settings(max_examples=60)
@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    place=st.integers(0, 3),
    inferred=st.integers(-3, 2),
)
def test_it_undoes_a_flatten(shape, sizes, place, inferred):
    axis = place % len(shape)
    parted = (*shape[:axis], *sizes, *shape[axis + 1 :])
    flat = Flatten(axis, axis + len(sizes) - 1).evaluate(Tensor(parted)).outputs[0]
    asked = [-1 if i == inferred else size for i, size in enumerate(sizes)]
    for axis_given in (axis, axis - len(shape)):
        outcome = Unflatten(axis_given, tuple(asked)).evaluate(flat)
        assert outcome.outputs[0].shape == parted
        assert outcome.broken == ()


@pytest.mark.parametrize(
    ("shape", "axis", "sizes", "kind"),
    [
        ((8, 400), 1, (16, 5, 6), "reshape"),
        ((8, 400), 1, (16, 7, -1), "reshape"),
        ((8, 400), 1, (-1, -1), "reshape"),
        ((8, 400), 2, (16, 25), "axis"),
    ],
)
def test_what_cannot_be_parted(shape, axis, sizes, kind):
    assert [r.kind for r in Unflatten(axis, sizes).evaluate(Tensor(shape)).broken] == [kind]


def test_the_readings_agree():
    inputs = [Tensor((symbol("N"), symbol("C"), 7))]
    answers = assert_readings_agree(Unflatten(1, (2, -1)), inputs, {"N": (1, 2, 3), "C": (6, 8, 5)})
    assert [answer.shapes for answer in answers] == [((1, 2, 3, 7),), ((2, 2, 4, 7),), ()]


def test_what_is_not_known_stays_unknown():
    shape = Unflatten(1, (2, -1)).evaluate(Tensor((3, Unknown("nobody knows"), 5))).outputs[0].dims
    assert (shape[0], shape[1], shape[3]) == (3, 2, 5)
    assert isinstance(shape[2], Unknown)
    assert Unflatten(1, (2, prod((3, 4)))).words((), ()) == "unflatten to 2×12"
