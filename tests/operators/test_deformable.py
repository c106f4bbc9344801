from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import DeformableConvolution, Filters, Follow, Tensor, apply
from shapelens.operators.reach import Link
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def pads(*sides):
    return tuple([(side, side) for side in sides])


def test_a_bent_convolution() -> None:
    operator = DeformableConvolution(padding=pads(1, 1), offset_groups=2)
    inputs = [Tensor((N, 64, H, W)), Tensor((32, 64, 3, 3)), Tensor((N, 36, H, W)), Tensor((32,)), None]
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), (N, 32, H, W))
    assert operator.macs(inputs, outcome.outputs) == N * H * W * (32 * 64 * 9)
    assert operator.filters(inputs) == Filters(32, (64, 3, 3), (3, 3))
    assert operator.words(inputs, outcome.outputs) == "deformable 3×3, pad 1"
    assert operator.attributes(inputs)["offset_groups"] == 2
    held = [None if tensor is None else tensor.shaped(tensor.shape) for tensor in inputs]
    edited = [Tensor((N, 48, H, W)), *held[1:]]
    assert operator.follow(inputs, edited) == Follow(operator, {1: (32, 48, 3, 3)})


@pytest.mark.parametrize(
    ("operator", "changed", "broken"),
    [
        (DeformableConvolution(), {2: (1, 17, 6, 6)}, ["deformable_offset"]),
        (DeformableConvolution(), {2: (1, 18, 5, 6)}, ["deformable_offset"]),
        (DeformableConvolution(), {2: (2, 18, 6, 6)}, ["deformable_offset"]),
        (DeformableConvolution(), {2: (18, 6, 6)}, ["deformable_offset"]),
        (DeformableConvolution(), {4: (1, 8, 6, 6)}, ["deformable_offset"]),
        (DeformableConvolution(), {3: (7,)}, ["bias"]),
        (DeformableConvolution(), {0: (4, 8, 8)}, ["rank"]),
        (DeformableConvolution(offset_groups=3), {2: (1, 54, 6, 6), 4: (1, 27, 6, 6)}, ["groups"]),
        (DeformableConvolution(offset_groups=0), {2: (1, 0, 6, 6), 4: (1, 0, 6, 6)}, ["groups"]),
        (DeformableConvolution(), {}, []),
    ],
)
def test_what_does_not_fit(operator, changed, broken) -> None:
    shapes = {0: (1, 4, 8, 8), 1: (2, 4, 3, 3), 2: (1, 18, 6, 6), 3: (2,), 4: (1, 9, 6, 6), **changed}
    outcome = apply(operator, [Tensor(shapes[place]) for place in range(5)])
    assert [requirement.kind for requirement in outcome.broken] == broken


def test_offsets_of_unknown_shape_are_not_judged() -> None:
    image, weight = Tensor((1, 4, 8, 8)), Tensor((2, 4, 3, 3))
    outcome = apply(DeformableConvolution(), [image, weight, Tensor(Unknown("x"))])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), (1, 2, 6, 6))


@st.composite
def layers(draw):
    """A layer and the shapes of its inputs; most of them fit."""
    groups, offset_groups = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    side = draw(st.integers(0, 2))
    stride, dilation = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    operator = DeformableConvolution(stride, pads(side, side), dilation, groups, offset_groups=offset_groups)
    image, weight = (2, 4, draw(st.integers(3, 7)), draw(st.integers(3, 7))), (2, 4 // groups, *kernel)
    plain = apply(operator, [Tensor(image), Tensor(weight)])
    assume(not plain.broken)
    positions = plain.outputs[0].dims[2:]
    cells = kernel[0] * kernel[1] * offset_groups
    offset = [2, 2 * cells, *positions]
    changed = draw(st.sampled_from([None, None, 0, 1, 2, 3]))
    if changed is not None:
        offset[changed] += 1
    bias = draw(st.sampled_from([None, (2,)]))
    mask = draw(st.sampled_from([None, (2, cells, *positions), (2, cells + 1, *positions)]))
    return operator, [image, weight, tuple(offset), bias, mask]


@pytest.mark.onnx
@given(layers())
@settings(max_examples=100)
def test_shapes_and_what_is_refused_are_onnxruntimes(layer) -> None:
    operator, shapes = layer
    outcome = apply(operator, [None if shape is None else Tensor(shape) for shape in shapes])
    fed = [None if shape is None else zeros(*shape) for shape in shapes]
    while fed[-1] is None:
        fed.pop()
    found = shapes_of(
        "DeformConv", *fed, opset=22, strides=[operator.stride] * 2, dilations=[operator.dilation] * 2,
        pads=[operator.padding[0][0]] * 4, group=operator.groups, offset_group=operator.offset_groups,
    )  # fmt: skip
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@pytest.mark.parametrize("mask", [None, Tensor((N, 9, H, H))])
def test_four_readings(mask) -> None:
    operator = DeformableConvolution(padding=pads(1, 1), groups=2)
    inputs = [Tensor((N, C, H, W)), Tensor((4, 2, 3, 3)), Tensor((N, 18, H, H)), None, mask]
    symbols = {"N": (1, 2, 3), "C": (4, 4, 6), "H": (3, 8, 9), "W": (3, 7, 9)}
    answers = assert_readings_agree(operator, inputs, symbols)
    assert answers[0].broken == ()
    assert set(answers[1].broken) == {"deformable_offset"}
    assert answers[2].broken == ("channels",)


def test_the_image_is_seen_whole_and_offsets_cell_by_cell() -> None:
    inputs = [Tensor((1, 4, 8, 8)), Tensor((2, 4, 3, 3)), Tensor((1, 18, 6, 6)), None, Tensor((1, 9, 6, 6))]
    outputs = apply(DeformableConvolution(), inputs).outputs
    links = DeformableConvolution().links(inputs, outputs)
    assert set(links) == {Link(0, 0, 0), *[Link(place, axis, axis) for place in (2, 4) for axis in (0, 2, 3)]}
    without = DeformableConvolution().links(inputs[:3], outputs)
    assert {link.input for link in without} == {0, 2}


def test_offsets_are_the_window_bent() -> None:
    """An offset of one cell to the right sees what lies one cell further, which no fixed link could say."""
    onnx = pytest.importorskip("onnx")
    from tests.operators.runtime import run

    assert onnx.defs.get_schema("DeformConv").since_version >= 19
    image = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    offset = np.zeros((1, 2, 4, 4), np.float32)
    offset[0, 1] = 1
    moved = run("DeformConv", image, np.ones((1, 1, 1, 1), np.float32), offset, opset=22)[0]
    assert moved[0, 0, 0].tolist() == [1, 2, 3, 0]
