from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Flip, Roll, Tensor, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


@pytest.mark.parametrize("operator", [Flip((1, -1)), Roll((2, H), (1, 2)), Roll((5,)), Flip(())])
def test_the_shape_stays(operator) -> None:
    tensor = Tensor((N, 3, H, W), "int64")
    outcome = apply(operator, [tensor])
    assert (outcome.broken, outcome.outputs) == ((), (tensor,))
    assert apply(operator, [Tensor(Unknown("x"))]).outputs[0].shape == Unknown("x")


@pytest.mark.parametrize(
    ("operator", "kind"),
    [(Flip((2,)), "axis"), (Flip((0, 0)), "axis"), (Roll((1,), (3,)), "axis"), (Roll((1, 2), (0,)), "count")],
)
def test_what_does_not_fit(operator, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor((2, 3))]).broken] == [kind]


def test_words() -> None:
    tensor = Tensor((2, 3))
    assert Flip((0,)).words([tensor], [tensor]) == "flip axis 0"
    assert Roll((1, -1), (0, 1)).words([tensor], [tensor]) == "roll by 1, -1 along axes 0, 1"
    assert Roll((3,)).words([tensor], [tensor]) == "roll by 3"


shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@given(shapes, st.data())
@settings(max_examples=60)
def test_they_do_what_numpy_does(shape, data) -> None:
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True))
    shifts = data.draw(st.lists(st.integers(-5, 5), min_size=len(axes), max_size=len(axes)))
    assert_links_hold(Flip(tuple(axes)), [shape], lambda x: np.flip(x, axes))
    assert_links_hold(Roll((3,)), [shape], lambda x: np.roll(x, 3))
    rolled = assert_links_hold(
        Roll(tuple(shifts), tuple(axes)), [shape], lambda x: np.roll(x, shifts, axes) if axes else x
    )
    assert rolled.outputs[0].contents is not None


def test_every_reading_agrees() -> None:
    for operator in (Flip((2,)), Roll((-1, 2), (1, 2)), Roll((4,))):
        assert_readings_agree(operator, [Tensor((N, 3, H))], {"N": (1, 2), "H": (5, 8)})
