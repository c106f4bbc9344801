from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Dequantize, DynamicQuantize, Quantize, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, H = symbol("N"), symbol("H")


@pytest.mark.parametrize(
    ("operator", "scale", "fits"),
    [
        (Quantize(), (), True),
        (Quantize(), (1,), True),
        (Quantize(axis=1), (64,), True),
        (Quantize(axis=-3), (64,), True),
        (Quantize(axis=2), (64,), False),
        (Quantize(axis=1), (64, 1, 1), False),
        (Quantize(axis=7), (64,), False),
        (Quantize(axis=1, block_size=16), (2, 4, 7, 9), True),
        (Quantize(axis=1, block_size=20), (2, 4, 7, 9), True),
        (Quantize(axis=1, block_size=16), (2, 5, 7, 9), False),
        (Quantize(axis=1, block_size=16), (4,), False),
        (Quantize(axis=4, block_size=16), (2, 4, 7, 9), False),
        (Dequantize(axis=1), (64,), True),
        (Dequantize(axis=0), (64,), False),
    ],
)
def test_a_scale_stands_for_all_or_an_axis_or_blocks(operator, scale, fits) -> None:
    outcome = apply(operator, [Tensor((2, 64, 7, 9)), Tensor(scale)])
    assert (outcome.broken == ()) == fits
    assert outcome.outputs[0].shape == (2, 64, 7, 9)


@pytest.mark.parametrize(
    ("operator", "zero_point", "expected"),
    [
        (Quantize(), None, "uint8"),
        (Quantize(), Tensor((), "int8"), "int8"),
        (Quantize(dtype="int4"), None, "int4"),
        (Dequantize(), Tensor((), "int8"), "float16"),
        (Dequantize(dtype="float32"), None, "float32"),
    ],
)
def test_types(operator, zero_point, expected) -> None:
    outcome = apply(operator, [Tensor((2, 3)), Tensor((), "float16"), zero_point])
    assert outcome.outputs[0].dtype == expected


def test_a_zero_point_is_as_its_scale() -> None:
    inputs = [Tensor((2, 64)), Tensor((64,)), Tensor((), "int8")]
    assert apply(Quantize(axis=1), inputs).broken[0].facts["role"] == "zero_point"


@pytest.mark.parametrize(("scale", "zero_point"), [((), (1,)), ((1,), ()), ((1,), (1,)), ((), ())])
def test_a_vector_of_one_number_stands_for_the_whole_tensor_as_a_scalar_does(scale, zero_point) -> None:
    inputs = [Tensor((2, 64)), Tensor(scale), Tensor(zero_point, "int8")]
    assert apply(Quantize(axis=1), inputs).broken == ()


def test_a_scale_that_comes_with_the_tensor() -> None:
    outcome = apply(DynamicQuantize(), [Tensor((N, 3))], 3)
    assert [(t.shape, t.dtype) for t in outcome.outputs] == [
        ((N, 3), "uint8"),
        ((), "float32"),
        ((), "uint8"),
    ]


def test_what_is_not_known_stays_so() -> None:
    outcome = apply(Quantize(), [Tensor((2, 3)), Tensor(Unknown("x"))])
    assert (outcome.outputs[0].shape, outcome.requirements[0].truth) == ((2, 3), Unknown("x"))
    assert apply(Quantize(), [Tensor(Unknown("x")), Tensor(())]).outputs[0].shape == Unknown("x")


@given(
    block_size=st.sampled_from([0, 2, 3]),
    scale=st.sampled_from([(), (1,), (5,), (N, 3), (N, H)]),
    numbers=st.lists(st.sampled_from([1, 5, 6]), min_size=4, max_size=4),
)
def test_four_readings(block_size, scale, numbers) -> None:
    inputs = [Tensor((N, H)), Tensor(scale), Tensor(scale, "int8")]
    assert_readings_agree(Quantize(1, block_size), inputs, {"N": (1, 2, 3, 4), "H": numbers})
    assert_readings_agree(Dequantize(1, block_size), inputs, {"N": (1, 2, 3, 4), "H": numbers})
