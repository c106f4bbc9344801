from __future__ import annotations

from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import symbol
from shapelens.operators import AdaptivePool, GlobalPool, Tensor, apply
from tests.operators.influence import assert_links_see, span_of
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


# the whole image ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (GlobalPool(), (N, 512, H, W), (N, 512, 1, 1)),
        (GlobalPool("max"), (1, 8, 5), (1, 8, 1)),
        (GlobalPool("lp"), (1, 8, 5, 6, 7), (1, 8, 1, 1, 1)),
        (GlobalPool(spatial_rank=2, channels_last=True, keep_axes=False), (N, H, W, 512), (N, 512)),
        (GlobalPool(spatial_rank=2, channels_last=True), (N, H, W, 512), (N, 1, 1, 512)),
        (GlobalPool(spatial_rank=1, keep_axes=False), (N, 8, H), (N, 8)),
        (GlobalPool(spatial_rank=2, keep_axes=False), (8, H, W), (8,)),
    ],
)
def test_global_pooling(operator, before, after) -> None:
    image = Tensor(before)
    assert shape_of(operator, image) == after
    links = operator.links([image], [Tensor(after)])
    channel = (
        len(before) - 1 if operator.channels_last else before.index(after[-1] if len(after) < 3 else after[1])
    )
    assert links[-1].input_axis == channel
    assert [(before[link.input_axis], link.spans) for link in links] == [
        (after[link.output_axis], ((0, 0),)) for link in links
    ]
    assert len(links) == len(before) - (operator.spatial_rank or len(before) - 2)


@pytest.mark.parametrize(
    ("operator", "image", "broken"),
    [
        (GlobalPool(), (1, 8), "rank"),
        (GlobalPool(spatial_rank=2), (8, 8), "rank"),
        (GlobalPool(spatial_rank=2, batched=True), (8, 8, 8), "rank"),
        (GlobalPool(), (1, 8, 0, 8), "window"),
        (GlobalPool(), (1, 0, 8, 8), "no_channels"),
    ],
)
def test_global_pooling_of_what_does_not_fit(operator, image, broken) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor(image)]).broken] == [broken]


@pytest.mark.onnx
@pytest.mark.parametrize("name", ["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"])
@pytest.mark.parametrize(
    "shape", [(1, 2, 5), (2, 3, 4, 5), (0, 2, 3), (1, 0, 3), (1, 2, 0), (1, 2, 3, 0), (2, 3), (3,)]
)
def test_global_pooling_is_onnxruntimes(name, shape) -> None:
    outcome = apply(GlobalPool(), [Tensor(shape)])
    found = shapes_of(name, zeros(*shape))
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@given(st.sampled_from([None, 1, 2]), st.booleans(), st.booleans(), st.booleans())
def test_four_readings_of_global_pooling(spatial_rank, channels_last, keep_axes, batched) -> None:
    operator = GlobalPool("max", spatial_rank, keep_axes, channels_last, batched)
    symbols = {"N": (1, 2), "C": (3, 1), "H": (8, 1), "W": (1, 7)}
    assert_readings_agree(operator, [Tensor((N, H - 1, W, C))], symbols)


def test_words_of_global_pooling() -> None:
    assert GlobalPool().words([Tensor((1, 8, 8, 8))], []) == "global avg pool"
    assert GlobalPool("max").words([Tensor((1, 8, 8, 8))], []) == "global max pool"


# a size that is asked for -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (AdaptivePool("average", (1, 1)), (N, 512, H, W), (N, 512, 1, 1)),
        (AdaptivePool("average", (7, 7)), (N, 512, H, W), (N, 512, 7, 7)),
        (AdaptivePool("max", (None, 7)), (N, 512, H, W), (N, 512, H, 7)),
        (AdaptivePool("max", (H // 2, W // 2)), (N, 512, H, W), (N, 512, H // 2, W // 2)),
        (AdaptivePool("max", (5,)), (8, 9), (8, 5)),
        (AdaptivePool("average", (4, 5), channels_last=True), (N, H, W, 8), (N, 4, 5, 8)),
        (AdaptivePool("average", (4, 5), channels_last=True), (H, W, 8), (4, 5, 8)),
        (AdaptivePool("average", (0, 0)), (1, 8, 9, 9), (1, 8, 0, 0)),
        (AdaptivePool("average", (20, 20)), (1, 8, 9, 9), (1, 8, 20, 20)),
    ],
)
def test_adaptive_pooling(operator, before, after) -> None:
    assert shape_of(operator, Tensor(before)) == after


@pytest.mark.parametrize(
    ("operator", "image", "broken"),
    [
        (AdaptivePool("max", (2, -1)), (1, 8, 9, 9), "pool_size"),
        (AdaptivePool("max", (2, 2)), (1, 8, 9, 0), "window"),
        (AdaptivePool("max", (1, 1)), (1, 8, 9, 0), "window"),
        (AdaptivePool("average", (1, 2)), (1, 8, 9, 0), "window"),
        (AdaptivePool("max", (2, 2)), (9, 9), "rank"),
        (AdaptivePool("max", (2, 2), batched=True), (8, 9, 9), "rank"),
        (AdaptivePool("max", (2, 2, 2)), (8, 9, 9), "rank"),
    ],
)
def test_adaptive_pooling_of_what_does_not_fit(operator, image, broken) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor(image)]).broken] == [broken]


def test_a_mean_of_nothing_is_made() -> None:
    outcome = apply(AdaptivePool("average", (1, 1)), [Tensor((2, 8, 9, 0))])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), (2, 8, 1, 1))


@pytest.mark.torch
@given(
    st.sampled_from(["average", "max"]),
    st.lists(st.one_of(st.none(), st.integers(-1, 6)), min_size=1, max_size=3),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.sampled_from([(), (1,), (0,), (1, 1)]),
)
@settings(max_examples=150)
def test_adaptive_pooling_is_pytorchs(kind, asked, sizes, batch) -> None:
    torch = pytest.importorskip("torch")
    rank = len(asked)
    shape = (*batch, 2, *sizes[:rank])
    # Where all sizes asked for are 1, PyTorch averages nothing to what is no number, and does not say so.
    assume(kind == "max" or set(asked) - {1, None} or 0 not in sizes[:rank])
    outcome = apply(AdaptivePool(kind, tuple(asked)), [Tensor(shape)])
    name = {"average": "avg", "max": "max"}[kind]
    function = getattr(torch.nn.functional, f"adaptive_{name}_pool{rank}d")
    try:
        true = function(torch.zeros(shape), asked if rank > 1 or asked[0] is not None else sizes[0])
    except RuntimeError:
        assert outcome.broken
        return
    if len(batch) > 1:
        # Its documentation takes no image of so many axes, and PyTorch refuses it, unless every size that is asked
        # for comes to 1: then it averages whatever it gets.
        comes_to = {size if wanted is None else wanted for wanted, size in zip(asked, sizes, strict=False)}
        assert (kind, comes_to) == ("average", {1})
        assert [requirement.kind for requirement in outcome.broken] == ["rank"]
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.torch
def test_an_image_with_too_many_axes_is_refused_where_pytorch_averages_whatever_it_gets() -> None:
    torch = pytest.importorskip("torch")
    for asked in ((1, 1), (None, None)):
        assert torch.nn.functional.adaptive_avg_pool2d(torch.zeros(1, 1, 2, 1, 1), asked).shape[2:] == (
            2,
            1,
            1,
        )
        outcome = apply(AdaptivePool("average", asked), [Tensor((1, 1, 2, 1, 1))])
        assert [requirement.kind for requirement in outcome.broken] == ["rank"]


@pytest.mark.torch
@given(
    st.lists(st.tuples(st.integers(1, 12), st.one_of(st.none(), st.integers(1, 14))), min_size=1, max_size=2),
    st.sampled_from(["average", "max"]),
)
@settings(max_examples=60)
def test_links_of_adaptive_pooling(axes, kind) -> None:
    torch = pytest.importorskip("torch")
    rank, sizes = len(axes), [size for size, _ in axes]
    asked = tuple([wanted for _, wanted in axes])
    operator, image = AdaptivePool(kind, asked), Tensor((1, 2, *sizes))
    assume(prod(sizes) < 60)
    name = {"average": "avg", "max": "max"}[kind]
    function = getattr(torch.nn.functional, f"adaptive_{name}_pool{rank}d")
    target = [size if wanted is None else wanted for size, wanted in axes]
    links = assert_links_see(operator, [image], lambda x: function(torch.from_numpy(x), target).numpy())
    assert len(links) == 2 + sum(wanted != 1 for wanted in asked)


def test_windows_of_adaptive_pooling_repeat_where_the_sizes_share_a_divisor() -> None:
    (link,) = AdaptivePool("average", (8,)).links([Tensor((3, 12))], [Tensor((3, 8))])[1:]
    assert (link.period, link.advance, link.spans) == (2, 3, ((0, 1), (1, 2)))
    assert span_of(link, 7) == (10, 11)
    (halves,) = AdaptivePool("average", (112,)).links([Tensor((3, 224))], [Tensor((3, 112))])[1:]
    assert (halves.period, halves.advance, halves.spans) == (1, 2, ((0, 1),))


@pytest.mark.parametrize(("size", "asked"), [(H, 7), (1031, 1000), (8, H)])
def test_windows_of_adaptive_pooling_that_are_not_followed(size, asked) -> None:
    (link,) = AdaptivePool("average", (asked,)).links([Tensor((3, size))], [Tensor((3, asked))])[1:]
    assert link.spans is None


@given(
    st.tuples(*[st.one_of(st.none(), st.integers(-1, 5))] * 2),
    st.lists(st.integers(1, 9), min_size=3, max_size=3),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=40)
def test_four_readings_of_adaptive_pooling(asked, heights, channels_last, with_indices) -> None:
    shape = (N, H - 1, W, C) if channels_last else (N, C, H - 1, W)
    operator = AdaptivePool("max", asked, channels_last, with_indices)
    symbols = {"N": (1, 2, 3), "C": (3, 1, 4), "H": heights, "W": (8, 1, 7)}
    assert_readings_agree(operator, [Tensor(shape)], symbols, 1 + with_indices)


def test_views_of_adaptive_pooling() -> None:
    operator, image = AdaptivePool("average", (7, None), with_indices=True), Tensor((1, 8, 9, 9), "float16")
    outcome = apply(operator, [image])
    assert [tensor.dtype for tensor in outcome.outputs] == ["float16", "int64"]
    assert operator.words([image], outcome.outputs) == "avg pool to 7×same"
    assert operator.attributes([image])["output_size"] == [7, None]
