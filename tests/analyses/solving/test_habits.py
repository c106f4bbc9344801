"""What is told first: what networks have, where they have it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest

from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.habits import HABITS, habit_of, order_of
from shapelens.analyses.solving.searching import found

FIRST = [
    # what is asked, and the settings that are told first
    (
        ("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112)),
        ["3, stride=2, padding=1", "2, stride=2", "1, stride=2", "7, stride=2, padding=3", "5, stride=2, padding=2",
         "4, stride=2, padding=1", "9, stride=2, padding=4", "11, stride=2, padding=5"],
    ),
    (
        ("Conv2d(3, 64)", (3, 224, 224), (64, 224, 224)),
        ["3, padding=1", "1", "7, padding=3", "5, padding=2", "3, padding=2, dilation=2", "3, padding=3, dilation=3"],
    ),
    (("Conv2d(3, 64)", (3, 32, 32), (64, 28, 28)), ["5", "7, padding=1"]),
    (("Conv2d(3, 64)", (3, 224, 224), (64, 56, 56)), ["4, stride=4", "7, stride=4, padding=3"]),
    (("Conv2d(3, 64)", (3, 227, 227), (64, 55, 55)), ["11, stride=4"]),
    (("Conv2d(3, 64)", (3, 7, 7), (64, 1, 1)), ["7"]),
    (("Conv2d(3, 64)", (3, 1, 1), (64, 1, 1)), ["1", "3, padding=1"]),
    (("MaxPool2d()", (8, 28, 28), (8, 14, 14)), ["2", "3, stride=2, padding=1"]),
    (("MaxPool2d()", (8, 27, 27), (8, 13, 13)), ["3, stride=2", "2"]),
    (("MaxPool2d()", (8, 28, 28), (8, 28, 28)), ["3, stride=1, padding=1"]),
    (("AvgPool2d()", (8, 7, 7), (8, 1, 1)), ["7", "4"]),
    (
        ("ConvTranspose2d(16, 8)", (16, 14, 14), (8, 28, 28)),
        ["2, stride=2", "4, stride=2, padding=1", "3, stride=2, padding=1, output_padding=1"],
    ),
    (("ConvTranspose2d(16, 8)", (16, 1, 1), (8, 4, 4)), ["4"]),
    (("ConvTranspose2d(16, 8)", (16, 14, 14), (8, 27, 27)), ["3, stride=2, padding=1"]),
    (("Conv2D(64)", (224, 224, 3), (112, 112, 64)), ["3, strides=2, padding='same'", "2, strides=2"]),
    (("Conv2D(64)", (28, 28, 3), (28, 28, 64)), ["3, padding='same'", "1"]),
    (("MaxPooling2D()", (28, 28, 3), (14, 14, 3)), ["2", "2, padding='same'"]),
    (("Conv2DTranspose(8)", (14, 14, 3), (28, 28, 8)), ["2, strides=2"]),
]  # fmt: skip


@cache
def solutions_of(asked):
    return found(ask(*asked)).solutions


@pytest.mark.parametrize(("asked", "first"), FIRST)
def test_what_networks_have_is_told_first(asked, first):
    layer, _, _ = asked
    name, _, given = layer.rstrip(")").partition("(")
    opening = f"{name}({given}, " if given else f"{name}("
    told = [solution.text for solution in solutions_of(asked)]
    assert told[: len(first)] == [f"{opening}{settings})" for settings in first]


@pytest.mark.parametrize(("asked", "first"), FIRST)
def test_the_order_is_total(asked, first):
    """No two settings sort alike, so that the same is told every time."""
    keys = [order_of(ask(*asked), solution.each) for solution in solutions_of(asked)]
    assert keys == sorted(keys)
    assert all(one != other for one, other in pairwise(keys))


def test_every_habit_is_somebodys():
    """Each is the first that some setting has."""
    asked = [
        *FIRST,
        (("Conv2d(3, 64)", (3, 224, 224), (64, 74, 74)), []),
        (("AvgPool2d()", (8, 9, 9), (8, 7, 7)), []),
        (("ConvTranspose2d(16, 8)", (16, 14, 14), (8, 42, 42)), []),
        (("ConvTranspose2d(16, 8)", (16, 14, 14), (8, 28, 28)), []),
        (("MaxPool2d()", (8, 9, 9), (8, 4, 4)), []),
    ]
    seen: dict[str, set[int]] = {family: set() for family in HABITS}
    for own, _ in asked:
        family = ask(*own).rules.family
        for solution in solutions_of(own):
            seen[family] |= {habit_of(family, solution.each[0], solution.sizes[0])}
    for family, habits in HABITS.items():
        assert seen[family] >= set(range(len(habits))), family
        assert len({habit.name for habit in habits}) == len(habits)
        assert all(habit.reason for habit in habits)
