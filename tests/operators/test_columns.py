from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import ColumnsToImage, ImageToColumns, Tensor, apply
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def shape_of(operator, *inputs):
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    return outcome.outputs[0].shape


def pads(*sides):
    return tuple([(side, side) for side in sides])


# unrolling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (ImageToColumns((3, 3), padding=pads(1, 1)), (2, 16, 28, 28), (2, 144, 784)),
        (ImageToColumns((2, 3)), (2, 5, 3, 4), (2, 30, 4)),
        (ImageToColumns((16, 16), 16), (N, 3, 224, 224), (N, 768, 196)),
        (ImageToColumns((2, 2), 2), (N, C, H, W), (N, 4 * C, (H // 2) * (W // 2))),
        (ImageToColumns((2, 2)), (5, 3, 4), (20, 6)),
        (ImageToColumns((2, 2)), (N, C, Unknown("x"), W), (N, 4 * C, Unknown("x"))),
        (ImageToColumns((3,), 2, pads(1), 2), (N, C, 9), (N, 3 * C, 4)),
    ],
)
def test_unrolling(operator, before, after) -> None:
    assert shape_of(operator, Tensor(before)) == after


@pytest.mark.parametrize(
    ("operator", "image", "broken", "after"),
    [
        (ImageToColumns((3, 3)), (1, 2, 2, 8), "window", (1, 18, Unknown("because of ImageToColumns"))),
        (ImageToColumns((3, 3)), (1, 0, 8, 8), "no_channels", (1, 0, 36)),
        (ImageToColumns((3, 3)), (8, 8), "rank", Unknown("its axes do not fit")),
        (ImageToColumns((3, 3), 0), (1, 2, 8, 8), "settings", Unknown("its settings do not fit")),
        (ImageToColumns((3, 3), (1, 1, 1)), (1, 2, 8, 8), "settings", Unknown("its settings do not fit")),
        (ImageToColumns((3, 0)), (1, 2, 8, 8), "settings", Unknown("its settings do not fit")),
        (
            ImageToColumns((3, 3), padding=pads(-1, 0)),
            (1, 2, 8, 8),
            "settings",
            Unknown("its settings do not fit"),
        ),
    ],
)
def test_unrolling_what_does_not_fit(operator, image, broken, after) -> None:
    outcome = apply(operator, [Tensor(image)])
    assert [requirement.kind for requirement in outcome.broken] == [broken]
    assert outcome.outputs[0].shape == after


@st.composite
def unrolled(draw):
    """An unrolling of a picture, and the picture; most of them fit."""

    def each(low, high):
        one = st.integers(low, high)
        return draw(st.one_of(one, st.tuples(one, one)))

    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = pads(*draw(st.tuples(st.integers(0, 2), st.integers(0, 2))))
    operator = ImageToColumns(kernel, each(1, 3), padding, each(1, 2))
    sizes = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    return operator, (*draw(st.sampled_from([(1,), (2,), ()])), draw(st.integers(1, 2)), *sizes)


def torch_arguments(operator):
    return {
        "kernel_size": operator.kernel,
        "stride": operator.stride,
        "padding": tuple([before for before, _ in operator.padding]),
        "dilation": operator.dilation,
    }


@pytest.mark.torch
@given(unrolled(), st.sampled_from(["", "", "batch", "channels", "size", "axis"]))
@settings(max_examples=150)
def test_unrolling_is_pytorchs(drawn, changed) -> None:
    torch = pytest.importorskip("torch")
    operator, image = drawn
    shape = list(image)
    if changed == "axis":
        shape = shape[1:] if len(shape) == 3 else [1, *shape]
    elif changed:
        shape[{"batch": 0, "channels": -3, "size": -1}[changed]] = 0
    outcome = apply(operator, [Tensor(tuple(shape))])
    try:
        true = torch.nn.functional.unfold(torch.zeros(shape), **torch_arguments(operator))
    except (RuntimeError, IndexError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.torch
@given(unrolled())
@settings(max_examples=60)
def test_links_of_unrolling(drawn) -> None:
    torch = pytest.importorskip("torch")
    operator, image = drawn
    assume(not apply(operator, [Tensor(image)]).broken and prod(image) < 120)

    def unfold(array):
        return torch.nn.functional.unfold(torch.from_numpy(array), **torch_arguments(operator)).numpy()

    links = assert_links_see(operator, [Tensor(image)], unfold)
    assert [link.merged for link in links] == [False] * (len(image) - 3) + [True, True]
    assert all(link.spans is not None for link in links)


def test_columns_too_many_to_be_followed() -> None:
    # The last axis comes round after 99 of the 9801 columns.
    operator, image = ImageToColumns((2, 2)), Tensor((3, 100, 100))
    links = operator.links([image], apply(operator, [image]).outputs)
    assert [link.spans is None for link in links] == [True, False]
    symbolic = Tensor((N, C, H, W))
    assert {link.spans for link in operator.links([symbolic], apply(operator, [symbolic]).outputs)} == {
        ((0, 0),), None,
    }  # fmt: skip


@given(unrolled(), *[st.lists(st.integers(1, 8), min_size=4, max_size=4)] * 2)
@settings(max_examples=40)
def test_four_readings_of_unrolling(drawn, heights, widths) -> None:
    operator, image = drawn
    shape = (N, C, H, W)[4 - len(image) :]
    assert_readings_agree(
        operator, [Tensor(shape)], {"N": (1, 2, 3, 4), "C": (1, 2, 8, 3), "H": heights, "W": widths}
    )


def test_words_of_unrolling() -> None:
    assert ImageToColumns((3, 3)).words([], []) == "unfold 3×3"
    assert (
        ImageToColumns((2, 3), 2, pads(1, 0), 2).words([], []) == "unfold 2×3, stride 2, pad 1×0, dilation 2"
    )


# folding back -------------------------------------------------------------------------------------------


def numbers(*elements):
    return Tensor((len(elements),), "int64", elements)


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (ColumnsToImage((4, 5), (2, 2)), [Tensor((1, 12, 12))], (1, 3, 4, 5)),
        (ColumnsToImage((4, 5), (2, 2)), [Tensor((12, 12))], (3, 4, 5)),
        (ColumnsToImage((28, 28), (3, 3), padding=pads(1, 1)), [Tensor((2, 144, 784))], (2, 16, 28, 28)),
        (ColumnsToImage((H, W), (1, 1)), [Tensor((N, C, H * W))], (N, C, H, W)),
        (ColumnsToImage(), [Tensor((1, 12, 12)), numbers(4, 5), numbers(2, 2)], (1, 3, 4, 5)),
        (ColumnsToImage(), [Tensor((1, 10, 12)), numbers(13), numbers(2)], (1, 5, 13)),
        (ColumnsToImage(kernel=(2, 2)), [Tensor((1, 12, 12)), Tensor((2,), "int64")],
         (1, 3, *[Unknown("the size of the image is computed from data")] * 2)),
        (ColumnsToImage(kernel=(2, 2)), [Tensor((1, 12, 12)), Tensor(Unknown("x"), "int64")], Unknown("x")),
        (ColumnsToImage((4, 5)), [Tensor((1, 12, 12)), None, Tensor(Unknown("x"), "int64")], (1, Unknown("x"), 4, 5)),
        (ColumnsToImage(), [Tensor((1, 12, 12))], Unknown("the size of the image is not given")),
    ],
)  # fmt: skip
def test_folding(operator, inputs, after) -> None:
    assert shape_of(operator, *inputs) == after


@pytest.mark.parametrize(
    ("operator", "columns", "broken"),
    [
        (ColumnsToImage((4, 5), (2, 2)), (1, 12, 11), ["columns"]),
        (ColumnsToImage((4, 5), (2, 2)), (1, 10, 12), ["block"]),
        (ColumnsToImage((4, 5), (2, 2)), (1, 0, 12), ["block"]),
        (ColumnsToImage((1, 5), (2, 2)), (1, 12, 4), ["window", "columns"]),
        (ColumnsToImage((4, 5), (2, 2)), (12,), ["rank"]),
        (ColumnsToImage((4, 5), (2, 2), batched=True), (12, 12), ["rank"]),
        (ColumnsToImage((4, 0), (2, 2)), (1, 12, 12), ["settings"]),
        (ColumnsToImage((4, 5), (2, 2), stride=(1,)), (1, 12, 12), ["settings"]),
        (ColumnsToImage((4, 5), (2, 2, 2)), (1, 12, 12), ["settings"]),
    ],
)
def test_folding_what_does_not_fit(operator, columns, broken) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor(columns)]).broken] == broken


@pytest.mark.torch
@given(unrolled(), st.integers(-1, 1), st.integers(0, 1), st.sampled_from(["", "", "batch", "axis"]))
@settings(max_examples=150)
def test_folding_is_pytorchs(drawn, more_columns, more_rows, changed) -> None:
    torch = pytest.importorskip("torch")
    unrolling, image = drawn
    unfolded = apply(unrolling, [Tensor(image)])
    columns = [4, 4] if unfolded.broken else list(unfolded.outputs[0].dims)
    columns[-1] += more_columns
    columns[-2] += more_rows
    if changed:
        columns = [0, *columns[-2:]] if changed == "batch" else columns[-1:]
    sizes = image[-2:]
    operator = ColumnsToImage(
        sizes, unrolling.kernel, unrolling.stride, unrolling.padding, unrolling.dilation
    )
    outcome = apply(operator, [Tensor(tuple(columns))])
    try:
        true = torch.nn.functional.fold(torch.zeros(columns), sizes, **torch_arguments(unrolling))
    except (RuntimeError, IndexError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@given(
    st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.integers(0, 1),
    st.lists(st.integers(1, 4), min_size=3, max_size=3), st.integers(-1, 1), st.integers(0, 1),
)  # fmt: skip
@settings(max_examples=100)
def test_folding_is_onnxruntimes(rank, k, s, p, sizes, more_columns, more_rows) -> None:
    sizes, kernel = tuple(sizes[:rank]), (k,) * rank
    counts = [(size + 2 * p - k) // s + 1 for size in sizes]
    assume(min(counts) > 0)
    columns = (2, 3 * k**rank + more_rows, prod(counts) + more_columns)
    operator = ColumnsToImage(stride=s, padding=pads(*[p] * rank), batched=True)
    outcome = apply(operator, [Tensor(columns), numbers(*sizes), numbers(*kernel)])
    fed = zeros(*columns), np.array(sizes, np.int64), np.array(kernel, np.int64)
    found = shapes_of("Col2Im", *fed, strides=[s] * rank, pads=[p] * 2 * rank)
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@given(unrolled())
@settings(max_examples=60)
def test_folding_undoes_unrolling(drawn) -> None:
    unrolling, image = drawn
    unfolded = apply(unrolling, [Tensor(image)])
    assume(not unfolded.broken)
    fold = ColumnsToImage(
        image[-2:], unrolling.kernel, unrolling.stride, unrolling.padding, unrolling.dilation
    )
    assert shape_of(fold, *unfolded.outputs) == image


@given(st.integers(1, 3), st.integers(1, 2), st.lists(st.integers(1, 6), min_size=3, max_size=3))
@settings(max_examples=30)
def test_four_readings_of_folding(kernel, stride, heights) -> None:
    columns, sizes = Tensor((N, C, H * H)), Tensor((2,), "int64", (H + 1, H))
    operator = ColumnsToImage(kernel=(kernel, 1), stride=stride)
    assert_readings_agree(operator, [columns, sizes], {"N": (1, 2, 3), "C": (4, 6, 9), "H": heights})


def test_views_of_folding() -> None:
    operator = ColumnsToImage((4, 5), (2, 2))
    inputs = [Tensor((1, 12, 12))]
    outputs = apply(operator, inputs).outputs
    assert operator.words(inputs, outputs) == "fold 2×2"
    assert ColumnsToImage().words(inputs, outputs) == "fold"
    # Neighbouring columns are not neighbouring cells: only samples stay apart.
    assert [(link.input_axis, link.output_axis) for link in operator.links(inputs, outputs)] == [(0, 0)]
    assert operator.links([Tensor((12, 12))], outputs) == ()


def test_a_block_of_no_axes_is_no_block() -> None:
    found = apply(
        ColumnsToImage(), [Tensor((1, 9, 4)), Tensor((2,), "int64", (4, 4)), Tensor((0,), "int64", ())]
    )
    assert [broken.kind for broken in found.broken] == ["settings"]
