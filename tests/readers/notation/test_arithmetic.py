"""The arithmetic in arguments: what Python computes, within bounds, and one error for the rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.readers.notation.arithmetic import compute, nearest_divisor, number
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source


def value_of(text):
    (argument,) = parse_layer_text(Source(f"Linear({text})")).arguments
    return argument.value.plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16*5*5", 400),
        ("224//32", 7),
        ("(3 - 1) // 2", 1),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("10 ** -3", 0.001),
        ("7 % 4 - 1", 2),
        ("100 % 7 * 2", 4),
        ("100 // 7 // 2", 7),
        ("64 * (224 // 2 ** 5) ** 2", 64 * 7 * 7),
        ("1 - 2 - 3", -4),
        ("--3", 3),
        ("-+3", -3),
        ("1/4", 0.25),
        ("1_024", 1024),
        ("1e-05", 1e-05),
        (".5", 0.5),
        ("2.", 2.0),
        ("-inf", float("-inf")),
        ("(3)", 3),
        ("(3,)", (3,)),
        ("[1, 2*2]", (1, 4)),
        ("((1, 2), 3)", ((1, 2), 3)),
        ("()", ()),
    ],
)
def test_what_python_computes(text, value):
    assert value_of(text) == value
    assert type(value_of(text)) is type(value)


SIGNS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def in_brackets(pairs):
    """Expressions with their values, every part in brackets of its own: no question of what binds tighter."""

    def joined(parts):
        (left, a), sign, (right, b) = parts
        if sign in {"//", "%"} and b == 0:
            return left, a
        return f"({left} {sign} {right})", SIGNS[sign](a, b)

    return st.tuples(pairs, st.sampled_from(sorted(SIGNS)), pairs).map(joined)


NUMBERS = st.integers(0, 99).map(lambda n: (str(n), n))


@given(st.recursive(NUMBERS, in_brackets, max_leaves=4))
def test_any_arithmetic_is_pythons(pair):
    text, value = pair
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("2**31", "larger than any tensor"),
        ("2147483648", "larger than any tensor"),
        ("9" * 30, "larger than any tensor"),
        ("9**9**9", "larger than any tensor"),
        ("65536**31", "larger than any tensor"),
        ("100000*100000", "larger than any tensor"),
        ("1e300", "larger than any tensor"),
        ("1//0", "has no result"),
        ("1 % 0", "has no result"),
        ("1/0", "has no result"),
        ("0**-1", "has no result"),
        ("(0-8)**0.5", "has no result"),
        ("'a' * 3", "this is code"),
        ("True + 1", "this is code"),
        ("(1, 2) * 3", "this is code"),
        ("x + 1", "this is code"),
        ("-'a'", "this is code"),
        ("-True", "this is code"),
        ("0x10", "cannot be read"),
        ("1j", "cannot be read"),
        ("3if", "this is code"),
    ],
)
def test_what_has_no_value(text, summary):
    with pytest.raises(LayerTextError, match=summary) as caught:
        value_of(text)
    assert len(str(caught.value)) < 600


def test_a_number_and_an_operation_by_their_places():
    source = Source("Linear(1_000, 3)")
    assert number(source, (7, 12)) == 1000
    assert compute(source, (7, 12), "//", 7, 2) == 3


@settings(max_examples=80)
@given(most=st.integers(1, 400), numbers=st.lists(st.integers(1, 400), min_size=1, max_size=3))
def test_the_nearest_divisor(most, numbers):
    expected = next(d for d in range(most, 0, -1) if all(n % d == 0 for n in numbers))
    assert nearest_divisor(most, *numbers) == expected


def test_the_nearest_divisor_of_the_largest_numbers():
    assert nearest_divisor(2**31 - 2, 2**31 - 1) == 1
