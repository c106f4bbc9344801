"""Activations and other functions of each element by itself."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Unknown
from shapelens.operators import (
    Activation,
    AlongAxis,
    Cast,
    Clip,
    Dropout,
    Elementwise,
    GatedLinearUnit,
    ParametricActivation,
)
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.quotients import TracedFloat
from shapelens.readers.torch.recording import Value

_WORDS = {
    "__neg__": "negative", "__invert__": "bitwise_not", "__abs__": "absolute", "__pos__": "positive",
    "abs": "absolute", "neg": "negative", "sqrt": "square_root", "trunc": "truncate", "fix": "truncate",
    "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan",
    "arctanh": "atanh", "log_sigmoid": "logsigmoid", "_threshold": "threshold", "psi": "digamma",
    "expit": "sigmoid", "gammaln": "lgamma",
    "logical_not": "not", "pos": "positive", "invert": "bitwise_not",
}  # fmt: skip
"""Functions that have another name too."""

_TRUTHS = frozenset(["isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal", "not", "signbit"])


@translates(
    "relu relu6 elu selu celu gelu silu mish sigmoid tanh logsigmoid log_sigmoid hardswish hardsigmoid hardtanh "
    "softplus leaky_relu softsign tanhshrink hardshrink softshrink threshold _threshold rrelu "
    "erf exp exp2 expm1 log log2 log10 log1p sqrt rsqrt abs absolute neg negative sign sgn floor ceil round trunc "
    "fix frac reciprocal square erfinv erfc logit lgamma digamma mvlgamma i0 sinc nan_to_num signbit positive "
    "sin cos tan asin acos atan sinh cosh asinh acosh atanh arcsin arccos arctan arcsinh arccosh arctanh "
    "deg2rad rad2deg isnan isinf isfinite isneginf isposinf isreal logical_not bitwise_not angle conj "
    "conj_physical resolve_conj resolve_neg __neg__ __invert__ __abs__ __pos__ "
    "special_airy_ai special_bessel_j0 special_bessel_j1 special_bessel_y0 special_bessel_y1 special_digamma "
    "special_entr special_erf special_erfc special_erfcx special_erfinv special_exp2 special_expit special_expm1 "
    "special_gammaln special_i0 special_i0e special_i1 special_i1e special_log1p special_log_ndtr special_logit "
    "special_multigammaln special_ndtr special_ndtri special_psi special_round special_sinc special_modified_bessel_i0 "
    "special_modified_bessel_i1 special_modified_bessel_k0 special_modified_bessel_k1 "
    "special_scaled_modified_bessel_k0 special_scaled_modified_bessel_k1 special_spherical_bessel_j0"
)
def activation(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    name = call.function.removeprefix("special_")
    name = _WORDS.get(name, name)
    if name == "bitwise_not" and input.tensor.dtype == "bool":
        name = "not"
    return call.one(Activation(name, "bool" if name in _TRUTHS else None), of_result_type(call, input))


def of_result_type(call: Call, input: Value) -> Value:
    """Contents in the type that a function computes in: the root of an integer is a float."""
    dtype = call.dtype
    if input.tensor.contents is None or dtype is None or dtype in {"bool", input.tensor.dtype}:
        return input
    return call.one(Cast(dtype), input)


@translates("polygamma special_polygamma")
def polygamma(call: Call, n: Any, input: Any, *_: Any) -> Value:
    """As a function the order stands first, as a method the tensor."""
    return call.one(Activation("polygamma"), n if isinstance(n, Value) else input)


@translates("frexp")
def parts_of_float(call: Call, input: Value, *_: Any) -> Any:
    return call.one(Activation("mantissa"), input), call.one(Activation("exponent", "int32"), input)


@translates("prelu _prelu_kernel")
def parametric(call: Call, input: Value, weight: Value) -> Value:
    return call.one(ParametricActivation("prelu", channel_axis=1), input, weight)


@translates("softmax log_softmax softmin _softmax _log_softmax special_softmax special_log_softmax")
def softmax(call: Call, input: Value, dim: int | None = None, *_: Any, **__: Any) -> Value:
    """Without an axis it is the first of 1 or 3 axes, else the second."""
    axis = (0 if input.tensor.rank in {0, 1, 3} else 1) if dim is None else dim
    return call.one(AlongAxis(call.function.removeprefix("special_").strip("_"), axis), input)


@translates("gumbel_softmax")
def gumbel(
    call: Call, logits: Value, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Value:
    return call.one(AlongAxis("gumbel_softmax", dim), logits)


@translates("glu")
def gated(call: Call, input: Value, dim: int = -1) -> Value:
    return call.one(GatedLinearUnit(axis_of(dim, input)), input)


@translates("dropout alpha_dropout _alpha_dropout")
def dropout(call: Call, input: Value, p: float = 0.5, *_: Any, **__: Any) -> Value:
    return call.one(Dropout(share=float(p)), input)


@translates("dropout1d dropout2d dropout3d feature_dropout feature_alpha_dropout")
def feature_dropout(call: Call, input: Value, p: float = 0.5, *_: Any, **__: Any) -> Value:
    """Whole feature maps are dropped, each of each sample by itself; without a batch, each by itself."""
    unbatched = {"dropout1d": 2, "dropout3d": 4}.get(call.function) == input.tensor.rank
    return call.one(Dropout(share=float(p), apart=(0,) if unbatched else (0, 1)), input)


@translates("native_dropout")
def dropout_with_mask(call: Call, input: Value, p: float, *_: Any, **__: Any) -> Any:
    return call.add(Dropout(with_mask=True, share=float(p)), input, outputs=2)


@translates("clamp clip clamp_min clamp_max")
def clip(call: Call, input: Value, min: Any = None, max: Any = None) -> Value:
    """A bound that is a tensor broadcasts with what it holds."""
    if call.function == "clamp_max":
        min, max = None, min if max is None else max
    bounds = [bound for bound in (min, max) if isinstance(bound, Value)]
    if bounds:
        return call.one(Elementwise("clip"), input, *bounds)
    return call.one(Clip(_bound(min), _bound(max)), input)


def _bound(bound: Any) -> Any:
    """A number or a size; one that is computed from sizes in floating point is not followed."""
    if isinstance(bound, TracedFloat):
        return Unknown("a bound that is computed from sizes in floating point")
    return bound
