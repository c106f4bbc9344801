"""How long the elements of each type are.

>>> from shapelens.operators import Tensor
>>> bytes_of(Tensor((1, 64, 56, 56))), bytes_of(Tensor((3,), "int4"))
(802816, 2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shapelens.dims import Dim, Unknown, ceil_divide

if TYPE_CHECKING:
    from shapelens.operators.operator import Tensor

__all__ = ["ELEMENT_BITS", "bytes_of"]

ELEMENT_BITS: dict[str, int] = {
    "bool": 8,
    "int2": 2,
    "int4": 4,
    "int8": 8,
    "int16": 16,
    "int32": 32,
    "int64": 64,
    "uint2": 2,
    "uint4": 4,
    "uint8": 8,
    "uint16": 16,
    "uint32": 32,
    "uint64": 64,
    "float4_e2m1fn": 4,
    "float6_e2m3fn": 6,
    "float6_e3m2fn": 6,
    "float8_e4m3fn": 8,
    "float8_e4m3fnuz": 8,
    "float8_e5m2": 8,
    "float8_e5m2fnuz": 8,
    "float8_e8m0fnu": 8,
    "float16": 16,
    "bfloat16": 16,
    "float32": 32,
    "float64": 64,
    "complex32": 32,
    "complex64": 64,
    "complex128": 128,
    "qint8": 8,
    "qint32": 32,
    "quint2x4": 2,
    "quint4x2": 4,
    "quint8": 8,
}
"""The bits of one element, by the name that NumPy, PyTorch and ml_dtypes have for the type.

Types that are not here have elements of different lengths, as texts do, or are not known.
"""


def bytes_of(tensor: Tensor) -> Dim:
    """How much memory a tensor takes; what is narrower than a byte is packed, and the last byte whole."""
    bits = ELEMENT_BITS.get(tensor.dtype)
    if isinstance(tensor.shape, Unknown):
        return tensor.shape
    if bits is None:
        return Unknown(f"how long an element of type {tensor.dtype} is is not known")
    return tensor.elements * (bits // 8) if bits % 8 == 0 else ceil_divide(tensor.elements * bits, 8)
