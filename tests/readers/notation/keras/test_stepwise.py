from __future__ import annotations

import numpy as np
import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import (
    Activation,
    BatchNormalization,
    Convolution,
    Elementwise,
    Flatten,
    GlobalPool,
    Linear,
    Pool,
    Reshape,
    Tensor,
    apply,
)
from shapelens.readers.notation.keras.stepwise import AtEachStep
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree

N, T, H, W = symbol("N"), symbol("T"), symbol("H"), symbol("W")


def held(*shape):
    return Tensor(shape, is_held=True)


OPERATORS = [
    (Convolution(2, "same", channels_last=True, filters_last=True), [held(3, 3, 4, 8), held(8)]),
    (Pool("max", (3, 2), channels_last=True), []),
    (GlobalPool(spatial_rank=2, keep_axes=False, channels_last=True), []),
    (Linear(features_last=True), [held(4, 5), held(5)]),
    (BatchNormalization(channels_last=True), [held(4)] * 4),
    (Activation("relu"), []),
    (Flatten(1), []),
    (Reshape((0, -1, 4), zero_copies=True), []),
]


@pytest.mark.parametrize(("operator", "weights"), OPERATORS)
def test_each_step_is_what_the_operator_makes_of_it(operator, weights) -> None:
    step, steps = Tensor((2, 9, 8, 4)), Tensor((2, 5, 9, 8, 4))
    alone = apply(operator, [step, *weights])
    outcome = apply(AtEachStep(operator), [steps, *weights])
    assert alone.broken == outcome.broken == ()
    batch, *rest = alone.outputs[0].dims
    assert outcome.outputs[0].shape == (batch, 5, *rest)
    whole = AtEachStep(operator)
    assert whole.macs([steps, *weights], outcome.outputs) == 5 * operator.macs(
        [step, *weights], alone.outputs
    )
    assert whole.filters([steps, *weights]) == operator.filters([step, *weights])
    assert (
        whole.words([steps, *weights], outcome.outputs)
        == f"{operator.words([step, *weights], alone.outputs)}, each step"
    )
    attributes = whole.attributes([steps, *weights])
    assert attributes == {"operator": operator.name, **operator.attributes([step, *weights])}
    assert (whole.roles, whole.learned, whole.family) == (operator.roles, operator.learned, operator.family)
    assert whole.keeps_shape is operator.keeps_shape
    assert whole.with_settings(**operator.settings()) == whole


@pytest.mark.parametrize(("operator", "weights"), OPERATORS)
def test_readings_agree(operator, weights) -> None:
    symbols = {"N": (1, 2, 3), "T": (1, 4, 9), "H": (3, 8, 7), "W": (4, 5, 6)}
    assert_readings_agree(AtEachStep(operator), [Tensor((N, T, H, W, 4)), *weights], symbols)


def test_which_cells_of_a_step_are_seen() -> None:
    def summed(video: np.ndarray) -> np.ndarray:
        """The sum over a window of 3 that moves by 2, at each step."""
        cells = range(0, video.shape[2] - 2, 2)
        windows = [video[:, :, cell : cell + 3].sum(axis=(2, 3)) for cell in cells]
        return np.stack(windows, axis=2)[..., None]

    operator = AtEachStep(Convolution(2, channels_last=True, filters_last=True))
    links = assert_links_see(operator, [Tensor((2, 3, 7, 2)), held(3, 2, 1)], summed)
    assert {(link.input_axis, link.output_axis) for link in links} == {(0, 0), (1, 1), (2, 2)}


def test_what_does_not_fit_is_told_of_the_whole() -> None:
    convolution = AtEachStep(Convolution(channels_last=True, filters_last=True, batched=True))
    (broken,) = apply(convolution, [Tensor((2, 5, 9, 2, 4)), held(3, 3, 4, 8)]).broken
    assert (broken.kind, broken.facts["axis"], broken.spoils) == ("window", 3, (3,))
    outcome = apply(convolution, [Tensor((2, 9)), held(3, 3, 4, 8)])
    assert [requirement.kind for requirement in outcome.broken] == ["rank"]
    assert isinstance(outcome.outputs[0].shape, Unknown)


def test_all_that_flows_has_steps() -> None:
    outcome = apply(AtEachStep(Elementwise("add")), [Tensor((2, 5, 3, 4)), Tensor((2, 5, 1, 4))])
    assert outcome.outputs[0].shape == (2, 5, 3, 4)
    outcome = apply(AtEachStep(Elementwise("add")), [Tensor((2, 5, 3, 4)), held(4)])
    assert outcome.outputs[0].shape == (2, 5, 3, 4)


def test_weights_follow_an_edit_as_those_of_the_operator_do() -> None:
    operator = AtEachStep(Linear(features_last=True))
    before = [Tensor((2, 5, 4)), held(4, 8), held(8)]
    follow = operator.follow(before, [Tensor((2, 5, 6)), *before[1:]])
    assert (follow.operator, follow.shapes) == (operator, {1: (6, 8)})
