"""Cases whose sizes only the data decide: executed with other data of the same shape, they give other shapes.

What an execution shows is so. What none of ours shows may be so all the same, as only some data are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np

from tests.readers.onnx.execution import executions
from tests.readers.onnx.suite import Case, cases

__all__ = ["decided_by_data"]


@cache
def decided_by_data() -> frozenset[str]:
    """The names of the cases whose shapes are others for other data of the same shape."""
    return frozenset([case.name for case in cases() if _gives_other_shapes(case)])


def _gives_other_shapes(case: Case) -> bool:
    run = executions(case.model, case.fed, case.expected)
    if run is None:
        return False
    for name, value in case.fed.items():
        for other in _others(case, value):
            found = run({**case.fed, name: other})
            if found is not None and found != case.expected:
                return True
    return False


def _others(case: Case, value: Any) -> Iterator[Any]:
    """Other data of the same shape and type."""
    if not isinstance(value, np.ndarray) or not value.size:
        return
    if case.operators == {"ImageDecoder"}:
        yield _picture(len(value))
    elif value.dtype.kind in "OU":
        yield np.array([f"{word} and more" for word in value.flat], dtype=object).reshape(value.shape)
        yield np.full(value.shape, "one", dtype=object)
    elif value.dtype.kind == "b":
        yield np.ones_like(value)
        yield ~value
    elif value.dtype.kind != "V" or value.dtype.name == "bfloat16":
        chance = np.random.default_rng(0)
        yield np.zeros_like(value)
        yield np.ones_like(value)
        yield value[::-1].copy() if value.ndim else value
        if value.ndim > 1:
            yield np.repeat(value[..., :1, :], value.shape[-2], axis=-2)
        with np.errstate(all="ignore"):
            for other in (value * 2, value + 1, np.abs(value) * 3 + 2):
                yield other.astype(value.dtype)
        yield chance.integers(0, 4, value.shape).astype(value.dtype)
        for _ in range(2):
            yield chance.random(value.shape).astype(value.dtype)


def _picture(size: int) -> np.ndarray:
    """A picture of 2×3 pixels in so many bytes; what follows it is not looked at."""
    from PIL import Image

    written = BytesIO()
    Image.new("RGB", (2, 3)).save(written, "PNG")
    return np.frombuffer(written.getvalue().ljust(size, b"\0"), np.uint8)
