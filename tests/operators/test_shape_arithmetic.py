from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Constant, Identity, Range, ShapeOf, Size, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")
IMAGE = Tensor((N, 3, H, W))


def output(operator, *inputs) -> Tensor:
    return apply(operator, inputs).outputs[0]


@pytest.mark.parametrize(
    ("operator", "contents"),
    [
        (ShapeOf(), (N, 3, H, W)),
        (ShapeOf(2), (H, W)),
        (ShapeOf(-2), (H, W)),
        (ShapeOf(1, -1), (3, H)),
        (ShapeOf(-9, 9), (N, 3, H, W)),
        (ShapeOf(3, 1), ()),
    ],
)
def test_a_shape_is_a_tensor(operator, contents) -> None:
    assert output(operator, IMAGE) == Tensor((len(contents),), "int64", contents)


def test_the_shape_of_what_is_not_known() -> None:
    assert output(ShapeOf(), Tensor(Unknown("x"))) == Tensor((Unknown("x"),), "int64")
    assert output(ShapeOf(), Tensor((2, Unknown("x")))).contents == (2, Unknown("x"))
    assert output(Size(), Tensor(Unknown("x"))) == Tensor((), "int64", (Unknown("x"),))


def test_how_many_elements() -> None:
    assert output(Size(), IMAGE) == Tensor((), "int64", (3 * N * H * W,))


def test_constants_and_identities() -> None:
    tensor = Tensor((2,), "int64", (1, H))
    assert output(Identity(), tensor) == tensor
    assert output(Constant((2,), "int64", (1, H))) == tensor


@pytest.mark.parametrize(
    ("numbers", "count", "contents"),
    [
        ((0, 10, 3), 4, (0, 3, 6, 9)),
        ((10, 0, -4), 3, (10, 6, 2)),
        ((5, 5, 1), 0, ()),
        ((5, 0, 2), 0, ()),
        ((0, H, 1), H, None),
        ((H, H + 3, 1), 3, (H, H + 1, H + 2)),
        ((0, H, 2), (H + 1) // 2, None),
        ((H - 1, -1, -1), H, None),
        ((1.0, 5.0, 1.5), 3, None),
        ((0.0, -1.0, -0.25), 4, None),
    ],
)
def test_ranges(numbers, count, contents) -> None:
    found = output(Range(*numbers))
    assert (found.shape, found.contents) == ((count,), contents)
    told = [Tensor((), "int64", (number,)) for number in numbers]
    assert output(Range(), *told).shape == (count,)


@pytest.mark.parametrize(
    "inputs",
    [
        (Tensor((), "int64", (0,)), Tensor((), "int64"), Tensor((), "int64", (1,))),
        (Tensor((), "int64", (0,)), Tensor((), "int64", (Unknown("x"),)), Tensor((), "int64", (1,))),
        (Tensor((), "float32", (0.5,)), Tensor((), "float32", (H,)), Tensor((), "float32", (1.0,))),
    ],
)
def test_a_range_that_is_not_known(inputs) -> None:
    assert isinstance(output(Range(), *inputs).shape, Unknown)


def test_a_range_that_runtimes_round_differently_is_not_known() -> None:
    # 0.3 in single precision is above 3·0.1 if divided in double, and is not if divided in single.
    found = [output(Range(0.0, limit, 0.1, "float32")).shape for limit in (0.3, 0.35)]
    assert [shape if isinstance(shape, tuple) else None for shape in found] == [None, (4,)]
    halves = Range(0.0, 0.5, 0.1, "float16")
    assert isinstance(output(halves).shape, Unknown)
    assert output(Range(1.0, 5.0, 2.0, "float16")).shape == (2,)


def test_a_range_of_step_zero() -> None:
    assert [requirement.kind for requirement in apply(Range(0, 5, 0), ()).broken] == ["range"]


@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-5, 5).filter(bool))
@settings(max_examples=100)
def test_a_range_is_pythons(start, limit, step) -> None:
    assert output(Range(start, limit, step)).contents == tuple(range(start, limit, step))


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(-5, 5).filter(lambda step: abs(step) > 0.01))
@settings(max_examples=200)
def test_a_range_of_floats_is_numpys_or_unknown(start, limit, step) -> None:
    for dtype in ("float32", "float64"):
        numbers = [float(np.dtype(dtype).type(number)) for number in (start, limit, step)]
        shape = output(Range(*numbers, dtype=dtype)).shape
        low, high, by = [np.dtype(dtype).type(number) for number in numbers]
        true = max(int(np.ceil((high - low).astype(np.float64) / np.float64(by))), 0)
        assert isinstance(shape, Unknown) or shape == (true,)


@pytest.mark.parametrize("step", [1, 3, -1, -2])
def test_readings_of_ranges_agree(step) -> None:
    sizes = {"H": (1, 4, 5, 9), "W": (3, 4, 2, 1)}
    # Long ranges, whose numbers are not followed in any reading.
    ends = (H, 20000 * W) if step > 0 else (20000 * W, H)
    told = [Tensor((), "int64", (number,)) for number in (*ends, step)]
    assert_readings_agree(Range(), told, sizes)


def test_readings_of_a_computed_step_agree() -> None:
    # Its sign is decided by the path.
    told = [Tensor((), "int64", (number,)) for number in (0, 90000 * (W - 3), W - 3)]
    assert_readings_agree(Range(), told, {"W": (1, 2, 4, 9)})


def test_readings_of_shapes_agree() -> None:
    sizes = {"N": (1, 2, 3), "H": (7, 8, 9), "W": (1, 8, 2)}
    assert_readings_agree(ShapeOf(1), [IMAGE], sizes)
    assert_readings_agree(Size(), [IMAGE], sizes)
    assert_readings_agree(Identity(), [Tensor((2,), "int64", (H, W))], sizes)


def test_the_sign_of_a_step_is_a_condition() -> None:
    with following(Path({"H": 3})) as path:
        assert str(output(Range(0, 10, H - 2)).shape) == "(max(0, floor((H + 7)/(H - 2))),)"
    assert path.conditions


@pytest.mark.torch
@given(st.integers(-20, 20), st.integers(-20, 20), st.floats(-5, 5).filter(lambda step: abs(step) > 0.01))
@settings(max_examples=100)
def test_a_range_as_pytorch_does(start, limit, step) -> None:
    torch = pytest.importorskip("torch")
    try:
        true = tuple(torch.arange(start, limit, step, device="meta").shape)
    except RuntimeError:
        # PyTorch refuses the wrong direction, where ONNX gives nothing.
        assert (limit - start) * step < 0
        return
    shape = output(Range(start, limit, step, dtype="float32")).shape
    assert isinstance(shape, Unknown) or shape == true


@pytest.mark.parametrize("end", [float("nan"), float("inf"), -float("inf")])
def test_a_range_with_an_end_that_is_no_number(end) -> None:
    numbers = [Tensor((), "float32", (number,)) for number in (0.0, end, 1.0)]
    assert apply(Range(), numbers).outputs[0].shape == Unknown("the range has an end that is no number")


def test_a_range_of_fractions_is_counted_in_whole_numbers() -> None:
    outcome = apply(Range(1, H, 1, "float32", divisor=2), [])
    assert (str(outcome.outputs[0].shape[0]), outcome.outputs[0].contents) == ("H - 1", None)
    assert output(Range(0, 5, 1, "float32", divisor=2)).contents is None
    assert output(Range(0, 5, 2, "int64", divisor=1)).contents == (0, 2, 4)
