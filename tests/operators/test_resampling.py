from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Resize, Tensor, apply
from shapelens.operators.reach import Link
from shapelens.operators.resampling import Sampling, sampled
from tests.operators.influence import span_of
from tests.operators.runtime import run

H = symbol("H")


@pytest.mark.parametrize(
    ("sizes", "scale", "how", "period", "advance", "spans"),
    [
        ((14, 28), 2.0, Sampling(coordinates="asymmetric"), 2, 1, ((0, 0), (0, 0))),
        ((14, 28), None, Sampling("linear"), 2, 1, ((-1, 0), (0, 1))),
        ((H, 2 * H), 2.0, Sampling("linear"), 2, 1, ((-1, 0), (0, 1))),
        ((28, 14), 0.5, Sampling("linear"), 1, 2, ((0, 1),)),
        ((28, 14), 0.5, Sampling("linear", antialias=True), 1, 2, ((-1, 2),)),
        ((28, 14), 0.5, Sampling("cubic"), 1, 2, ((-1, 2),)),
        ((5, 9), None, Sampling("linear", "align_corners"), 2, 1, ((0, 0), (0, 1))),
        ((5, 1), None, Sampling("linear", "align_corners"), 1, 0, ((0, 0),)),
        ((5, 3), None, Sampling("area"), 3, 5, ((0, 1), (1, 3), (3, 4))),
        ((5, 3), 0.7, Sampling("area"), 3, 5, ((0, 1), (1, 3), (3, 4))),
        ((H, H), None, Sampling("cubic"), 1, 1, ((0, 0),)),
        ((H, H), None, Sampling("cubic", "align_corners"), 1, 1, ((0, 0),)),
        (
            (9, 4),
            Fraction(4, 9),
            Sampling("nearest", "asymmetric", "ceil"),
            4,
            9,
            ((0, 0), (3, 3), (5, 5), (7, 7)),
        ),
    ],
)
def test_the_cells_of_each_phase(sizes, scale, how, period, advance, spans) -> None:
    assert sampled(2, sizes, scale, how) == Link(0, 2, 2, period, advance, spans)


@pytest.mark.parametrize(
    ("sizes", "scale", "how"),
    [
        ((H, 7), None, Sampling()),
        ((7, H), None, Sampling("area")),
        ((Unknown("x"), Unknown("x")), None, Sampling()),
        ((H, 2 * H), 2.0, Sampling("linear", "align_corners")),
        ((H, 3 * H // 2), 1.5, Sampling("linear", "half_pixel_symmetric")),
        ((0, 7), None, Sampling()),
        ((1000, 1999), None, Sampling()),
        ((1000, 123), 0.1234567, Sampling()),
        ((9, 7), 1e-9, Sampling()),
    ],
)
def test_what_cannot_be_followed(sizes, scale, how) -> None:
    assert sampled(2, sizes, scale, how) == Link(0, 2, 2, spans=None)


# against the frameworks, cell by cell -------------------------------------------------------------------
#
# Along one axis each cell is set to 1 in a sample of its own: what comes out is by how much every output cell is
# taken from every input cell.

SCALES = st.sampled_from(
    [0.25, 0.29, 1 / 3, 0.5, 0.6, 2 / 3, 0.7, 0.75, 1.0, 1.25, 1.37, 1.5, 2.0, 2.5, 3.0, 4.0]
)


def each_alone(size):
    return np.eye(size, dtype=np.float32).reshape(size, 1, 1, size)


def seen_in(shares) -> list[tuple[int, int]]:
    """The first and the last cell that each output cell takes something from."""
    return [(int(cells[0]), int(cells[-1])) for cells in [np.nonzero(abs(s) > 4e-6)[0] for s in shares.T]]


def told_by(operator, size) -> list[tuple[int, int]]:
    """The same, by the link; a place outside is clamped to the border."""
    tensors = [Tensor((1, 1, 1, size))]
    outputs = apply(operator, tensors).outputs
    (link,) = [link for link in operator.links(tensors, outputs) if link.output_axis == 3]
    spans = [span_of(link, cell) for cell in range(outputs[0].dims[3])]
    return [(min(max(first, 0), size - 1), min(max(last, 0), size - 1)) for first, last in spans]


def check(operator, size, shares) -> None:
    told, true = told_by(operator, size), seen_in(shares)
    if operator.antialias and operator.mode in {"cubic", "lanczos"}:
        # Beside the border the last cell of a window may have no weight, where its curve crosses zero.
        assert len(told) == len(true)
        for (first, last), (lowest, highest) in zip(told, true, strict=True):
            assert first <= lowest <= first + 1
            assert last - 1 <= highest <= last
        return
    if operator.mode == "nearest":
        # Where a place lies on the edge between two cells, single precision may fall to the other side of it.
        told = [
            seen if edge and abs(seen[0] - cell[0]) == 1 else cell
            for cell, seen, edge in zip(told, true, on_edge(operator, size), strict=True)
        ]
    assert told == true


def on_edge(operator, size) -> list[bool]:
    """Which places lie on the edge where the nearest cell changes: whole numbers, or halves."""
    whole = operator.nearest in {"floor", "ceil"}
    down, up = ("floor", "ceil") if whole else ("round_prefer_floor", "round_prefer_ceil")
    below, above = [told_by(operator.with_settings(nearest=nearest), size) for nearest in (down, up)]
    return [(low == high) is whole for low, high in zip(below, above, strict=True)]


TORCH_MODES = {
    "nearest": ("nearest", "asymmetric", "floor"),
    "nearest-exact": ("nearest", "half_pixel", "round_prefer_ceil"),
    "bilinear": ("linear", "half_pixel", "floor"),
    "bicubic": ("cubic", "half_pixel", "floor"),
    "area": ("area", "half_pixel", "floor"),
    "lanczos": ("lanczos", "half_pixel", "floor"),
}


def check_pytorch(size, target, mode, aligned, antialias) -> None:
    torch = pytest.importorskip("torch")
    smooth = mode in {"bilinear", "bicubic"}
    call = {"mode": mode, "antialias": mode == "lanczos" or (smooth and antialias)}
    if smooth:
        call["align_corners"] = aligned
    by_scale = isinstance(target, float)
    assume(not by_scale or size * target >= 1)
    call |= {"scale_factor": (1.0, target)} if by_scale else {"size": (1, target)}
    made = torch.nn.functional.interpolate(torch.from_numpy(each_alone(size)), **call)
    sampling, coordinates, nearest = TORCH_MODES[mode]
    operator = Resize(
        (1.0, target) if by_scale else None,
        None if by_scale else (1, target),
        (2, 3),
        sampling,
        "align_corners" if smooth and aligned else coordinates,
        nearest,
        call["antialias"],
    )
    check(operator, size, made.numpy().reshape(size, -1))


CALLS = {
    "size": st.integers(1, 24),
    "target": st.one_of(st.integers(1, 30), SCALES),
    "mode": st.sampled_from([*TORCH_MODES]),
    "aligned": st.booleans(),
    "antialias": st.booleans(),
}


@pytest.mark.torch
@settings(max_examples=150)
@given(**CALLS)
def test_every_cell_sees_what_pytorch_lets_it_see(size, target, mode, aligned, antialias) -> None:
    check_pytorch(size, target, mode, aligned, antialias)


@pytest.mark.torch
@pytest.mark.conformance
@settings(max_examples=5000)
@given(**CALLS)
def test_every_cell_sees_what_pytorch_lets_it_see_at_length(size, target, mode, aligned, antialias) -> None:
    check_pytorch(size, target, mode, aligned, antialias)


COORDINATES = [
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
]
ROUNDINGS = ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]


def check_onnxruntime(size, target, mode, coordinates, nearest, antialias) -> None:
    opset = 11 if coordinates == "tf_half_pixel_for_nn" else 19
    by_scale = isinstance(target, float)
    assume(not by_scale or size * target >= 1)
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates, "nearest_mode": nearest}
    smooths = antialias and mode != "nearest" and opset > 11
    if smooths:
        attributes["antialias"] = 1
    asked = np.array(
        (1, 1, 1, target) if by_scale else (size, 1, 1, target), np.float32 if by_scale else np.int64
    )
    empty = np.zeros(0, np.float32) if opset == 11 else None
    told = (empty, asked) if by_scale else (empty, empty, asked)
    made = run("Resize", each_alone(size), *told, opset=opset, **attributes)
    assert made is not None
    operator = Resize(
        (1.0, 1.0, 1.0, target) if by_scale else None,
        None if by_scale else (1, 1, 1, target),
        None,
        mode,
        coordinates,
        nearest,
        smooths,
        precision="single",
    )
    check(operator, size, made[0].reshape(size, -1))


RUNS = {
    "size": st.integers(1, 20),
    "target": st.one_of(st.integers(1, 24), SCALES),
    "mode": st.sampled_from(["nearest", "linear", "cubic"]),
    "coordinates": st.sampled_from(COORDINATES),
    "nearest": st.sampled_from(ROUNDINGS),
    "antialias": st.booleans(),
}


@pytest.mark.onnx
@settings(max_examples=200)
@given(**RUNS)
def test_every_cell_sees_what_onnxruntime_lets_it_see(
    size, target, mode, coordinates, nearest, antialias
) -> None:
    check_onnxruntime(size, target, mode, coordinates, nearest, antialias)


@pytest.mark.onnx
@pytest.mark.conformance
@settings(max_examples=5000)
@given(**RUNS)
def test_every_cell_sees_what_onnxruntime_lets_it_see_at_length(
    size, target, mode, coordinates, nearest, antialias
) -> None:
    check_onnxruntime(size, target, mode, coordinates, nearest, antialias)


@pytest.mark.onnx
@pytest.mark.parametrize("mode", ["nearest", "linear"])
@pytest.mark.parametrize("scale", [0.3, 0.5, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("size", [7, 9, 10])
def test_before_version_11_shrinking_rounds_up(mode, scale, size) -> None:
    made = run("Resize", each_alone(size), np.array((1, 1, 1, scale), np.float32), opset=10, mode=mode)
    assert made is not None
    operator = Resize(
        (1.0, 1.0, 1.0, scale), mode=mode, coordinates="asymmetric", nearest="simple", precision="single"
    )
    check(operator, size, made[0].reshape(size, -1))


@pytest.mark.onnx
@pytest.mark.parametrize("policy", ["not_larger", "not_smaller"])
@pytest.mark.parametrize("mode", ["nearest", "linear"])
@pytest.mark.parametrize(("height", "width"), [(2, 7), (3, 11), (7, 3)])
def test_proportions_place_the_cells(policy, mode, height, width) -> None:
    size, asked = 8, (5, 9)
    attributes = {"keep_aspect_ratio_policy": policy, "axes": [2, 3], "mode": mode}
    image = each_alone(size).repeat(height, axis=2)
    made = run("Resize", image, None, None, np.array(asked), opset=19, **attributes)
    assert made is not None
    operator = Resize(
        None, asked, (2, 3), mode, nearest="round_prefer_floor", policy=policy, precision="single"
    )
    tensors = [Tensor((1, 1, height, size))]
    outputs = apply(operator, tensors).outputs
    assert outputs[0].shape == (1, *made[0].shape[1:])
    (link,) = [link for link in operator.links(tensors, outputs) if link.output_axis == 3]
    spans = [span_of(link, cell) for cell in range(outputs[0].dims[3])]
    told = [(min(max(first, 0), size - 1), min(max(last, 0), size - 1)) for first, last in spans]
    assert told == seen_in(made[0][:, 0, 0, :])


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic"])
def test_an_axis_that_stays_as_it_is_is_copied_whatever_the_scale(mode) -> None:
    # 3 cells by 1.25 are 3 again; PyTorch copies them, but for two modes that go by the scale.
    torch = pytest.importorskip("torch")
    image = torch.from_numpy(each_alone(3).repeat(2, axis=2))
    made = torch.nn.functional.interpolate(image, scale_factor=(2.0, 1.25), mode=mode)
    sampling, coordinates, nearest = TORCH_MODES[mode]
    operator = Resize((2.0, 1.25), None, (2, 3), sampling, coordinates, nearest)
    assert told_by(operator, 3) == seen_in(made[:, 0, 0, :].numpy())
