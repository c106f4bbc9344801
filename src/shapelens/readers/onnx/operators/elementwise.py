"""Functions of each element, of one tensor or of several."""

from __future__ import annotations

from shapelens.operators import Activation, Cast, Clip, Dropout, Elementwise, ParametricActivation
from shapelens.readers.onnx.limits import MAXIMUM_RANK
from shapelens.readers.onnx.schema import UNDEFINED, data_type_name
from shapelens.readers.onnx.translation import Call, Translation, TranslationError, translates

_OF_ONE = {
    "Abs": "absolute",
    "Acos": "acos",
    "Acosh": "acosh",
    "Asin": "asin",
    "Asinh": "asinh",
    "Atan": "atan",
    "Atanh": "atanh",
    "BitwiseNot": "bitwise_not",
    "Ceil": "ceil",
    "Celu": "celu",
    "Cos": "cos",
    "Cosh": "cosh",
    "Elu": "elu",
    "Erf": "erf",
    "Exp": "exp",
    "Floor": "floor",
    "Gelu": "gelu",
    "HardSigmoid": "hard_sigmoid",
    "HardSwish": "hard_swish",
    "LeakyRelu": "leaky_relu",
    "Log": "log",
    "Mish": "mish",
    "Neg": "negative",
    "Reciprocal": "reciprocal",
    "Relu": "relu",
    "Round": "round",
    "Selu": "selu",
    "Shrink": "shrink",
    "Sigmoid": "sigmoid",
    "Sign": "sign",
    "Sin": "sin",
    "Sinh": "sinh",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Sqrt": "square_root",
    "Swish": "swish",
    "Tan": "tan",
    "Tanh": "tanh",
    "ThresholdedRelu": "thresholded_relu",
}

_TRUTH_OF_ONE = {"IsInf": "is_infinite", "IsNaN": "is_nan", "Not": "not", "RegexFullMatch": "matches"}

_OF_TWO = {
    "Add": "add",
    "And": "and",
    "BitwiseAnd": "bitwise_and",
    "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor",
    "Div": "divide",
    "Equal": "equal",
    "Greater": "greater",
    "GreaterOrEqual": "greater_or_equal",
    "Less": "less",
    "LessOrEqual": "less_or_equal",
    "Mul": "multiply",
    "Or": "or",
    "Pow": "power",
    "StringConcat": "join_texts",
    "Sub": "subtract",
    "Xor": "xor",
}

_OF_MANY = {"Max": "maximum", "Mean": "mean", "Min": "minimum", "Sum": "add"}

_TYPES_BY_NAME = {"FLOAT": "float32", "DOUBLE": "float64"}
"""The types whose names in the first versions are not ours in capitals."""


@translates(*_OF_ONE)
def of_one(call: Call) -> Translation:
    return Translation(Activation(_OF_ONE[call.node.operator]), (call.given(0),))


@translates(*_TRUTH_OF_ONE)
def truth_of_one(call: Call) -> Translation:
    return Translation(Activation(_TRUTH_OF_ONE[call.node.operator], dtype="bool"), (call.given(0),))


@translates(*_OF_TWO)
def of_two(call: Call) -> Translation:
    """Before version 7 shapes had to be equal, unless an attribute said where the second one is aligned."""
    function = _OF_TWO[call.node.operator]
    operator = Elementwise(function)
    if call.version < 7:
        broadcasts = bool(call.attribute("broadcast", 0))
        axis = call.attribute("axis", kind=int) if broadcasts else None
        if axis is not None and abs(axis) > MAXIMUM_RANK:
            raise TranslationError(f"no tensor has an axis {axis}")
        operator = Elementwise(function, axis=axis, same_shape=not broadcasts)
    return Translation(operator, (call.given(0), call.given(1)))


@translates(*_OF_MANY)
def of_many(call: Call) -> Translation:
    """Before version 8 shapes had to be equal."""
    return Translation(
        Elementwise(_OF_MANY[call.node.operator], same_shape=call.version < 8), call.all_given()
    )


@translates("Mod")
def modulo(call: Call) -> Translation:
    """What is left has the divisor's sign, or with `fmod` the dividend's."""
    operator = Elementwise("remainder" if call.attribute("fmod", 0) else "modulo")
    return Translation(operator, (call.given(0), call.given(1)))


@translates("BitShift")
def shift(call: Call) -> Translation:
    operator = Elementwise("left_shift" if call.attribute("direction") == "LEFT" else "right_shift")
    return Translation(operator, (call.given(0), call.given(1)))


@translates("Where")
def choice(call: Call) -> Translation:
    return Translation(Elementwise("where"), (call.given(0), call.given(1), call.given(2)))


@translates("SwiGLU")
def gated(call: Call) -> Translation:
    return Translation(Elementwise("swiglu", same_shape=True), (call.given(0), call.given(1)))


@translates("PRelu")
def learned_slope(call: Call) -> Translation:
    """Before version 7 there was one slope, or one for each channel."""
    operator = ParametricActivation(channel_axis=1 if call.version < 7 else None)
    return Translation(operator, (call.given(0), call.given(1)))


@translates("Clip")
def clip(call: Call) -> Translation:
    """Before version 11 the bounds were attributes."""
    low, high = call.attribute("min", kind=float), call.attribute("max", kind=float)
    bounds = [
        (value,) if value is not None else call.constant(place) for place, value in ((1, low), (2, high))
    ]
    called = "relu6" if bounds == [(0,), (6,)] else "clip"
    return Translation(Clip(low, high, called), (call.given(0), call.input(1), call.input(2)))


@translates("Dropout")
def dropout(call: Call) -> Translation:
    """Before version 10 the mask was of the input's type."""
    mask_dtype = "bool" if call.version >= 10 else None
    operator = Dropout(with_mask=len(call.node.outputs) > 1, mask_dtype=mask_dtype)
    return Translation(operator, (call.given(0),))


@translates("Cast", "BitCast")
def cast(call: Call) -> Translation:
    """Before version 6 the type was named and not numbered."""
    target = call.attribute("to")
    if isinstance(target, str):
        dtype = _TYPES_BY_NAME.get(target.upper(), target.lower())
    else:
        dtype = data_type_name(target) if isinstance(target, int) else UNDEFINED
    return Translation(Cast(dtype, bitwise=call.node.operator == "BitCast"), (call.given(0),))


@translates("CastLike")
def cast_like(call: Call) -> Translation:
    return Translation(Cast(), (call.given(0), call.given(1)))
