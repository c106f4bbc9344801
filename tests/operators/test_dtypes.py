"""How long the elements of each type are."""

from __future__ import annotations

import re

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators import Tensor
from shapelens.operators.dtypes import ELEMENT_BITS, bytes_of


@pytest.mark.torch
def test_types_that_pytorch_has_are_as_long_there():
    torch = pytest.importorskip("torch")
    names = {
        "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu", "bool", "bfloat16",
        *[f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)],
        *["float16", "float32", "float64", "complex32", "complex64", "complex128"],
    }  # fmt: skip
    assert names <= ELEMENT_BITS.keys()
    for name in names:
        assert getattr(torch, name).itemsize * 8 == ELEMENT_BITS[name]


def test_a_name_tells_how_many_bits_a_number_has():
    for name, bits in ELEMENT_BITS.items():
        digits = re.match("[a-z]+([0-9]+)", name)
        assert name == "bool" or (digits and int(digits[1]) == bits)


def test_bytes():
    N = symbol("N")
    assert bytes_of(Tensor((N, 3, 5), "float16")) == 30 * N
    assert bytes_of(Tensor((), "int64")) == 8
    assert [bytes_of(Tensor((size,), "int4")) for size in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert bytes_of(Tensor((5,), "float6_e2m3fn")) == 4


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (Tensor((3,), "string"), "how long an element of type string is is not known"),
        (Tensor((3,), "unknown"), "how long an element of type unknown is is not known"),
        (Tensor(Unknown("nobody knows")), "nobody knows"),
        (Tensor((3, Unknown("data decide it"))), "data decide it"),
    ],
)
def test_what_is_not_known_says_why(tensor, reason):
    assert bytes_of(tensor) == Unknown(reason)
