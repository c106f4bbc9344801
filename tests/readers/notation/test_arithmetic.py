"""The arithmetic of arguments, against Python's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.readers.notation.parsing import parse_layer_text
from shapelens.readers.notation.source import Source

SIGNS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def computed(text):
    call = parse_layer_text(Source(f"Linear({text}, 10)"))
    return call.arguments[0].value.content


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
def test_it_is_what_python_computes(pair):
    text, value = pair
    assert computed(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("16*5*5", 400),
        ("2 + 3 * 4", 14),
        ("20 - 3 - 4", 13),
        ("100 // 7 // 2", 7),
        ("100 % 7 * 2", 4),
        ("-3 ** 2", -9),
        ("2 ** 3 ** 2", 512),
        ("2 ** -1 * 4", 2.0),
        ("- - 5", 5),
        ("(3 - 1) // 2", 1),
        ("1_024", 1024),
        ("1e-05", 1e-05),
        (".5", 0.5),
        ("64 * (224 // 2 ** 5) ** 2", 64 * 7 * 7),
    ],
)
def test_signs_bind_as_they_do_in_python(text, value):
    assert computed(text) == value


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("1 // 0", "this arithmetic has no result"),
        ("7 % 0", "this arithmetic has no result"),
        ("(-8) ** 0.5", "this arithmetic has no result"),
        ("2 ** 31", "a number is larger than any tensor's"),
        ("10 ** 10 ** 10", "a number is larger than any tensor's"),
        ("2147483648", "a number is larger than any tensor's"),
        ("1" * 25, "a number is larger than any tensor's"),
        ("16*width", "this is code, and layer text is read, never run"),
        ("True + 1", "this is code, and layer text is read, never run"),
        ("'a' * 3", "this is code, and layer text is read, never run"),
        ("3x", "this layer text cannot be read"),
        ("0x10", "this layer text cannot be read"),
    ],
)
def test_what_has_no_result_is_refused(text, summary):
    with pytest.raises(LayerTextError) as refused:
        computed(text)
    assert refused.value.summary == summary
    assert "^" in refused.value.at
