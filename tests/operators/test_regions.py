from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import RegionPool, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, C, H, W, R = (symbol(letter) for letter in "NCHWR")


def numbers(*shape):
    return Tensor(shape, "int64")


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (RegionPool((7, 7)), [Tensor((1, 256, 50, 68)), Tensor((1000, 5))], (1000, 256, 7, 7)),
        (RegionPool((14, 7), aligned=False), [Tensor((N, C, H, W)), Tensor((R, 5))], (R, C, 14, 7)),
        (RegionPool((7, 7)), [Tensor((N, C, H, W)), Tensor((R, 4)), numbers(R)], (R, C, 7, 7)),
        (RegionPool((2, 3), position_sensitive=True), [Tensor((N, 12, H, W)), Tensor((R, 5))], (R, 2, 2, 3)),
        (
            RegionPool((7, 7)),
            [Tensor((N, C, H, W)), Tensor((Unknown("x"), 4)), numbers(R)],
            (Unknown("x"), C, 7, 7),
        ),
        (RegionPool((7, 7)), [Tensor((N, C, H, W)), Tensor(Unknown("x")), numbers(R)], Unknown("x")),
    ],
)
def test_shapes(operator, inputs, after) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "inputs", "broken"),
    [
        (RegionPool(), [Tensor((8, 9, 9)), Tensor((5, 5))], "rank"),
        (RegionPool(), [Tensor((1, 8, 9, 9)), Tensor((5,))], "regions"),
        (RegionPool(), [Tensor((1, 8, 9, 9)), Tensor((5, 4))], "regions"),
        (RegionPool(), [Tensor((1, 8, 9, 9)), Tensor((5, 5)), numbers(5)], "regions"),
        (RegionPool(), [Tensor((1, 8, 9, 9)), Tensor((5, 4)), numbers(4)], "regions"),
        (RegionPool(), [Tensor((1, 8, 9, 9)), Tensor((5, 4)), numbers(5, 1)], "regions"),
        (RegionPool((-1, 7)), [Tensor((1, 8, 9, 9)), Tensor((5, 5))], "settings"),
        (RegionPool((2, 3), position_sensitive=True), [Tensor((1, 8, 9, 9)), Tensor((5, 5))], "block"),
        (RegionPool((0, 3), position_sensitive=True), [Tensor((1, 8, 9, 9)), Tensor((5, 5))], "settings"),
    ],
)
def test_what_does_not_fit(operator, inputs, broken) -> None:
    assert [requirement.kind for requirement in apply(operator, inputs).broken] == [broken]


@pytest.mark.onnx
@given(
    st.sampled_from([(1, 3, 8, 8), (2, 1, 5, 6), (3, 8, 8)]),
    st.sampled_from([(5, 4), (5, 5), (0, 4), (5,), (5, 4, 1)]),
    st.sampled_from([(5,), (0,), (4,), (5, 1)]),
    st.integers(-1, 3),
)
@settings(max_examples=60)
def test_aligned_regions_are_onnxruntimes(image, regions, places, rows) -> None:
    outcome = apply(RegionPool((rows, 3)), [Tensor(image), Tensor(regions), numbers(*places)])
    fed = zeros(*image), zeros(*regions), np.zeros(places, np.int64)
    found = shapes_of("RoiAlign", *fed, output_height=rows, output_width=3)
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@pytest.mark.onnx
@given(
    st.sampled_from([(1, 3, 8, 8), (2, 1, 5, 6), (3, 8, 8)]),
    st.sampled_from([(5, 4), (5, 5), (0, 5), (5,)]),
    st.integers(1, 3),
)
@settings(max_examples=40)
def test_rounded_regions_are_onnxruntimes(image, regions, rows) -> None:
    outcome = apply(RegionPool((rows, 3), aligned=False), [Tensor(image), Tensor(regions)])
    found = shapes_of("MaxRoiPool", zeros(*image), zeros(*regions), pooled_shape=[rows, 3])
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@pytest.mark.parametrize("places", [None, Tensor((R,), "int64")])
def test_four_readings(places) -> None:
    inputs = [Tensor((N, C, H, W)), Tensor((R, C)), places]
    symbols = {"N": (1, 2, 1), "C": (4, 5, 4), "H": (8, 1, 7), "W": (5, 6, 7), "R": (1, 2, 100)}
    answers = assert_readings_agree(RegionPool((7, 5)), inputs, symbols)
    assert {answer.broken for answer in answers} == {(), ("regions",)}
    assert_readings_agree(RegionPool((2, 2), position_sensitive=True), inputs, symbols)


def test_a_region_may_lie_anywhere_in_its_channel() -> None:
    inputs = [Tensor((2, 3, 8, 8)), Tensor((5, 4)), numbers(5)]
    outputs = apply(RegionPool(), inputs).outputs
    assert RegionPool().links(inputs, outputs) == (
        *identity(0, [(1, 1)]), *identity(1, [(0, 0)]), *identity(2, [(0, 0)]),
    )  # fmt: skip
    assert len(RegionPool().links(inputs[:2], outputs)) == 2
    apart = RegionPool(position_sensitive=True)
    assert apart.links(inputs[:2], outputs) == identity(1, [(0, 0)])


def test_places_are_a_second_output() -> None:
    inputs = [Tensor((N, C, H, W)), Tensor((R, 5))]
    values, places = apply(RegionPool((7, 7), aligned=False, with_indices=True), inputs).outputs
    assert (values.shape, places.shape, places.dtype) == ((R, C, 7, 7), (R, C, 7, 7), "int32")


def test_words() -> None:
    assert RegionPool((7, 7)).words([], []) == "roi align to 7×7"
    assert RegionPool((7, 5), aligned=False).words([], []) == "roi pool to 7×5"
    assert RegionPool((7, 7), position_sensitive=True).words([], []) == "position-sensitive roi align to 7×7"
