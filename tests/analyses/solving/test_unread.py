"""What no window reads, in words."""

from __future__ import annotations

import pytest

from shapelens.analyses.solving.unread import ordinal, unread_words
from shapelens.dims.layout import Layout
from shapelens.operators.windows import Sliding

WORDS = [
    # the layout, the windows, the sizes, and what is said
    ("CHW", [Sliding(3, 2, 1, (1, 1))] * 2, (224, 224), "1 px of padding"),
    ("CHW", [Sliding(2, 2)] * 2, (224, 224), "nothing"),
    ("CHW", [Sliding(1, 2)] * 2, (224, 224), "half: every 2nd row, column"),
    ("CHW", [Sliding(1, 3)] * 2, (224, 224), "all but every 3rd row, column"),
    ("CHW", [Sliding(2, 3)] * 2, (224, 224), "every 3rd row, column"),
    ("CHW", [Sliding(2, 4)] * 2, (224, 224), "half: 2 of every 4 rows, columns"),
    ("CHW", [Sliding(4, 4)] * 2, (227, 227), "the last 3 rows and columns"),
    ("CHW", [Sliding(2, 2)] * 2, (225, 225), "the last row and column"),
    ("HWC", [Sliding(2, 2)] * 2, (225, 224), "the last row"),
    ("CHW", [Sliding(2, 2), Sliding(1, 2)], (225, 224), "the last row; half: every 2nd column"),
    ("CHW", [Sliding(3, 2, 1, (1, 1)), Sliding(3, 1, 1, (1, 1))], (224, 224), "1 px of padding (height)"),
    ("CHW", [Sliding(3, 3, 1, (2, 2)), Sliding(3, 2, 1, (1, 1))], (7, 4), "padding: 2 px (height), 1 px (width)"),
    ("CHW", [Sliding(4, 1, 2)] * 2, (7, 7), "3 of 7 rows and columns"),
    ("CHW", [Sliding(3, 2, 1, "same")] * 2, (224, 224), "nothing"),
    ("CT", [Sliding(3, 2, 1, (1, 1))], (16,), "1 position of padding"),
    ("CT", [Sliding(5, 4, 1, (3, 3))], (16,), "1 position of padding"),
    ("CT", [Sliding(3, 4, 1, (2, 2))], (9,), "every 4th position"),
    ("TC", [Sliding(1, 2)], (16,), "half: every 2nd position"),
    ("CDHW", [Sliding(2, 2)] * 3, (5, 5, 5), "the last slice, row and column"),
    ("CHW", [Sliding(3, 10**9)] * 2, (2 * 10**9,) * 2, "not looked at: the windows are too large"),
]  # fmt: skip


@pytest.mark.parametrize(("layout", "slidings", "sizes", "words"), WORDS)
def test_what_is_unread_in_words(layout, slidings, sizes, words):
    assert unread_words(slidings, sizes, Layout(layout)) == words


def test_ordinals():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 22, 113)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "22nd",
        "113th",
    ]
