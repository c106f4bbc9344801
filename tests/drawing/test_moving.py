"""What is moved is the same everywhere else."""

import pytest

from shapelens.drawing.moving import moved
from shapelens.drawing.scene import Circle, Group, Label, Line, Paint, Polygon

PAINT = Paint("#bfdcec", "#225577", 1.5, (2.0, 1.0), 0.5)
POLYGON = Polygon(((0.0, 1.0), (4.0, 3.0)), PAINT)
LINE = Line(((0.0, 1.0), (4.0, 3.0)), PAINT, 4.0)
CIRCLE = Circle((4.0, 3.0), 2.0, PAINT)
LABEL = Label((4.0, 3.0), "conv1", 8.0, "#aa0000", is_bold=True, anchor="middle", angle=-90.0)
GROUP = Group((LABEL, LINE), "volume", "conv1", "64×112×112", (("height", 112),), (("height", 40.0),))


@pytest.mark.parametrize("element", [POLYGON, LINE, CIRCLE, LABEL, GROUP], ids=lambda e: type(e).__name__)
def test_only_the_place_is_another(element):
    assert moved(element, 0, 0) == element
    there = moved(element, 2, 8)
    assert there != element
    assert moved(there, -2, -8) == element


@pytest.mark.parametrize("element", [POLYGON, LINE, CIRCLE, LABEL, GROUP], ids=lambda e: type(e).__name__)
def test_it_goes_to_the_right_and_down(element):
    before, after = element.box, moved(element, 2, 8).box
    assert (after.left, after.right) == pytest.approx((before.left + 2, before.right + 2))
    assert (after.top, after.bottom) == pytest.approx((before.top + 8, before.bottom + 8))


def test_a_group_takes_all_in_it_along():
    assert moved(Group((GROUP, CIRCLE)), 2, 8).children == (moved(GROUP, 2, 8), moved(CIRCLE, 2, 8))
