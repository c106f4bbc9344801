from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import ChannelShuffle, DepthToSpace, SpaceToDepth, Tensor, apply
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import run, shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, shape):
    outcome = apply(operator, [Tensor(shape)])
    assert outcome.broken == ()
    return outcome.outputs[0].shape


# shapes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (DepthToSpace(2), (1, 256, 28, 28), (1, 64, 56, 56)),
        (DepthToSpace(3), (9, 7, 8), (1, 21, 24)),
        (DepthToSpace(2, channels_last=True), (N, H, W, 12), (N, 2 * H, 2 * W, 3)),
        (DepthToSpace(2), (2, 5, 8, 3, 3), (2, 5, 2, 6, 6)),
        (DepthToSpace(1), (N, C, H, W), (N, C, H, W)),
        (SpaceToDepth(2), (1, 3, 224, 224), (1, 12, 112, 112)),
        (SpaceToDepth(2), (N, C, 2 * H, 4 * W), (N, 4 * C, H, 2 * W)),
        (SpaceToDepth(4, channels_last=True), (8, 12, 3), (2, 3, 48)),
        (ChannelShuffle(3), (N, 240, H, W), (N, 240, H, W)),
        (DepthToSpace(2), (1, Unknown("x"), 4, H), (1, Unknown("x"), 8, 2 * H)),
        (DepthToSpace(2), Unknown("x"), Unknown("x")),
        (SpaceToDepth(2), Unknown("x"), Unknown("x")),
        (ChannelShuffle(2), Unknown("x"), Unknown("x")),
    ],
)
def test_shapes(operator, before, after) -> None:
    assert shape_of(operator, before) == after


@pytest.mark.parametrize(
    ("operator", "before", "kind", "after"),
    [
        (DepthToSpace(2), (1, 6, 4, 4), "block", (1, Unknown("because of DepthToSpace"), 8, 8)),
        (SpaceToDepth(2), (1, 6, 5, 4), "block", (1, 24, Unknown("because of SpaceToDepth"), 2)),
        (DepthToSpace(2), (4, 4), "rank", Unknown("its axes do not fit")),
        (DepthToSpace(2, ranks=(4,)), (4, 4, 4), "rank", Unknown("its axes do not fit")),
        (SpaceToDepth(0), (1, 4, 4, 4), "settings", Unknown("its settings do not fit")),
        (ChannelShuffle(4), (1, 6, 4, 4), "groups", (1, 6, 4, 4)),
        (ChannelShuffle(0), (1, 6, 4, 4), "settings", Unknown("its settings do not fit")),
        (ChannelShuffle(3), (1, 6), "rank", Unknown("its axes do not fit")),
    ],
)
def test_what_does_not_fit(operator, before, kind, after) -> None:
    outcome = apply(operator, [Tensor(before)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == after


@pytest.mark.torch
@settings(max_examples=100)
@given(
    kind=st.sampled_from(["shuffle", "unshuffle", "channels"]),
    shape=st.lists(st.integers(1, 9), min_size=1, max_size=5).map(tuple),
    number=st.integers(0, 3),
)
def test_shapes_and_what_is_refused_are_pytorchs(kind, shape, number) -> None:
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    operator, function = {
        "shuffle": (DepthToSpace(number), F.pixel_shuffle),
        "unshuffle": (SpaceToDepth(number), F.pixel_unshuffle),
        "channels": (ChannelShuffle(number), F.channel_shuffle),
    }[kind]
    outcome = apply(operator, [Tensor(shape)])
    try:
        true = function(torch.zeros(shape), number)
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@settings(max_examples=60)
@given(
    grows=st.booleans(),
    shape=st.lists(st.integers(1, 9), min_size=3, max_size=5).map(tuple),
    block=st.integers(0, 3),
    order=st.sampled_from(["DCR", "CRD"]),
)
def test_shapes_and_what_is_refused_are_onnxruntimes(grows, shape, block, order) -> None:
    kind, name = (DepthToSpace, "DepthToSpace") if grows else (SpaceToDepth, "SpaceToDepth")
    outcome = apply(kind(block, order, ranks=(4,)), [Tensor(shape)])
    more = {"mode": order} if grows else {}
    true = shapes_of(name, zeros(*shape), opset=13, blocksize=block, **more)
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@settings(max_examples=60)
@given(
    kind=st.sampled_from([DepthToSpace, SpaceToDepth]),
    block=st.integers(1, 3),
    channels_last=st.booleans(),
    rank=st.integers(3, 5),
    numbers=st.lists(st.integers(1, 12), min_size=12, max_size=12),
)
def test_four_readings(kind, block, channels_last, rank, numbers) -> None:
    image = (H, W, C) if channels_last else (C, H, W)
    inputs = [Tensor((*(N, 2)[: rank - 3], *image))]
    symbols = {"N": (1, 2, 3, 4), "C": numbers[:4], "H": numbers[4:8], "W": numbers[8:]}
    assert_readings_agree(kind(block, channels_last=channels_last), inputs, symbols)


@settings(max_examples=30)
@given(
    groups=st.integers(0, 4), last=st.booleans(), numbers=st.lists(st.integers(1, 12), min_size=4, max_size=4)
)
def test_four_readings_of_a_channel_shuffle(groups, last, numbers) -> None:
    shape = (N, 7, 7, C) if last else (N, C, 7, 7)
    assert_readings_agree(ChannelShuffle(groups, last), [Tensor(shape)], {"N": (1, 2, 3, 4), "C": numbers})


# which cells --------------------------------------------------------------------------------------------


def spread(array, block, order, *, last):
    """A pixel shuffle, by reshaping."""
    image = np.moveaxis(array, -1, -3) if last else array
    *lead, channels, height, width = image.shape
    count, axis = channels // block**2, len(lead)
    split = (count, block, block) if order == "CRD" else (block, block, count)
    parts = image.reshape(*lead, *split, height, width)
    if order == "DCR":
        parts = np.moveaxis(parts, axis + 2, axis)
    parts = np.moveaxis(parts, (axis + 3, axis + 1, axis + 4, axis + 2), range(axis + 1, axis + 5))
    grown = parts.reshape(*lead, count, height * block, width * block)
    return np.moveaxis(grown, -3, -1) if last else grown


def gathered(array, block, order, *, last):
    """Its inverse: the places that a shuffle of numbered elements brings every element to."""
    image = np.moveaxis(array, -1, -3) if last else array
    *lead, channels, height, width = image.shape
    shape = (*lead, channels * block**2, height // block, width // block)
    numbered = spread(np.arange(prod(shape)).reshape(shape), block, order, last=False)
    packed = np.empty(prod(shape), array.dtype)
    packed[numbered.reshape(-1)] = image.reshape(-1)
    return np.moveaxis(packed.reshape(shape), -3, -1) if last else packed.reshape(shape)


def dealt(array, groups, *, last):
    image = np.moveaxis(array, -1, 1) if last else array
    parts = image.reshape(image.shape[0], groups, -1, *image.shape[2:])
    mixed = np.swapaxes(parts, 1, 2).reshape(image.shape)
    return np.moveaxis(mixed, 1, -1) if last else mixed


@pytest.mark.parametrize("order", ["CRD", "DCR"])
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("block", [1, 2, 3])
@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_every_cell_comes_from_where_the_links_say(order, channels_last, block, lead) -> None:
    def image(channels, height, width):
        return (*lead, *((height, width, channels) if channels_last else (channels, height, width)))

    grows, shrinks = DepthToSpace(block, order, channels_last), SpaceToDepth(block, order, channels_last)
    assert_links_hold(
        grows, [image(2 * block**2, 3, 2)], lambda x: spread(x, block, order, last=channels_last)
    )
    assert_links_hold(
        shrinks, [image(3, 2 * block, block)], lambda x: gathered(x, block, order, last=channels_last)
    )


@pytest.mark.parametrize(("groups", "channels"), [(1, 4), (2, 4), (2, 6), (3, 6), (6, 6)])
@pytest.mark.parametrize("channels_last", [False, True])
def test_channels_come_from_where_the_links_say(groups, channels, channels_last) -> None:
    operator = ChannelShuffle(groups, channels_last)
    shape = (2, 3, 2, channels) if channels_last else (2, channels, 3, 2)
    outcome = assert_links_hold(operator, [shape], lambda x: dealt(x, groups, last=channels_last))
    assert len(operator.links([Tensor(shape)], outcome.outputs)) == 4


def test_the_channels_of_a_shuffle_are_not_followed_where_they_are_not_known() -> None:
    tensors = [Tensor((N, C, 3, 3))]
    (link,) = [x for x in ChannelShuffle(2).links(tensors, tensors) if x.output_axis == 1]
    assert link.spans is None


@pytest.mark.torch
def test_the_orders_are_those_of_the_frameworks() -> None:
    torch = pytest.importorskip("torch")
    F = torch.nn.functional
    image = np.arange(2 * 8 * 3 * 2, dtype=np.float32).reshape(2, 8, 3, 2)
    held = torch.from_numpy(image)
    assert (F.pixel_shuffle(held, 2).numpy() == spread(image, 2, "CRD", last=False)).all()
    assert (F.channel_shuffle(held, 4).numpy() == dealt(image, 4, last=False)).all()
    large = np.arange(2 * 3 * 4 * 6, dtype=np.float32).reshape(2, 3, 4, 6)
    assert (
        F.pixel_unshuffle(torch.from_numpy(large), 2).numpy() == gathered(large, 2, "CRD", last=False)
    ).all()


@pytest.mark.onnx
@pytest.mark.parametrize("order", ["CRD", "DCR"])
def test_the_orders_are_those_of_onnxruntime(order) -> None:
    image = np.arange(2 * 8 * 3 * 2, dtype=np.float32).reshape(2, 8, 3, 2)
    made = run("DepthToSpace", image, opset=13, blocksize=2, mode=order)
    assert made is not None
    assert (made[0] == spread(image, 2, order, last=False)).all()


# words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (DepthToSpace(2), "pixel shuffle 2"),
        (DepthToSpace(2, "DCR"), "depth to space 2"),
        (SpaceToDepth(3), "pixel unshuffle 3"),
        (SpaceToDepth(3, "DCR"), "space to depth 3"),
        (ChannelShuffle(4), "channel shuffle, groups 4"),
    ],
)
def test_how_it_is_told(operator, words) -> None:
    tensors = [Tensor((1, 36, 6, 6))]
    assert operator.words(tensors, apply(operator, tensors).outputs) == words
    assert operator.attributes(tensors).items() >= {"channels_last": False}.items()
    assert operator.follow(tensors, [Tensor((1, 72, 6, 6))]).operator is operator
