from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import CausalConvolution, Filters, Tensor, apply
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, C, L = (symbol(letter) for letter in "NCL")


def outcome_of(sequence, weight, bias=None, past=None):
    tensors = [None if shape is None else Tensor(shape) for shape in (sequence, weight, bias, past)]
    return apply(CausalConvolution(), tensors, 2)


def test_shapes() -> None:
    found = outcome_of((N, 64, L), (64, 1, 4), (64,), (N, 64, 3))
    assert [tensor.shape for tensor in found.outputs] == [(N, 64, L), (N, 64, 3)]
    assert found.broken == ()


@pytest.mark.parametrize(
    ("shapes", "kind"),
    [
        (((2, 64), (64, 1, 4)), "rank"),
        (((2, 64, 5), (64, 4)), "rank"),
        (((2, 32, 5), (64, 1, 4)), "channels"),
        (((2, 64, 5), (64, 2, 4)), "filter"),
        (((2, 64, 5), (64, 1, 0)), "kernel"),
        (((2, 64, 5), (64, 1, 4), (32,)), "bias"),
        (((2, 64, 5), (64, 1, 4), None, (2, 64, 4)), "state"),
        (((2, 64, 5), (64, 1, 4), None, (64, 3)), "state"),
    ],
)
def test_what_does_not_fit(shapes, kind) -> None:
    assert {requirement.kind for requirement in outcome_of(*shapes).broken} == {kind}


def test_what_it_costs_and_what_its_filters_are() -> None:
    inputs = [Tensor((2, 64, 5)), Tensor((64, 1, 4)), None, None]
    operator = CausalConvolution()
    assert operator.macs(inputs, operator.evaluate(*inputs).outputs) == 2 * 64 * 5 * 4
    assert operator.filters(inputs) == Filters(64, (1, 4), (4,))
    assert operator.words(inputs, ()) == "causal depthwise 4"
    assert operator.filters([inputs[0], Tensor(Unknown("not declared"))]) is None


@given(st.integers(1, 4), st.integers(1, 6))
def test_a_cell_sees_itself_and_those_before_it(kernel, length) -> None:
    def convolved(x):
        padded = np.pad(x, ((0, 0), (0, 0), (kernel - 1, 0)))
        return np.stack([padded[..., at : at + kernel].sum(-1) for at in range(length)], -1)

    inputs = [Tensor((1, 2, length)), Tensor((2, 1, kernel)), None, None]
    assert_links_see(CausalConvolution(), inputs, convolved)


def test_readings_agree() -> None:
    inputs = [Tensor((N, C, L)), Tensor((C, 1, 4)), None, None]
    symbols = {"N": (1, 2, 3), "C": (4, 8, 1), "L": (1, 5, 9)}
    assert_readings_agree(CausalConvolution(), inputs, symbols, output_count=2)
