"""Sets of sizes: exact far beyond their period, and said in words."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import (
    all_of,
    any_of,
    at_least,
    at_most,
    ceil_divide,
    different,
    equal,
    evaluate_condition,
    less_than,
    maximum,
    minimum,
    more_than,
    negate,
    rounded_product,
    symbol,
)
from shapelens.dims.condition import Comparison
from shapelens.dims.sets import MAXIMUM_PERIOD, PeriodError, SizeSet, Stretch
from shapelens.errors import DimensionError
from tests.dims.formulas import Formula, brute_force, build, formulas

H, W = symbol("H"), symbol("W")
FAR = 400
"""Random sets below have settled long before, with periods of at most 12."""


def members(sizes, high=FAR):
    return {n for n in range(1, high) if sizes.contains(n)}


# any set: made of stretches of rules
RULES = st.builds(
    lambda period, residues: (period, frozenset(r % period for r in residues)),
    st.integers(1, 6),
    st.sets(st.integers(0, 5), max_size=6),
)
RAW_SETS = st.lists(st.tuples(st.integers(1, 40), RULES), max_size=4).map(
    lambda parts: [(1, (1, frozenset())), *sorted(parts, key=lambda part: part[0])]
)


def holds(raw, n):
    period, residues = [rule for first, rule in raw if first <= n][-1]
    return n % period in residues


def made(raw):
    return SizeSet(
        [Stretch(first, period, sum(1 << r for r in residues)) for first, (period, residues) in raw]
    )


def made_differently(raw):
    """The same set out of unions, intersections and complements."""
    result = SizeSet.none()
    firsts = [*[first for first, _ in raw[1:]], None]
    for (first, (period, residues)), after in zip(raw, firsts, strict=True):
        stretch = SizeSet.at_least(first) if after is None else SizeSet.between(first, after - 1)
        result = result | (stretch & SizeSet.repeating(period, *residues))
    return result


# asking -----------------------------------------------------------------------------------------------------


@given(RAW_SETS)
@settings(max_examples=200)
def test_contains(raw):
    sizes = made(raw)
    expected = [holds(raw, n) for n in range(1, FAR)]
    assert [sizes.contains(n) for n in range(1, FAR)] == expected
    assert list(sizes.contains(np.arange(1, FAR))) == expected
    assert [n in sizes for n in (0, -1, 1)] == [False, False, expected[0]]
    assert sizes.contains(10**18 + 7) is holds(raw, 10**18 + 7)
    assert sizes.is_empty is (not any(expected))
    assert bool(sizes) is any(expected)


@given(RAW_SETS, st.integers(-3, 80))
@settings(max_examples=300)
def test_nearest(raw, n):
    sizes = made(raw)
    below = max((m for m in range(1, n + 1) if holds(raw, m)), default=None)
    above = next((m for m in range(max(n, 1), FAR) if holds(raw, m)), None)
    assert sizes.nearest(n) == (below, above)


@given(RAW_SETS, RAW_SETS)
@settings(max_examples=200)
def test_algebra(left, right):
    first, second = made(left), made(right)
    sizes = range(1, FAR)
    assert members(first & second) == {n for n in sizes if holds(left, n) and holds(right, n)}
    assert members(first | second) == {n for n in sizes if holds(left, n) or holds(right, n)}
    assert members(~first) == {n for n in sizes if not holds(left, n)}
    assert ~~first == first
    assert ~(first & second) == ~first | ~second
    assert (first & ~first).is_empty
    assert first | ~first == SizeSet.every()


@given(RAW_SETS)
@settings(max_examples=200)
def test_one_set_made_in_two_ways(raw):
    one, other = made(raw), made_differently(raw)
    assert one == other
    assert hash(one) == hash(other)
    assert one != (one & ~SizeSet.of(one.nearest(1)[1])) if one else one == SizeSet.none()


def test_vectors():
    sizes = SizeSet.repeating(16, 0) & SizeSet.at_least(32)
    vector = np.array([[0, 16, 32], [33, 48, -16]], dtype=np.int32)
    assert sizes.contains(vector).tolist() == [[False, False, True], [False, True, False]]
    assert sizes.contains([16, 32]).tolist() == [False, True]
    assert sizes.contains(np.array([], dtype=np.int64)).tolist() == []
    assert sizes.contains(np.array([32, 33], dtype=np.uint8)).tolist() == [True, False]
    assert sizes.contains(np.int64(32)) is True
    assert sizes.contains(np.array(33)) is False
    assert (SizeSet.every().contains(np.arange(5)).tolist()) == [False, True, True, True, True]
    with pytest.raises(DimensionError) as caught:
        sizes.contains(np.array([32.0]))
    assert str(caught.value) == "a vector of float64 holds no sizes\n  rule   sizes are integers"
    with pytest.raises(TypeError):
        sizes.contains(32.0)


def test_not_equal_to_something_else():
    assert SizeSet.every() != "every size"
    with pytest.raises(TypeError):
        SizeSet.every() & 3


def test_making():
    assert members(SizeSet.of(3, 5, 4, 9, 0, -2)) == {3, 4, 5, 9}
    assert members(SizeSet.of()) == set()
    assert members(SizeSet.at_least(-5)) == set(range(1, FAR))
    assert members(SizeSet.between(5, 7)) == {5, 6, 7}
    assert members(SizeSet.between(7, 5)) == set()
    assert members(SizeSet.between(-3, 2)) == {1, 2}
    assert members(SizeSet.repeating(4, 1, 7, -2)) == {n for n in range(1, FAR) if n % 4 in (1, 2, 3)}


# where a condition holds ------------------------------------------------------------------------------------


@given(
    formulas(names=("H",), leaves=5), st.sampled_from(["==", "!=", ">=", ">", "<=", "<"]), st.integers(0, 60)
)
@settings(max_examples=300)
def test_where_against_brute_force(formula: Formula, relation, number):
    dim = build(formula)
    sizes = SizeSet.where(build(("compare", relation, formula, ("constant", number))))
    assume(sizes is not None)
    for size in (*range(1, 200), 1000, 1001, 1024, 99_999, 10**6, 10**6 + 1):
        expected = brute_force(("compare", relation, formula, ("constant", number)), {"H": size})
        assert sizes.contains(size) is expected, (dim, size)


@given(formulas(affine=True, names=("H",), leaves=5), formulas(affine=True, names=("H",), leaves=5))
@settings(max_examples=100)
def test_what_is_quasi_affine_is_always_told(left: Formula, right: Formula):
    condition = any_of(
        all_of(build(("compare", ">=", left, right)), build(("compare", "!=", right, ("symbol", "H")))),
        build(("compare", "==", left, ("constant", 3))),
    )
    sizes = SizeSet.where(condition)
    if sizes is None:
        periods = itertools.chain.from_iterable(
            [length for length, _ in _periods(member).values()] for member in (left, right)
        )
        assert max(periods) > 64
        return
    for size in (*range(1, 130), 1000, 99_999):
        expected = evaluate_condition(condition, {"H": size})
        assert sizes.contains(size) is expected


def _periods(formula):
    from shapelens.dims.expression import lift
    from shapelens.dims.proof import period

    return period(lift(build(formula))) or {}


def shrink(size, times):
    for _ in range(times):
        size = size // 2
    return size


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (True, "every size"),
        (False, "no size"),
        (at_least(H, 32), "at least 32"),
        (at_most(H, 100), "at most 100"),
        (equal(H, 224), "exactly 224"),
        (different(H, 5), "every size but 5"),
        (all_of(at_least(H, 3), different(H, 5), different(H, 7)), "at least 3, but not 5 or 7"),
        # a U-Net with four poolings
        (equal(2 * shrink(H, 4), shrink(H, 3)), "0 to 7 mod 16"),
        (all_of(*[equal(2 * shrink(H, i + 1), shrink(H, i)) for i in range(4)]), "multiples of 16"),
        (equal(16 * (H // 16), H), "multiples of 16"),
        (all_of(equal(16 * (H // 16), H), at_least(H, 20)), "multiples of 16, at least 32"),
        (all_of(equal(16 * (H // 16), H), at_most(H, 512)), "multiples of 16, at most 512"),
        (all_of(equal(16 * (H // 16), H), different(H, 32)), "multiples of 16, but not 32"),
        (different(16 * (H // 16), H), "all but multiples of 16"),
        # a pooling whose window must fit
        (at_least((H + 2 - 3) // 2 + 1, 7), "at least 13"),
        (all_of(equal(H % 2, 1), at_least(H, 3)), "1 mod 2 (odd), at least 3"),
        (equal(H % 8, 3), "3 mod 8"),
        (equal((H + 7) // 8, 3), "17 to 24"),
        (equal(ceil_divide(H, 8), 1), "at most 8"),
        (any_of(equal(H, 5), equal(H, 7), equal(H, 9)), "5, 7, 9"),
        (any_of(equal(H, 5), equal(H, 6)), "5, 6"),
        (any_of(equal(H, 5), all_of(at_least(H, 13), at_most(H, 20))), "5, 13 to 20"),
        (any_of(equal(H, 5), at_least(H, 20)), "5; or at least 20"),
        (
            any_of(equal(H, 5), equal(H, 7), all_of(equal(H % 16, 0), at_least(H, 40))),
            "5, 7; or multiples of 16, at least 48",
        ),
        (any_of(equal(H % 8, 1), equal(H % 8, 3)), "1 or 3 mod 8"),
        (at_least(H % 8, 3), "3 to 7 mod 8"),
        (different(H % 8, 3), "all but 3 mod 8"),
        (
            any_of(all_of(at_most(H, 100), equal(H % 3, 0)), equal(H % 16, 0)),
            None,
        ),
        # a linear layer after a flatten, for square inputs
        (equal(512 * (H // 32) * (H // 32), 25_088), "224 to 255"),
        (at_least(H * H, 10**10), "at least 100000"),
        (at_least(maximum(H, 10) * minimum(H, 6), 60), "at least 6"),
        (more_than(H, 100_000), "at least 100001"),
        (less_than(H, 100_000), "at most 99999"),
        (at_least(symbol("k", 3, 90), 5), "5 to 90"),
        (negate(at_least(symbol("k", 3, 90), 5)), "3, 4"),
        (at_most(symbol("k", minimum=3), 5), "3 to 5"),
        (different(symbol("k", minimum=3), 5), "at least 3, but not 5"),
        (equal(rounded_product(symbol("k", maximum=300), 0.29), 28), "97 to 100"),
        (equal(100 // symbol("k", maximum=100), 3), "26 to 33"),
        (equal(symbol("k", maximum=8400) % 16, 0), "multiples of 16, at most 8400"),
        (at_least(symbol("k", 1, 2**31 - 1) % 2, 1), None),
    ],
    ids=str,
)
def test_where_in_words(condition, text):
    sizes = SizeSet.where(condition)
    assert sizes is not None
    for size in range(1, 700):
        if not isinstance(condition, bool):
            (symbol_,) = {s for e in condition.expressions() for s in e.symbols()}
            inside = symbol_.minimum <= size and (symbol_.maximum is None or size <= symbol_.maximum)
            assert sizes.contains(size) is (inside and evaluate_condition(condition, {symbol_.name: size}))
    if text is not None:
        assert str(sizes) == text
        assert repr(sizes) == f"<SizeSet: {text}>"


@pytest.mark.parametrize(
    "condition",
    [
        equal(H, W),
        at_least(H // (H % 3 + 1), 2),
        equal(rounded_product(H, 0.29), 28),
        equal(H // 5000 * 5000, H),
        any_of(at_least(H, 3), at_least(W, 3)),
        Comparison(3, ">=", 1),
        at_least(100 // (symbol("k", maximum=10) - 5), 3),
        all_of(*[equal(H // p * p, H) for p in (31, 37, 41, 43)]),
    ],
    ids=str,
)
def test_where_not_exact(condition):
    assert SizeSet.where(condition) is None


def test_too_long_a_period():
    left, right = SizeSet.repeating(257, 0), SizeSet.repeating(256, 0)
    with pytest.raises(PeriodError) as caught:
        left & right
    assert str(caught.value) == (
        f"these sets together repeat only after {257 * 256:,} sizes\n"
        f"  rule   a set of sizes repeats after at most {MAXIMUM_PERIOD:,}"
    )
    # Where one of them ends, they need not repeat.
    assert str(left & (right & SizeSet.between(1, 300))) == "no size"


# words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        (SizeSet.of(1), "exactly 1"),
        (SizeSet.of(1, 2), "1, 2"),
        (SizeSet.of(1, 3), "1, 3"),
        (SizeSet.between(1, 5) | SizeSet.of(9), "1 to 5, 9"),
        (SizeSet.between(1, 5) | SizeSet.of(6), "at most 6"),
        (SizeSet.between(1, 5) | SizeSet.at_least(9), "every size but 6, 7 or 8"),
        (SizeSet.between(1, 5) | SizeSet.at_least(90), "at most 5; or at least 90"),
        (SizeSet.between(1, 1000) | SizeSet.at_least(1002), "at most 1000; or at least 1002"),
        (SizeSet.of(2) | SizeSet.repeating(4, 0), "2; or multiples of 4"),
        (SizeSet.repeating(4, 0) & SizeSet.between(1, 100), "multiples of 4, at most 100"),
        (
            SizeSet.repeating(4, 0) & SizeSet.between(1, 100)
            | SizeSet.repeating(3, 0) & SizeSet.at_least(200),
            "multiples of 4, at most 100; or multiples of 3, at least 201",
        ),
        (SizeSet.of(*range(3, 23, 2)), "3, 5, 7, 9, 11, 13, 15, 17, 19, 21"),
        (SizeSet.repeating(2, 0), "multiples of 2"),
        (SizeSet.repeating(3, 1, 2), "all but multiples of 3"),
        (SizeSet.repeating(9, 1, 2, 3, 5, 6), "1 to 3, 5 or 6 mod 9"),
        (SizeSet.repeating(6, 1, 3, 5), "1 mod 2 (odd)"),
    ],
    ids=str,
)
def test_words(sizes, text):
    assert str(sizes) == text


@given(RAW_SETS)
@settings(max_examples=300)
def test_words_are_exact(raw):
    sizes = made(raw)
    assert members(read(str(sizes))) == members(sizes)


def read(text):
    """A set read back from its words."""
    result = SizeSet.none()
    for part in text.split("; or "):
        result = result | read_part(part)
    return result


def read_part(part):
    if part == "no size":
        return SizeSet.none()
    part = part.replace("every size but ", "every size, but not ").replace("exactly ", "")
    part, _, missing = part.partition(", but not ")
    rest = SizeSet.of(*[int(n) for n in missing.replace(" or ", ", ").split(", ") if n])
    if " mod " not in part and "multiples" not in part and part[0].isdigit():
        assert not missing
        found = SizeSet.none()
        for run in part.split(", "):
            low, _, high = run.partition(" to ")
            found = found | SizeSet.between(int(low), int(high or low))
        return found
    found = SizeSet.every()
    if "mod" in part or "multiples" in part:
        for ending in (", at least ", ", at most "):
            if ending in part:
                rule, _, bound = part.partition(ending)
                break
        else:
            rule, bound, ending = part, "", ""
        found = read_rule(rule)
        part = (ending + bound).removeprefix(", ")
    for bound in part.split(", ") if part else []:
        words = bound.split()
        if words[:2] == ["at", "least"]:
            found = found & SizeSet.at_least(int(words[2]))
        elif words[:2] == ["at", "most"]:
            found = found & SizeSet.between(1, int(words[2]))
        else:
            assert bound == "every size"
    return found & ~rest


def read_rule(rule):
    if rule.startswith("all but "):
        return ~read_rule(rule.removeprefix("all but "))
    if rule.startswith("multiples of "):
        return SizeSet.repeating(int(rule.split()[-1]), 0)
    residues, _, period = rule.removesuffix(" (odd)").partition(" mod ")
    found = []
    for run in residues.replace(" or ", ", ").split(", "):
        low, _, high = run.partition(" to ")
        found += range(int(low), int(high or low) + 1)
    return SizeSet.repeating(int(period), *found)


# weight -----------------------------------------------------------------------------------------------------


def test_numpy_is_not_imported_before_a_vector_is_asked_about():
    code = (
        "import sys; from shapelens.dims import at_least, symbol; from shapelens.dims.sets import SizeSet;"
        "assert SizeSet.where(at_least(symbol('H'), 3)).contains(3);"
        "assert 'numpy' not in sys.modules, 'numpy';"
        "SizeSet.every().contains([1]);"
        "assert 'numpy' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
