from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import symbol
from shapelens.operators import Convolution, Tensor, apply
from shapelens.readers.notation.keras.separable import DepthwiseConvolution
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


@given(
    channels=st.integers(1, 6),
    multiplier=st.integers(1, 3),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    last=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_it_is_a_convolution_in_groups(channels, multiplier, kernel, stride, dilation, last) -> None:
    """With the same filters, in the order that a grouped convolution has them."""
    image = Tensor((2, 9, 8, channels) if last else (2, channels, 9, 8))
    filters = channels * multiplier
    options = {"channels_last": last, "filters_last": True, "batched": True}
    own = DepthwiseConvolution(stride, "same", dilation, channels, **options)
    grouped = Convolution(stride, "same", dilation, channels, **options)
    inputs = [image, Tensor((kernel, kernel, channels, multiplier)), Tensor((filters,))]
    other = [image, Tensor((kernel, kernel, 1, filters)), Tensor((filters,))]
    outcome, like = apply(own, inputs), apply(grouped, other)
    assert outcome.outputs == like.outputs
    assert [(r.kind, r.truth) for r in outcome.requirements] == [(r.kind, r.truth) for r in like.requirements]
    assert own.macs(inputs, outcome.outputs) == grouped.macs(other, like.outputs)
    assert own.links(inputs, outcome.outputs) == grouped.links(other, like.outputs)
    assert own.filters(inputs) == grouped.filters(other)
    assert own.attributes(inputs) == grouped.attributes(other)
    assert own.words(inputs, outcome.outputs).replace("depthwise", "conv") == grouped.words(
        other, like.outputs
    ).replace("depthwise", "conv")


def test_readings_agree() -> None:
    operator = DepthwiseConvolution(2, "same", groups=4, channels_last=True, filters_last=True, batched=True)
    inputs = [Tensor((N, H, W, 4)), Tensor((3, 3, 4, 2), is_held=True), Tensor((8,), is_held=True)]
    assert_readings_agree(operator, inputs, {"N": (1, 2, 3), "H": (1, 7, 8), "W": (5, 3, 224)})


def test_channels_that_follow_an_edit() -> None:
    operator = DepthwiseConvolution(groups=4, channels_last=True, filters_last=True)
    before = [Tensor((1, 9, 9, 4)), Tensor((3, 3, 4, 2)), Tensor((8,))]
    follow = operator.follow(before, [Tensor((1, 9, 9, 6)), *before[1:]])
    assert follow.operator.groups == 6
    assert follow.shapes == {1: (3, 3, 6, 2), 2: (12,)}
    edited = [Tensor((1, 9, 9, 6)), Tensor(follow.shapes[1]), Tensor(follow.shapes[2])]
    assert apply(follow.operator, edited).broken == ()
    assert operator.follow(before, before).shapes == {}
    # what did not fit before stays as it was
    assert (
        operator.follow([Tensor((1, 9, 9, 5)), *before[1:]], [Tensor((1, 9, 9, 6)), *before[1:]]).shapes == {}
    )


def test_channels_that_do_not_fit() -> None:
    operator = DepthwiseConvolution(groups=4, channels_last=True, filters_last=True)
    (broken,) = apply(operator, [Tensor((1, 9, 9, 5)), Tensor((3, 3, 4, 2))]).broken
    assert (broken.kind, broken.facts["gets"], broken.facts["wants"]) == ("channels", 5, 4)
