"""What stands around a pasted text is blanked, and messages point at what is left."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.errors import LayerTextError
from shapelens.readers.notation.source import LONGEST_QUOTE, MAXIMUM_LENGTH, WIDEST_LINE, Source

LAYER = "Conv2d(3, 64, 3)"


@pytest.mark.parametrize(
    ("pasted", "left"),
    [
        (LAYER, LAYER),
        (f"  {LAYER}\n", LAYER),
        (f"`{LAYER}`", LAYER),
        (f"```{LAYER}```", LAYER),
        (f"```python\n{LAYER}\n```", LAYER),
        (f"~~~\n{LAYER}\n~~~", LAYER),
        (f">>> {LAYER}", LAYER),
        (f">>> print(model)\n{LAYER}\n>>> ", LAYER),
        (f"In [12]: model\nOut[12]: {LAYER}", LAYER),
        (f"In [12]: model\nOut[12]: \n{LAYER}", LAYER),
        (f"Out [1]:{LAYER}", LAYER),
        (">>> Sequential(\n...     ReLU(),\n... )", "Sequential(\n        ReLU(),\n    )"),
        (
            "In [1]: Sequential(\n   ...:     ReLU(),\n   ...: )",
            "Sequential(\n            ReLU(),\n        )",
        ),
        (f"\ufeff{LAYER}", LAYER),
        ("Conv2d(3,\xa064,\xa03)", LAYER),
        ("Sequential(\r\n  ReLU()\r)", "Sequential(\n  ReLU()\n)"),
    ],
)
def test_what_stands_around_a_text_is_blanked(pasted, left):
    assert Source(pasted).text.strip() == left


def test_every_part_keeps_its_place():
    pasted = f">>> print(model)\n{LAYER}"
    assert Source(pasted).text.index("Conv2d") == pasted.index("Conv2d")
    assert len(Source(pasted).text) == len(pasted)


def test_an_ellipsis_in_a_print_is_no_prompt():
    text = "Sequential(\n  (0): ReLU()\n  ... \n  (9): ReLU()\n)"
    assert "..." in Source(text).text


@pytest.mark.parametrize("text", ["", "  \n\t", "```\n```", ">>> ", "\ufeff"])
def test_an_empty_text(text):
    with pytest.raises(LayerTextError, match="empty") as caught:
        Source(text)
    assert [label for label, _ in caught.value.parts] == ["at", "have", "rule", "fix"]


def test_a_text_longer_than_any_network():
    with pytest.raises(LayerTextError, match="longer") as caught:
        Source("a" * (MAXIMUM_LENGTH + 1))
    assert caught.value.have == "300,001 characters"


# pointing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "spans", "excerpt"),
    [
        (LAYER, [(0, 6)], "Conv2d(3, 64, 3)\n^^^^^^"),
        (LAYER, [(7, 8), (10, 12)], "Conv2d(3, 64, 3)\n       ^  ^^"),
        (LAYER, [(16, 17)], "Conv2d(3, 64, 3)\n                ^"),
        ("Sequential(\n  ReLU()\n)", [(14, 18)], "line 2\nReLU()\n^^^^"),
        ("Sequential(\n\tReLU()\n)", [(13, 17)], "line 2\nReLU()\n^^^^"),
        ("Conv2d(\x1b[31m3)", [(7, 8)], "Conv2d(\ufffd[31m3)\n       ^"),
        ("Conv2d(\u202e3)", [(7, 8)], "Conv2d(\ufffd3)\n       ^"),
    ],
)
def test_an_excerpt(text, spans, excerpt):
    assert Source(text).excerpt(*spans) == excerpt


@settings(max_examples=60)
@given(
    line=st.text("abc (),=\n", min_size=1, max_size=400).filter(str.strip),
    start=st.floats(0, 1),
    length=st.integers(1, 30),
)
def test_carets_stand_under_what_is_meant(line, start, length):
    source = Source(line)
    first = int(start * (len(line) - 1))
    shown, carets = source.excerpt((first, first + length)).split("\n")[-2:]
    assert len(shown) <= WIDEST_LINE
    assert set(carets) <= {" ", "^"}
    assert "^" in carets
    meant = line[first : first + length].split("\n")[0].strip()
    marked = shown.ljust(len(carets))[carets.index("^") : carets.rindex("^") + 1].strip(" …")
    assert marked in line
    assert meant.startswith(marked) or marked.startswith(meant)


def test_an_excerpt_of_a_long_line_costs_no_more_than_one_of_a_short_one():
    source = Source("Sequential(" + "ReLU()," * 40_000 + ")")
    tracemalloc.start()
    try:
        for place in range(0, 200_000, 2_000):
            assert source.excerpt((place, place + 4)).count("\n") == 1
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < len(source.text) // 10  # bytes: no copy of the line is made


def test_a_part_is_quoted_as_far_as_it_can_be_taken_in():
    source = Source("Linear(\n  in_features=3,\n  out_features=4)")
    assert source.shown((0, 42)) == "Linear( in_features=3, out_features=4)"
    assert source.shown((0, 42), most=12) == "Linear( in_…"
    long = Source("a" * 10_000)
    assert len(long.shown((0, 10_000))) == LONGEST_QUOTE


def test_a_text_with_parts_of_it_changed():
    changed = Source(f">>> {LAYER}").replaced([((4, 10), "Conv1d"), ((11, 12), "5")])
    assert changed == "Conv1d(5, 64, 3)"
