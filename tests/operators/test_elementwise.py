from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, following, symbol
from shapelens.operators import Elementwise, Tensor, apply, broadcast
from tests.operators.readings import assert_readings_agree

N, H, W = symbol("N"), symbol("H"), symbol("W")


def true_broadcast(*shapes):
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


@st.composite
def shapes_that_may_broadcast(draw):
    """Two to four shapes made of one, each with axes missing, of size 1, or now and then of another size."""
    whole = draw(st.lists(st.integers(0, 5), max_size=4))
    shapes = []
    for _ in range(draw(st.integers(2, 4))):
        own = whole[draw(st.integers(0, len(whole))) :]
        other = st.sampled_from([0, 0, 0, 1, 1, 7])
        shapes.append(tuple([{0: size, 1: 1, 7: 7}[draw(other)] for size in own]))
    return shapes


@given(shapes=shapes_that_may_broadcast())
def test_broadcasting_is_numpys(shapes) -> None:
    shape, requirements = broadcast(shapes)
    broken = any(requirement.truth is False for requirement in requirements)
    true = true_broadcast(*shapes)
    assert broken == (true is None)
    if true is not None:
        assert shape == true


@given(
    data=st.data(),
    left=st.lists(st.sampled_from(["H", "W", 1, 3]), max_size=4),
    right=st.lists(st.sampled_from(["H", "W", 1, 3]), max_size=4),
)
def test_four_readings(data, left, right) -> None:
    sizes = st.lists(st.sampled_from([1, 2, 3, 8]), min_size=5, max_size=5)
    symbols = {"H": data.draw(sizes), "W": data.draw(sizes)}
    operands = [
        Tensor(tuple([symbol(s) if isinstance(s, str) else s for s in shape])) for shape in (left, right)
    ]
    answers = assert_readings_agree(Elementwise("add"), operands, symbols)
    for place, answer in enumerate(answers):
        at = {name: values[place] for name, values in symbols.items()}
        true = true_broadcast(*[[at.get(s, s) for s in shape] for shape in (left, right)])
        assert bool(answer.broken) == (true is None)
        assert true is None or answer.shapes == (true,)


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(1, 64, 56, 56), (64, 1, 1)], (1, 64, 56, 56)),
        ([(N, 64, H, W), (1, 64, 1, 1)], (N, 64, H, W)),
        ([(N, 1), (1, H)], (N, H)),
        ([(Unknown("x"), 3), (5, 3)], (5, 3)),
        ([(Unknown("x"), 3), (1, 3)], (Unknown("x"), 3)),
        ([(Unknown("x"), 3), (H, 3)], (Unknown("x"), 3)),
        ([(), ()], ()),
    ],
)
def test_shapes(shapes, expected) -> None:
    outcome = apply(Elementwise("multiply"), [Tensor(shape) for shape in shapes])
    assert outcome.outputs[0].shape == expected
    assert not outcome.broken


def test_two_symbols_are_equal_along_a_path_that_says_so() -> None:
    operands = [Tensor((N, 8, H)), Tensor((N, 8, W))]
    with following(Path({"N": 2, "H": 7, "W": 7})) as path:
        assert apply(Elementwise(), operands).outputs[0].shape in [(N, 8, H), (N, 8, W)]
    assert [str(condition) for condition in path.conditions] == ["H = W"]
    with following(Path({"N": 2, "H": 1, "W": 7})):
        assert apply(Elementwise(), operands).outputs[0].shape == (N, 8, W)


def test_what_does_not_fit_says_which_axis_and_what() -> None:
    outcome = apply(Elementwise(), [Tensor((1, 64, 28, 28)), Tensor((1, 64, 28, 27))], blame="add3")
    (broken,) = outcome.broken
    assert (broken.kind, broken.facts["axis"]) == ("broadcast", 3)
    assert (broken.facts["left"], broken.facts["right"]) == (28, 27)
    assert outcome.outputs[0].shape == (1, 64, 28, Unknown("because of add3"))


@pytest.mark.parametrize(
    ("axis", "other", "expected"),
    [
        (1, (64,), (1, 64, 7, 9)),
        (2, (7,), (1, 64, 7, 9)),
        (1, (64, 7), (1, 64, 7, 9)),
        (-3, (64,), (1, 64, 7, 9)),
    ],
)
def test_the_second_operand_may_be_aligned_at_an_axis(axis, other, expected) -> None:
    operator = Elementwise("add", axis=axis)
    inputs = [Tensor((1, 64, 7, 9)), Tensor(other)]
    outcome = apply(operator, inputs)
    assert (outcome.outputs[0].shape, outcome.broken) == (expected, ())
    links = [link for link in operator.links(inputs, outcome.outputs) if link.input == 1]
    assert [link.output_axis for link in links][: len(other)] == list(range(axis % 4, axis % 4 + len(other)))
    assert apply(operator, [inputs[0], Tensor((5,) * len(other))]).broken


def test_some_want_one_shape_without_broadcasting() -> None:
    operator = Elementwise("swiglu", same_shape=True)
    assert apply(operator, [Tensor((2, 3)), Tensor((2, 3))]).outputs[0].shape == (2, 3)
    assert apply(operator, [Tensor((2, 3)), Tensor((1, 3))]).broken[0].spoils == (0,)
    assert apply(operator, [Tensor((2, 3)), Tensor((3,))]).outputs[0].shape == Unknown(
        "because of Elementwise"
    )


@pytest.mark.parametrize(
    ("function", "dtypes", "expected"),
    [
        ("add", ("float16", "float16"), "float16"),
        ("less", ("float32", "float32"), "bool"),
        ("xor", ("bool", "bool"), "bool"),
        ("where", ("bool", "int64", "int64"), "int64"),
    ],
)
def test_types(function, dtypes, expected) -> None:
    operands = [Tensor((2,), dtype) for dtype in dtypes]
    assert apply(Elementwise(function), operands).outputs[0].dtype == expected


@pytest.mark.parametrize(
    ("function", "contents", "expected"),
    [
        ("add", [(H,), (2,)], (H + 2,)),
        ("add", [(1, 2), (10,), (100, 200)], (111, 212)),
        ("divide", [(H,), (2,)], (H // 2,)),
        ("where", [(True, False), (H, H), (W, W)], (H, W)),
        ("maximum", [(1, 9), (5, 5)], (5, 9)),
        ("mean", [(1, 9), (5, 5)], None),
        ("tanh", [(1,), (5,)], None),
    ],
)
def test_sizes_go_through(function, contents, expected) -> None:
    operands = [Tensor((len(c),), "bool" if c[0] is True else "int64", c) for c in contents]
    assert apply(Elementwise(function), operands).outputs[0].contents == expected


def test_a_quotient_of_floats_is_no_quotient_of_integers() -> None:
    sizes = [Tensor((1,), "float32", (size,)) for size in (2 * H + 1, H)]
    (element,) = apply(Elementwise("divide"), sizes).outputs[0].contents or ()
    assert isinstance(element, Unknown)


def test_cells_see_cells_at_their_own_place() -> None:
    operands = [Tensor((1, 64, 7, 7)), Tensor((64, 1, 1))]
    links = Elementwise().links(operands, [Tensor((1, 64, 7, 7))])
    assert [(link.input, link.input_axis, link.output_axis, link.advance) for link in links] == [
        *[(0, 0, 0, 0), (0, 1, 1, 1), (0, 2, 2, 1), (0, 3, 3, 1)],
        *[(1, 0, 1, 1), (1, 1, 2, 0), (1, 2, 3, 0)],
    ]


def test_weights_follow_the_channels_that_they_meet() -> None:
    scale = Tensor((64, 1, 1), is_held=True)
    before = [Tensor((1, 64, 7, 7)), scale]
    assert Elementwise("multiply").follow(before, [Tensor((1, 32, 7, 7)), scale]).shapes == {1: (32, 1, 1)}
    assert Elementwise("multiply").follow(before, before).shapes == {}
    unlike = Tensor((5, 1, 1), is_held=True)
    assert Elementwise().follow([before[0], unlike], [Tensor((1, 32, 7, 7)), unlike]).shapes == {}


def test_signs() -> None:
    assert [Elementwise(name).sign for name in ("add", "multiply", "less_or_equal")] == [
        "+",
        "·",
        "less or equal",
    ]
    assert Elementwise("less_or_equal").words([], []) == "less or equal"


def test_shapes_that_must_be_the_same_say_which_sizes_are_not() -> None:
    operator = Elementwise("add", same_shape=True)
    (broken,) = apply(operator, [Tensor((2, 3)), Tensor((2, 1))]).broken
    assert (broken.kind, broken.facts["left"], broken.facts["right"], broken.facts["axis"]) == (
        "broadcast",
        3,
        1,
        1,
    )
    (broken,) = apply(operator, [Tensor((2, 3)), Tensor((3,))]).broken
    assert (broken.kind, broken.facts["shapes"]) == ("same_shape", ((2, 3), (3,)))


@pytest.mark.parametrize("other", [Tensor((1, 1), "int64", (5,)), Tensor((2**62, 1), "int64")])
def test_a_long_axis_beside_an_empty_one_is_not_walked(other) -> None:
    long = Tensor((2**62, 0), "int64", ())
    found = apply(Elementwise("add"), [long, other]).outputs[0]
    assert found.shape == (2**62, 0)


@pytest.mark.parametrize(
    ("function", "one", "other"),
    [
        ("equal", Tensor((1,), "int64", (1,)), Tensor((1,), "bfloat16", (1e30,))),
        ("xor", Tensor((1,), "bool", (True,)), Tensor((1,), "int64", (symbol("H"),))),
        ("bitwise_and", Tensor((1,), "float32", (1.0,)), Tensor((1,), "int64", (1,))),
    ],
)
def test_operands_of_types_that_do_not_go_together_have_no_contents(function, one, other) -> None:
    found = apply(Elementwise(function), [one, other]).outputs[0]
    assert found.shape == (1,)
    assert isinstance(found.contents[0], Unknown)
