from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Activation, Clip, Dropout, ParametricActivation, Tensor, apply
from tests.operators.readings import assert_readings_agree

H, C = symbol("H"), symbol("C")


@pytest.mark.parametrize(
    ("function", "dtype", "elements", "expected"),
    [
        ("floor", "float32", (2.5, -2.5), (2.0, -3.0)),
        ("ceil", "float32", (2.5, -2.5), (3.0, -2.0)),
        ("round", "float32", (0.5, 1.5, 2.5, -0.5), (0.0, 2.0, 2.0, -0.0)),
        ("negative", "int64", (H, 3), (-H, -3)),
        ("sign", "float32", (-2.0, 0.0, 7.0), (-1.0, 0.0, 1.0)),
        ("square_root", "float32", (9.0, 2.0), (3.0, 1.4142135381698608)),
        ("reciprocal", "float32", (4.0,), (0.25,)),
        ("not", "bool", (True, False), (False, True)),
        ("sigmoid", "float32", (1.0,), None),
    ],
)
def test_sizes_go_through(function, dtype, elements, expected) -> None:
    tensor = Tensor((len(elements),), dtype, elements)
    assert apply(Activation(function), [tensor]).outputs[0].contents == expected


def test_a_negative_size_has_an_absolute_value_along_its_path() -> None:
    with following(Path({"H": 3})) as path:
        outcome = apply(Activation("absolute"), [Tensor((1,), "int64", (H - 7,))])
        assert outcome.outputs[0].contents == (7 - H,)
    assert [str(condition) for condition in path.conditions] == ["H - 7 < 0"]


def test_the_shape_stays_whatever_it_is() -> None:
    for shape in ((2, H), (), Unknown("x")):
        assert apply(Activation(), [Tensor(shape)]).outputs[0].shape == shape
    assert Activation("hard_sigmoid").words([], []) == "hard sigmoid"


def test_dropout_has_a_mask_where_it_is_asked_for() -> None:
    (kept,) = apply(Dropout(), [Tensor((2, H))]).outputs
    assert kept == Tensor((2, H))
    kept, mask = apply(Dropout(with_mask=True), [Tensor((2, H))], 2).outputs
    assert (kept.shape, mask.shape, mask.dtype) == ((2, H), (2, H), "bool")
    assert apply(Dropout(with_mask=True, mask_dtype=None), [Tensor((2,))], 2).outputs[1].dtype == "float32"


@pytest.mark.parametrize(
    ("operator", "bounds", "expected"),
    [
        (Clip(0, 6), (), (0, 5, 6)),
        (Clip(low=0), (), (0, 5, 9)),
        (Clip(), (None, 6), (-3, 5, 6)),
        (Clip(), (4, 6), (4, 5, 6)),
        (Clip(), (8, 6), (6, 6, 6)),
        (Clip(), (), (-3, 5, 9)),
    ],
)
def test_clipping(operator, bounds, expected) -> None:
    tensors = [None if bound is None else Tensor((), "int64", (bound,)) for bound in bounds]
    outcome = apply(operator, [Tensor((3,), "int64", (-3, 5, 9)), *tensors])
    assert (outcome.outputs[0].contents, outcome.broken) == (expected, ())


def test_bounds_that_are_computed_leave_the_contents_open() -> None:
    outcome = apply(Clip(), [Tensor((1,), "int64", (5,)), Tensor((), "int64")])
    assert (outcome.outputs[0].shape, outcome.outputs[0].contents) == ((1,), None)
    assert apply(Clip(), [Tensor((3,)), Tensor((3,))]).broken[0].kind == "clip_bound"


@given(data=st.data(), slope=st.sampled_from([(1,), ("C",), (5,)]), channel_axis=st.sampled_from([None, 1]))
def test_four_readings_of_a_learned_slope(data, slope, channel_axis) -> None:
    sizes = st.lists(st.sampled_from([1, 2, 5]), min_size=4, max_size=4)
    symbols = {"C": data.draw(sizes), "H": data.draw(sizes)}
    shape = tuple([C if size == "C" else size for size in slope])
    inputs = [Tensor((3, C, H)), Tensor(shape)]
    assert_readings_agree(ParametricActivation(channel_axis=channel_axis), inputs, symbols)


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 4, 5), (2, 1, 5, 5)])
@pytest.mark.parametrize("slope", [1, 3, 4, 5])
def test_a_slope_fits_where_pytorch_takes_it(shape, slope) -> None:
    torch = pytest.importorskip("torch")
    try:
        torch.nn.functional.prelu(torch.zeros(shape, device="meta"), torch.zeros(slope, device="meta"))
        takes = True
    except RuntimeError:
        takes = False
    outcome = apply(ParametricActivation(channel_axis=1), [Tensor(shape), Tensor((slope,))])
    assert (outcome.broken == ()) == takes


def test_a_slope_that_broadcasts_must_not_make_the_input_larger() -> None:
    operator = ParametricActivation()
    assert not apply(operator, [Tensor((2, 64, 7, 7)), Tensor((64, 1, 1))]).broken
    assert apply(operator, [Tensor((2, 1, 7, 7)), Tensor((64, 1, 1))]).broken
    assert apply(operator, [Tensor((7,)), Tensor((2, 7))]).broken


@pytest.mark.parametrize(
    ("operator", "slope", "followed"),
    [
        (ParametricActivation(channel_axis=1), (64,), {1: (32,)}),
        (ParametricActivation(channel_axis=1), (1,), {}),
        (ParametricActivation(), (64, 1, 1), {1: (32, 1, 1)}),
        (ParametricActivation(), (1,), {}),
    ],
)
def test_a_slope_follows_the_channels(operator, slope, followed) -> None:
    before, after = Tensor((1, 64, 8, 8)), Tensor((1, 32, 8, 8))
    assert operator.follow([before, Tensor(slope)], [after, Tensor(slope)]).shapes == followed
