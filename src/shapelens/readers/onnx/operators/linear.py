"""Products of matrices, sums over named axes.

A linear layer is a product with a weight on the right: the operators see to that themselves.
"""

from __future__ import annotations

from shapelens.operators import Einsum, Gemm, MatrixProduct
from shapelens.readers.onnx.translation import Call, Translation, translates


@translates("MatMul")
def product(call: Call) -> Translation:
    return Translation(MatrixProduct(), (call.input(0), call.input(1)))


@translates("MatMulInteger")
def integer_product(call: Call) -> Translation:
    return Translation(MatrixProduct("int32"), (call.input(0), call.input(1)))


@translates("QLinearMatMul")
def quantised_product(call: Call) -> Translation:
    """Inputs: a, its scale and zero point, b, its scale and zero point, y's scale and zero point."""
    return Translation(MatrixProduct(), (call.input(0), call.input(3), call.input(7)))


@translates("Gemm")
def general_product(call: Call) -> Translation:
    operator = Gemm(bool(call.attribute("transA", 0)), bool(call.attribute("transB", 0)))
    return Translation(operator, (call.input(0), call.input(1), call.input(2)))


@translates("Einsum")
def named_sum(call: Call) -> Translation:
    return Translation(Einsum(str(call.attribute("equation", ""))), call.inputs)
