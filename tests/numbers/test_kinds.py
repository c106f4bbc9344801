"""Which numbers are taken, and as what they are computed with."""

from __future__ import annotations

import numpy as np
import pytest

from shapelens.errors import UsageError
from shapelens.numbers.kinds import check_kind, exact


@pytest.mark.parametrize(
    ("dtype", "kept"),
    [
        ("?", "int64"),
        ("u1", "int64"),
        (">i4", "int64"),
        ("i8", "int64"),
        ("f2", "float64"),
        (">f4", "float64"),
    ],
)
def test_what_is_computed_with(dtype, kept):
    found = exact(np.array([0, 1]).astype(dtype), "values")
    assert (found.dtype, found.tolist()) == (np.dtype(kept), [0, 1])


def test_unsigned_numbers_are_exact_up_to_their_largest():
    assert exact(np.array([2**63 - 1], dtype="u8"), "values").dtype == np.int64
    large = exact(np.array([2**64 - 1], dtype="u8"), "values")
    assert (large.dtype, large.tolist()) == (np.dtype(object), [2**64 - 1])


@pytest.mark.parametrize(
    ("dtype", "summary"),
    [
        ("O", "these are Python objects, not numbers"),
        ("S3", "these are bytes, not numbers"),
        ("U3", "these are texts, not numbers"),
        ("M8[D]", "these are dates, not numbers"),
        ("m8[D]", "these are spans of time, not numbers"),
        ("i4,i4", "these are records of several fields, not numbers"),
        ("c8", "complex numbers are not computed with"),
        (np.longdouble, f"{np.dtype(np.longdouble)} are not computed with"),
    ],
)
def test_what_is_not(dtype, summary):
    with pytest.raises(UsageError) as error:
        check_kind(np.dtype(dtype), "--values x.npy")
    assert (error.value.summary, error.value.at) == (summary, "--values x.npy")
    assert error.value.rule == "whole numbers, or floats of 16, 32 or 64 bits"


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_every_float_is_finite(odd):
    with pytest.raises(UsageError, match=f"there is {odd} among the values") as error:
        exact(np.array([[1.0, 2.0], [odd, 3.0]], dtype=np.float32), "values")
    assert error.value.have == "1 of 4, the first at 1,0"
