from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import GatedLinearUnit, Tensor, apply
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, C, H = symbol("N"), symbol("C"), symbol("H")


@pytest.mark.parametrize(
    ("axis", "before", "after"),
    [
        (-1, (2, 64), (2, 32)),
        (1, (1, 64, 8, 8), (1, 32, 8, 8)),
        (-3, (N, 2 * C, H, H), (N, C, H, H)),
        (0, (2,), (1,)),
        (1, (2, 0), (2, 0)),
        (1, (2, Unknown("x")), (2, Unknown("x"))),
        (1, Unknown("x"), Unknown("x")),
    ],
)
def test_an_axis_is_halved(axis, before, after) -> None:
    outcome = apply(GatedLinearUnit(axis), [Tensor(before)])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("axis", "before", "kind", "after"),
    [
        (-1, (2, 65), "block", (2, Unknown("because of GatedLinearUnit"))),
        (2, (2, 64), "axis", Unknown("the axis does not fit")),
        (-1, (), "axis", Unknown("the axis does not fit")),
    ],
)
def test_what_has_no_halves(axis, before, kind, after) -> None:
    outcome = apply(GatedLinearUnit(axis), [Tensor(before)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == after


@pytest.mark.torch
@settings(max_examples=60)
@given(shape=st.lists(st.integers(0, 5), max_size=4).map(tuple), axis=st.integers(-5, 5))
def test_shapes_and_what_is_refused_are_pytorchs(shape, axis) -> None:
    torch = pytest.importorskip("torch")
    outcome = apply(GatedLinearUnit(axis), [Tensor(shape)])
    try:
        true = torch.nn.functional.glu(torch.zeros(shape), axis)
    except (RuntimeError, IndexError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@settings(max_examples=30)
@given(axis=st.integers(-3, 2), numbers=st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_four_readings(axis, numbers) -> None:
    assert_readings_agree(GatedLinearUnit(axis), [Tensor((N, C, 6))], {"N": (1, 2, 3, 4), "C": numbers})


@pytest.mark.torch
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_the_halved_axis_is_seen_whole(axis) -> None:
    torch = pytest.importorskip("torch")

    def gated(values):
        return torch.nn.functional.glu(torch.from_numpy(values) + 1, axis).numpy()

    links = assert_links_see(GatedLinearUnit(axis), [Tensor((2, 4, 6))], gated)
    assert {link.output_axis for link in links} == {0, 1, 2} - {axis % 3}


def test_how_it_is_told() -> None:
    operator, tensors = GatedLinearUnit(1), [Tensor((2, 8))]
    assert operator.words(tensors, apply(operator, tensors).outputs) == "glu"
    assert operator.attributes(tensors) == {"axis": 1}
