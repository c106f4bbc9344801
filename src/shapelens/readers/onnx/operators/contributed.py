"""Operators of onnxruntime's own domain, as quantised and fused networks have them."""

from __future__ import annotations

from dataclasses import replace

from shapelens.operators import Activation, Concatenate, Convolution, Elementwise, GlobalPool, Pool
from shapelens.readers.onnx.operators.windows import average_pool, convolution
from shapelens.readers.onnx.translation import Call, Translation, translates

MICROSOFT = "com.microsoft"

_QUANTISED_SUMS = {"QLinearAdd": "add", "QLinearMul": "multiply"}
_ACTIVATIONS = {
    "FastGelu": "gelu",
    "Gelu": "gelu",
    "QLinearLeakyRelu": "leaky_relu",
    "QLinearSigmoid": "sigmoid",
    "QLinearSoftmax": "softmax",
    "QuickGelu": "quick_gelu",
}


@translates(*_QUANTISED_SUMS, domain=MICROSOFT)
def quantised_sum(call: Call) -> Translation:
    """Inputs: a, its scale and zero point, b, its scale and zero point, y's scale and zero point."""
    return Translation(Elementwise(_QUANTISED_SUMS[call.node.operator]), (call.input(0), call.input(3)))


@translates(*_ACTIVATIONS, domain=MICROSOFT)
def activation(call: Call) -> Translation:
    return Translation(Activation(_ACTIVATIONS[call.node.operator]), (call.input(0),))


@translates("FusedConv", domain=MICROSOFT)
def fused_convolution(call: Call) -> Translation:
    """A convolution with an activation, and maybe a sum of the output's shape, in one."""
    return convolution(call)


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
    return Translation(GlobalPool("average", channels_last=last), (call.input(0),))


@translates("QLinearConcat", domain=MICROSOFT)
def quantised_concatenation(call: Call) -> Translation:
    """Inputs: y's scale and zero point, then each tensor with its scale and zero point."""
    return Translation(Concatenate(call.attribute("axis", 0)), call.inputs[2::3])


@translates("QLinearConv", domain=MICROSOFT)
def quantised_convolution(call: Call) -> Translation:
    """Inputs as those of ONNX' own, but the channels may stand last."""
    operator = convolution(call).operator
    assert isinstance(operator, Convolution)
    last = bool(call.attribute("channels_last", 0))
    return Translation(replace(operator, channels_last=last), (call.input(0), call.input(3), call.input(8)))
