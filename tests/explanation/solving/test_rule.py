"""The formulas that are told, computed again with every setting that was found."""

from __future__ import annotations

import re
from math import ceil, floor

import pytest

from shapelens.analyses.solving import solved
from shapelens.analyses.solving.asking import ask
from shapelens.explanation.document import plain_text
from shapelens.explanation.solving.rule import rule_entry, searched_entry, whole_rule_entry

ASKED = [
    ("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112)),
    ("Conv2d(3, 64, 3)", (3, 224, 112), (64, 112, 112)),
    ("Conv2d(3, 64, padding=0)", (3, 28, 28), (64, 26, 26)),
    ("Conv2d(3, 64, padding='same')", (3, 28, 28), (64, 28, 28)),
    ("Conv1d(3, 64, stride=2, dilation=1)", (3, 28), (64, 14)),
    ("MaxPool2d()", (3, 28, 28), (3, 14, 14)),
    ("MaxPool2d(ceil_mode=True)", (3, 27, 27), (3, 14, 14)),
    ("AvgPool2d(3)", (3, 28, 28), (3, 14, 14)),
    ("LPPool2d(2)", (3, 28, 28), (3, 13, 13)),
    ("LPPool2d(2, ceil_mode=True)", (3, 28, 28), (3, 14, 14)),
    ("ConvTranspose2d()", (3, 14, 14), (8, 28, 28)),
    ("ConvTranspose2d(padding=0, output_padding=0)", (3, 14, 14), (8, 28, 28)),
    ("Conv2D(8)", (28, 28, 3), (14, 14, 8)),
    ("Conv2D(8, strides=2)", (27, 27, 3), (13, 13, 8)),
    ("Conv1D(8, padding='causal')", (28, 3), (14, 8)),
    ("MaxPooling2D()", (28, 28, 3), (14, 14, 3)),
    ("Conv2DTranspose(8)", (14, 14, 3), (28, 28, 8)),
]


def computed(formula, setting):
    """One side of a formula, with the setting's numbers in the place of their names."""
    names = setting._asdict()
    values = {**names, "strides": names["stride"], "dilation_rate": names["dilation"]}
    functions = {"floor": floor, "ceil": ceil, "min": min, "max": max}
    return eval(formula.replace("·", "*"), {**functions, **values})  # noqa: S307 - a text of our own


def lines_of(entries):
    return [plain_text(line) for entry in entries for line in entry.lines]


@pytest.mark.parametrize(("layer", "source", "target"), ASKED)
def test_every_setting_satisfies_the_formula(layer, source, target):
    answer = solved(ask(layer, source, target))
    assert answer.solutions
    checked, place = 0, 0
    for line in lines_of(rule_entry(answer)):
        formula, _, remark = line.partition("   ")
        place = 1 if remark == "width" else place
        settings = [solution.each[place] for solution in answer.solutions]
        if line.startswith("so  "):
            left, values = re.fullmatch(r"so  (.*)  is (.*)", line).groups()
            ends = [int(value) for value in re.split(" or | to ", values)]
            assert all(ends[0] <= computed(left, setting) <= ends[-1] for setting in settings)
            continue
        left, right = formula.rsplit(" = ", 1)
        word = re.search(r"padding='(\w+)'", remark)
        meant = [s for s in settings if word is None or s.padding == word.group(1)]
        if (
            "Transpose" in layer and answer.question.is_keras
        ):  # What it says of itself where nothing is added.
            meant = [setting for setting in meant if setting.output_padding is None]
        assert meant
        for setting in meant:
            assert computed(left, setting) == int(right), line
            checked += 1
    assert checked >= len(answer.solutions) - sum(
        s.each[0].output_padding is not None for s in answer.solutions
    )


def test_what_follows_is_said_of_a_known_stride_and_is_exact():
    """Every value that is told is some setting's, where any padding may be had."""
    answer = solved(ask("Conv1d(1, 1)", (1, 100), (1, 25)))
    assert not any(line.startswith("so") for line in lines_of(rule_entry(answer)))
    answer = solved(ask("Conv1d(1, 1, stride=4)", (1, 100), (1, 25)))
    assert lines_of(rule_entry(answer))[1] == "so  2·padding - dilation·(kernel - 1)  is -3 to 0"
    assert {
        2 * s.each[0].padding - s.each[0].dilation * (s.each[0].kernel - 1) for s in answer.solutions
    } == {-3, -2, -1, 0}


@pytest.mark.parametrize(
    ("layer", "target", "rule"),
    [
        ("Conv2d(3, 64, 3, stride=2, padding=1)", (64, 112, 112), ["floor((in + 2·1 - 1·(3 - 1) - 1) / 2) + 1 = 112"]),
        ("MaxPool2d(2)", (64, 112, 112), ["floor((in - 1·(2 - 1) - 1) / 2) + 1 = 112"]),
        ("Conv2d(3, 64, (3, 5))", (64, 9, 9), ["floor((in - 1·(3 - 1) - 1) / 1) + 1 = 9",
                                               "floor((in - 1·(5 - 1) - 1) / 1) + 1 = 9"]),
        ("ConvTranspose2d(3, 64, 3, stride=2)", (64, 9, 9), ["(in - 1)·2 + 1·(3 - 1) + 1 = 9"]),
        ("Conv2D(64, 3, strides=2, padding='same')", (9, 9, 64), ["ceil(in / 2) = 9"]),
    ],
)  # fmt: skip
def test_the_formula_of_a_whole_layer(layer, target, rule):
    answer = solved(ask(layer, None, target))
    assert lines_of(whole_rule_entry(answer)) == rule
    for line in rule[:1]:
        left, right = line.rsplit(" = ", 1)
        for size in answer.solutions[0].inputs[0]:
            shown = re.sub(r"\bin\b", str(size), left)
            assert computed(shown, answer.solutions[0].each[0]) == int(right)


@pytest.mark.parametrize(
    ("layer", "source", "target", "searched"),
    [
        ("Conv2d()", (3, 8, 8), (3, 4, 4),
         "kernel 1 to 11, stride 1 to 8, padding 0 to 10, dilation 1 to 3; --max-kernel … widens it"),
        ("Conv2d(3, 3, 3, stride=2)", (3, 8, 8), (3, 4, 4),
         "padding 0 to 10, dilation 1 to 3; --max-padding … widens it"),
        ("Conv2D(3, 3)", (8, 8, 3), (4, 4, 3),
         "stride 1 to 8, padding 'valid' and 'same', dilation 1 to 3; --max-stride … widens it"),
        ("AveragePooling2D(3, 2)", (8, 8, 3), (4, 4, 3), "padding 'valid' and 'same'"),
        ("ConvTranspose2d(3, 3, 3, 2, 1)", (3, 8, 8), (3, 16, 16),
         "dilation 1 to 3, output padding below the stride or the dilation; --max-dilation … widens it"),
        ("AvgPool2d(3, 2, 1)", (3, 8, 8), (3, 4, 4), "nothing: all settings are given"),
    ],
)  # fmt: skip
def test_what_was_searched(layer, source, target, searched):
    assert lines_of([searched_entry(ask(layer, source, target))]) == [searched]
