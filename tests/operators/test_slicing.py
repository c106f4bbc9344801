from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Narrow, Slice, Tensor, apply
from shapelens.operators.slicing import cut_of
from tests.operators.origins import assert_links_hold
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")
LARGEST, SMALLEST = 2**63 - 1, -(2**63)


def shape_of(operator, *inputs):
    return apply(operator, inputs).outputs[0].shape


@pytest.mark.parametrize(
    ("size", "cut", "length"),
    [
        (10, (2, 8, 1), 6),
        (10, (2, LARGEST, 3), 3),
        (10, (2, 2**31 - 1, 3), 3),
        (10, (None, None, 1), 10),
        (10, (-3, None, 1), 3),
        (10, (-30, -2, 1), 8),
        (10, (20, 30, 1), 0),
        (10, (LARGEST, LARGEST, 1), 0),
        (10, (SMALLEST, 3, 1), 3),
        (10, (0, SMALLEST, 1), 0),
        (10, (None, None, -1), 10),
        (10, (-1, SMALLEST, -1), 10),
        (10, (LARGEST, -LARGEST, -4), 3),
        (10, (8, 2, -3), 2),
        (10, (2, 8, -1), 0),
        (10, (9, -1, -1), 0),
        (10, (-1, LARGEST, -1), 0),
        (10, (0, -100, -1), 1),
        # ONNX clamps the start to the axis; Python would give none.
        (10, (-100, -200, -1), 1),
        (0, (None, None, 1), 0),
        (0, (None, None, -1), 0),
        (0, (-100, -200, -1), 0),
        (1, (1, None, 1), 0),
    ],
)
def test_the_length_of_a_cut(size, cut, length) -> None:
    assert cut_of(size, *cut).length == length


@pytest.mark.parametrize(
    ("start", "end", "step", "printed"),
    [
        (None, None, 1, "H"),
        (0, LARGEST, 1, "H"),
        (None, None, 2, "ceil(H/2)"),
        (1, None, 2, "floor(H/2)"),
        (None, None, -1, "H"),
        (-1, SMALLEST, -2, "ceil(H/2)"),
        (1, -1, 1, "max(0, H - 2)"),
        (None, -1, 1, "H - 1"),
        (1, None, 1, "H - 1"),
        (-2, None, 1, "min(H, 2)"),
        (0, 5, 1, "min(H, 5)"),
        (H // 2, None, 1, "ceil(H/2)"),
        (None, H // 2, 1, "floor(H/2)"),
        (H // 4, H // 4 + H // 2, 1, "floor(H/2)"),
    ],
)
def test_a_cut_of_a_symbol_reads_well(start, end, step, printed) -> None:
    assert str(cut_of(H, start, end, step).length) == printed


def test_what_is_known_of_a_size_simplifies_the_cut() -> None:
    at_least_three = symbol("H", minimum=3)
    assert str(cut_of(at_least_three, 1, -1, 1).length) == "H - 2"
    assert str(cut_of(at_least_three, 0, 3, 1).length) == "3"
    assert str(cut_of(symbol("H", minimum=2), -2, None, 1).length) == "2"


def test_a_start_that_may_be_negative_is_decided_by_the_path() -> None:
    with following(Path({"H": 8, "W": 6})) as path:
        crop = cut_of(H, (H - W) // 2, (H - W) // 2 + W, 1)
    assert crop.first == (H - W) // 2
    assert path.conditions
    with following(Path({"H": 6, "W": 8})):
        assert cut_of(H, (H - W) // 2, None, 1).first != (H - W) // 2


@pytest.mark.parametrize(
    ("inputs", "after"),
    [
        ((Tensor((1,), "int64", (1,)), Tensor((1,), "int64", (3,))), (2, 5, 6)),
        ((Tensor((2,), "int64", (1, 0)), Tensor((2,), "int64", (3, LARGEST))), (2, 5, 6)),
        (
            (
                Tensor((1,), "int64", (1,)),
                Tensor((1,), "int64", (-1,)),
                Tensor((1,), "int64", (-1,)),
                Tensor((1,), "int64", (2,)),
            ),
            (4, 5, 2),
        ),
        ((Tensor((1,), "int64"), Tensor((1,), "int64", (3,))), ("?", 5, 6)),
        ((Tensor((1,), "int64", (1,)), Tensor((1,), "int64")), ("?", 5, 6)),
        ((Tensor((1,), "int64", (1,)), Tensor((1,), "int64", (3,)), Tensor((1,), "int64")), ("?", "?", "?")),
        ((Tensor((H,), "int64"), Tensor((H,), "int64")), ("?", "?", "?")),
        ((Tensor((H,), "int64"), Tensor((H,), "int64"), Tensor((1,), "int64", (2,))), (4, 5, "?")),
        (
            (
                Tensor((1,), "int64", (1,)),
                Tensor((1,), "int64", (3,)),
                Tensor((1,), "int64", (0,)),
                Tensor((1,), "int64"),
            ),
            ("?", 5, 6),
        ),
    ],
)
def test_places_from_inputs(inputs, after) -> None:
    shape = shape_of(Slice(), Tensor((4, 5, 6)), *inputs)
    assert tuple(["?" if isinstance(dim, Unknown) else dim for dim in shape]) == after


@pytest.mark.parametrize(
    ("operator", "kind"),
    [
        (Slice((0,), (1,), (3,)), "axis"),
        (Slice((0, 0), (1, 1), (0, -3)), "axis"),
        (Slice((0,), (1,), (0,), (0,)), "slice"),
        (Slice((0,), (1, 2), (0,)), "slice"),
    ],
)
def test_a_slice_that_is_none(operator, kind) -> None:
    outcome = apply(operator, [Tensor((4, 5, 6))])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert isinstance(outcome.outputs[0].shape, Unknown)


def test_contents_go_along() -> None:
    sizes = Tensor((4,), "int64", (1, 3, H, W))
    assert apply(Slice((-2,), (None,), (0,)), [sizes]).outputs[0].contents == (H, W)
    assert apply(Slice((None,), (None,), (0,), (-1,)), [sizes]).outputs[0].contents == (W, H, 3, 1)
    assert apply(Slice((N,), (None,), (0,)), [sizes]).outputs[0].contents is None


places = st.one_of(st.none(), st.integers(-12, 12))


@given(st.integers(0, 9), places, places, st.integers(-4, 4).filter(bool))
@settings(max_examples=300)
def test_a_slice_does_what_python_does(size, start, end, step) -> None:
    if step < 0 and start is not None and start < -size:
        start = -size  # there ONNX differs
    cut = cut_of(size, start, end, step)
    assert list(cut.places) == list(range(size))[start:end:step]


@given(st.integers(1, 6), st.integers(1, 6), places, places, st.integers(1, 3))
@settings(max_examples=60)
def test_links_lead_where_numpy_says(rows, columns, start, end, step) -> None:
    operator = Slice((start,), (end,), (1,), (step,))
    assert_links_hold(operator, [(rows, columns)], lambda x: x[:, start:end:step])


@given(places, places, st.integers(-3, 3).filter(bool), st.lists(st.integers(1, 12), min_size=4, max_size=4))
@settings(max_examples=60)
def test_readings_agree(start, end, step, sizes) -> None:
    operator = Slice((start,), (end,), (1,), (step,))
    assert_readings_agree(operator, [Tensor((N, H))], {"N": (1, 2, 3, 4), "H": sizes})


@given(
    st.lists(st.integers(1, 12), min_size=4, max_size=4), st.integers(-3, 3), st.integers(-2, 2).filter(bool)
)
@settings(max_examples=60)
def test_readings_of_computed_places_agree(sizes, shift, step) -> None:
    starts, ends = Tensor((1,), "int64", (W - 4,)), Tensor((1,), "int64", (W + shift,))
    axes, steps = Tensor((1,), "int64", (0,)), Tensor((1,), "int64", (step,))
    assert_readings_agree(Slice(), [Tensor((H,)), starts, ends, axes, steps], {"W": (1, 3, 5, 9), "H": sizes})


@pytest.mark.onnx
@given(st.integers(0, 7), st.integers(-12, 12), st.integers(-12, 12), st.integers(-4, 4).filter(bool))
@settings(max_examples=60)
def test_a_slice_does_what_onnxruntime_does(size, start, end, step) -> None:
    assert cut_of(size, start, end, step).length == runtime_length(size, start, end, step)


def runtime_length(size, start, end, step) -> int:
    runtime = pytest.importorskip("onnxruntime")
    import numpy as np

    if not hasattr(runtime_length, "session"):
        runtime_length.session = runtime.InferenceSession(_model(), providers=["CPUExecutionProvider"])
    fed = {"x": np.zeros(size, np.float32), "starts": np.array([start]), "ends": np.array([end])}
    fed |= {"axes": np.array([0]), "steps": np.array([step])}
    return len(runtime_length.session.run(None, fed)[0])


def _model() -> bytes:
    from onnx import TensorProto, helper

    node = helper.make_node("Slice", ["x", "starts", "ends", "axes", "steps"], ["y"])
    declared = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])]
    declared += [helper.make_tensor_value_info(name, TensorProto.INT64, [1]) for name in node.input[1:]]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["m"])
    graph = helper.make_graph([node], "slice", declared, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return model.SerializeToString()


@pytest.mark.parametrize(
    ("operator", "inputs", "after"),
    [
        (Narrow(1, 2, 5), [Tensor((N, 8))], (N, 5)),
        (Narrow(-1, -3, 2), [Tensor((N, 8))], (N, 2)),
        (Narrow(1, H, W), [Tensor((N, Unknown("x")))], (N, W)),
        (Narrow(0, 8, 0), [Tensor((8,))], (0,)),
        (Narrow(0, None, 3), [Tensor((8,)), Tensor((), "int64", (5,))], (3,)),
        (Narrow(0, None, 3), [Tensor((8,)), Tensor((), "int64")], (3,)),
        (Narrow(0, 1, 2), [Tensor(Unknown("x"))], Unknown("x")),
    ],
)
def test_a_stretch(operator, inputs, after) -> None:
    outcome = apply(operator, inputs)
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "kind"),
    [
        (Narrow(1, 2, 5), "axis"),
        (Narrow(0, 4, 5), "narrow"),
        (Narrow(0, -3, 4), "narrow"),
        (Narrow(0, -9, 1), "narrow"),
        (Narrow(0, 2, -1), "narrow"),
    ],
)
def test_a_stretch_that_lies_outside(operator, kind) -> None:
    assert [requirement.kind for requirement in apply(operator, [Tensor((8,))]).broken] == [kind]


@given(st.integers(1, 6), st.integers(-6, 6), st.integers(0, 6))
@settings(max_examples=60)
def test_a_stretch_is_a_slice_that_is_not_clamped(size, start, length) -> None:
    first = start + size if start < 0 else start
    operator, tensor = Narrow(1, start, length), Tensor((2, size))
    if first < 0 or first + length > size:
        assert apply(operator, [tensor]).broken
    else:
        assert_links_hold(operator, [(2, size)], lambda x: x[:, first : first + length])


def test_readings_of_stretches_agree() -> None:
    sizes = {"N": (1, 2, 3), "H": (4, 8, 12), "W": (3, 3, 2)}
    for start in (1, -2):
        assert_readings_agree(Narrow(1, start, 2), [Tensor((N, H))], sizes)
    assert_readings_agree(Narrow(0, None, 3), [Tensor((H,)), Tensor((), "int64", (W,))], sizes)
