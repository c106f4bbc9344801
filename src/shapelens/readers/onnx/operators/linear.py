"""Products of matrices, sums over named axes.

A linear layer is a product with a weight on the right: the operators see to that themselves.
"""

from __future__ import annotations

from shapelens.operators import Einsum, Gemm, MatrixProduct
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("MatMul")
def product(call: Call) -> Translation:
    return Translation(MatrixProduct(), (call.given(0), call.given(1)))


@translates("MatMulInteger")
def integer_product(call: Call) -> Translation:
    return Translation(MatrixProduct("int32"), (call.given(0), call.given(1)))


@translates("QLinearMatMul")
def quantised_product(call: Call) -> Translation:
    """Inputs: a, its scale and zero point, b, its scale and zero point, y's scale and zero point."""
    return Translation(MatrixProduct(), (call.given(0), call.given(3), call.given(7)))


@translates("Gemm")
def general_product(call: Call) -> Translation:
    operator = Gemm(bool(call.attribute("transA", 0)), bool(call.attribute("transB", 0)))
    return Translation(operator, (call.given(0), call.given(1), call.input(2)))


@translates("Einsum")
def named_sum(call: Call) -> Translation:
    return Translation(Einsum(call.attribute("equation", "")), call.all_given())
