"""Functions of elements, against NumPy in the same type: what is not right must be unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shapelens.dims import (
    Expression,
    Path,
    Unknown,
    evaluate,
    evaluate_condition,
    following,
    symbol,
)
from shapelens.operators import Activation, Cast, Elementwise, Tensor
from shapelens.operators.contents import FUNCTIONS, as_dtype, broadcast_contents, function_of
from tests.operators.readings import assert_readings_agree

H = symbol("H")
SIZES = np.concatenate([np.arange(1, 300), [1023, 1024, 1333, 4095, 10007, 16383, 65535]])

OF_TWO = {
    "add": np.add,
    "divide": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "multiply": np.multiply,
    "subtract": np.subtract,
}
OF_ONE = {
    "absolute": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "negative": np.negative,
    "round": np.rint,
    "sign": np.sign,
    "truncate": np.trunc,
}
FACTORS = [0.5, 0.25, 2.0, 3.0, 32.0, 1.5, 0.29, 1 / 3, 0.7, 1.0, 7.0, 0.125, 2.5, 1.3, 100.0, -1.0, 0.1]

steps = st.one_of(
    st.tuples(st.sampled_from(sorted(OF_ONE))),
    st.tuples(st.sampled_from(sorted(OF_TWO)), st.sampled_from(FACTORS), st.booleans()),
)


def carried_out(chain, element, dtype):
    """The chain on one element, in our functions, and cut off to an integer."""
    for name, *rest in chain:
        function = function_of(name, dtype)
        if not rest:
            element = function(element)
        else:
            number = float(np.dtype(dtype).type(rest[0]))
            element = function(number, element) if rest[1] else function(element, number)
    return as_dtype(element, "int64")


@np.errstate(all="ignore")
def carried_out_by_numpy(chain, sizes, dtype):
    """The chain on all sizes, and the largest number on the way."""
    values = sizes.astype(dtype)
    largest = 0.0
    for name, *rest in chain:
        if not rest:
            values = OF_ONE[name](values)
        else:
            number = np.dtype(dtype).type(rest[0])
            values = OF_TWO[name](number, values) if rest[1] else OF_TWO[name](values, number)
        largest = max(largest, float(np.abs(values).max()))
    return np.trunc(values), largest


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(chain=st.lists(steps, min_size=1, max_size=5))
def test_sizes_in_floating_point_are_right_to_the_bit_or_unknown(dtype, chain) -> None:
    true, largest = carried_out_by_numpy(chain, SIZES, dtype)
    assume(np.isfinite(true).all() and largest < 2**24)
    with following(Path({"H": 100})) as path:
        formula = carried_out(chain, as_dtype(H, dtype), dtype)
    for size, expected in zip(SIZES.tolist(), true.tolist(), strict=True):
        number = carried_out(chain, as_dtype(size, dtype), dtype)
        assert isinstance(number, Unknown) or number == int(expected), (size, number, expected)
        if isinstance(formula, Unknown):
            continue
        if all(evaluate_condition(condition, {"H": size}) is True for condition in path.conditions):
            found = evaluate(formula, {"H": size})
            assert found == int(expected), (size, formula, found, expected)


@pytest.mark.parametrize(
    ("chain", "formula"),
    [
        ([("multiply", 0.5, False), ("floor",)], "floor(H/2)"),
        ([("divide", 32.0, False), ("ceil",), ("multiply", 32.0, False)], "32*ceil(H/32)"),
        ([("multiply", 2.0, False), ("floor",)], "2*H"),
        ([("add", 1.0, False), ("multiply", 0.5, False), ("floor",)], "ceil(H/2)"),
        ([("divide", 3.0, False)], "floor(H/3)"),
        ([("divide", 1.5, False), ("floor",)], "floor(2*H/3)"),
        ([("subtract", 0.5, False), ("ceil",)], "H"),
        ([("multiply", 4.0, False), ("divide", 4.0, False)], "H"),
    ],
)
def test_what_exported_networks_compute_keeps_its_formula(chain, formula) -> None:
    assert str(carried_out(chain, H, "float32")) == formula


def test_a_factor_that_rounds_is_rounded_as_the_type_does() -> None:
    # 100 · 0.29 is 29.000000000000004 in double precision before it is rounded, and 28.999998 in none.
    in_single = carried_out([("multiply", 0.29, False), ("floor",)], H, "float32")
    in_double = carried_out([("multiply", 0.29, False), ("floor",)], H, "float64")
    assert isinstance(in_single, Expression)
    assert evaluate(in_single, {"H": 100}) == int(np.floor(np.float32(100) * np.float32(0.29)))
    assert evaluate(in_double, {"H": 100}) == int(np.floor(100 * 0.29))
    assert evaluate(in_single, {"H": 100}) != evaluate(in_double, {"H": 100})


@pytest.mark.parametrize(
    "chain",
    [
        [("multiply", 0.29, False), ("multiply", 0.7, False)],
        [("divide", 3.0, False), ("multiply", 3.0, False)],
        [("divide", 0.29, False)],
        [("divide", 2.0, True)],
        [("add", 1 / 3, False)],
    ],
)
def test_more_than_one_rounding_is_not_followed(chain) -> None:
    assert isinstance(carried_out(chain, H, "float32"), Unknown)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_not_followed_for_symbols_and_rounded_for_numbers(dtype) -> None:
    assert isinstance(as_dtype(H, dtype), Unknown)
    assert as_dtype(2049, "float16") == 2048.0
    assert as_dtype(257, "bfloat16") == 256.0
    assert as_dtype(259, "bfloat16") == 260.0


# integers ---------------------------------------------------------------------------------------------

INTEGERS_OF_TWO = {
    "add": lambda a, b: a + b,
    "bitwise_and": lambda a, b: a & b,
    "divide": lambda a, b: np.trunc(a / b).astype(np.int64),
    "floor_divide": lambda a, b: a // b,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "modulo": np.mod,
    "multiply": lambda a, b: a * b,
    "remainder": np.fmod,
    "subtract": lambda a, b: a - b,
}


@pytest.mark.parametrize("name", sorted(INTEGERS_OF_TWO))
@given(
    shift=st.integers(-300, 20),
    number=st.integers(-40, 40).filter(bool),
    swapped=st.booleans(),
)
def test_integers_are_computed_as_the_runtime_computes_them(name, shift, number, swapped) -> None:
    sizes = np.arange(1, 120, 7)
    left, right = (number, H + shift) if swapped else (H + shift, number)
    values = sizes.astype(np.int64) + shift
    operands = (np.int64(number), values) if swapped else (values, np.int64(number))
    function = function_of(name, "int64")
    with np.errstate(divide="ignore", invalid="ignore"):
        true = INTEGERS_OF_TWO[name](*operands)
    for size, expected, own in zip(sizes.tolist(), true.tolist(), values.tolist(), strict=True):
        if swapped and own == 0 and name in {"divide", "floor_divide", "modulo", "remainder"}:
            assert isinstance(function(number, 0), Unknown)
            continue
        assert function(*((number, own) if swapped else (own, number))) == expected
        with following(Path({"H": size})):
            formula = function(left, right)
        assert isinstance(formula, Unknown) or evaluate(formula, {"H": size}) == expected


def test_elements_of_few_bits_wrap_or_are_unknown() -> None:
    assert as_dtype(200, "int8") == -56
    assert as_dtype(-1, "uint8") == 255
    assert isinstance(function_of("add", "uint8")(200, 100), Unknown)
    assert isinstance(function_of("multiply", "int8")(H, 2), Unknown)
    assert isinstance(function_of("subtract", "uint64")(H, 7), Unknown)
    assert function_of("add", "uint64")(H, 7) == H + 7
    assert isinstance(as_dtype(H, "uint8"), Unknown)
    assert as_dtype(H, "int32") == H


@pytest.mark.parametrize(
    ("element", "dtype", "expected"),
    [
        (2.9, "int64", 2),
        (-2.9, "int64", -2),
        (3, "float32", 3.0),
        (16777217, "float32", 16777216.0),
        (0.1, "float32", float(np.float32(0.1))),
        (True, "int64", 1),
        (0, "bool", False),
        (-0.5, "bool", True),
        (H, "bool", True),
        (H, "float32", H),
    ],
)
def test_casting(element, dtype, expected) -> None:
    assert as_dtype(element, dtype) == expected


@pytest.mark.parametrize("element", [float("inf"), float("nan"), 1e30])
def test_what_is_no_integer_is_unknown_as_one(element) -> None:
    assert isinstance(as_dtype(element, "int64"), Unknown)


def test_a_symbol_as_a_condition_and_back() -> None:
    is_large = function_of("greater", "int64")(H, 10)
    with following(Path({"H": 20})) as path:
        assert as_dtype(is_large, "int64") == 1
    assert [str(condition) for condition in path.conditions] == ["H > 10"]


def test_every_function_taints() -> None:
    reason = Unknown("no reason")
    for name in FUNCTIONS:
        if name == "where":
            assert FUNCTIONS[name](reason, 1, 2) == reason
            continue
        count = 1 if name in {*OF_ONE, "bitwise_not", "identity", "not", "reciprocal", "square_root"} else 2
        assert FUNCTIONS[name](*[reason] * count) == reason


def test_choices_of_unknown_conditions_are_known_where_both_are_one() -> None:
    reason = Unknown("no reason")
    where = function_of("where", "int64")
    assert where(True, 5, reason) == 5
    assert where(reason, H, H) is H
    with following(Path({"H": 3})) as path:
        assert where(function_of("less", "int64")(H, 5), H, 7) == H
    assert path.conditions


def test_contents_broadcast_as_numpy_does() -> None:
    left, right = np.arange(6).reshape(2, 3, 1), np.arange(4)
    found = broadcast_contents(
        lambda a, b: a * 10 + b,
        [left.shape, right.shape],
        [left.ravel().tolist(), right.tolist()],
        np.broadcast_shapes(left.shape, right.shape),
    )
    assert found is not None
    assert list(found) == (left * 10 + right).ravel().tolist()
    assert broadcast_contents(lambda a: a, [(5000,)], [range(5000)], (5000,)) is None


# through operators --------------------------------------------------------------------------------------


@given(numbers=st.lists(st.integers(1, 5000), min_size=1, max_size=5), factor=st.sampled_from(FACTORS[:-2]))
def test_four_readings_of_a_chain_in_floats(numbers, factor) -> None:
    """The chain of four operators of which every exported up-sampling is made."""

    class Chain(Elementwise):
        def evaluate(self, *inputs):
            (sizes,) = Cast("float32").evaluate(*inputs).outputs
            scale = Tensor((1,), "float32", (float(np.float32(factor)),))
            (scaled,) = Elementwise("multiply").evaluate(sizes, scale).outputs
            (floored,) = Activation("floor").evaluate(scaled).outputs
            return Cast("int64").evaluate(floored)

    answers = assert_readings_agree(Chain(), [Tensor((1,), "int64", (H,))], {"H": numbers})
    true = np.floor(np.array(numbers, np.float32) * np.float32(factor))
    assert [answer.contents[0][0] for answer in answers] == [int(value) for value in true]


@pytest.mark.parametrize(
    "name", ["add", "divide", "maximum", "minimum", "modulo", "multiply", "subtract", "less", "equal"]
)
@given(data=st.data())
def test_four_readings_of_size_arithmetic(name, data) -> None:
    sizes = st.lists(st.integers(1, 90), min_size=4, max_size=4)
    symbols = {"H": data.draw(sizes), "W": data.draw(sizes)}
    left = Tensor((3,), "int64", (H, symbol("W") * 2 + 1, 12))
    right = Tensor((3,), "int64", (symbol("W"), 5, H))
    assert_readings_agree(Elementwise(name), [left, right], symbols)
