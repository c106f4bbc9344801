"""Documents and errors as lines: wrapped between words, nothing from a name reaching the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.analyses.findings import Finding, Fix
from shapelens.errors import UsageError
from shapelens.explanation.document import ANSWER, Document, Entry, Preformatted, plain_text, text, text_width
from shapelens.output.lines import ascii_line, document_lines, error_lines, safe, wrapped
from shapelens.output.plain import document_text, error_text, finding_text


@given(
    words=st.lists(st.text("abcdé×", min_size=1, max_size=9), min_size=1, max_size=30),
    width=st.integers(12, 60),
)
@settings(max_examples=60)
def test_wrapping_keeps_every_word_and_the_width(words, width):
    line = text(*[(word + " ", ANSWER if len(word) % 2 else "") for word in words])
    lines = [plain_text(part) for part in wrapped(line, width, "  ")]
    assert " ".join(lines).split() == words
    assert all(text_width(part.rstrip()) <= width for part in lines)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("conv\x1b[31mred", "conv\\x1b[31mred"),
        ("a\nb\rc", "a\\x0ab\\x0dc"),
        ("left\u202eright", "left\\u202eright"),
        ("\u2066x", "\\u2066x"),
        ("层.0×", "层.0×"),
        ("\x9b2J", "\\x9b2J"),
    ],
)
def test_names_never_act_on_a_terminal(name, shown):
    assert safe(name) == shown


def test_a_document_in_lines():
    document = Document(
        text(("answer", ANSWER)),
        ((Entry("in", (text("one"), text("two"))),), (Preformatted((text("  kept"),)),)),
        following="shapelens classics",
    )
    assert document_text(document).splitlines() == [
        "answer",
        "",
        "in        one",
        "          two",
        "",
        "  kept",
        "",
        "next  shapelens classics",
    ]


def test_what_is_too_long_hangs_where_its_entry_says():
    lines = document_lines(Document((), ((Entry("in", (text("a b c d e f g h"),), hang=4),),)), width=18)
    assert [plain_text(line) for line in lines[2:]] == [
        "in        a b c d",
        "              e f",
        "              g h",
    ]


def test_an_error_keeps_its_order_and_its_carets():
    error = UsageError(
        "it is wrong", at="text\n^^^^", have="a", rule="b", fix="c", following="shapelens classics"
    )
    assert error_text(error).splitlines() == [
        "error: it is wrong",
        "  at     text",
        "         ^^^^",
        "  have   a",
        "  rule   b",
        "  fix    c",
        "",
        "next  shapelens classics",
    ]
    assert len(error_lines(error, 30)) == 8


FIXES = (
    Fix("a longer one, as they are", True, "10"),
    Fix("short", True, "N×64×112×112"),
    Fix("untried"),
)
FINDING = Finding(
    "SL101", "it does not fit", "fc", "fc", "so many\nand as many as that", "a rule of words", FIXES
)


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            80,
            [
                "  fix    a longer one, as they are   ✓ verified   gives 10",
                "         or short                    ✓ verified   gives N×64×112×112",
                "         or untried",
            ],
        ),
        (
            62,
            [
                "  fix    a longer one, as they are   ✓ verified   gives 10",
                "         or short   ✓ verified   gives N×64×112×112",
                "         or untried",
            ],
        ),
        (
            44,
            [
                "  fix    a longer one, as they are",
                "           ✓ verified   gives 10",
                "         or short",
                "           ✓ verified   gives N×64×112×112",
                "         or untried",
            ],
        ),
    ],
)
def test_the_marks_of_fixes_stand_where_there_is_room(width, lines):
    shown = finding_text(FINDING, width=width).splitlines()
    assert shown[next(i for i, line in enumerate(shown) if line.startswith("  fix")) :] == lines
    assert max(map(len, shown)) <= width


def test_what_goes_on_is_told_from_what_stands_beneath():
    assert finding_text(FINDING, width=22).splitlines()[2:7] == [
        "  have   so many",
        "         and as many",
        "           as that",
        "  rule   a rule of",
        "         words",
    ]


@pytest.mark.parametrize(
    ("shown", "plain"), [("3×3 → ≥ 2 …", "3x3 -> >= 2 ..."), ("✓ ✗ ─ ├ └", "ok X - |- \\-"), ("é", "\\xe9")]
)
def test_signs_have_a_stand_in(shown, plain):
    assert ascii_line(shown) == plain
