from __future__ import annotations

from shapelens.dims import Unknown, bounds
from shapelens.operators import DecodeImage, Tensor, apply


def test_the_size_of_a_picture_is_two_numbers_that_only_its_bytes_tell() -> None:
    (found,) = DecodeImage("h", "w", channels=1).evaluate(Tensor((32949,), "uint8")).outputs
    assert (str(found.shape), found.dtype) == ("(h, w, 1)", "uint8")
    assert bounds(found.dims[0]) == (1, None)


def test_without_names_they_are_unknown() -> None:
    (found,) = DecodeImage().evaluate(Tensor((32949,), "uint8")).outputs
    assert found.shape == (*[Unknown("only the data decide how many there are")] * 2, 3)


def test_a_file_is_a_row_of_bytes() -> None:
    assert {r.kind for r in apply(DecodeImage("h", "w"), [Tensor((4, 4), "uint8")]).broken} == {"rank"}
    assert apply(DecodeImage("h", "w"), [Tensor(Unknown("not declared"), "uint8")]).broken == ()
