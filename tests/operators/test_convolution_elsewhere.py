from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import symbol
from shapelens.operators import Convolution, Tensor, apply
from shapelens.operators.windows import SAME, SAME_LOWER, VALID
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

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
def layers(draw, ranks=(1, 2, 3), words=(SAME, SAME_LOWER, VALID), zeros=False):
    """A layer with its image and its weight; most of them fit."""
    rank = draw(st.sampled_from(ranks))
    least = 0 if zeros else 1

    def each(low, high):
        one = st.integers(low, high)
        return draw(st.one_of(one, st.tuples(*[one] * rank)))

    sides = st.integers(0, 3)
    padding = draw(
        st.one_of(st.sampled_from(words), st.tuples(*[st.tuples(sides, sides)] * rank), st.just(()))
    )
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    channels, filters = draw(small), draw(small) * draw(st.sampled_from([groups, groups, 1]))
    kernel = tuple(draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank)))
    operator = Convolution(each(1, 3), padding, each(1, 2), groups)
    taken = draw(st.sampled_from([channels * groups] * 5 + [channels]))
    sizes = draw(st.lists(st.integers(least, 7), min_size=rank, max_size=rank))
    batch = draw(st.sampled_from([(1,), (2,), (), *([(0,), (1, 1)] if zeros else [])]))
    return operator, Tensor((*batch, taken, *sizes)), Tensor((filters, channels, *kernel))


def torch_arguments(operator, rank):
    """The settings in PyTorch's words, and what it must be padded with before where it has no word for it."""
    stride, dilation = operator.stride, operator.dilation
    padding = operator.padding if isinstance(operator.padding, str) else 0
    each = () if isinstance(operator.padding, str) else operator.padding or ((0, 0),) * rank
    if all(before == after for before, after in each):
        padding = padding or tuple([before for before, _ in each])
        each = ()
    around = [side for pair in reversed(each) for side in pair]
    return {"stride": stride, "padding": padding, "dilation": dilation, "groups": operator.groups}, around


def assert_pytorch_agrees(layer, bias) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    operator, image, weight = layer
    rank = weight.rank - 2
    if operator.padding == SAME:
        operator = operator.with_settings(stride=1)
    arguments, around = torch_arguments(operator, rank)
    assume(not around or min(image.dims[-rank:]) > 0)
    assume(0 not in image.dims[-rank:] or image.dims[0])  # images of nothing pass in a batch of none
    filters = weight.dims[0]
    shape = {None: None, "filters": (filters,), 1: (1,), "matrix": (filters, 1)}[bias]
    tensors = [image, weight, None if shape is None else Tensor(shape)]
    outcome = apply(operator, tensors)
    fed = [None if t is None else torch.zeros(t.dims) for t in tensors]
    function = getattr(torch.nn.functional, f"conv{rank}d")
    try:
        with FlopCounterMode(display=False) as counter:
            padded = torch.nn.functional.pad(fed[0], around)
            true = function(padded, *fed[1:], **arguments)
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))
    assert macs_of(operator, *tensors) * 2 == counter.get_total_flops()


layers_and_biases = given(
    layers(words=(SAME, VALID), zeros=True), st.sampled_from([None, "filters", "filters", None, 1, "matrix"])
)


@pytest.mark.torch
@layers_and_biases
@settings(max_examples=120)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_shapes_costs_and_what_is_refused_are_pytorchs(layer, bias) -> None:
    assert_pytorch_agrees(layer, bias)


@pytest.mark.conformance
@pytest.mark.torch
@layers_and_biases
@settings(max_examples=4000)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_shapes_costs_and_what_is_refused_are_pytorchs_at_length(layer, bias) -> None:
    assert_pytorch_agrees(layer, bias)


@pytest.mark.torch
@given(
    st.integers(1, 3), st.sampled_from(["reflect", "replicate", "circular"]), st.integers(1, 3),
    st.one_of(st.integers(0, 4), st.just("same")), st.integers(1, 4), st.booleans(),
)  # fmt: skip
@settings(max_examples=100)
def test_limits_of_padding_modes_are_pytorchs(rank, mode, size, padding, kernel, batched) -> None:
    torch = pytest.importorskip("torch")
    module = getattr(torch.nn, f"Conv{rank}d")(2, 3, kernel, padding=padding, padding_mode=mode)
    sides = padding if isinstance(padding, str) else pads(*[padding] * rank)
    operator = Convolution(padding=sides, padding_mode=mode)
    image = Tensor((*([1] if batched else []), 2, *[size] * rank))
    outcome = apply(operator, [image, Tensor(tuple(module.weight.shape))])
    try:
        true = module(torch.zeros(image.dims))
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@given(layers())
@settings(max_examples=150)
def test_shapes_and_what_is_refused_are_onnxruntimes(layer) -> None:
    operator, image, weight = layer
    operator, rank = operator.with_settings(batched=True), weight.rank - 2
    attributes = {
        name: list(value) if isinstance(value, tuple) else [value] * rank
        for name, value in (("strides", operator.stride), ("dilations", operator.dilation))
    }
    if isinstance(operator.padding, str):
        attributes["auto_pad"] = {SAME: "SAME_UPPER", SAME_LOWER: "SAME_LOWER", VALID: "VALID"}[
            operator.padding
        ]
        # onnxruntime has no dilated SAME, which ONNX has.
        assume(operator.padding == VALID or set(attributes["dilations"]) == {1})
    elif operator.padding:
        attributes["pads"] = [pair[side] for side in (0, 1) for pair in operator.padding]
    outcome = apply(operator, [image, weight])
    found = shapes_of("Conv", zeros(*image.dims), zeros(*weight.dims), group=operator.groups, **attributes)
    if found is None:
        assert outcome.broken
        return
    assert (outcome.broken, [outcome.outputs[0].shape]) == ((), found)


@given(layers(ranks=(1, 2)))
@settings(max_examples=60)
def test_a_cost_counts_every_product_once(layer) -> None:
    operator, image, weight = layer
    outcome = apply(operator, [image, weight])
    assume(not outcome.broken)
    products = 0
    for _ in product(*[range(dim) for dim in outcome.outputs[0].dims]):
        for _ in product(range(weight.dims[1]), *[range(extent) for extent in weight.dims[2:]]):
            products += 1
    assert macs_of(operator, image, weight) == products


@pytest.mark.torch
@given(layers(words=(SAME, VALID)))
@settings(max_examples=60)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_links_say_what_is_seen(layer) -> None:
    torch = pytest.importorskip("torch")
    operator, image, weight = layer
    if operator.padding == SAME:
        operator = operator.with_settings(stride=1)
    assume(not apply(operator, [image, weight]).broken)
    assume(prod(image.dims) < 150)
    rank = weight.rank - 2
    arguments, around = torch_arguments(operator, rank)
    function = getattr(torch.nn.functional, f"conv{rank}d")

    def sums(array):
        padded = torch.nn.functional.pad(torch.from_numpy(array), around)
        return function(padded, torch.ones(weight.dims), **arguments).numpy()

    links = assert_links_see(operator, [image, weight], sums)
    assert len(links) == rank + (image.rank == rank + 2)


@given(
    layers(),
    st.lists(st.integers(1, 12), min_size=4, max_size=4),
    st.lists(st.integers(1, 12), min_size=4, max_size=4),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=60)
def test_four_readings(layer, heights, widths, channels_last, filters_last) -> None:
    operator, image, weight = layer
    rank, channels = weight.rank - 2, weight.dims[1] * operator.groups
    filters, each, *kernel = weight.dims
    batch = (N,) if image.rank == rank + 2 else ()
    spatial = (H, W, H)[:rank]
    shape = (*batch, *spatial, C) if channels_last else (*batch, C, *spatial)
    held = (*kernel, each, filters) if filters_last else weight.dims
    operator = operator.with_settings(channels_last=channels_last, filters_last=filters_last)
    symbols = {"N": (1, 2, 3, 4), "C": [channels] * 3 + [channels + 1], "H": heights, "W": widths}
    answers = assert_readings_agree(operator, [Tensor(shape), Tensor(held), Tensor((filters,))], symbols)
    assert "channels" in answers[-1].broken


@given(
    st.sampled_from(["reflect", "replicate", "circular"]),
    st.sampled_from([SAME, pads(1, 2), pads(3, 0)]),
    st.lists(st.integers(1, 6), min_size=4, max_size=4),
)
@settings(max_examples=25)
def test_four_readings_of_padding_modes(mode, padding, heights) -> None:
    inputs = [Tensor((N, 3, H, 4)), Tensor((5, 3, 3, 2))]
    operator = Convolution(padding=padding, padding_mode=mode)
    assert_readings_agree(operator, inputs, {"N": (1, 1, 2, 3), "H": heights})


@given(layers(), st.booleans(), st.booleans())
@settings(max_examples=60)
def test_the_order_changes_nothing_else(layer, channels_last, filters_last) -> None:
    operator, image, weight = layer
    rank = weight.rank - 2
    filters, each, *kernel = weight.dims
    batch, (channels, *sizes) = image.dims[: image.rank - rank - 1], image.dims[image.rank - rank - 1 :]
    other = operator.with_settings(channels_last=channels_last, filters_last=filters_last)
    turned = [
        Tensor((*batch, *sizes, channels) if channels_last else image.dims),
        Tensor((*kernel, each, filters) if filters_last else weight.dims),
    ]
    here, there = apply(operator, [image, weight]), apply(other, turned)
    assert [r.kind for r in here.broken] == [r.kind for r in there.broken]
    assume(not here.broken)
    out = here.outputs[0].dims
    at = len(batch)
    assert there.outputs[0].dims == ((*batch, *out[at + 1 :], out[at]) if channels_last else out)
    assert macs_of(operator, image, weight) == macs_of(other, *turned)
    assert operator.filters([image, weight]).count == other.filters(turned).count
    # What is seen of an axis is seen wherever the axis stands.
    spans = [
        [link.spans for link in op.links(tensors, outcome.outputs)[at:]]
        for op, tensors, outcome in ((operator, [image, weight], here), (other, turned, there))
    ]
    assert spans[0] == spans[1]
