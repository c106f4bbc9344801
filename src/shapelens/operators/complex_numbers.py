"""Complex numbers as pairs of real ones, and pairs as complex numbers.

>>> from shapelens.operators import ComplexToPairs, PairsToComplex, Tensor
>>> ComplexToPairs().evaluate(Tensor((2, 64), "complex64")).outputs[0]
Tensor(shape=(2, 64, 2), dtype='float32', contents=None, is_held=False)
>>> PairsToComplex().evaluate(Tensor((2, 64, 2))).outputs[0].shape
(2, 64)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import equal
from shapelens.operators.arguments import given, refused
from shapelens.operators.backward import Kept, Run
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.operators.strides import Strides
from shapelens.records import dataclass

__all__ = ["COMPLEX_OF", "REAL_OF", "ComplexToPairs", "PairsToComplex"]

COMPLEX_OF = {"float16": "complex32", "float32": "complex64", "float64": "complex128"}
"""The type of complex numbers whose parts are of a type."""

REAL_OF = {whole: part for part, whole in COMPLEX_OF.items()}
"""The type of the parts of complex numbers."""


@dataclass(frozen=True)
class ComplexToPairs(Operator):
    """Each complex number as its real and its imaginary part, along an axis of two behind all others."""

    word: ClassVar[str] = "as real"
    family: ClassVar[str] = "reshape"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        return Outcome((tensor.shaped((*tensor.dims, 2), REAL_OF.get(tensor.dtype, tensor.dtype)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank)])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """The same memory, in elements of half the length."""
        return ((*[2 * stride for stride in run.lies()], 1),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()


@dataclass(frozen=True)
class PairsToComplex(Operator):
    """The last axis, of two, as one complex number: its real part and its imaginary one."""

    word: ClassVar[str] = "as complex"
    family: ClassVar[str] = "reshape"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if tensor.rank == 0:
            return refused(Requirement("rank", False, {"gets": (), "wants": (1,)}, spoils=None), tensor)
        *others, last = tensor.dims
        facts = {"gets": tensor.dims, "axis": len(others), "size": last}
        out = tensor.shaped(tuple(others), COMPLEX_OF.get(tensor.dtype, tensor.dtype))
        return Outcome((out,), (Requirement("pairs", equal(last, 2), facts),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])

    def views(self, run: Run) -> tuple[Strides | None, ...]:
        """The same memory, in elements of twice the length."""
        return (tuple([stride // 2 for stride in run.lies()[:-1]]),)

    def kept_for_backward(self, run: Run) -> Kept:
        return Kept()
