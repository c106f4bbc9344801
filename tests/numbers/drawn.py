"""Layers with their numbers, drawn at random: every setting that changes a value, in one to three dimensions."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from shapelens.numbers import numbered
from shapelens.operators import Convolution, Pool, Tensor, TransposedConvolution, apply

__all__ = ["convolutions", "pools", "transposed"]


def _one_for_each(draw, rank, low, high):
    return tuple(draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank)))


def _numbers(draw, shape, *, whole):
    seed = draw(st.integers(0, 2**32 - 1))
    made = np.random.default_rng(seed)
    return made.integers(-4, 9, shape) if whole else made.normal(size=shape)


def _fits(operator, *shapes):
    outcome = apply(operator, [None if shape is None else Tensor(shape) for shape in shapes])
    assume(not outcome.broken and all(isinstance(size, int) for size in outcome.outputs[0].dims))


@st.composite
def convolutions(draw, *, modes=("zeros",), words=(), last=False, ranks=(1, 2, 3), even=False):
    """A convolution, channels first unless `last` allows either order."""
    rank = draw(st.sampled_from(ranks))
    groups, own, filters = (draw(st.integers(1, 3)) for _ in range(3))
    kernel, sizes = _one_for_each(draw, rank, 1, 3), _one_for_each(draw, rank, 1, 6 if rank < 3 else 4)
    mode = draw(st.sampled_from(modes))
    stride = _one_for_each(draw, rank, 1, 3)
    sides = tuple([(p, p if even else draw(st.integers(0, 2))) for p in _one_for_each(draw, rank, 0, 2)])
    padding = draw(st.sampled_from([sides, sides, *words]))
    channels_last, filters_last = (draw(st.booleans()) and last for _ in range(2))
    operator = Convolution(
        stride=(1,) * rank if mode != "zeros" and isinstance(padding, str) else stride,
        padding=padding,
        dilation=_one_for_each(draw, rank, 1, 2),
        groups=groups,
        channels_last=channels_last,
        filters_last=filters_last,
        padding_mode=mode,
    )
    channels = groups * own
    image = (*sizes, channels) if channels_last else (channels, *sizes)
    weight = operator.weight_shape(filters * groups, own, kernel)
    bias = (filters * groups,) if draw(st.booleans()) else None
    _fits(operator, (1, *image), weight, bias)
    whole = draw(st.booleans())
    arrays = [
        None if shape is None else _numbers(draw, shape, whole=whole) for shape in (image, weight, bias)
    ]
    return numbered(operator, *arrays, flipped=False)


@st.composite
def transposed(draw, *, words=(), last=False, ranks=(1, 2, 3), even=True):
    """A transposed convolution, channels first unless `last` allows either order."""
    rank = draw(st.sampled_from(ranks))
    groups, own, filters = (draw(st.integers(1, 2)) for _ in range(3))
    kernel, sizes = _one_for_each(draw, rank, 1, 3), _one_for_each(draw, rank, 1, 4 if rank < 3 else 3)
    stride, dilation = _one_for_each(draw, rank, 1, 3), _one_for_each(draw, rank, 1, 2)
    sides = tuple([(p, p if even else draw(st.integers(0, 2))) for p in _one_for_each(draw, rank, 0, 2)])
    padding = draw(st.sampled_from([sides, sides, *words]))
    is_last = draw(st.booleans()) and last
    extra = tuple([draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)])
    operator = TransposedConvolution(
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=1 if is_last else groups,
        channels_last=is_last,
        filters_last=is_last,
        output_padding=0 if isinstance(padding, str) else extra,
        same_cuts=True,
    )
    groups = operator.groups
    channels = groups * own
    image = (*sizes, channels) if is_last else (channels, *sizes)
    weight = operator.weight_shape(filters * groups, channels, kernel)
    bias = (filters * groups,) if draw(st.booleans()) else None
    _fits(operator, (1, *image), weight, bias)
    whole = draw(st.booleans())
    arrays = [
        None if shape is None else _numbers(draw, shape, whole=whole) for shape in (image, weight, bias)
    ]
    return numbered(operator, *arrays)


@st.composite
def pools(draw, *, kinds=("max", "average", "lp"), words=(), last=False, torch=False, ranks=(1, 2, 3)):
    """A pool, by PyTorch's limits and ways if `torch`, else by ONNX'."""
    rank = draw(st.sampled_from(ranks))
    kind = draw(st.sampled_from(kinds))
    kernel, sizes = _one_for_each(draw, rank, 1, 4), _one_for_each(draw, rank, 1, 7 if rank < 3 else 4)
    sides = tuple([(p, p if torch else draw(st.integers(0, 2))) for p in _one_for_each(draw, rank, 0, 2)])
    sides = ((0, 0),) * rank if torch and kind == "lp" else sides
    is_last = draw(st.booleans()) and last
    operator = Pool(
        kind,
        kernel,
        stride=_one_for_each(draw, rank, 1, 4),
        padding=draw(st.sampled_from([sides, sides, *words])),
        dilation=_one_for_each(draw, rank, 1, 2) if kind == "max" else 1,
        ceil_mode=draw(st.booleans()),
        channels_last=is_last,
        half_padding=torch,
        count_include_pad=draw(st.booleans()),
        divisor=draw(st.sampled_from([None, None, 3])) if torch and kind == "average" and rank > 1 else None,
        norm=draw(st.sampled_from([1, 2.0, 3])) if kind == "lp" else 2,
        norm_of_mean=torch and kind == "lp",
    )
    channels = draw(st.integers(1, 2))
    image = (*sizes, channels) if is_last else (channels, *sizes)
    _fits(operator, (1, *image))
    values = _numbers(draw, image, whole=draw(st.booleans()))
    return numbered(operator, np.abs(values) if operator.norm_of_mean else values)
