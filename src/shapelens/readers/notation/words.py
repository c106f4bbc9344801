"""An operator as one would type it: in PyTorch's words, and in Keras'.

    >>> from shapelens.operators import Convolution, Tensor
    >>> layer, inputs = (
    ...     Convolution(stride=2, padding=((3, 3), (3, 3))),
    ...     (Tensor((1, 3, 224, 224)), Tensor((64, 3, 7, 7))),
    ... )
    >>> to_pytorch(layer, inputs)
    'Conv2d(3, 64, 7, stride=2, padding=3, bias=False)'
    >>> to_keras(layer, inputs)
    'Conv2D(64, 7, strides=2, use_bias=False) after ZeroPadding2D(3)'

Nothing is said where a framework has no words for the very same values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from shapelens.dims import Unknown
from shapelens.operators.windows import SAME, SAME_LOWER, VALID, Sliding, per_axis

if TYPE_CHECKING:
    from shapelens.operators import (
        Activation,
        AdaptivePool,
        BatchNormalization,
        Convolution,
        Dropout,
        Flatten,
        GlobalPool,
        Linear,
        Operator,
        Pool,
        Tensor,
        TransposedConvolution,
    )

__all__ = ["to_keras", "to_pytorch"]

Inputs = Sequence["Tensor | None"]
Words = Callable[[Any, Inputs], "str | None"]

# By the names of operators, so that none is imported for its words alone.
_PYTORCH: dict[str, Words] = {}
_KERAS: dict[str, Words] = {}


def to_pytorch(operator: Operator, inputs: Inputs) -> str | None:
    """The layer in PyTorch's words, or None where it has none."""
    return _said(_PYTORCH, operator, inputs)


def to_keras(operator: Operator, inputs: Inputs) -> str | None:
    """The layer in Keras' words, or None where it has none."""
    return _said(_KERAS, operator, inputs)


def _said(table: dict[str, Words], operator: Operator, inputs: Inputs) -> str | None:
    words = table.get(operator.name)
    unknown = any(tensor is not None and isinstance(tensor.shape, Unknown) for tensor in inputs)
    return None if words is None or unknown else words(operator, inputs)


def _in(table: dict[str, Words], kind: str) -> Callable[[Words], Words]:
    def enter(words: Words) -> Words:
        table[kind] = words
        return words

    return enter


# how arguments are written --------------------------------------------------------------------------------


def _number(values: Sequence[Any]) -> str:
    """One number where all axes are alike, else a tuple."""
    return str(values[0]) if len(set(values)) == 1 else f"({', '.join(map(str, values))})"


def _call(name: str, *arguments: str) -> str:
    return f"{name}({', '.join([argument for argument in arguments if argument])})"


def _keyword(name: str, values: Sequence[Any], default: Any) -> str:
    return "" if all(value == default for value in values) else f"{name}={_number(values)}"


def _flag(name: str, value: bool, default: bool) -> str:
    return "" if value == default else f"{name}={value}"


def _has_bias(inputs: Inputs) -> bool:
    return len(inputs) > 2 and inputs[2] is not None


def _weight(inputs: Inputs) -> Tensor:
    weight = inputs[1]
    assert weight is not None
    return weight


def _even_padding(slidings: Sequence[Sliding]) -> list[int] | None:
    """The padding of each axis, where it is alike on both sides and does not hang on the size."""
    sides = [None if s.is_same else s.sides(0) for s in slidings]
    if any(pair is None or pair[0] != pair[1] or not isinstance(pair[0], int) for pair in sides):
        return None
    return [pair[0] for pair in sides if pair is not None]


# PyTorch --------------------------------------------------------------------------------------------------


@_in(_PYTORCH, "Convolution")
def _conv(layer: Convolution, inputs: Inputs) -> str | None:
    weight = _weight(inputs)
    filters, channels, kernel = layer.weight_parts(weight)
    rank = len(kernel)
    padding = _pytorch_padding(layer, layer.slidings(kernel))
    if padding is None or not 1 <= rank <= 3:
        return None
    return _call(
        f"Conv{rank}d",
        str(channels * layer.groups),
        str(filters),
        _number(kernel),
        _keyword("stride", per_axis(layer.stride, rank), 1),
        padding,
        _keyword("dilation", per_axis(layer.dilation, rank), 1),
        _keyword("groups", [layer.groups], 1),
        _flag("bias", _has_bias(inputs), True),
        "" if layer.padding_mode == "zeros" else f"padding_mode={layer.padding_mode!r}",
    )


def _pytorch_padding(layer: Convolution, slidings: Sequence[Sliding]) -> str | None:
    """The padding as an argument; None where PyTorch has none such."""
    if layer.padding == SAME:
        return "padding='same'" if all(s.stride == 1 for s in slidings) else None
    sides = _even_padding(slidings)
    return None if sides is None else _keyword("padding", sides, 0)


@_in(_PYTORCH, "TransposedConvolution")
def _transposed(layer: TransposedConvolution, inputs: Inputs) -> str | None:
    filters, channels, kernel = layer.weight_parts(_weight(inputs))
    rank = len(kernel)
    sides = _even_padding(layer.slidings(kernel))
    if sides is None or layer.output_size is not None or not 1 <= rank <= 3:
        return None
    return _call(
        f"ConvTranspose{rank}d",
        str(channels),
        str(filters),
        _number(kernel),
        _keyword("stride", per_axis(layer.stride, rank), 1),
        _keyword("padding", sides, 0),
        _keyword("output_padding", per_axis(layer.output_padding, rank), 0),
        _keyword("groups", [layer.groups], 1),
        _flag("bias", _has_bias(inputs), True),
        _keyword("dilation", per_axis(layer.dilation, rank), 1),
    )


@_in(_PYTORCH, "Pool")
def _pool(layer: Pool, inputs: Inputs) -> str | None:
    rank, slidings = len(layer.kernel), layer.slidings()
    sides = _even_padding(slidings)
    dilation = per_axis(layer.dilation, rank)
    name = {"max": "MaxPool", "average": "AvgPool"}.get(layer.kind)
    dilated = any(d != 1 for d in dilation)
    if name is None or sides is None or not 1 <= rank <= 3 or (dilated and layer.kind != "max"):
        return None
    if layer.divisor is not None and rank == 1:
        return None
    strides = [s.stride for s in slidings]
    skips_padding = layer.kind == "average" and any(sides) and layer.count_include_pad is False
    return _call(
        f"{name}{rank}d",
        _number(layer.kernel),
        "" if strides == list(layer.kernel) else f"stride={_number(strides)}",
        _keyword("padding", sides, 0),
        _keyword("dilation", dilation, 1),
        _flag("return_indices", layer.with_indices, False),
        _flag("ceil_mode", layer.ceil_mode, False),
        _flag("count_include_pad", not skips_padding, True),
        "" if layer.divisor is None else f"divisor_override={layer.divisor}",
    )


@_in(_PYTORCH, "AdaptivePool")
def _adaptive_pool(layer: AdaptivePool, inputs: Inputs) -> str | None:
    name = {"max": "AdaptiveMaxPool", "average": "AdaptiveAvgPool"}[layer.kind]
    size = _number(layer.output_size)
    return _call(f"{name}{len(layer.output_size)}d", size) if 1 <= len(layer.output_size) <= 3 else None


@_in(_PYTORCH, "GlobalPool")
def _global_pool(layer: GlobalPool, inputs: Inputs) -> str | None:
    image = inputs[0]
    name = {"max": "AdaptiveMaxPool", "average": "AdaptiveAvgPool"}.get(layer.kind)
    if name is None or image is None or not layer.keep_axes or not 3 <= image.rank <= 5:
        return None
    return _call(f"{name}{image.rank - 2}d", "1")


@_in(_PYTORCH, "Linear")
def _linear(layer: Linear, inputs: Inputs) -> str | None:
    out, into = layer.weight_parts(_weight(inputs))
    return _call("Linear", str(into), str(out), _flag("bias", _has_bias(inputs), True))


@_in(_PYTORCH, "BatchNormalization")
def _batch_norm(layer: BatchNormalization, inputs: Inputs) -> str | None:
    image = inputs[0]
    if image is None or image.rank not in {2, 3, 4, 5}:
        return None
    return _call(f"BatchNorm{max(image.rank - 2, 1)}d", str(image.dims[layer.channel_axis(image)]))


@_in(_PYTORCH, "Flatten")
def _flatten(layer: Flatten, inputs: Inputs) -> str | None:
    return "Flatten()" if (layer.start, layer.end) == (1, -1) else None


@_in(_PYTORCH, "Dropout")
@_in(_KERAS, "Dropout")
def _dropout(layer: Dropout, inputs: Inputs) -> str | None:
    return None if layer.with_mask else "Dropout(0.5)"


_ACTIVATIONS = {
    "elu": "ELU()",
    "gelu": "GELU()",
    "leaky_relu": "LeakyReLU()",
    "relu": "ReLU()",
    "relu6": "ReLU6()",
    "selu": "SELU()",
    "sigmoid": "Sigmoid()",
    "softplus": "Softplus()",
    "tanh": "Tanh()",
}


@_in(_PYTORCH, "Activation")
def _activation(layer: Activation, inputs: Inputs) -> str | None:
    return _ACTIVATIONS.get(layer.function)


# Keras ----------------------------------------------------------------------------------------------------


@_in(_KERAS, "Convolution")
def _keras_conv(layer: Convolution, inputs: Inputs) -> str | None:
    weight = _weight(inputs)
    filters, _, kernel = layer.weight_parts(weight)
    rank = len(kernel)
    padding = _keras_padding(layer.slidings(kernel))
    if padding is None or layer.padding_mode != "zeros" or not 1 <= rank <= 3:
        return None
    word, before = padding
    depthwise = layer.is_depthwise(weight) and rank < 3
    multiplier = filters // layer.groups
    written = _call(
        f"DepthwiseConv{rank}D" if depthwise else f"Conv{rank}D",
        "" if depthwise else str(filters),
        _number(kernel),
        _keyword("strides", per_axis(layer.stride, rank), 1),
        word,
        _keyword("depth_multiplier", [multiplier], 1) if depthwise else "",
        _keyword("dilation_rate", per_axis(layer.dilation, rank), 1),
        "" if depthwise else _keyword("groups", [layer.groups], 1),
        _flag("use_bias", _has_bias(inputs), True),
    )
    return f"{written} after ZeroPadding{rank}D({before})" if before else written


def _keras_padding(slidings: Sequence[Sliding]) -> tuple[str, str] | None:
    """The padding as an argument, and as a layer of its own where no argument says it; None where neither does."""
    if any(s.padding == SAME_LOWER or _may_cut(s) for s in slidings):
        return None
    if all(s.padding == SAME for s in slidings):
        return "padding='same'", ""
    sides = [s.sides(0) for s in slidings]
    if not any(side for pair in sides for side in pair):
        return "", ""
    # With a stride of 1 'same' pads by the extent alone, whatever the size.
    if all(s.stride == 1 and s.padding != VALID and _is_same(s) for s in slidings):
        return "padding='same'", ""
    even = _even_padding(slidings)
    if even is not None:
        return "", _number(even)
    return "", "(" + ", ".join(f"({before}, {after})" for before, after in sides) + ")"


def _may_cut(sliding: Sliding) -> bool:
    """Whether `same` may cut cells off, as it never does in Keras."""
    is_told = sliding.is_same and sliding.cut_less is not None
    return is_told and not (isinstance(sliding.extent, int) and sliding.extent >= sliding.stride)


def _is_same(sliding: Sliding) -> bool:
    whole = sliding.extent - 1
    return bool(sliding.sides(0) == (whole // 2, whole - whole // 2))


@_in(_KERAS, "TransposedConvolution")
def _keras_transposed(layer: TransposedConvolution, inputs: Inputs) -> str | None:
    filters, _, kernel = layer.weight_parts(_weight(inputs))
    rank, slidings = len(kernel), layer.slidings(kernel)
    if layer.output_size is not None or layer.groups != 1 or not 1 <= rank <= 3:
        return None
    if any(extra for extra in per_axis(layer.output_padding, rank)):
        return None
    word = _keras_transposed_padding(slidings)
    if word is None:
        return None
    return _call(
        f"Conv{rank}DTranspose",
        str(filters),
        _number(kernel),
        _keyword("strides", per_axis(layer.stride, rank), 1),
        word,
        _keyword("dilation_rate", per_axis(layer.dilation, rank), 1),
        _flag("use_bias", _has_bias(inputs), True),
    )


def _keras_transposed_padding(slidings: Sequence[Sliding]) -> str | None:
    """Whether Keras' `valid` or `same` cuts the very same cells off."""
    if all(s.padding == SAME for s in slidings):
        return "padding='same'"
    sides = _even_padding(slidings)
    surplus = [s.extent - s.stride for s in slidings]
    if sides is None or any(not isinstance(cells, int) or cells < 0 for cells in surplus):
        return None
    if not any(sides):
        return ""
    return "padding='same'" if [2 * side for side in sides] == surplus else None


@_in(_KERAS, "Pool")
def _keras_pool(layer: Pool, inputs: Inputs) -> str | None:
    rank, slidings = len(layer.kernel), layer.slidings()
    name = {"max": "MaxPooling", "average": "AveragePooling"}.get(layer.kind)
    dilated = any(d != 1 for d in per_axis(layer.dilation, rank))
    same = all(s.padding == SAME for s in slidings)
    padded = not same and any(s.is_same or any(s.sides(0)) for s in slidings)
    padded = padded or any(map(_may_cut, slidings))
    if name is None or dilated or layer.ceil_mode or padded or layer.with_indices or not 1 <= rank <= 3:
        return None
    if layer.divisor is not None or (same and layer.kind == "average" and layer.count_include_pad):
        return None  # Keras' mean is over the cells of the input alone
    strides = [s.stride for s in slidings]
    return _call(
        f"{name}{rank}D",
        _number(layer.kernel),
        "" if strides == list(layer.kernel) else f"strides={_number(strides)}",
        "padding='same'" if same else "",
    )


@_in(_KERAS, "AdaptivePool")
def _keras_adaptive_pool(layer: AdaptivePool, inputs: Inputs) -> str | None:
    name = {"max": "Max", "average": "Average"}[layer.kind]
    rank = len(layer.output_size)
    if not 1 <= rank <= 3 or any(size is None for size in layer.output_size):
        return None
    if all(size == 1 for size in layer.output_size):
        return f"Global{name}Pooling{rank}D(keepdims=True)"
    return _call(f"Adaptive{name}Pooling{rank}D", _number(layer.output_size))


@_in(_KERAS, "Linear")
def _keras_linear(layer: Linear, inputs: Inputs) -> str | None:
    out, _ = layer.weight_parts(_weight(inputs))
    return _call("Dense", str(out), _flag("use_bias", _has_bias(inputs), True))


@_in(_KERAS, "BatchNormalization")
def _keras_batch_norm(layer: BatchNormalization, inputs: Inputs) -> str | None:
    return "BatchNormalization()"


@_in(_KERAS, "Activation")
def _keras_activation(layer: Activation, inputs: Inputs) -> str | None:
    known = {"elu", "gelu", "leaky_relu", "relu", "relu6", "selu", "sigmoid", "softplus", "tanh"}
    return f"Activation({layer.function!r})" if layer.function in known else None
