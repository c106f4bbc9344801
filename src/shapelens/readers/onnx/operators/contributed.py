"""Operators of onnxruntime's own domain, as quantised and fused networks have them."""

from __future__ import annotations

from dataclasses import replace

from shapelens.operators import (
    Activation,
    AlongAxis,
    Concatenate,
    Elementwise,
    Gemm,
    GlobalPool,
    GroupNormalization,
    MatrixProduct,
    Pool,
    Reduce,
    RMSNormalization,
    TransposedProduct,
)
from shapelens.readers.onnx.operators.linear import general_product
from shapelens.readers.onnx.operators.padding import pad
from shapelens.readers.onnx.operators.quantization import quantised
from shapelens.readers.onnx.operators.sampling import grid_sample
from shapelens.readers.onnx.operators.slicing import gather_slices, triangle
from shapelens.readers.onnx.operators.windows import average_pool, convolution, quantised_convolution
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates

MICROSOFT = "com.microsoft"

_QUANTISED_SUMS = {"QLinearAdd": "add", "QLinearMul": "multiply"}
_ACTIVATIONS = {
    "FastGelu": "gelu",
    "Gelu": "gelu",
    "Inverse": "inverse",
    "QLinearLeakyRelu": "leaky_relu",
    "QLinearSigmoid": "sigmoid",
    "QuickGelu": "quick_gelu",
}

_AS_IN_ONNX = {
    "DequantizeLinear": quantised,
    "FusedConv": convolution,
    "FusedGemm": general_product,
    "GatherND": gather_slices,
    "GridSample": grid_sample,
    "Pad": pad,
    "Trilu": triangle,
    "QLinearConv": quantised_convolution,
    "QuantizeLinear": quantised,
}
"""Operators with the inputs and shapes of one of ONNX' own, fused with an activation or in more types."""


@translates(*_AS_IN_ONNX, domain=MICROSOFT)
def as_in_onnx(call: Call) -> Translation:
    return _AS_IN_ONNX[call.node.operator](call)


@translates(*_QUANTISED_SUMS, domain=MICROSOFT)
def quantised_sum(call: Call) -> Translation:
    """Inputs: a, its scale and zero point, b, its scale and zero point, y's scale and zero point."""
    return Translation(Elementwise(_QUANTISED_SUMS[call.node.operator]), (call.given(0), call.given(3)))


@translates("QLinearWhere", domain=MICROSOFT)
def quantised_choice(call: Call) -> Translation:
    """Inputs: the condition, then x and y, each with its scale and zero point."""
    return Translation(Elementwise("where"), (call.given(0), call.given(1), call.given(4)))


@translates(*_ACTIVATIONS, domain=MICROSOFT)
def activation(call: Call) -> Translation:
    return Translation(Activation(_ACTIVATIONS[call.node.operator]), (call.given(0),))


@translates("BiasGelu", domain=MICROSOFT)
def biased_activation(call: Call) -> Translation:
    return Translation(Elementwise("gelu"), (call.given(0), call.given(1)))


@translates("BiasAdd", domain=MICROSOFT)
def biased_sum(call: Call) -> Translation:
    """Inputs: a tensor, a bias, and another tensor that is added."""
    return Translation(Elementwise("add"), call.leading(3, required=3))


@translates("QLinearSoftmax", domain=MICROSOFT)
def quantised_softmax(call: Call) -> Translation:
    """The version of the operator that was quantised is an attribute."""
    together = call.attribute("opset", 13) < 13
    return Translation(AlongAxis("softmax", call.attribute("axis", -1), together), (call.given(0),))


@translates("QLinearReduceMean", domain=MICROSOFT)
def quantised_mean(call: Call) -> Translation:
    operator = Reduce("mean", call.integers("axes"), keeps_axes=bool(call.attribute("keepdims", 1)))
    return Translation(operator, (call.given(0),))


# products -----------------------------------------------------------------------------------------------


@translates("DynamicQuantizeMatMul", domain=MICROSOFT)
def quantising_product(call: Call) -> Translation:
    return Translation(MatrixProduct(), (call.given(0), call.given(1)))


@translates("MatMulIntegerToFloat", domain=MICROSOFT)
def product_in_float(call: Call) -> Translation:
    return Translation(MatrixProduct("float32"), (call.given(0), call.given(1)))


@translates("FusedMatMul", "TransposeMatMul", domain=MICROSOFT)
def fused_product(call: Call) -> Translation:
    if call.attribute("transBatchA", 0) or call.attribute("transBatchB", 0):
        raise TranslationError("a product of tensors whose batch is transposed is not followed")
    left, right = bool(call.attribute("transA", 0)), bool(call.attribute("transB", 0))
    operator = TransposedProduct(None, left, right) if left or right else MatrixProduct()
    return Translation(operator, (call.given(0), call.given(1)))


@translates("QGemm", domain=MICROSOFT)
def quantised_general_product(call: Call) -> Translation:
    """Inputs: a, its scale and zero point, b, its scale and zero point, c, y's scale and zero point."""
    operator = Gemm(bool(call.attribute("transA", 0)), bool(call.attribute("transB", 0)))
    return Translation(operator, (call.given(0), call.given(3), call.input(6)))


# norms --------------------------------------------------------------------------------------------------


@translates("GroupNorm", domain=MICROSOFT)
def group_norm(call: Call) -> Translation:
    """The channels stand last, unless an attribute says that they do not."""
    last = bool(call.attribute("channels_last", 1))
    operator = GroupNormalization(groups=call.attribute("groups", 1), channels_last=last)
    return Translation(operator, call.leading(3))


@translates("SimplifiedLayerNormalization")
def simplified_layer_norm(call: Call) -> Translation:
    """What onnxruntime called the root mean square norm before ONNX had one, in ONNX' own domain."""
    return Translation(RMSNormalization(call.attribute("axis", -1)), call.leading(2, required=2))


# windows ------------------------------------------------------------------------------------------------


@translates("NhwcMaxPool", domain=MICROSOFT)
def channels_last_max_pool(call: Call) -> Translation:
    translation = average_pool(call)
    assert isinstance(translation.operator, Pool)
    return replace(translation, operator=replace(translation.operator, kind="max", channels_last=True))


@translates("QLinearAveragePool", domain=MICROSOFT)
def quantised_average_pool(call: Call) -> Translation:
    translation = average_pool(call)
    assert isinstance(translation.operator, Pool)
    last = bool(call.attribute("channels_last", 0))
    return replace(translation, operator=replace(translation.operator, channels_last=last))


@translates("QLinearGlobalAveragePool", domain=MICROSOFT)
def quantised_global_pool(call: Call) -> Translation:
    last = bool(call.attribute("channels_last", 0))
    return Translation(GlobalPool("average", channels_last=last), (call.given(0),))


@translates("QLinearConcat", domain=MICROSOFT)
def quantised_concatenation(call: Call) -> Translation:
    """Inputs: y's scale and zero point, then each tensor with its scale and zero point."""
    joined = call.all_given()[2::3]
    if not joined:
        raise TranslationError("it joins nothing")
    return Translation(Concatenate(call.attribute("axis", 0)), joined)
