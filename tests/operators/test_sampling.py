from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import AffineGrid, GridSample, Tensor, apply
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


# through a grid -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "grid", "after"),
    [
        ((2, 3, 64, 64), (2, 28, 30, 2), (2, 3, 28, 30)),
        ((N, C, H, W), (N, 7, W, 2), (N, C, 7, W)),
        ((1, 3, 4, 5, 6), (1, 7, 8, 9, 3), (1, 3, 7, 8, 9)),
        ((1, 3, 9), (1, 4, 1), (1, 3, 4)),
        ((1, 3, 4, Unknown("x")), (1, 7, Unknown("y"), 2), (1, 3, 7, Unknown("y"))),
        (Unknown("x"), (1, 7, 7, 2), Unknown("x")),
        ((1, 3, 4, 4), Unknown("y"), Unknown("y")),
    ],
)
def test_an_image_takes_the_size_of_the_grid(image, grid, after) -> None:
    outcome = apply(GridSample(), [Tensor(image, "float16"), Tensor(grid)])
    assert (outcome.broken, outcome.outputs) == ((), (Tensor(after, "float16"),))


@pytest.mark.parametrize(
    ("operator", "image", "grid", "kind", "after"),
    [
        (GridSample(), (2, 3, 4, 4), (1, 7, 7, 2), "grid", (2, 3, 7, 7)),
        (GridSample(), (2, 3, 4, 4), (2, 7, 7, 3), "grid", (2, 3, 7, 7)),
        (GridSample(), (2, 3, 0, 4), (2, 7, 7, 2), "resize", (2, 3, 7, 7)),
        (GridSample(), (2, 3, 4, 4), (2, 7, 2), "rank", Unknown("the rank does not fit")),
        (GridSample(), (2, 3), (2, 7), "rank", Unknown("the rank does not fit")),
        (GridSample(ranks=(4,)), (2, 3, 4, 4, 4), (2, 7, 7, 7, 3), "rank", Unknown("the rank does not fit")),
    ],
)
def test_a_grid_that_does_not_fit(operator, image, grid, kind, after) -> None:
    outcome = apply(operator, [Tensor(image), Tensor(grid)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == after


@st.composite
def grids(draw):
    """An image and a grid; most of them fit."""
    rank = draw(st.integers(2, 6))
    image = draw(st.lists(st.integers(0, 3), min_size=rank, max_size=rank))
    grid = [image[0], *draw(st.lists(st.integers(0, 3), min_size=rank - 2, max_size=rank - 2)), rank - 2]
    place, change = draw(st.integers(0, 4 * rank)), draw(st.integers(0, 3))
    if place < rank:
        grid[place] = change
    elif place == rank:
        grid.append(change)
    return tuple(image), tuple(grid), draw(st.sampled_from(["nearest", "linear", "cubic"]))


TORCH_MODES = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}


@pytest.mark.torch
@settings(max_examples=150)
@given(grids())
def test_shapes_and_what_is_refused_are_pytorchs(sampling) -> None:
    torch = pytest.importorskip("torch")
    image, grid, mode = sampling
    operator = GridSample(mode, ranks=(4,) if mode == "cubic" else (4, 5))
    outcome = apply(operator, [Tensor(image), Tensor(grid)])
    try:
        true = torch.nn.functional.grid_sample(
            torch.zeros(image), torch.zeros(grid), TORCH_MODES[mode], align_corners=False
        )
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@settings(max_examples=60)
@given(grids())
def test_shapes_and_what_is_refused_are_onnxruntimes(sampling) -> None:
    image, grid, mode = sampling
    outcome = apply(
        GridSample(mode, ranks=(4,) if mode == "cubic" else (4, 5)), [Tensor(image), Tensor(grid)]
    )
    true = shapes_of("GridSample", zeros(*image), zeros(*grid), opset=20, mode=mode)
    if 0 in image[:2]:  # the runtime looks at nothing else then
        return
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@settings(max_examples=40)
@given(
    rank=st.integers(3, 5),
    batch=st.sampled_from([N, 2, C]),
    numbers=st.lists(st.integers(1, 4), min_size=12, max_size=12),
)
def test_four_readings(rank, batch, numbers) -> None:
    image = Tensor((N, C, H, W, 3)[:rank])
    grid = Tensor((batch, *(W, H, 7)[: rank - 2], rank - 2))
    symbols = {"N": (1, 2, 3, 4), "C": numbers[:4], "H": numbers[4:8], "W": numbers[8:]}
    assert_readings_agree(GridSample(), [image, grid], symbols)


@pytest.mark.torch
@pytest.mark.parametrize(("image", "out"), [((2, 2, 3, 4), (3, 2)), ((2, 1, 2, 3, 2), (2, 1, 2))])
def test_the_image_is_seen_whole_and_the_grid_place_by_place(image, out) -> None:
    torch = pytest.importorskip("torch")
    chance = np.random.default_rng(0)
    places = chance.uniform(-0.9, 0.9, (image[0], *out, len(out))).astype(np.float32)
    pixels = chance.uniform(1, 2, image).astype(np.float32)

    def sampled(values, grid):
        return torch.nn.functional.grid_sample(
            torch.from_numpy(values), torch.from_numpy(grid), align_corners=False
        ).numpy()

    tensors = [Tensor(image), Tensor(places.shape)]
    links = assert_links_see(GridSample(), tensors, lambda x: sampled(x, places))
    assert [(link.input_axis, link.output_axis) for link in links] == [(0, 0), (1, 1)]
    links = assert_links_see(GridSample(), tensors, lambda x: sampled(pixels, places + x / 10), 1)
    assert [(link.input_axis, link.output_axis) for link in links] == [(0, 0), (1, 2), (2, 3), (3, 4)][
        : len(out) + 1
    ]


# grids --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "maps", "after"),
    [
        ((2, 3, 28, 30), (2, 2, 3), (2, 28, 30, 2)),
        ((N, C, H, W), (N, 2, 3), (N, H, W, 2)),
        ((1, 3, 4, 5, 6), (1, 3, 4), (1, 4, 5, 6, 3)),
        ((1, 3, Unknown("x"), 5), (1, 2, 3), (1, Unknown("x"), 5, 2)),
        ((1, 3, 4, 5), Unknown("x"), Unknown("x")),
        (None, (1, 2, 3), Unknown("the size of the image is not given")),
    ],
)
def test_a_map_gives_a_place_for_every_cell(size, maps, after) -> None:
    outcome = apply(AffineGrid(size), [Tensor(maps)])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


def test_the_size_may_come_as_a_tensor() -> None:
    maps, told = Tensor((2, 2, 3)), Tensor((4,), "int64", (2, 3, H, 30))
    assert apply(AffineGrid(), [maps, told]).outputs[0].shape == (2, H, 30, 2)
    untold = apply(AffineGrid(), [maps, Tensor((4,), "int64")])
    assert [str(dim) for dim in untold.outputs[0].dims] == ["?", "?", "?", "2"]
    assert isinstance(apply(AffineGrid(), [maps, Tensor((N,), "int64")]).outputs[0].shape, Unknown)


@pytest.mark.parametrize(
    ("size", "maps", "kind", "after"),
    [
        ((2, 3, 28, 30), (1, 2, 3), "affine_map", (2, 28, 30, 2)),
        ((2, 3, 28, 30), (2, 3, 4), "affine_map", (2, 28, 30, 2)),
        ((2, 3, 0, 30), (2, 2, 3), "resize", (2, Unknown("because of AffineGrid"), 30, 2)),
        ((2, 0, 28, 30), (2, 2, 3), "resize", (2, 28, 30, 2)),
        ((2, 3, 28, 30), (2, 3), "rank", Unknown("the rank does not fit")),
        ((2, 3, 28), (2, 1, 2), "count", Unknown("the count does not fit")),
    ],
)
def test_a_map_that_does_not_fit(size, maps, kind, after) -> None:
    outcome = apply(AffineGrid(size), [Tensor(maps)])
    assert {requirement.kind for requirement in outcome.broken} == {kind}
    assert outcome.outputs[0].shape == after


@pytest.mark.torch
@settings(max_examples=100)
@given(
    size=st.lists(st.integers(0, 3), min_size=3, max_size=6).map(tuple),
    batch=st.sampled_from([None, 1, 2]),
    axes=st.sampled_from([None, 2, 3]),
)
def test_grids_are_pytorchs(size, batch, axes) -> None:
    torch = pytest.importorskip("torch")
    spatial = len(size) - 2 if axes is None else axes
    maps = (size[0] if batch is None else batch, spatial, spatial + 1)
    outcome = apply(AffineGrid(size), [Tensor(maps)])
    try:
        true = torch.nn.functional.affine_grid(torch.zeros(maps), list(size), align_corners=False)
    except (RuntimeError, ValueError, NotImplementedError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@settings(max_examples=40)
@given(
    size=st.lists(st.integers(1, 3), min_size=3, max_size=6).map(tuple), batch=st.sampled_from([None, 1, 2])
)
def test_grids_are_onnxruntimes(size, batch) -> None:
    spatial = len(size) - 2
    maps = (size[0] if batch is None else batch, spatial, spatial + 1)
    outcome = apply(AffineGrid(), [Tensor(maps), Tensor((len(size),), "int64", size)])
    true = shapes_of("AffineGrid", zeros(*maps), np.array(size), opset=20)
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@settings(max_examples=40)
@given(rank=st.integers(3, 6), numbers=st.lists(st.integers(1, 4), min_size=8, max_size=8))
def test_four_readings_of_a_grid(rank, numbers) -> None:
    size = (N, 3, H, 2 * H, 7, 5)[:rank]
    symbols = {"N": numbers[:4], "H": numbers[4:]}
    for batch in (N, 2):
        maps = Tensor((batch, rank - 2, rank - 1))
        assert_readings_agree(AffineGrid((2, 3, 4, 6, 7, 5)[:rank]), [maps], symbols)
        assert_readings_agree(AffineGrid(), [maps, Tensor((rank,), "int64", size)], symbols)


@pytest.mark.torch
def test_each_map_gives_its_own_places() -> None:
    torch = pytest.importorskip("torch")

    def placed(values):
        return torch.nn.functional.affine_grid(
            torch.from_numpy(values), [3, 1, 2, 4], align_corners=False
        ).numpy()

    (link,) = assert_links_see(AffineGrid((3, 1, 2, 4)), [Tensor((3, 2, 3))], placed)
    assert (link.input_axis, link.output_axis) == (0, 0)


def test_how_they_are_told() -> None:
    assert GridSample().words([], []) == "grid sample"
    assert GridSample("cubic", (4,)).attributes([]) == {"mode": "cubic", "ranks": [4]}
    assert AffineGrid().words([], []) == "affine grid"
    assert AffineGrid((1, 3, H, 7)).attributes([]) == {"size": [1, 3, "H", 7]}
