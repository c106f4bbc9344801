"""Dims as text: exact in the JSON's grammar; shapes that people type, and what they are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    Expression,
    Unknown,
    all_of,
    any_of,
    at_least,
    at_most,
    condition_text,
    different,
    dim_text,
    equal,
    less_than,
    minimum,
    more_than,
    parse_shape,
    rounded_product,
    shape_text,
    symbol,
)
from shapelens.dims.text import MAXIMUM_SIZE
from shapelens.errors import ShapeTextError
from tests.dims.formulas import Formula, brute_force, build, evaluate_text, formulas

H, W, N = symbol("H"), symbol("W"), symbol("N")
SIZES = st.fixed_dictionaries({"H": st.integers(1, 300), "W": st.integers(1, 40), "N": st.integers(1, 9)})


def test_the_evaluator_of_these_tests():
    assert evaluate_text("2*floor((H + 1)/4) - -ceil(7/2)", {"H": 6}) == 2 * 1 + 4
    assert evaluate_text("min(H/2, 3)", {"H": 5}) * 2 == 5
    for text in ("H // 2", "[H][0]", "round(H)", "H * 0.5", "abs(H)"):
        with pytest.raises(AssertionError, match="outside of the grammar"):
            evaluate_text(text, {"H": 5})


@given(formulas(), SIZES)
@settings(max_examples=300)
def test_text_is_exact(formula: Formula, sizes):
    dim = build(formula)
    text = dim_text(dim)
    if "_double(" not in text and "_single(" not in text:
        assert evaluate_text(text, sizes) == brute_force(formula, sizes)


@given(formulas(), formulas(leaves=3), SIZES)
@settings(max_examples=150)
def test_a_shape_stands_in_axes(formula: Formula, other: Formula, sizes):
    # Put back between the axes, each text is still one value: nothing leaks out of its axis.
    shape = (build(formula), 3, build(other))
    text = shape_text(shape, times="*")
    if "_double(" not in text and "_single(" not in text:
        values = [brute_force(formula, sizes), 3, brute_force(other, sizes)]
        assert evaluate_text(text.replace("×", "*"), sizes) == values[0] * 3 * values[2]


@pytest.mark.parametrize(
    ("dim", "text"),
    [
        (5, "5"),
        (-5, "-5"),
        (H, "H"),
        (-H, "-H"),
        (1 - H, "-H + 1"),
        (W - H, "W - H"),
        (2 * H - 4, "2*H - 4"),
        (2 * H * W - 4 * W, "2*(H - 2)*W"),
        ((H - 2) * (W - 2), "(H - 2)*(W - 2)"),
        (-(H + 1) * (W + 1), "-(H + 1)*(W + 1)"),
        (N * H * W * 64, "64*N*H*W"),
        ((H // 2 + 1) * W, "(floor(H/2) + 1)*W"),
        ((H // 2) * (W // 2), "floor(H/2)*floor(W/2)"),
        ((3 * H // 4) * W, "floor(3*H/4)*W"),
        (((H + 1) // 4 - 1) * W, "floor((H - 3)/4)*W"),
        ((H + W + 3) // 4, "ceil((H + W)/4)"),
        ((H * W) // 4, "floor(H*W/4)"),
        (H - (H + 3) // 4 - (H + 2) // 3, "floor(2*H/3) - ceil(H/4)"),
        (minimum(2 * H, W + 1) * 3, "3*min(W + 1, 2*H)"),
        (H // (W + 1), "floor(H/(W + 1))"),
        (H // (2 * W), "floor(H/(2*W))"),
        ((H + 1) // W, "floor((H + 1)/W)"),
        (symbol("height/2") // 2, "floor(height/2/2)"),
        (rounded_product(H, 0.29), "floor_double(H*0.29)"),
        (rounded_product(H + 1, 0.25, precision="single", rounding="ceil"), "floor(H/4) + 1"),
        (Unknown("no reason"), "?"),
    ],
    ids=str,
)
def test_dim_text(dim, text):
    assert dim_text(dim) == text


def test_a_factor_is_told_to_the_last_digit():
    assert dim_text(rounded_product(H, 0.1)) != dim_text(rounded_product(H, 0.1 + 1e-16))


def test_product_sign():
    assert dim_text(2 * (H // 3) * W, "·") == "2·floor(H/3)·W"


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ((), "scalar"),
        ((64, 7, 7), "64×7×7"),
        ((N, 3, H, W), "N×3×H×W"),
        ((N, 64, (H + 1) // 2, 16 * (W // 16)), "N×64×ceil(H/2)×16·floor(W/16)"),
        ((H - 2, W + H // 2), "(H - 2)×(W + floor(H/2))"),
        ((H - (H + 3) // 4, 3), "floor(3·H/4)×3"),
        (((H - 2) * (W - 2), 3), "(H - 2)·(W - 2)×3"),
        ((Unknown("data decides"), 3), "?×3"),
        (Unknown("its rank is data"), "?"),
    ],
    ids=str,
)
def test_shape_text(shape, text):
    assert shape_text(shape) == text


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (at_least(H, 29), "H ≥ 29"),
        (more_than(H, 29), "H > 29"),
        (at_most(H, W), "H ≤ W"),
        (less_than(H, W), "H < W"),
        (equal(H // 4, 2 * (H // 8)), "floor(H/4) = 2*floor(H/8)"),
        (different(H, W), "H ≠ W"),
        (any_of(equal(H, W), equal(H, 1)), "H = W or H = 1"),
        (any_of(equal(H, 1), all_of(at_least(H, 4), at_least(W, 4))), "H = 1 or (H ≥ 4 and W ≥ 4)"),
        (all_of(any_of(equal(H, W), equal(H, 1)), at_least(H, 4)), "(H = W or H = 1) and H ≥ 4"),
        (at_least(H, 29).negated(), "H < 29"),
        (any_of(equal(H, W), equal(H, 1)).negated(), "H ≠ W and H ≠ 1"),
    ],
    ids=str,
)
def test_condition_text(condition, text):
    assert condition_text(condition) == str(condition) == text


# parsing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3x224x224", (3, 224, 224)),
        ("3X224X224", (3, 224, 224)),
        ("3×224×224", (3, 224, 224)),
        ("3 x 224 x 224", (3, 224, 224)),
        ("3*224*224", (3, 224, 224)),
        ("3 224 224", (3, 224, 224)),
        ("3,224,224", (3, 224, 224)),
        ("3, 224, 224", (3, 224, 224)),
        ("(3, 224, 224)", (3, 224, 224)),
        ("[3, 224, 224]", (3, 224, 224)),
        ("(3,)", (3,)),
        ("784", (784,)),
        ("+3x224", (3, 224)),
        ("0000000000000000000000000000003", (3,)),
        ("2147483647", (MAXIMUM_SIZE,)),
        ("3xHxW", (3, H, W)),
        ("3,max_height,W", (3, symbol("max_height"), W)),
    ],
)
def test_parse_shape(text, shape):
    assert parse_shape(text) == shape


def test_parse_shape_makes_symbols_as_told():
    assert parse_shape("3xHxW", symbol_of=lambda name: symbol(name, minimum=32)) == (
        3,
        symbol("H", 32),
        symbol("W", 32),
    )


ZERO_OR_NEGATIVE = (
    "  rule   every size is a whole number of at least 1, or a symbol\n"
    "  fix    for example 3x224x224, or with symbols 3xHxW"
)
NO_SIZE = (
    "  rule   a size is a whole number of at least 1, or a symbol such as H\n"
    "  fix    for example 3x224x224, or with symbols 3xHxW"
)
MISSING = f"  have   two separators with nothing between them, or one at an end\n{NO_SIZE}"
EMPTY = "  have   no sizes\n  rule   a shape is sizes parted by x: 3x224x224, or with symbols 3xHxW"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3x0x224", f"a size is zero\n  at     --input 3x0x224\n  have   0\n{ZERO_OR_NEGATIVE}"),
        ("3x-0x2", f"a size is zero\n  at     --input 3x-0x2\n  have   -0\n{ZERO_OR_NEGATIVE}"),
        ("3x-1x224", f"a size is negative\n  at     --input 3x-1x224\n  have   -1\n{ZERO_OR_NEGATIVE}"),
        (
            "3x2147483648",
            "a size is larger than any tensor's\n"
            "  at     --input 3x2147483648\n"
            "  have   2147483648\n"
            "  rule   a size is at most 2,147,483,647",
        ),
        (
            "9" * 5000,
            "a size is larger than any tensor's\n"
            f"  at     --input {'9' * 60}…\n"
            "  have   999999999999… (5000 digits)\n"
            "  rule   a size is at most 2,147,483,647",
        ),
        ("3x2.5", f"'2.5' is no size\n  at     --input 3x2.5\n  have   '2.5'\n{NO_SIZE}"),
        ("3x22?", f"'22?' is no size\n  at     --input 3x22?\n  have   '22?'\n{NO_SIZE}"),
        ("3,H/2", f"'H/2' is no size\n  at     --input 3,H/2\n  have   'H/2'\n{NO_SIZE}"),
        (
            "a" * 65,
            f"'{'a' * 40}…' is no size\n  at     --input {'a' * 60}…\n  have   '{'a' * 40}…'\n{NO_SIZE}",
        ),
        ("", f"this shape is empty\n  at     --input ''\n{EMPTY}"),
        ("  ", f"this shape is empty\n  at     --input '  '\n{EMPTY}"),
        ("()", f"this shape is empty\n  at     --input '()'\n{EMPTY}"),
        ("3x224x", f"a size is missing\n  at     --input 3x224x\n{MISSING}"),
        ("x3", f"a size is missing\n  at     --input x3\n{MISSING}"),
        ("3xx4", f"a size is missing\n  at     --input 3xx4\n{MISSING}"),
        ("3,224,", f"a size is missing\n  at     --input 3,224,\n{MISSING}"),
        ("3,,224", f"a size is missing\n  at     --input 3,,224\n{MISSING}"),
        ("(3,,)", f"a size is missing\n  at     --input (3,,)\n{MISSING}"),
        (",", f"a size is missing\n  at     --input ,\n{MISSING}"),
    ],
)
def test_parse_shape_says_what_is_wrong(text, message):
    with pytest.raises(ShapeTextError) as caught:
        parse_shape(text)
    assert str(caught.value) == message
    assert caught.value.exit_status == 2


def test_parse_shape_says_where_it_was_typed():
    with pytest.raises(ShapeTextError, match="\n  at     --shape x= 3x0\n"):
        parse_shape("3x0", at="--shape x=")


@given(st.text(max_size=30))
@settings(max_examples=300)
def test_parse_shape_raises_nothing_else(text):
    try:
        shape = parse_shape(text)
    except ShapeTextError:
        return
    assert shape
    assert all(isinstance(dim, Expression) or 1 <= dim <= MAXIMUM_SIZE for dim in shape)
