"""Tensors without data, in the types that are asked for."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from shapelens.errors import UsageError  # noqa: E402
from shapelens.readers.torch.blanks import blank, sizes_in  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("dtype", "wanted"),
    [
        (None, torch.float64),
        (torch.int64, torch.int64),
        ("bool", torch.bool),
        ("torch.float16", torch.float16),
        (torch.long, torch.int64),
    ],
)
def test_a_tensor_of_a_type(dtype, wanted):
    made = blank((2, 3), dtype, torch.nn.Linear(1, 1, dtype=torch.float64))
    assert (tuple(made.shape), made.dtype, made.device.type) == ((2, 3), wanted, "meta")


def test_a_model_without_numbers_of_its_own_takes_floats():
    assert blank((), None, torch.nn.ReLU()).dtype is torch.float32


@pytest.mark.parametrize("dtype", ["float31", "nn", float, 3])
def test_what_is_no_type(dtype):
    with pytest.raises(UsageError, match="is no type of elements"):
        blank((1,), dtype, torch.nn.ReLU())


def test_sizes_in_a_structure():
    given = {"a": torch.zeros(2, 3), "b": [torch.zeros(()), 7, None], "c": (torch.zeros(1),)}
    assert sizes_in(given) == {"a": (2, 3), "b": [(), 7, None], "c": ((1,),)}
