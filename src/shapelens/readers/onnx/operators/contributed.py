"""Operators of onnxruntime's own domain, as quantised and fused networks have them."""

from __future__ import annotations

from dataclasses import replace

from shapelens.operators import (
    LSTM,
    Activation,
    AlongAxis,
    Concatenate,
    Elementwise,
    GatedLinearUnit,
    Gemm,
    GlobalPool,
    GroupNormalization,
    MatrixProduct,
    PackedGather,
    Pairwise,
    Pool,
    Range,
    Reduce,
    RegionPool,
    RMSNormalization,
    SkipGroupNormalization,
    TransposedProduct,
    Unsqueeze,
)
from shapelens.readers.onnx.operators.linear import general_product
from shapelens.readers.onnx.operators.padding import pad
from shapelens.readers.onnx.operators.quantization import quantised
from shapelens.readers.onnx.operators.recurrent import recurrent_layer
from shapelens.readers.onnx.operators.sampling import grid_sample
from shapelens.readers.onnx.operators.slicing import gather_slices, triangle
from shapelens.readers.onnx.operators.windows import (
    average_pool,
    convolution,
    max_pool,
    quantised_convolution,
)
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


@translates("BiasSplitGelu", domain=MICROSOFT)
def gated_activation(call: Call) -> Translation:
    return Translation(GatedLinearUnit(-1), (call.given(0), call.given(1)))


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


@translates("FusedMatMul", "FusedMatMulActivation", "TransposeMatMul", domain=MICROSOFT)
def fused_product(call: Call) -> Translation:
    """An operand whose batch is transposed has its first axis in front of its last one."""
    turned = [bool(call.attribute(name, 0)) for name in ("transA", "transB", "transBatchA", "transBatchB")]
    operator = TransposedProduct(None, *turned) if any(turned) else MatrixProduct()
    return Translation(operator, (call.given(0), call.given(1)))


@translates("MatMulInteger16", domain=MICROSOFT)
def short_product(call: Call) -> Translation:
    """The type of its output follows that of its operands: with a sign or without."""
    return Translation(MatrixProduct("int32"), (call.given(0), call.given(1)))


@translates("MulInteger", domain=MICROSOFT)
def integer_multiplication(call: Call) -> Translation:
    """Inputs: a and its zero point, b and its zero point."""
    return Translation(Elementwise("multiply", "int32"), (call.given(0), call.given(2)))


@translates("ReduceSumInteger", domain=MICROSOFT)
def integer_sum(call: Call) -> Translation:
    operator = Reduce("sum", call.integers("axes"), bool(call.attribute("keepdims", 1)), dtype="int32")
    return Translation(operator, (call.given(0),))


@translates("QGemm", domain=MICROSOFT)
def quantised_general_product(call: Call) -> Translation:
    """Inputs: a, its scale and zero point, b, its scale and zero point, c, y's scale and zero point."""
    operator = Gemm(bool(call.attribute("transA", 0)), bool(call.attribute("transB", 0)))
    return Translation(operator, (call.given(0), call.given(3), call.input(6)))


@translates("CDist", domain=MICROSOFT)
def distances(call: Call) -> Translation:
    return Translation(Pairwise("im,jm->ij", function="distance"), (call.given(0), call.given(1)))


@translates("DynamicQuantizeLSTM", domain=MICROSOFT)
def quantising_lstm(call: Call) -> Translation:
    """Its weights lie the other way round than those of ONNX, and their scales and zero points stand last."""
    plain = recurrent_layer(replace(call, node=replace(call.node, operator="LSTM")))
    assert isinstance(plain.operator, LSTM)
    return replace(plain, operator=replace(plain.operator, features_last=True))


# norms --------------------------------------------------------------------------------------------------


@translates("GroupNorm", domain=MICROSOFT)
def group_norm(call: Call) -> Translation:
    """The channels stand last, unless an attribute says that they do not."""
    last = bool(call.attribute("channels_last", 1))
    operator = GroupNormalization(groups=call.attribute("groups", 1), channels_last=last)
    return Translation(operator, call.leading(3))


@translates("SkipGroupNorm", domain=MICROSOFT)
def skip_group_norm(call: Call) -> Translation:
    """Inputs: x, scale, shift, what is added, and a bias."""
    operator = SkipGroupNormalization(channels_last=bool(call.attribute("channels_last", 1)))
    return Translation(operator, (call.given(0), call.given(3), call.given(1), call.given(2), call.input(4)))


@translates("SimplifiedLayerNormalization")
def simplified_layer_norm(call: Call) -> Translation:
    """What onnxruntime called the root mean square norm before ONNX had one, in ONNX' own domain."""
    return Translation(RMSNormalization(call.attribute("axis", -1)), call.leading(2, required=2))


# shapes -------------------------------------------------------------------------------------------------


@translates("ExpandDims", domain=MICROSOFT)
def expand_axes(call: Call) -> Translation:
    return Translation(Unsqueeze(), (call.given(0), call.given(1)))


@translates("Range", domain=MICROSOFT)
def number_range(call: Call) -> Translation:
    """A step that is left out is 1."""
    operator = Range(step=None if call.input(2) else 1)
    return Translation(operator, call.leading(3, required=2))


@translates("GatherBlockQuantized", domain=MICROSOFT)
def quantised_rows(call: Call) -> Translation:
    """Numbers of fewer than eight bits may come several to a byte; which type the table has is not in the node."""
    bits = call.attribute("bits", 4)
    if bits not in {2, 4, 8}:
        raise TranslationError(f"its numbers are of {bits} bits")
    operator = PackedGather(call.attribute("gather_axis", 0), bits)
    return Translation(operator, (call.given(0), call.given(1), call.given(2)))


@translates("CropAndResize", domain=MICROSOFT)
def crops(call: Call) -> Translation:
    """Inputs: images, regions, which image each region is of, and the size that they get."""
    size = call.constant(3)
    if size is None or len(size) != len(("height", "width")):
        raise TranslationError("the size of its crops is not in the file")
    return Translation(RegionPool((int(size[0]), int(size[1]))), call.leading(3, required=3))


# windows ------------------------------------------------------------------------------------------------


@translates("NhwcMaxPool", domain=MICROSOFT)
def channels_last_max_pool(call: Call) -> Translation:
    translation = max_pool(call)
    assert isinstance(translation.operator, Pool)
    return replace(translation, operator=replace(translation.operator, channels_last=True))


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
