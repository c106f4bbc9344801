"""Resizing: what PyTorch and onnxruntime take and refuse, and the sizes that they give."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.operators import Resize, Tensor, apply
from tests.operators.resizing_samples import SAMPLED_AS, SCALES
from tests.operators.runtime import shapes_of, zeros

TORCH_MODES = {
    3: ("nearest", "nearest-exact", "area", "linear"),
    4: ("nearest", "nearest-exact", "area", "bilinear", "bicubic", "lanczos"),
    5: ("nearest", "nearest-exact", "area", "trilinear"),
}


@st.composite
def interpolations(draw):
    """A call of PyTorch's `interpolate`, the same as an operator, and the shape of an image."""
    rank = draw(st.integers(2, 6))
    mode = draw(st.sampled_from(TORCH_MODES.get(rank, TORCH_MODES[4])))
    shape = (
        draw(st.integers(0, 2)),
        draw(st.integers(1, 2)),
        *draw(st.lists(st.integers(0, 12), min_size=rank - 2, max_size=rank - 2)),
    )
    axes = tuple(range(2, rank))
    sampled, coordinates, nearest = SAMPLED_AS[mode]
    call = {"mode": mode}
    if sampled in {"linear", "cubic"}:
        call["align_corners"] = draw(st.booleans())
        coordinates = "align_corners" if call["align_corners"] else coordinates
    call["antialias"] = mode == "lanczos" or (
        rank == 4 and sampled in {"linear", "cubic"} and draw(st.booleans())
    )
    told = {}
    count = draw(st.sampled_from([rank - 2, rank - 2, rank - 2, 2]))
    if draw(st.booleans()):
        told["sizes"] = tuple(draw(st.lists(st.integers(-1, 12), min_size=count, max_size=count)))
        call["size"] = list(told["sizes"])
    else:
        told["scales"] = tuple(draw(st.lists(SCALES, min_size=count, max_size=count)))
        call["scale_factor"] = list(told["scales"])
        told["recomputed"] = draw(st.booleans())
        call["recompute_scale_factor"] = told["recomputed"] or None
    operator = Resize(
        **told,
        axes=axes,
        mode=sampled,
        coordinates=coordinates,
        nearest=nearest,
        antialias=call["antialias"],
        ranks=tuple([known for known, modes in TORCH_MODES.items() if mode in modes]),
    )
    return call, operator, shape


def check_interpolation(call, operator, shape) -> None:
    torch = pytest.importorskip("torch")
    outcome = apply(operator, [Tensor(shape)])
    assume(call["mode"] != "area" or 0 not in shape[2:])  # in one dimension PyTorch averages over nothing
    try:
        true = torch.nn.functional.interpolate(torch.zeros(shape), **call)
    except (RuntimeError, ValueError, NotImplementedError):
        assert outcome.broken, call
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.torch
@settings(max_examples=200)
@given(interpolations())
def test_shapes_and_what_is_refused_are_pytorchs(interpolation) -> None:
    check_interpolation(*interpolation)


@pytest.mark.torch
@pytest.mark.conformance
@settings(max_examples=5000)
@given(interpolations())
def test_shapes_and_what_is_refused_are_pytorchs_at_length(interpolation) -> None:
    check_interpolation(*interpolation)


@st.composite
def resizes(draw):
    """What ONNX' Resize is told, and the shape of what it is told about."""
    opset = draw(st.sampled_from([10, 11, 13, 18, 19]))
    shape = draw(st.lists(st.integers(1, 14), min_size=1, max_size=4).map(tuple))
    axes, sizes, policy = None, None, "stretch"
    if opset >= 18:
        policy = draw(st.sampled_from(["stretch", "not_larger", "not_smaller"]))
        if draw(st.booleans()):
            axes = tuple(draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True)))
    count = len(shape) if axes is None else len(axes)
    count = max(count + draw(st.sampled_from([0, 0, 0, 0, 1, -1])), 1)
    if (
        axes is not None and policy == "stretch"
    ):  # with any other the runtime leaves axes from the end as they are
        axes = tuple([axis - draw(st.sampled_from([0, len(shape)])) for axis in axes])
    if policy != "stretch" or (opset > 10 and draw(st.booleans())):
        least = 0 if policy == "stretch" else 1
        sizes = tuple(draw(st.lists(st.integers(least, 14), min_size=count, max_size=count)))
    scales = None if sizes else tuple(draw(st.lists(SCALES, min_size=count, max_size=count)))
    return opset, shape, axes, scales, sizes, policy


def check_resize(opset, shape, axes, scales, sizes, policy) -> None:
    attributes = {} if axes is None else {"axes": list(axes)}
    if policy != "stretch":
        attributes["keep_aspect_ratio_policy"] = policy
    asked = np.array(scales, np.float32) if sizes is None else np.array(sizes, np.int64)
    left_out = zeros(0) if opset < 13 else None
    told = {10: (asked,)}.get(opset, (left_out, asked) if sizes is None else (left_out, left_out, asked))
    operator = Resize(axes=axes, policy=policy, precision="single")
    own = Tensor(asked.shape, str(asked.dtype), tuple(asked.tolist()))
    outcome = apply(operator, [Tensor(shape), None, *([own] if sizes is None else [None, own])])
    true = shapes_of("Resize", zeros(*shape), *told, opset=opset, **attributes)
    if true is None or 0 in true[0]:  # of an image without cells the runtime makes one
        assert outcome.broken
        return
    if policy != "stretch" and has_half(shape, axes, sizes, policy):
        return
    assert (outcome.broken, [outcome.outputs[0].shape]) == ((), true)


def has_half(shape, axes, sizes, policy) -> bool:
    """Whether a size that keeps its proportions is a half and a whole number: there the runtimes round as it comes."""
    before = shape if axes is None else [shape[axis] for axis in axes]
    best = min if policy == "not_larger" else max
    scale = best([Fraction(size, own) for size, own in zip(sizes, before, strict=True)])
    return any((scale * own).denominator == 2 for own in before)


@pytest.mark.onnx
@settings(max_examples=150)
@given(resizes())
def test_shapes_and_what_is_refused_are_onnxruntimes(resize) -> None:
    check_resize(*resize)


@pytest.mark.onnx
@pytest.mark.conformance
@settings(max_examples=3000)
@given(resizes())
def test_shapes_and_what_is_refused_are_onnxruntimes_at_length(resize) -> None:
    check_resize(*resize)


@pytest.mark.onnx
@settings(max_examples=40)
@given(height=st.integers(1, 40), width=st.integers(1, 40), scales=st.tuples(SCALES, SCALES))
def test_upsampling_only_enlarges(height, width, scales) -> None:
    asked = np.array([1, 1, *scales], np.float32)
    operator = Resize(precision="single", coordinates="asymmetric", least_scale=1.0)
    outcome = apply(
        operator, [Tensor((1, 2, height, width)), None, Tensor((4,), "float32", tuple(asked.tolist()))]
    )
    true = shapes_of("Upsample", zeros(1, 2, height, width), asked, opset=9)
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@pytest.mark.onnx
@pytest.mark.parametrize(
    ("policy", "after"),
    [("not_larger", (1, 1, 7, 4)), ("not_smaller", (1, 1, 14, 7)), ("stretch", (1, 1, 7, 7))],
)
def test_proportions_are_kept(policy, after) -> None:
    # 10 × 5 into 7 × 7: by 7/10, 3.5 and so 4 cells wide; by 7/5, 14 cells high.
    operator = Resize(sizes=(7, 7), axes=(2, 3), policy=policy)
    outcome = apply(operator, [Tensor((1, 1, 10, 5))])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)
    asked = np.array([7, 7], np.int64)
    attributes = {"axes": [2, 3], "keep_aspect_ratio_policy": policy}
    assert shapes_of("Resize", zeros(1, 1, 10, 5), None, None, asked, opset=19, **attributes) == [after]
