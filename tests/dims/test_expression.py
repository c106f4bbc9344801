"""Expressions keep their value, and formulas that mean the same read the same."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Expression, ceil_divide, evaluate, maximum, minimum, symbol
from shapelens.dims.atoms import Named
from shapelens.dims.expression import MAXIMUM_DEGREE, MAXIMUM_TERMS, lift
from shapelens.errors import DimensionError
from tests.dims.formulas import Formula, brute_force, build, formulas

H, W, N = symbol("H"), symbol("W"), symbol("N")
SIZES = st.fixed_dictionaries({"H": st.integers(1, 300), "W": st.integers(1, 40), "N": st.integers(1, 9)})


def convolution(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


def chain(size, steps):
    for step in steps:
        size = step(size)
    return size


def halve(size):
    return convolution(size, 3, 2, 1)


def crop(size):
    return size // 2


def double(size):
    return size * 2


# one normal form --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (chain(H, [halve]), "ceil(H/2)"),
        (chain(H, [halve] * 5), "ceil(H/32)"),
        (chain(H, [crop] * 5), "floor(H/32)"),
        (chain(H, [crop] * 4 + [double] * 4), "16*floor(H/16)"),
        (chain(H, [halve, crop]), "floor((H + 1)/4)"),
        (convolution(H, 7, 2, 3), "ceil(H/2)"),
        (convolution(H, 11, 4, 2), "floor((H - 3)/4)"),
        (convolution(convolution(H, 11, 4, 2) + 0, 3, 2, 0), "floor((H - 7)/8)"),
        (H + 2 * 3 - 7 + 1, "H"),
        ((H + 3) + (W - 3), "H + W"),
        (H + H + H, "3*H"),
        (H - H, "0"),
        ((2 * H + 1) // 2, "H"),
        ((4 * H + 3) // 4, "H"),
        ((6 * H + 5) // 4, "floor(3*H/2) + 1"),
        ((6 * H) // 9, "floor(2*H/3)"),
        ((6 * H + 4) // 9, "H - floor((H + 1)/3)"),
        ((-H) // 2, "-ceil(H/2)"),
        ((-H) // -2, "floor(H/2)"),
        ((3 - H) // 4, "-floor(H/4)"),
        (-((-H) // 32), "ceil(H/32)"),
        ((3 * H) // 4, "floor(3*H/4)"),
        ((3 * H) // 2, "floor(3*H/2)"),
        (H // 2 + ceil_divide(H, 2), "H"),
        (H - H // 2, "ceil(H/2)"),
        (2 * H - ceil_divide(H, 2), "floor(3*H/2)"),
        (H % 2, "H - 2*floor(H/2)"),
        (H // 2 - 1, "floor(H/2) - 1"),
        (ceil_divide(H, 4) - 1, "ceil(H/4) - 1"),
        ((H // 2 + W) // 3, "floor((H + 2*W)/6)"),
        ((H // 2 + H) // 2, "floor(3*H/4)"),
        (H % 16, "H - 16*floor(H/16)"),
        (H % 1, "0"),
        ((H + (16 - H % 16) % 16) // 16, "ceil(H/16)"),
        ((H // 16 * 16) % 16, "0"),
        ((16 * H) // 16, "H"),
        (ceil_divide(16 * H + 1, 16), "H + 1"),
        (H * W - W * H, "0"),
        ((H + 1) * (H - 1) - H * H, "-1"),
        ((N * 16 * H * W) // (N * H), "16*W"),
        ((N * 400) // 256, "floor(25*N/16)"),
        ((N * H + N * W) // (H + W), "N"),
        ((H * W + W) // W, "H + 1"),
        ((H * W) // -W, "-H"),
        (((H + 1) * (W + 2)) // (W + 2), "H + 1"),
        ((4 * H) // (6 * W), "floor(2*H/(3*W))"),
        (H // W, "floor(H/W)"),
        ((-H) // (-W), "floor(H/W)"),
        (7 // H, "floor(7/H)"),
        (0 // H, "0"),
        (maximum(H, 1), "H"),
        (minimum(H, 1), "1"),
        (maximum(H, H + 1), "H + 1"),
        (minimum(H // 2, H), "floor(H/2)"),
        (maximum(minimum(H, W), H), "H"),
        (minimum(H, minimum(W, H)), "min(H, W)"),
        (maximum(maximum(H, 5), 3), "max(H, 5)"),
        (maximum(H - 5, W, 1), "max(H - 5, W)"),
    ],
    ids=str,
)
def test_normal_form(found, text):
    assert str(found) == text


def expression_pairs():
    """Two ways to write one formula."""
    for stride in (2, 3, 4):
        yield f"stride {stride} twice", H // stride // stride, H // stride**2
        yield f"ceil {stride} twice", ceil_divide(ceil_divide(H, stride), stride), ceil_divide(H, stride**2)
        yield f"minus the floor of minus, {stride}", -((-H) // stride), (H + stride - 1) // stride
        yield f"multiples of {stride} pulled out", (stride * W + H) // stride, W + H // stride
        yield (
            f"a whole constant pulled out of /{stride}",
            (H + 7 * stride + 1) // stride,
            (H + 1) // stride + 7,
        )
        yield f"common factor {stride}", (stride * H + stride - 1) // (stride * 5), H // 5
        yield (
            f"a floor under a floor, {stride}",
            (H // stride + W - 4) // 5,
            (H + stride * (W - 4)) // (stride * 5),
        )
    yield "a convolution of three then one of five", convolution(convolution(H, 3, 1, 0), 5, 1, 0), H - 6
    yield "min of one sum, both orders", minimum(H, W), minimum(W, H)
    yield "products", (H + 1) * (W + N), W * H + N + N * H + W
    yield "max of three", maximum(H, W, N), maximum(N, maximum(W, H))


@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(a, b, id=name) for name, a, b in expression_pairs()]
)
def test_pairs_that_are_one(left, right):
    assert left == right
    assert hash(left) == hash(right)
    assert str(left) == str(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (H // 2, H // 3),
        (H, W),
        (H, H + 1),
        (symbol("H"), symbol("H", minimum=2)),
        (symbol("k", maximum=10), symbol("k", maximum=20)),
        (symbol("a*b") // 2, (symbol("a") * symbol("b")) // 2),
        (symbol("floor((1*H+0)/2)"), H // 2),
        (symbol("min(1*H+0, 1*W+0)"), minimum(H, W)),
        (H, 1),
        (H // 2 + H // 2, H),
    ],
    ids=str,
)
def test_pairs_that_are_not_one(left, right):
    assert left != right


def test_normal_form_does_not_depend_on_the_order():
    parts = [H, 3 * (H // 4), W * N, -N, (2 * W + 1) // 5, minimum(H, W)]
    forward, backward = sum(parts), sum(reversed(parts))
    assert forward == backward
    assert forward.key == backward.key


@given(formulas(), SIZES)
@settings(max_examples=400)
def test_value_is_kept(formula: Formula, sizes):
    assert evaluate(build(formula), sizes) == brute_force(formula, sizes)


@given(formulas(), formulas(names=("W",), leaves=4), SIZES)
@settings(max_examples=150)
def test_substitution_keeps_the_value(formula: Formula, inner: Formula, sizes):
    # H becomes another expression, made positive; symbols are sizes.
    positive = maximum(build(inner), 1)
    substituted = evaluate(build(formula), {"H": positive})
    there = {**sizes, "H": max(brute_force(inner, sizes), 1)}
    assert evaluate(substituted, sizes) == brute_force(formula, there)


@given(formulas(affine=True, names=("H",)))
@settings(max_examples=150)
def test_quasi_affine_is_recognised(formula: Formula):
    assert lift(build(formula)).is_quasi_affine


@pytest.mark.parametrize("found", [H * W, H // W, minimum(H, W), (H * W) // 2, maximum(H, 5) // 2], ids=str)
def test_what_is_not_quasi_affine(found):
    assert not found.is_quasi_affine


# what it holds ----------------------------------------------------------------------------------------------


def test_atoms_and_symbols():
    formula = minimum((H + W) // 2, N * W)
    assert [s.name for s in formula.symbols()] == ["H", "N", "W"]
    assert {atom.key for atom in formula.atoms()} == {
        "H",
        "N",
        "W",
        "floor((1*H+1*W+0)/2)",
        "min(1*N*W+0, 1*floor((1*H+1*W+0)/2)+0)",
    }
    assert formula.height == 2


def test_a_copy_is_equal():
    formula = minimum(H // 2, W) * N
    hash(formula)
    copied = copy.deepcopy(formula)
    assert copied == formula
    assert copied - formula == 0
    # The hash is not carried to where texts hash otherwise.
    assert formula.__reduce__() == (Expression, (formula.constant, formula.terms))


@pytest.mark.parametrize(
    "question", [lambda: bool(H), lambda: bool(H // 2), lambda: H and 1, lambda: not H, lambda: [1][H > 1]]
)
def test_no_truth_value(question):
    with pytest.raises((DimensionError, TypeError)):
        question()


def test_truth_value_says_what_to_do():
    with pytest.raises(DimensionError) as caught:
        bool(H // 2)
    assert str(caught.value) == (
        "floor(H/2) has no truth value\n"
        "  rule   a rule does not branch on dims: compare with at_least() and equal(), ask with decide()"
    )


def test_division_by_zero():
    for divide in (lambda: H // 0, lambda: H % 0, lambda: H // (W - W)):
        with pytest.raises(ZeroDivisionError):
            divide()


@pytest.mark.parametrize("other", [1.5, "2", None, True])
def test_no_other_numbers(other):
    for combine in (lambda: H + other, lambda: H * other, lambda: H // other, lambda: other - H):
        with pytest.raises(TypeError):
            combine()


# limits -----------------------------------------------------------------------------------------------------


def test_a_long_sum_is_named():
    symbols = [symbol(f"s{i}") for i in range(MAXIMUM_TERMS + 1)]
    short, long = sum(symbols[:-1]), sum(symbols)
    assert len(short.terms) == MAXIMUM_TERMS
    ((monomial, _),) = long.terms
    (name,) = monomial
    assert isinstance(name, Named)
    assert str(long) == name.name
    assert evaluate(long, {f"s{i}": i for i in range(MAXIMUM_TERMS + 1)}) == sum(range(MAXIMUM_TERMS + 1))
    assert long == sum(reversed(symbols))
    assert long != long + 1


def test_one_definition_has_one_name_everywhere():
    long = sum(symbol(f"s{i}") for i in range(MAXIMUM_TERMS + 1))
    assert str(long) == "size_8c7e13995aff"


def test_a_power_is_named():
    power = H
    for _ in range(40):
        power = power * power
    assert max(len(monomial) for monomial, _ in power.terms) <= MAXIMUM_DEGREE
    assert evaluate(power, {"H": 1}) == 1
    small = H
    for _ in range(5):
        small = small * small
    assert evaluate(small, {"H": 3}) == 3**32


def nested(depth):
    """Each level uses the level below three times: written out it would double with every level."""
    size = H
    for level in range(depth):
        size = minimum(size // 2 + size, 3 * W + level) + (size + 1) // 3
    return size


def nested_value(depth, h, w):
    for level in range(depth):
        h = min(h // 2 + h, 3 * w + level) + (h + 1) // 3
    return h


def test_deep_nesting_stays_small_and_exact():
    deep = nested(60)
    assert len(deep.key) < 10_000
    assert len(str(deep)) < 10_000
    assert evaluate(deep, {"H": 100, "W": 7}) == nested_value(60, 100, 7)


def test_a_very_long_chain_needs_no_recursion():
    size = H
    for level in range(600):
        size = maximum((2 * size + level) // 3, W)
    expected = 50
    for level in range(600):
        expected = max((2 * expected + level) // 3, 9)
    assert evaluate(size, {"H": 50, "W": 9}) == expected
