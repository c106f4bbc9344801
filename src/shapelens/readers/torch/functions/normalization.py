"""Normalisations, over the batch, groups, layers and places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.operators import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    LocalResponseNormalization,
    LpNormalization,
    Reduce,
    Reshape,
    RMSNormalization,
)
from shapelens.readers.torch.functions import Call, translates
from shapelens.readers.torch.recording import Value


@translates("batch_norm")
def batch_norm(
    call: Call,
    input: Value,
    running_mean: Value | None,
    running_var: Value | None,
    weight: Value | None = None,
    bias: Value | None = None,
    training: bool = False,
    *_: Any,
    **__: Any,
) -> Value:
    operator = BatchNormalization(training=bool(training), ranks=call.ranks)
    return call.one(operator, input, weight, bias, running_mean, running_var)


@translates("instance_norm")
def instance_norm(
    call: Call,
    input: Value,
    running_mean: Value | None = None,
    running_var: Value | None = None,
    weight: Value | None = None,
    bias: Value | None = None,
    use_input_stats: bool = True,
    *_: Any,
    **__: Any,
) -> Value:
    operator = InstanceNormalization(
        ranks=call.ranks, running=not use_input_stats, wants_several=bool(use_input_stats)
    )
    return call.one(operator, input, weight, bias, running_mean, running_var)


@translates("group_norm")
def group_norm(
    call: Call,
    input: Value,
    num_groups: int,
    weight: Value | None = None,
    bias: Value | None = None,
    *_: Any,
    **__: Any,
) -> Value:
    return call.one(GroupNormalization(groups=num_groups), input, weight, bias)


@translates("layer_norm")
def layer_norm(
    call: Call,
    input: Value,
    normalized_shape: Sequence[Any],
    weight: Value | None = None,
    bias: Value | None = None,
    *_: Any,
    **__: Any,
) -> Value:
    return call.one(LayerNormalization(normalized_shape=_shape(normalized_shape)), input, weight, bias)


@translates("rms_norm")
def rms_norm(
    call: Call, input: Value, normalized_shape: Sequence[Any], weight: Value | None = None, *_: Any, **__: Any
) -> Value:
    return call.one(RMSNormalization(normalized_shape=_shape(normalized_shape)), input, weight)


def _shape(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, int) else tuple(given)


# as PyTorch's own kernels have it, with statistics ----------------------------------------------------------


@translates("native_batch_norm _native_batch_norm_legit")
def native_batch_norm(
    call: Call, input: Value, weight: Any, bias: Any, *statistics: Any, **__: Any
) -> tuple[Value, ...]:
    """What it says of the statistics differs between devices."""
    running = [value if isinstance(value, Value) else None for value in statistics[:2]]
    training = next((bool(value) for value in statistics if isinstance(value, bool)), True)
    return call.add(BatchNormalization(training=training), input, weight, bias, *running, outputs=3)


@translates("native_layer_norm")
def native_layer_norm(
    call: Call, input: Value, normalized_shape: Sequence[Any], weight: Any, bias: Any, eps: float
) -> tuple[Value, ...]:
    shape = _shape(normalized_shape)
    return call.add(LayerNormalization(normalized_shape=shape, statistics=2), input, weight, bias, outputs=3)


@translates("native_group_norm")
def native_group_norm(
    call: Call, input: Value, weight: Any, bias: Any, N: Any, C: Any, HxW: Any, group: int, eps: float
) -> tuple[Value, ...]:
    """A mean and a deviation for each group of each sample."""
    out = call.one(GroupNormalization(groups=group), input, weight, bias)
    parted = call.one(Reshape((N, group, -1)), input)
    return out, *[call.one(Reduce(kind, (2,), keeps_axes=False), parted) for kind in ("mean", "std")]


@translates("_fused_rms_norm")
def native_rms_norm(
    call: Call, input: Value, normalized_shape: Sequence[Any], weight: Any, eps: Any
) -> tuple[Value, ...]:
    shape = _shape(normalized_shape)
    axes = tuple(range(-len(shape), 0))
    out = call.one(RMSNormalization(normalized_shape=shape), input, weight)
    return out, call.one(Reduce("norm", axes), input)


@translates("local_response_norm")
def local_response_norm(call: Call, input: Value, size: int, *_: Any, **__: Any) -> Value:
    return call.one(LocalResponseNormalization(size), input)


@translates("normalize")
def normalize(call: Call, input: Value, p: float = 2.0, dim: Any = 1, *_: Any, **__: Any) -> Value:
    return call.one(LpNormalization(tuple(dim) if isinstance(dim, (tuple, list)) else dim, p), input)
