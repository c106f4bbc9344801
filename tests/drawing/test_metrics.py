"""Widths of text: those of the type that is shipped, and what is cut and wrapped by them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shapelens.drawing.metrics
from shapelens.drawing.metrics import fitted, text_width, wrapped

FONTS = Path(shapelens.drawing.metrics.__file__).parent / "formats" / "fonts"
ASCII = "".join(map(chr, range(32, 127)))

WORDS = st.text(alphabet="abcimwWX019_.-×中é", min_size=1, max_size=12)
TEXTS = st.text(alphabet="abimwW01_. ×…中é", max_size=40)
ROOMS = st.floats(0, 300)
SIZES = st.sampled_from([5.0, 6.6, 10.0])


@pytest.fixture(scope="module")
def advance():
    """The width of a sign in the type that is shipped, in thousandths of its size."""
    fonts = pytest.importorskip("fontTools.ttLib")
    types = {name: fonts.TTFont(FONTS / f"Arimo-{name}.ttf") for name in ("Regular", "Bold")}

    def advance(sign, is_bold):
        font = types["Bold" if is_bold else "Regular"]
        return font["hmtx"][font.getBestCmap()[ord(sign)]][0] * 1000 / font["head"].unitsPerEm

    return advance


@pytest.mark.parametrize(("signs", "is_bold"), [(ASCII + "×·−–—…’“”²°", False), (ASCII + "×·−–—…²°", True)])
def test_widths_are_those_of_the_type(advance, signs, is_bold):
    for sign in signs:
        assert text_width(sign, 1000, is_bold=is_bold) == pytest.approx(advance(sign, is_bold), abs=0.6), sign


def test_a_width_is_the_sum_of_its_signs():
    assert text_width("", 10) == 0
    assert text_width("conv 3×3", 10) == pytest.approx(sum(text_width(sign, 10) for sign in "conv 3×3"))
    assert text_width("conv", 20) == pytest.approx(2 * text_width("conv", 10))


def test_signs_of_east_asia_are_as_wide_as_high():
    assert text_width("网络", 10) == 20
    assert text_width("\U0001f600", 10) == 10


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("conv", 60, "conv"),
        ("features.denseblock1.denselayer1", 60, "features…selayer1"),
        ("conv", 12, "c…"),
        ("conv", 7, "…"),
        ("conv", 0, "…"),
        ("", 0, ""),
    ],
)
def test_a_text_is_cut_in_its_middle(text, room, shown):
    assert fitted(text, room, 7.0) == shown


@given(text=TEXTS, room=ROOMS, size=SIZES, is_bold=st.booleans())
def test_as_much_of_a_text_is_kept_as_there_is_room_for(text, room, size, is_bold):
    shown = fitted(text, room, size, is_bold=is_bold)
    if text_width(text, size, is_bold=is_bold) <= room:
        assert shown == text
        return
    assert text_width(shown, size, is_bold=is_bold) <= room or shown == "…"
    kept = len(shown) - 1
    assert kept < len(text)
    front = (kept + 1) // 2
    assert shown == text[:front] + "…" + text[len(text) - (kept - front) :]
    if kept + 1 < len(text):
        front = (kept + 2) // 2
        longer = text[:front] + "…" + text[len(text) - (kept + 1 - front) :]
        assert text_width(longer, size, is_bold=is_bold) > room


@given(words=st.lists(WORDS, max_size=12), room=ROOMS, size=SIZES)
def test_lines_hold_every_word_and_no_more_than_there_is_room_for(words, room, size):
    lines = wrapped("  ".join(words), room, size)
    assert all(text_width(line, size) <= room or line == "…" for line in lines)
    if all(text_width(word, size) <= room for word in words):
        assert " ".join(lines).split() == words
        for line, following in pairwise(lines):
            assert text_width(f"{line} {following.split()[0]}", size) > room
    assert len(lines) <= len(words)


def test_lines_of_nothing():
    assert wrapped(" \n ", 100, 7.0) == []


def test_a_word_that_is_too_wide_stands_alone_and_is_cut():
    assert wrapped("the features.denseblock1.denselayer1 here", 60, 7.0) == [
        "the",
        "features…selayer1",
        "here",
    ]
