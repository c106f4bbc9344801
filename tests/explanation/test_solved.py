"""An answer in words: it fits its width, says what it leaves out, and every command in it works."""

from __future__ import annotations

import re
from functools import cache

import pytest

from shapelens.analyses.solving import solved
from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.bounds import Bounds
from shapelens.explanation.document import Entry, plain_text, text_width
from shapelens.explanation.solved import solved_document
from shapelens.output.plain import document_text

HALVES = ("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112))


@cache
def answered(asked, bounds):
    return solved(ask(*asked, bounds))


def told(asked, width=100, bounds=None, **options):
    document = solved_document(answered(asked, bounds), width, **options)
    return document, document_text(document, width=width)


def entry(document, label):
    found = [
        block
        for group in document.groups
        for block in group
        if isinstance(block, Entry) and block.label == label
    ]
    return [plain_text(line) for block in found for line in block.lines]


def table(text):
    """The rows of the table, each as its cells; the header first."""
    block = next(part for part in text.split("\n\n") if part.startswith("  setting"))
    return [re.split(r" {2,}", line.strip()) for line in block.splitlines()]


def test_the_answer_is_the_first_line():
    document, _ = told(HALVES)
    assert (
        plain_text(document.title) == "Conv2d(3, 64, 3, stride=2, padding=1)   3×224×224 → 64×112×112   C×H×W"
    )
    assert not document.has_errors


def test_the_table():
    _, text = told(HALVES, 110)
    rows = table(text)
    assert rows[0] == ["setting", "unread", "field", "params", "MACs", "inputs"]
    assert rows[1] == [
        "Conv2d(3, 64, 3, stride=2, padding=1)",
        "1 px of padding",
        "3×3",
        "1,792",
        "21.7 M",
        "223, 224",
    ]
    assert rows[3] == [
        "Conv2d(3, 64, 1, stride=2)",
        "half: every 2nd row, column",
        "1×1",
        "256",
        "2.41 M",
        "223, 224",
    ]
    assert len(rows) == 1 + 8
    assert "the usual one of 28; all have stride 2. Square settings, the usual first:" in text


def test_all_of_them_where_all_are_asked_for():
    document, text = told(HALVES, shows_all=True)
    assert len(table(text)) == 1 + 28
    assert document.following == 'shapelens explain "Conv2d(3, 64, 3, stride=2, padding=1)" --input 3x224x224'
    few, _ = told(HALVES)
    assert few.following == 'shapelens solve "Conv2d(3, 64)" --input 3x224x224 --output 64x112x112 --all'


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (110, ["setting", "unread", "field", "params", "MACs", "inputs"]),
        (100, ["setting", "unread", "field", "params", "MACs"]),
        (90, ["setting", "unread", "field", "params", "MACs"]),
        (80, ["setting", "unread", "field", "MACs"]),
        (72, ["setting", "unread", "MACs"]),
        (65, ["setting", "unread"]),
        (40, ["setting"]),
    ],
)
def test_columns_go_where_there_is_no_room(width, columns):
    _, text = told(HALVES, width)
    assert table(text)[0] == columns


@pytest.mark.parametrize("width", [66, 80, 100, 110])
@pytest.mark.parametrize(
    "asked",
    [
        HALVES,
        ("Conv2D(64)", (224, 224, 3), (112, 112, 64)),
        ("MaxPool2d()", (64, 28, 28), (64, 14, 14)),
        ("Conv2d(3, 64)", (3, 224, 112), (64, 112, 112)),
        ("Conv2d(3, 64)", (3, 224, 224), (64, 150, 150)),
        ("MaxPool2d(2)", None, (64, 14, 14)),
        ("Conv1d(3, 8)", (3, 10**9), (8, 5 * 10**8)),
    ],
)
def test_no_line_is_too_long(asked, width):
    _, text = told(asked, width)
    lines = [line for line in text.splitlines() if not line.startswith("next")]
    assert max(map(text_width, lines)) <= width


def test_nothing_but_ascii_where_that_is_asked_for():
    for asked in (
        HALVES,
        ("Conv2d(3, 64)", (3, 224, 224), (64, 14, 14)),
        ("MaxPool2d(2)", None, (64, 14, 14)),
    ):
        document, _ = told(asked)
        assert document_text(document, ascii_only=True).isascii()
        assert "\\u" not in document_text(document, ascii_only=True)


def test_pools_have_no_columns_for_what_they_do_not_cost():
    _, text = told(("MaxPool2d()", (64, 28, 28), (64, 14, 14)))
    assert table(text)[0] == ["setting", "unread", "field", "inputs"]


def test_transposed_convolutions_tell_how_stamps_overlap():
    document, text = told(("ConvTranspose2d()", (16, 14, 14), (8, 28, 28)), 120)
    assert [row[1] for row in table(text)][:4] == [
        "overlap",
        "none: side by side",
        "even",
        "uneven: checkerboard",
    ]
    assert entry(document, "inputs") == []


@pytest.mark.parametrize(
    ("asked", "usual", "inputs"),
    [
        (HALVES, "kernel 3, padded: VGG, ResNet and most since", ["223 and 224 both give 112   with the first"]),
        (("MaxPool2d()", (8, 28, 28), (8, 14, 14)), "windows side by side: VGG and most, by 2",
         ["28 and 29 both give 14   with the first"]),
        (("Conv2d(3, 8)", (3, 28, 56), (8, 14, 14)), "kernel 7, padded: the first layer of ResNet",
         ["27 and 28 both give 14   height", "53 to 56 all give 14   width"]),
        (("MaxPool2d()", (3, 140, 140), (3, 14, 14)), "rather MaxPool2d(10)   within --max-stride 10",
         ["135 to 142 all give 14   with the first"]),
    ],
)  # fmt: skip
def test_why_it_is_the_first_and_what_gives_the_same(asked, usual, inputs):
    document, _ = told(asked)
    assert entry(document, "usual") == [usual]
    assert entry(document, "inputs") == inputs


@pytest.mark.parametrize(
    ("asked", "label", "words"),
    [
        (("Conv2d(3, 8)", (3, 28, 28), (8, 28, 28)), "Keras",
         ["Conv2D(8, 3, padding='same')   28×28×3 → 28×28×8   H×W×C"]),
        (HALVES, "Keras",
         ["Conv2D(64, 3, strides=2, padding='same')   224×224×3 → 112×112×64   H×W×C",
          "same shape, other values: pads 0 before and 1 after, not 1 and 1"]),
        (("Conv2d(3, 8, 3)", (3, 28, 27), (8, 14, 14)), "Keras",
         ["Conv2D(8, 3, strides=2, padding='same')   28×27×3 → 14×14×8   H×W×C",
          "same shape, other values: pads 0 before and 1 after, not 1 and 1, height"]),
        (("Conv2D(8)", (28, 28, 3), (14, 14, 8)), "PyTorch",
         ["Conv2d(3, 8, 3, stride=2, padding=1)   3×28×28 → 8×14×14   C×H×W",
          "same shape, other values: pads 1 and 1, not 0 before and 1 after"]),
        (("Conv2D(8)", (27, 27, 3), (14, 14, 8)), "PyTorch",
         ["Conv2d(3, 8, 3, stride=2, padding=1)   3×27×27 → 8×14×14   C×H×W"]),
        (("MaxPool2d()", (3, 28, 28), (3, 14, 14)), "Keras", ["MaxPooling2D(2)   28×28×3 → 14×14×3   H×W×C"]),
        (("LPPool2d(2)", (3, 28, 28), (3, 14, 14)), "Keras", []),
        (("Conv2D(8, activation='relu')", (28, 28, 3), (14, 14, 8)), "PyTorch", []),
    ],
)  # fmt: skip
def test_the_other_framework(asked, label, words):
    document, _ = told(asked, 110)
    assert entry(document, label) == words


def test_the_other_framework_gives_the_shape_that_is_told():
    from shapelens import inspect

    for asked in (HALVES, ("Conv2D(8)", (28, 28, 3), (14, 14, 8)), ("MaxPool2d()", (3, 28, 28), (3, 14, 14)),
                  ("ConvTranspose2d(3, 8)", (3, 14, 14), (8, 28, 28)), ("Conv1D(4)", (9, 3), (9, 4))):  # fmt: skip
        document, _ = told(asked, 110)
        (line, *_) = entry(document, "Keras") or entry(document, "PyTorch")
        words, shapes, _ = line.split("   ")
        source, target = [tuple(map(int, shape.split("×"))) for shape in shapes.split(" → ")]
        assert inspect(words, source, batch=1).layers[0].output_shape == (1, *target)


# where nothing does it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "ending", "why"),
    [
        (("Conv2d(3, 64)", (3, 224, 224), (64, 150, 150)), "no setting does it",
         "no setting takes 224 to 150: the nearest are 122 (stride 2) and 194 (stride 1)"),
        (("Conv2d(3, 64)", (3, 224, 224), (64, 14, 14)), "no setting does it",
         "no setting takes 224 to 14: 25 (stride 8) is the least"),
        (("Conv2d(3, 64)", (3, 28, 28), (64, 28, 56)), "no setting does it",
         "width: no setting takes 28 to 56: 48 (stride 1) is the most"),
        (("MaxPool2d(7, padding=0)", (3, 5, 5), (3, 2, 2)), "no setting does it",
         "no setting takes 5 to 2: of these settings none has a window that fits into 5"),
        (("MaxPool2d()", (64, 28, 28), (128, 14, 14)), "no setting does it",
         "a pool keeps its channels: 64 cannot become 128"),
        (("AvgPool2d(2, 2, 0)", (3, 28, 28), (3, 15, 15)), "not so", "this AvgPool2d takes 28 to 14, and 15 is wanted"),
        (("AvgPool2d(7, 2, 0)", (3, 5, 5), (3, 2, 2)), "not so",
         "this AvgPool2d has no window that fits into 5, and 2 is wanted"),
        (("ConvTranspose2d(3, 64, 3, stride=2)", None, (64, 112, 112)), "no input does it",
         "no size gives 112: 55 gives 111, 56 gives 113"),
        (("Conv2D(4, 4, strides=1)", (8, 8, 3), (5, 8, 4)), "no setting does it",
         "each axis has settings that do it, but no one layer has them all: a word is for all axes"),
        (("Conv2d(1, 1, 1, stride=8)", None, (1, 2**31 - 1, 9)), "no input does it",
         "height: no size up to 2,147,483,647 gives 2147483647: 2147483647 gives 268435456"),
    ],
)  # fmt: skip
def test_why_nothing_does_it(asked, ending, why):
    document, _ = told(asked)
    assert plain_text(document.title).endswith(ending)
    assert document.has_errors
    assert entry(document, "why") == [why]


def test_what_would_do_it_is_told_with_the_command():
    document, _ = told(("Conv2d()", (3, 224, 224), (768, 14, 14)))
    assert entry(document, "fix") == [
        "Conv2d(3, 768, 16, stride=16)   ✓ verified   within --max-kernel 16 --max-stride 16"
    ]
    assert document.following == (
        'shapelens solve "Conv2d()" --input 3x224x224 --output 768x14x14 --max-kernel 16 --max-stride 16'
    )
    document, _ = told(("Conv2d()", (3, 28, 28), (8, 56, 56)))
    assert entry(document, "fix") == ["ConvTranspose2d(3, 8, 2, stride=2)   ✓ verified   does it"]
    assert document.following == 'shapelens explain "ConvTranspose2d(3, 8, 2, stride=2)" --input 3x28x28'
    document, _ = told(("ConvTranspose2d(3, 64, 3, stride=2)", None, (64, 112, 112)))
    assert entry(document, "fix") == [
        "ConvTranspose2d(3, 64, 3, stride=2, padding=1, output_padding=1)   ✓ verified   from 3×56×56"
    ]


def test_commands_carry_what_was_asked():
    document, _ = told(HALVES, bounds=Bounds(kernel=13))
    assert document.following.endswith("--output 64x112x112 --max-kernel 13 --all")
    odd, _ = told(("Conv2D(64, name='a`b')", (224, 224, 3), (112, 112, 64)))
    assert odd.following.startswith("""shapelens solve 'Conv2D(64, name='"'"'a`b'"'"')' --input""")


# sizes that go in -----------------------------------------------------------------------------------------


def test_the_sizes_that_go_in():
    document, text = told(("Conv2d(3, 64, 3, stride=2, padding=1)", None, (64, 112, 112)))
    assert plain_text(document.title) == (
        "Conv2d(3, 64, 3, stride=2, padding=1)   3×(223 or 224)×(223 or 224) → 64×112×112   C×H×W"
    )
    assert entry(document, "unread") == ["223×223   nothing", "224×224   1 px of padding"]
    assert entry(document, "params") == ["1,792"]
    assert entry(document, "MACs") == ["21,676,032"]
    assert document.following == 'shapelens explain "Conv2d(3, 64, 3, stride=2, padding=1)" --input 3x223x223'
    assert "exit" not in text


def test_of_many_sizes_the_first_and_the_last():
    document, _ = told(("MaxPool2d(16)", None, (64, 7, 7)))
    assert plain_text(document.title) == "MaxPool2d(16)   64×(112 to 127)×(112 to 127) → 64×7×7   C×H×W"
    assert entry(document, "unread") == []


def test_channels_that_nobody_gave_stay_open():
    document, _ = told(("Conv2D(8, 3, padding='same')", None, (28, 28, 8)))
    assert plain_text(document.title) == "Conv2D(8, 3, padding='same')   28×28×C → 28×28×8   H×W×C"
    assert entry(document, "params") == ["72·C + 8"]
