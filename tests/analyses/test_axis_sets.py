"""Sets of sizes, axis by axis, in words."""

from __future__ import annotations

import pytest

from shapelens.analyses.axis_sets import listed, sets_text
from shapelens.dims.sets import SizeSet

EVERY, LARGE, SIXTEENS = SizeSet.every(), SizeSet.at_least(29), SizeSet.repeating(16, 0)


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        ({"H": EVERY, "W": EVERY}, "every H and W"),
        ({"H": LARGE}, "H ≥ 29"),
        ({"D": LARGE, "H": LARGE, "W": LARGE}, "D, H and W ≥ 29"),
        ({"H": SIXTEENS, "W": SIXTEENS}, "H and W: multiples of 16"),
        ({"H": SIXTEENS & LARGE, "W": SIXTEENS & LARGE}, "H and W: multiples of 16, at least 32"),
        ({"H": SizeSet.of(224), "W": SizeSet.of(224)}, "H = W = 224"),
        ({"H": SizeSet.of(224), "W": SizeSet.of(7)}, "H = 224; W = 7"),
        ({"H": LARGE, "W": EVERY}, "H ≥ 29; every W"),
        ({"H": SizeSet.at_least(5) & ~SizeSet.of(7)}, "H: at least 5, but not 7"),
        ({"H": LARGE, "W": SizeSet.none()}, "no size"),
    ],
)
def test_in_words(sets, words):
    assert sets_text(sets) == words


def test_a_list_of_names():
    assert [listed(list(names)) for names in ("H", "HW", "DHW")] == ["H", "H and W", "D, H and W"]
