"""Which numbers are taken: whole ones and floats of at most 64 bits, all of them finite."""

from __future__ import annotations

from typing import Any

import numpy as np

from shapelens.errors import UsageError
from shapelens.numbers.values import Array

__all__ = ["check_kind", "exact"]

_RULE = "whole numbers, or floats of 16, 32 or 64 bits"
_NAMES = {
    "O": "Python objects", "S": "bytes", "U": "texts", "c": "complex numbers", "M": "dates", "m": "spans of time",
    "V": "records of several fields",
}  # fmt: skip


def check_kind(dtype: np.dtype[Any], at: str) -> None:
    """Refuse what is no number, or is no number that is computed with.

    Raises:
        UsageError: "these are no numbers".
    """
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        name = _NAMES.get(dtype.kind, str(dtype))
        summary = f"these are {name}, not numbers" if dtype.kind in _NAMES and dtype.kind != "c" else ""
        raise UsageError(
            summary or f"{name} are not computed with",
            at=at,
            have=f"an array of {dtype}",
            rule=_RULE,
            fix="array.astype(float)",
        )


def exact(array: Array, at: str) -> Array:
    """The same numbers as whole ones of 64 bits, as Python's own where they are larger, or as floats of 64 bits.

    Raises:
        UsageError: "there is nan among the values".
    """
    check_kind(array.dtype, at)
    if array.dtype.kind == "f":
        floats = array.astype(np.float64)
        odd = floats[~np.isfinite(floats)]
        if odd.size:
            place = ",".join([str(int(n)) for n in np.argwhere(~np.isfinite(floats))[0]])
            raise UsageError(
                f"there is {odd.reshape(-1)[0]} among the values",
                at=at,
                have=f"{odd.size} of {floats.size}, the first at {place}",
                rule="sums are made of finite numbers",
                fix="numpy.nan_to_num(array)",
            )
        return floats
    if array.dtype.kind == "u" and array.size and int(array.max()) >= 2**63:
        return array.astype(object)
    return array.astype(np.int64)
