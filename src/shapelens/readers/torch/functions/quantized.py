"""Quantised networks: their functions have one scale for all of a tensor, and weights inside of packed objects.

On the meta device there are no quantised tensors, and PyTorch has no kernels for these functions there. Floats stand
for them, and what comes out is what the rules say. An activation that is part of a function has no operator of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shapelens.network import Weight
from shapelens.operators import (
    LSTM,
    Activation,
    AlongAxis,
    BatchNormalization,
    Cast,
    Concatenate,
    Convolution,
    Elementwise,
    Embedding,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    Linear,
    MatrixProduct,
    ParametricActivation,
    TransposedConvolution,
)
from shapelens.operators.recurrent import MAXIMUM_LAYERS
from shapelens.readers.building import symmetric
from shapelens.readers.torch.functions import Call, axis_of, translates
from shapelens.readers.torch.functions.recurrent import CELLS, STACKS
from shapelens.readers.torch.recording import Value
from shapelens.readers.torch.vocabulary import dtype_name

# what is packed -----------------------------------------------------------------------------------------


def _packed(call: Call, packed: Any) -> tuple[Value | None, ...]:
    """The weights in a packed object: a weight, and a bias if there is one."""
    known = call.recording.held.get(id(packed))
    if known is None:
        named = zip(("weight", "bias"), packed.unpack(), strict=False)
        known = tuple([_weight(call, name, tensor) for name, tensor in named])
        call.recording.held[id(packed)] = known
    return known


def _weight(call: Call, name: str, tensor: Any) -> Value | None:
    """A tensor out of a packed object, as a weight of the module that it is in."""
    if tensor is None:
        return None
    name = call.recording.unused_weight_name(call.called.path, name)
    weight = Weight(name, tuple(tensor.shape), dtype_name(tensor.dtype), is_parameter=True)
    call.recording.weights[name] = weight
    return Value(weight.tensor, name=name)


# to and fro ---------------------------------------------------------------------------------------------


@translates("quantize_per_tensor quantize_per_channel quantize_per_tensor_dynamic")
def quantize(call: Call, input: Value, *arguments: Any, dtype: Any = None, **__: Any) -> Value | None:
    """The type stands last, or before a truth."""
    types = [str(a).removeprefix("torch.") for a in (*arguments, dtype) if str(a).startswith("torch.q")]
    return call.one(Cast(types[0]), input) if types else None


@translates("dequantize")
def dequantize(call: Call, input: Any) -> Any:
    if isinstance(input, (list, tuple)):
        return [call.one(Cast("float32"), value) for value in input]
    return call.one(Cast("float32"), input)


@translates("int_repr")
def integers_of(call: Call, input: Value) -> Value:
    return call.one(Cast(input.tensor.dtype.removeprefix("q"), bitwise=True), input)


@translates(
    "fake_quantize_per_tensor_affine fake_quantize_per_channel_affine fused_moving_avg_obs_fake_quant "
    "_fake_quantize_learnable_per_tensor_affine _fake_quantize_learnable_per_channel_affine"
)
def fake_quantize(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    """Rounded as it will be, and a float still."""
    return call.one(Activation("fake quantize"), input)


# layers -------------------------------------------------------------------------------------------------


@translates(
    "quantized_conv1d quantized_conv2d quantized_conv3d quantized_conv1d_relu quantized_conv2d_relu "
    "quantized_conv3d_relu quantized_conv1d_dynamic quantized_conv2d_dynamic quantized_conv3d_dynamic"
)
def convolution(call: Call, input: Value, packed: Any, *_: Any, **__: Any) -> Value:
    """A one-dimensional one is packed as two-dimensional, with a height of 1."""
    axes = int(call.function.removeprefix("quantized_conv")[0])
    weight, bias = _packed_kernel(call, packed, axes)
    settings = (packed.stride, packed.padding, packed.dilation)
    stride, padding, dilation = [tuple(setting())[-axes:] for setting in settings]
    operator = Convolution(stride, symmetric(padding, axes), dilation, packed.groups())
    return call.one(operator, input, weight, bias)


@translates(
    "quantized_conv_transpose1d quantized_conv_transpose2d quantized_conv_transpose3d "
    "quantized_conv_transpose1d_dynamic quantized_conv_transpose2d_dynamic quantized_conv_transpose3d_dynamic"
)
def transposed_convolution(call: Call, input: Value, packed: Any, *_: Any, **__: Any) -> Value:
    axes = int(call.function.removeprefix("quantized_conv_transpose")[0])
    weight, bias = _packed_kernel(call, packed, axes)
    settings = (packed.stride, packed.padding, packed.dilation, packed.output_padding)
    stride, padding, dilation, more = [tuple(setting())[-axes:] for setting in settings]
    operator = TransposedConvolution(
        stride, symmetric(padding, axes), dilation, packed.groups(), output_padding=more
    )
    return call.one(operator, input, weight, bias)


def _packed_kernel(call: Call, packed: Any, axes: int) -> tuple[Value, Value | None]:
    """The weight of a convolution over so many axes, in its own shape, and its bias if it has one."""
    weight, bias = _packed(call, packed)
    assert weight is not None
    return (_without_height(call, weight) if axes == 1 else weight), bias


def _without_height(call: Call, weight: Value) -> Value:
    """The weight of a one-dimensional convolution, as it is packed with a height of 1, in its own shape."""
    shape = weight.tensor.dims
    if len(shape) != 4:
        return weight
    kept = (*shape[:2], shape[3])
    held = call.recording.weights[weight.name]
    call.recording.weights[weight.name] = replace(held, shape=kept)
    weight.tensor = replace(weight.tensor, shape=kept)
    return weight


@translates(
    "quantized_linear quantized_linear_relu quantized_linear_leaky_relu quantized_linear_tanh "
    "quantized_linear_dynamic quantized_linear_relu_dynamic quantized_linear_dynamic_fp16 "
    "quantized_linear_relu_dynamic_fp16"
)
def linear(call: Call, input: Value, packed: Any, *_: Any, **__: Any) -> Value:
    weight, bias = _packed(call, packed)
    return call.one(Linear(), input, weight, bias)


@translates("quantized_embedding_byte quantized_embedding_4bit")
def embedding(call: Call, packed: Any, indices: Value, *_: Any, **__: Any) -> Value:
    (weight,) = _packed(call, packed) if id(packed) in call.recording.held else _table(call, packed)
    return call.one(Cast("float32"), call.one(Embedding(), indices, weight))


def _table(call: Call, packed: Any) -> tuple[Value | None, ...]:
    found = call.recording.held[id(packed)] = (_weight(call, "weight", packed.unpack()),)
    return found


@translates("quantized_lstm quantized_gru")
def recurrent(call: Call, input: Value, *arguments: Any, **__: Any) -> Any:
    """As the layers of `torch.nn`, with a packed object for each layer and direction."""
    if len(arguments) < 8 or isinstance(arguments[2], (list, tuple)):
        return None
    hx, params, _, layers, _, _, bidirectional, batch_first = arguments[:8]
    if layers > MAXIMUM_LAYERS:
        return None
    kind = STACKS[call.function.removeprefix("quantized_")]
    operator = kind(layers=layers, bidirectional=bool(bidirectional), batch_first=bool(batch_first))
    states = [hx] if isinstance(hx, Value) else list(hx)
    taken: list[Value | None] = [input, *states, *[None] * (2 - len(states)), None, None]
    for place, param in enumerate(params):
        layer, direction = divmod(place, operator.directions)
        taken += _cell_weights(call, param, f"l{layer}{'_reverse' if direction else ''}")
        if not bidirectional:
            taken += [None] * 5
    return call.add(operator, *taken, outputs=3 if kind is LSTM else 2)


def _cell_weights(call: Call, param: Any, behind: str) -> list[Value | None]:
    """Input weight, recurrent weight, their biases, and no projection."""
    known = call.recording.held.get(id(param))
    if known is None:
        _, biases, _, _, packed = param.__getstate__()[0]
        unpacked = [each.unpack() for each in packed]
        weights = [weight for weight, _ in unpacked]
        biases = biases or [bias for _, bias in unpacked]
        named = zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), (*weights, *biases), strict=False)
        known = tuple([_weight(call, f"{name}_{behind}", tensor) for name, tensor in named])
        call.recording.held[id(param)] = known
    return [*known, *[None] * (5 - len(known))]


@translates(
    "quantized_lstm_cell_dynamic quantized_gru_cell_dynamic quantized_rnn_tanh_cell_dynamic "
    "quantized_rnn_relu_cell_dynamic"
)
def cell(
    call: Call,
    input: Value,
    hx: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Value | None = None,
    b_hh: Value | None = None,
) -> Any:
    operator = CELLS[call.function.removeprefix("quantized_").removesuffix("_dynamic")]()
    states = [hx] if isinstance(hx, Value) else list(hx)
    weights = [_packed(call, packed)[0] for packed in (w_ih, w_hh)]
    made = call.add(operator, input, *weights, b_ih, b_hh, *states, outputs=operator.states)
    return made if operator.states > 1 else made[0]


# without weights ----------------------------------------------------------------------------------------


@translates(
    "quantized_add quantized_add_relu quantized_mul quantized_mul_relu quantized_add_scalar quantized_mul_scalar"
)
def of_two(call: Call, input: Value, other: Any, *_: Any, **__: Any) -> Value:
    function = "add" if "add" in call.function else "multiply"
    operands = [operand for operand in (input, other) if isinstance(operand, Value)]
    return call.one(Elementwise(function), *operands)


@translates("quantized_matmul")
def product(call: Call, input: Value, other: Value, *_: Any, **__: Any) -> Value:
    return call.one(MatrixProduct(), input, other)


@translates("quantized_cat quantized_cat_relu")
def concatenate(call: Call, tensors: Sequence[Value], dim: int, *_: Any, **__: Any) -> Value:
    return call.one(Concatenate(axis_of(dim, tensors[0])), *tensors)


@translates(
    "quantized_hardswish quantized_leaky_relu quantized_elu quantized_celu quantized_sigmoid quantized_relu6 "
    "quantized_dropout quantized_gelu"
)
def activation(call: Call, input: Value, *_: Any, **__: Any) -> Value:
    return call.one(Activation(call.function.removeprefix("quantized_")), input)


@translates("quantized_softmax")
def softmax(call: Call, input: Value, dim: int, *_: Any, **__: Any) -> Value:
    return call.one(AlongAxis("softmax", dim), input)


@translates("quantized_prelu")
def parametric(call: Call, input: Value, weight: Value, *_: Any, **__: Any) -> Value:
    return call.one(ParametricActivation("prelu", channel_axis=1), input, weight)


@translates(
    "quantized_batch_norm quantized_batch_norm1d quantized_batch_norm2d quantized_batch_norm3d "
    "quantized_batch_norm_relu quantized_batch_norm2d_relu quantized_batch_norm3d_relu"
)
def batch_norm(
    call: Call, input: Value, weight: Any, bias: Any, mean: Value, var: Value, *_: Any, **__: Any
) -> Value:
    return call.one(BatchNormalization(), input, weight, bias, mean, var)


@translates("quantized_layer_norm")
def layer_norm(
    call: Call, input: Value, normalized_shape: Sequence[Any], weight: Any, bias: Any, *_: Any, **__: Any
) -> Value:
    return call.one(LayerNormalization(normalized_shape=tuple(normalized_shape)), input, weight, bias)


@translates("quantized_group_norm")
def group_norm(
    call: Call, input: Value, num_groups: int, weight: Any, bias: Any, *_: Any, **__: Any
) -> Value:
    return call.one(GroupNormalization(groups=num_groups), input, weight, bias)


@translates("quantized_instance_norm")
def instance_norm(call: Call, input: Value, weight: Any, bias: Any, *_: Any, **__: Any) -> Value:
    return call.one(InstanceNormalization(), input, weight, bias, None, None)
