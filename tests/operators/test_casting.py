from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Cast, Tensor, apply
from tests.operators.readings import assert_readings_agree

H = symbol("H")


@pytest.mark.parametrize(
    ("dtype", "tensor", "expected"),
    [
        ("int64", Tensor((2,), "float32", (2.5, -2.5)), (2, -2)),
        ("float32", Tensor((1,), "int64", (H,)), (H,)),
        ("int32", Tensor((1,), "bool", (True,)), (1,)),
        ("float32", Tensor((2,), "int64", None), None),
    ],
)
def test_elements_are_cast(dtype, tensor, expected) -> None:
    (output,) = apply(Cast(dtype), [tensor]).outputs
    assert (output.shape, output.dtype, output.contents) == (tensor.shape, dtype, expected)


def test_the_type_may_be_anothers() -> None:
    inputs = [Tensor((H, 3), "float32"), Tensor((7,), "float16")]
    (output,) = apply(Cast(), inputs).outputs
    assert (output.shape, output.dtype) == ((H, 3), "float16")
    assert Cast().words(inputs, [output]) == "cast to float16"


def test_bits_in_another_type_are_other_numbers() -> None:
    assert apply(Cast("int32", bitwise=True), [Tensor((1,), "float32", (1.0,))]).outputs[0].contents is None
    assert apply(Cast("int32", bitwise=True), [Tensor((1,), "int32", (7,))]).outputs[0].contents == (7,)


def test_an_unknown_rank_stays_unknown() -> None:
    (output,) = apply(Cast("int64"), [Tensor(Unknown("x"))]).outputs
    assert (output.shape, output.dtype) == (Unknown("x"), "int64")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "bool"])
def test_four_readings(dtype) -> None:
    tensor = Tensor((3,), "int64", (H, H // 2, 5))
    assert_readings_agree(Cast(dtype), [tensor], {"H": (1, 2, 7, 224)})
