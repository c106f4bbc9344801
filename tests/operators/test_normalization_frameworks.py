"""Norms of channels: what PyTorch and onnxruntime take and refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.operators import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    Tensor,
    apply,
)
from tests.operators.runtime import shapes_of, zeros


def vectors(size, count):
    return [Tensor((size,)) for _ in range(count)]


# against PyTorch ----------------------------------------------------------------------------------------


@st.composite
def images(draw, least=1, most=5):
    """The shape of an image with few cells; sometimes one alone, sometimes none."""
    return tuple(draw(st.lists(st.sampled_from([0, 1, 1, 2, 3, 4, 6]), min_size=least, max_size=most)))


def others(draw, size):
    """As many channels as there are, or others."""
    return draw(st.sampled_from([size, size, size, size + 1, 1]))


def check(operator, inputs, call) -> None:
    """What PyTorch refuses is broken, and nothing else."""
    outcome = apply(operator, inputs)
    try:
        true = call()
    except (RuntimeError, ValueError, ZeroDivisionError, IndexError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.torch
@settings(max_examples=120)
@given(data=st.data(), shape=images(), training=st.booleans(), affine=st.booleans())
def test_batch_norm_is_pytorchs(data, shape, training, affine) -> None:
    torch = pytest.importorskip("torch")
    channels = shape[1] if len(shape) > 1 else shape[0]
    assume(channels)  # without channels PyTorch looks at no rank, and without a cell at no weight
    sizes = [channels if 0 in shape else others(data.draw, channels) for _ in range(4)]
    kept = [Tensor((size,)) for size in sizes[2:]]
    weights = [Tensor((size,)) for size in sizes[:2]] if affine else [None, None]

    def call():
        scale, bias, mean, variance = [None if t is None else torch.ones(t.dims) for t in (*weights, *kept)]
        return torch.nn.functional.batch_norm(torch.zeros(shape), mean, variance, scale, bias, training)

    check(BatchNormalization(training=training), [Tensor(shape), *weights, *kept], call)


@pytest.mark.torch
@settings(max_examples=100)
@given(data=st.data(), shape=images(), rank=st.integers(1, 3), affine=st.booleans(), running=st.booleans(),
       training=st.booleans())  # fmt: skip
def test_instance_norm_is_pytorchs(data, shape, rank, affine, running, training) -> None:
    torch = pytest.importorskip("torch")
    axis = max(len(shape) - rank - 1, 0)
    features = others(data.draw, shape[axis])
    assume(0 not in shape)
    assume(
        affine or features == shape[axis]
    )  # without weights PyTorch only warns of another number of channels
    kind = (torch.nn.InstanceNorm1d, torch.nn.InstanceNorm2d, torch.nn.InstanceNorm3d)[rank - 1]
    layer = kind(features, affine=affine, track_running_stats=running).train(training)
    operator = InstanceNormalization(spatial_rank=rank, wants_several=True, running=running and not training)
    weights = [Tensor((features,)) if affine else None] * 2 + [Tensor((features,)) if running else None] * 2
    check(operator, [Tensor(shape), *weights], lambda: layer(torch.zeros(shape)))


@pytest.mark.torch
@settings(max_examples=120)
@given(data=st.data(), shape=images(), groups=st.integers(-1, 6), affine=st.booleans())
def test_group_norm_is_pytorchs(data, shape, groups, affine) -> None:
    torch = pytest.importorskip("torch")
    channels = shape[1] if len(shape) > 1 else 3
    weights = [Tensor((others(data.draw, channels),)) if affine else None for _ in range(2)]

    def call():
        scale, bias = [None if t is None else torch.ones(t.dims) for t in weights]
        return torch.nn.functional.group_norm(torch.zeros(shape), groups, scale, bias)

    check(GroupNormalization(groups=groups, wants_several=True), [Tensor(shape), *weights], call)


# against onnxruntime ------------------------------------------------------------------------------------


@pytest.mark.onnx
@settings(max_examples=80)
@given(data=st.data(), shape=st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple),
       opset=st.sampled_from([7, 9, 14, 15]), per_place=st.booleans())  # fmt: skip
def test_batch_norm_is_onnxruntimes(data, shape, opset, per_place) -> None:
    per_place = per_place and opset == 7 and len(shape) > 1
    channels = shape[1] if len(shape) > 1 else 1
    weight = shape[1:] if per_place else (others(data.draw, channels),)
    more = {"spatial": 0} if per_place else {}
    true = shapes_of(
        "BatchNormalization", zeros(*shape), *[np.ones(weight, np.float32)] * 4, opset=opset, **more
    )
    operator = BatchNormalization(least_rank=1, per_place=per_place)
    outcome = apply(operator, [Tensor(shape), *[Tensor(weight)] * 4])
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@pytest.mark.onnx
@settings(max_examples=60)
@given(data=st.data(), shape=st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple))
def test_instance_norm_is_onnxruntimes(data, shape) -> None:
    weights = [(others(data.draw, shape[1] if len(shape) > 1 else 3),) for _ in range(2)]
    true = shapes_of("InstanceNormalization", zeros(*shape), *[zeros(*weight) for weight in weights], opset=6)
    outcome = apply(InstanceNormalization(least_rank=3), [Tensor(shape), *map(Tensor, weights)])
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@pytest.mark.onnx
@settings(max_examples=60)
@given(
    batch=st.integers(1, 2),
    channels=st.integers(1, 6),
    spatial=st.lists(st.integers(1, 3), max_size=2),
    groups=st.integers(1, 6),
    opset=st.sampled_from([18, 21]),
    weight=st.sampled_from(["channels", "groups"]),
)
def test_group_norm_is_onnxruntimes(batch, channels, spatial, groups, opset, weight) -> None:
    shape = (batch, channels, *spatial)
    size = groups if weight == "groups" else channels
    true = shapes_of(
        "GroupNormalization", zeros(*shape), zeros(size), zeros(size), opset=opset, num_groups=groups
    )
    operator = GroupNormalization(groups=groups, per_group=opset < 21)
    outcome = apply(operator, [Tensor(shape), *vectors(size, 2)])
    assume(true is None or size > 1)  # the runtime broadcasts one scale to all, which ONNX does not
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]
