"""Arguments as they are typed: literals are read, and nothing is evaluated."""

from __future__ import annotations

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.errors import SourceError
from shapelens.readers.torch.code.literals import parse_arguments

LITERALS = "numbers, texts, True, False, None, and lists, tuples and dicts of them"
RULE = f"arguments are {LITERALS}; they are read, never evaluated"
BUILD = "write a function that does it, def build(): …, and name that: net.py:build"

ATOMS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(ATOMS | st.tuples(ATOMS, ATOMS), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["width", "act", "größe", "_x"])


def arguments(text):
    return parse_arguments(f"net.py:Net{text}", 10)


@given(st.lists(VALUES, max_size=3), st.dictionaries(NAMES, VALUES, max_size=3))
def test_what_python_writes_is_read(positional, named):
    written = ", ".join([*map(repr, positional), *[f"{name}={value!r}" for name, value in named.items()]])
    found = arguments(f"({written})")
    assert found == (tuple(positional), named)
    assert repr(found) == repr((tuple(positional), named))  # True is not 1


@pytest.mark.parametrize(
    "text",
    ["-1", "+1", "- 2.5", "-0.0", "1_000", "0x10", "1e400", "'a' 'b'", '"""x"""', "(1,)", "()", "[]", "{}", "((1))"]
)  # fmt: skip
def test_as_python_reads_it(text):
    assert repr(arguments(f"({text})")[0][0]) == repr(ast.literal_eval(text))


def test_infinity_comes_from_too_large_a_number():
    assert arguments("(1e999)")[0] == (math.inf,)


def refused(text):
    with pytest.raises(SourceError) as caught:
        parse_arguments(text, text.index("("))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "argument", "shown", "kind", "fix"),
    [
        ("(3, act=relu)", "act", "relu", "a name",
         "'relu', if a text is meant; the shell keeps its quotes inside \"…\""),
        ("(bias=true)", "bias", "true", "a name", "True"),
        ("(null)", "argument 1", "null", "a name", "None"),
        ("(act=nn.ReLU)", "act", "nn.ReLU", "a name", BUILD),
        ("(3, [nn.ReLU()])", "argument 2", "nn.ReLU()", "a call", BUILD),
        ("(x=__import__('os').system('true'))", "x", "__import__('os').system('true')", "a call", BUILD),
        ("(2*3)", "argument 1", "2*3", "arithmetic", "write what 2*3 comes to"),
        ("(x=2 ** 9)", "x", "2 ** 9", "arithmetic", "write what 2 ** 9 comes to"),
        ("(-'x')", "argument 1", "-'x'", "arithmetic", "write what -'x' comes to"),
        ("(-True)", "argument 1", "-True", "arithmetic", "write what -True comes to"),
        ("(--1)", "argument 1", "--1", "arithmetic", "write what --1 comes to"),
        ("(x={1, 2})", "x", "{1, 2}", "a set", BUILD),
        ("(x={[1]: 2})", "x", "[1]", "no key that a dict can have", BUILD),
        ("(x=b'y')", "x", "b'y'", "of type bytes", BUILD),
        ("(x=3j)", "x", "3j", "of type complex", BUILD),
        ("(x=...)", "x", "...", "of type ellipsis", BUILD),
        ("(x=f'{y}')", "x", "f'{y}'", "a text with something computed in it", BUILD),
        ("(x=lambda: 3)", "x", "lambda: 3", "code", BUILD),
        ("(x=[y for y in z])", "x", "[y for y in z]", "code", BUILD),
        ("(x=(y := 3))", "x", "y := 3", "code", BUILD),
        ("(*x)", "argument 1", "*x", "an unpacking", "write each of them out"),
        ("(**x)", "an unpacked dict", "**x", "an unpacking", "write each of them out"),
        ("(x={**y})", "x", "{**y}", "an unpacking", "write each of them out"),
        ("(größe='ü', é=ß)", "é", "ß", "a name", "'ß', if a text is meant; the shell keeps its quotes inside \"…\""),
    ],
)  # fmt: skip
def test_what_is_no_literal(text, argument, shown, kind, fix):
    start = 10 + text.rindex(shown)
    assert refused(f"net.py:Net{text}") == (
        f"{argument} is no literal\n"
        f"  at     net.py:Net{text}\n"
        f"         {' ' * start}{'^' * len(shown)}\n"
        f"  have   {shown}: {kind}\n"
        f"  rule   {RULE}\n"
        f"  fix    {fix}"
    )


def test_the_line_is_shown_on_which_it_stands():
    assert refused("net.py:Net(\n  3,\n  act=relu,\n)").splitlines()[1:4] == [
        "  at     line 3",
        "         act=relu,",
        "             ^^^^",
    ]


def test_an_argument_that_is_given_twice():
    assert refused("net.py:Net(x=1, x=2)") == (
        "x is given twice\n"
        "  at     net.py:Net(x=1, x=2)\n"
        "                         ^^^\n"
        "  have   a second x=2\n"
        "  rule   an argument is given once\n"
        "  fix    leave one of them out"
    )


@pytest.mark.parametrize("text", ["(3)(4)", "(3).features", "(3)[0]", "() + 1", "(3) if x else y"])
def test_something_behind_the_brackets(text):
    assert refused(f"net.py:Net{text}") == (
        "something stands after the arguments\n"
        f"  at     net.py:Net{text}\n"
        f"                   {'^' * len(text)}\n"
        f"  have   {text}\n"
        "  rule   a name, its arguments in brackets, and nothing after them\n"
        "  fix    write a function that returns the module, and name that"
    )


@pytest.mark.parametrize(
    "text",
    ["(", "(3", "(3]", "(3 4)", "(x=1, 2)", "(3) 4", "(x=)", "('", "(\x00)", "(\x1b[2J)", "($HOME)", "(3)\n(4",
     "(1=2)", "(" * 300, "(" + "[" * 5000, "(" + "-" * 9000 + "1)", "(" + "9" * 5000 + ")",
     "(" + "{0:" * 90 + "1" + "}" * 90 + ")"],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_cannot_be_read(text):
    said = refused(f"net.py:Net{text}")
    summary, *parts = said.splitlines()
    assert summary in {"these arguments cannot be read", "argument 1 is no literal"}
    assert [line[2:6] for line in parts if line[2] != " "] == ["at  ", "have", "rule", "fix "]
    assert "\x1b" not in said
    assert len(said) < 900


def test_the_text_of_what_cannot_be_read():
    assert refused("net.py:Net(3") == (
        "these arguments cannot be read\n"
        "  at     net.py:Net(3\n"
        "                   ^^\n"
        "  have   (3; Python says: '(' was never closed\n"
        f"  rule   a name, and in brackets {LITERALS}\n"
        "  fix    (3, width=[64, 128], act='relu') is read; the shell keeps quotes and brackets inside \"…\""
    )


def test_lists_in_lists_are_read_to_a_depth():
    assert arguments(f"({'[' * 30}{']' * 30})")
    assert "nested too deeply" in refused(f"net.py:Net({'[' * 60}{']' * 60})")
