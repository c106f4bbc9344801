from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Convolution, Tensor, TransposedConvolution, apply
from shapelens.operators.windows import SAME, SAME_LOWER, VALID
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import run, shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


def macs_of(operator, *inputs):
    return operator.macs(inputs, apply(operator, inputs).outputs)


def pads(*sides):
    return tuple([(side, side) for side in sides])


small = st.integers(1, 3)


@st.composite
def layers(draw, ranks=(1, 2, 3), words=(), most_extra=3):
    """A layer with its image and its weight; most of them fit."""
    rank = draw(st.sampled_from(ranks))

    def each(low, high):
        one = st.integers(low, high)
        return draw(st.one_of(one, st.tuples(*[one] * rank)))

    sides = st.integers(0, 2)
    padding = draw(st.sampled_from([*words, *[pads(*draw(st.tuples(*[sides] * rank)))] * 2]))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    channels = draw(small) * draw(st.sampled_from([groups, groups, groups, 1]))
    kernel = tuple(draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank)))
    extra = each(0, draw(st.sampled_from([0, 1, most_extra])))
    operator = TransposedConvolution(each(1, 4), padding, each(1, 3), groups, output_padding=extra)
    taken = draw(st.sampled_from([channels] * 6 + [channels + 1]))
    sizes = draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank))
    batch = draw(st.sampled_from([(1,), (2,), ()]))
    return operator, Tensor((*batch, taken, *sizes)), Tensor((channels, draw(small), *kernel))


def torch_arguments(operator):
    return {
        "stride": operator.stride,
        "padding": tuple([before for before, _ in operator.padding]),
        "output_padding": operator.output_padding,
        "groups": operator.groups,
        "dilation": operator.dilation,
    }


def assert_pytorch_agrees(layer, bias, empty) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    operator, image, weight = layer
    rank = weight.rank - 2
    if empty == "batch" and image.rank == rank + 2:
        image = Tensor((0, *image.dims[1:]))
    if empty == "size":
        image = Tensor((*image.dims[:-1], 0))
    filters = weight.dims[1] * operator.groups
    shape = {None: None, "filters": (filters,), 1: (1,), "matrix": (filters, 1)}[bias]
    tensors = [image, weight, None if shape is None else Tensor(shape)]
    outcome = apply(operator, tensors)
    fed = [None if t is None else torch.zeros(t.dims) for t in tensors]
    function = getattr(torch.nn.functional, f"conv_transpose{rank}d")
    try:
        with FlopCounterMode(display=False) as counter:
            true = function(*fed, **torch_arguments(operator))
    except RuntimeError:
        assert outcome.broken
        return
    kinds = {requirement.kind for requirement in outcome.broken}
    if 0 in true.shape[-rank:]:  # oneDNN lets a size of 0 through, PyTorch's own kernels do not
        assert "transposed_size" in kinds
        return
    if empty and kinds == {"output_padding"}:  # which PyTorch does not look at in a batch of none
        assert outcome.outputs[0].shape == tuple(true.shape)
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))
    if image.elements:
        assert macs_of(operator, *tensors) * 2 == counter.get_total_flops()


layers_and_biases = given(
    layers(),
    st.sampled_from([None, "filters", "filters", None, 1, "matrix"]),
    st.sampled_from(["", "", "", "batch", "size"]),
)


@pytest.mark.torch
@layers_and_biases
@settings(max_examples=120)
def test_shapes_costs_and_what_is_refused_are_pytorchs(layer, bias, empty) -> None:
    assert_pytorch_agrees(layer, bias, empty)


@pytest.mark.conformance
@pytest.mark.torch
@layers_and_biases
@settings(max_examples=4000)
def test_shapes_costs_and_what_is_refused_are_pytorchs_at_length(layer, bias, empty) -> None:
    assert_pytorch_agrees(layer, bias, empty)


def onnx_attributes(operator, rank):
    attributes = {"group": operator.groups}
    named = (("strides", "stride"), ("dilations", "dilation"), ("output_padding", "output_padding"))
    for name, setting in named:
        value = getattr(operator, setting)
        attributes[name] = list(value) if isinstance(value, tuple) else [value] * rank
    if isinstance(operator.padding, str):
        attributes["auto_pad"] = {SAME: "SAME_UPPER", SAME_LOWER: "SAME_LOWER", VALID: "VALID"}[
            operator.padding
        ]
    elif operator.padding:
        attributes["pads"] = [pair[side] for side in (0, 1) for pair in operator.padding]
    if operator.output_size is not None:
        attributes["output_shape"] = list(operator.output_size)
    return attributes


@st.composite
def onnx_layers(draw, ranks=(1, 2)):
    """The same with words for padding and with sizes that are asked for.

    onnxruntime takes no output padding as large as the stride, however large the dilation, which PyTorch does.
    """
    operator, image, weight = draw(layers(ranks, (SAME, SAME_LOWER, VALID), most_extra=2))
    rank = weight.rank - 2
    if draw(st.booleans()):
        asked = tuple(draw(st.lists(st.integers(0, 22), min_size=rank, max_size=rank)))
        operator = operator.with_settings(output_size=asked)
    operator = operator.with_settings(batched=True, same_cuts=True)
    attributes = onnx_attributes(operator, rank)
    pairs = zip(attributes["output_padding"], attributes["strides"], attributes["dilations"], strict=True)
    assume(all(extra < stride or extra >= dilation for extra, stride, dilation in pairs))
    return operator, image, weight, attributes


@pytest.mark.onnx
@given(onnx_layers())
@settings(max_examples=200)
def test_shapes_and_what_is_refused_are_onnxruntimes(layer) -> None:
    operator, image, weight, attributes = layer
    outcome = apply(operator, [image, weight])
    found = shapes_of("ConvTranspose", zeros(*image.dims), zeros(*weight.dims), **attributes)
    if found is None:
        assert outcome.broken
        return
    assert outcome.broken == ()
    told = [
        (a, b) for a, b in zip(outcome.outputs[0].shape, found[0], strict=True) if not isinstance(a, Unknown)
    ]
    assert all(ours == theirs for ours, theirs in told)
    unknown = len(found[0]) - len(told)
    assert unknown == 0 or operator.padding in {SAME, SAME_LOWER}


@given(layers(ranks=(1, 2)))
@settings(max_examples=60)
def test_a_cost_counts_every_stamp_once(layer) -> None:
    operator, image, weight = layer
    assume(not apply(operator, [image, weight]).broken)
    products = 0
    for _ in product(*[range(dim) for dim in image.dims]):
        for _ in product(range(weight.dims[1]), *[range(extent) for extent in weight.dims[2:]]):
            products += 1
    assert macs_of(operator, image, weight) == products


@pytest.mark.torch
@given(layers())
@settings(max_examples=60)
def test_links_say_what_is_seen(layer) -> None:
    torch = pytest.importorskip("torch")
    operator, image, weight = layer
    assume(not apply(operator, [image, weight]).broken and prod(image.dims) < 100)
    rank = weight.rank - 2
    function = getattr(torch.nn.functional, f"conv_transpose{rank}d")

    def stamps(array):
        ones = torch.ones(weight.dims)
        return function(torch.from_numpy(array), ones, **torch_arguments(operator)).numpy()

    links = assert_links_see(operator, [image, weight], stamps)
    assert len(links) == rank + (image.rank == rank + 2)


@pytest.mark.onnx
@given(onnx_layers(ranks=(1,)))
@settings(max_examples=40)
def test_links_say_what_is_seen_where_the_padding_follows_from_the_size(layer) -> None:
    operator, image, weight, attributes = layer
    outcome = apply(operator, [image, weight])
    assume(not outcome.broken and not isinstance(outcome.outputs[0].dims[2], Unknown))
    ones = np.ones(weight.dims, np.float32)
    assert_links_see(operator, [image, weight], lambda x: run("ConvTranspose", x, ones, **attributes)[0])


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 3),
    st.integers(1, 6),
    st.sampled_from([SAME, SAME_LOWER]),
)
@settings(max_examples=60)
def test_same_is_the_convolution_the_other_way(kernel, stride, dilation, size, padding) -> None:
    """What Keras does: a cell sees those that would see it in the convolution of the output."""
    operator = TransposedConvolution(stride, padding, dilation)
    image, weight = Tensor((1, 1, size)), Tensor((1, 1, kernel))
    (forward,) = Convolution(stride, padding, dilation).slidings((kernel,))
    before, _ = forward.sides(size * stride)

    def stamps(array):
        out = np.zeros((1, 1, size * stride), np.float32)
        for source, tap in product(range(size), range(kernel)):
            place = source * stride + tap * dilation - before
            if 0 <= place < size * stride:
                out[0, 0, place] += array[0, 0, source]
        return out

    assert_links_see(operator, [image, weight], stamps)


@given(
    layers(words=(SAME, SAME_LOWER, VALID)),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.lists(st.integers(1, 9), min_size=4, max_size=4),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=60)
def test_four_readings(layer, heights, widths, channels_last, filters_last, same_cuts) -> None:
    operator, image, weight = layer
    channels, own, *kernel = weight.dims
    rank = len(kernel)
    batch = (N,) if image.rank == rank + 2 else ()
    spatial = (H, W, H)[:rank]
    shape = (*batch, *spatial, C) if channels_last else (*batch, C, *spatial)
    held = (*kernel, own, channels) if filters_last else weight.dims
    operator = operator.with_settings(
        channels_last=channels_last, filters_last=filters_last, same_cuts=same_cuts
    )
    symbols = {"N": (1, 2, 3, 4), "C": [channels] * 3 + [channels + 1], "H": heights, "W": widths}
    answers = assert_readings_agree(operator, [Tensor(shape), Tensor(held)], symbols)
    assert "channels" in answers[-1].broken


@given(
    st.integers(1, 4), st.integers(1, 4), st.sampled_from([(), SAME, VALID]),
    st.lists(st.integers(1, 6), min_size=4, max_size=4), st.integers(1, 20),
)  # fmt: skip
@settings(max_examples=30)
def test_four_readings_of_a_size_that_is_asked_for(kernel, stride, padding, heights, asked) -> None:
    operator = TransposedConvolution(stride, padding, output_size=(asked, asked + 1))
    inputs = [Tensor((N, 3, H, H)), Tensor((3, 2, kernel, kernel))]
    assert_readings_agree(operator, inputs, {"N": (1, 1, 2, 3), "H": heights})


def test_a_size_that_is_asked_for_may_be_a_formula() -> None:
    operator = TransposedConvolution(2, output_size=(2 * H, 2 * W))
    inputs = [Tensor((N, 3, H, W)), Tensor((3, 2, 3, 3))]
    assert shape_of(operator, *inputs) == (N, 2, 2 * H, 2 * W)
    assert operator.attributes(inputs)["output_size"] == ["2*H", "2*W"]
