"""A figure as plain data: what each element takes up, and in which order all of it is painted."""

from __future__ import annotations

from math import dist, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.drawing.scene import Box, Circle, Group, Label, Line, Paint, Polygon, Scene

INK = Paint(stroke="#000000")
FILLED = Paint(fill="#bfdcec")
PLACES = st.floats(-1000, 1000).map(lambda place: round(place, 2))
POINTS = st.tuples(PLACES, PLACES)


def bounds(box):
    return pytest.approx((box.left, box.top, box.right, box.bottom))


def test_a_box_holds_all_points():
    box = Box.around([(3, 9), (-1, 4), (2, 5)])
    assert box == Box(-1, 4, 3, 9)
    assert (box.width, box.height) == (4, 5)


def test_a_box_holds_all_boxes():
    assert Box.of_all([Box(0, 0, 1, 1), Box(5, -2, 6, 0)]) == Box(0, -2, 6, 1)


@pytest.mark.parametrize(
    ("other", "slack", "does"),
    [
        (Box(5, 5, 15, 15), 0.0, True),
        (Box(10, 0, 20, 10), 0.0, False),  # they touch
        (Box(11, 0, 20, 10), 0.0, False),
        (Box(9, 0, 20, 10), 0.0, True),
        (Box(9, 0, 20, 10), 1.0, False),
        (Box(0, 9, 10, 20), 1.0, False),
        (Box(2, 2, 3, 3), 0.0, True),  # one inside the other
    ],
)
def test_boxes_overlap(other, slack, does):
    box = Box(0, 0, 10, 10)
    assert box.overlaps(other, slack) is other.overlaps(box, slack) is does


def test_shapes_take_up_their_points():
    assert Polygon(((0, 0), (4, 1), (2, 6)), FILLED).box == Box(0, 0, 4, 6)
    assert Circle((10, 20), 3, FILLED).box == Box(7, 17, 13, 23)
    assert Line(((1, 5), (9, 5)), INK).box == Box(1, 5, 9, 5)


def test_a_line_takes_up_its_head_too():
    assert bounds(Line(((0, 0), (10, 0)), INK, head=5).box) == (0, -1.8, 10, 1.8)


def test_a_head_points_where_the_line_goes():
    tip, left, right = Line(((0, 0), (0, 7), (10, 7)), INK, head=5).head_points
    assert tip == (10, 7)
    assert sorted([left, right]) == [pytest.approx((5, 7 - 1.8)), pytest.approx((5, 7 + 1.8))]


@given(start=POINTS, end=POINTS, head=st.floats(0.5, 20))
def test_a_head_is_as_long_as_it_says(start, end, head):
    if dist(start, end) < 0.1:
        return
    tip, left, right = Line((start, end), INK, head).head_points
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    assert tip == end
    assert dist(tip, middle) == pytest.approx(head)
    assert dist(left, right) == pytest.approx(0.72 * head)
    assert dist(tip, left) == pytest.approx(dist(tip, right))
    assert dist(start, middle) == pytest.approx(abs(dist(start, end) - head), abs=1e-6)


def test_a_head_of_a_line_without_length_is_a_point():
    assert Line(((2, 2), (2, 2)), INK, head=4).head_points == ((2, 2), (2, 2), (2, 2))


@pytest.mark.parametrize(("anchor", "left"), [("start", 100), ("middle", 91.66), ("end", 83.32)])
def test_a_label_stands_at_its_anchor(anchor, left):
    label = Label((100, 50), "224", size=10, anchor=anchor)
    assert label.width == pytest.approx(16.68)
    assert bounds(label.box) == (left, 50 - 7.2, left + 16.68, 50 + 0.2)


def test_only_some_letters_reach_below_the_baseline():
    assert Label((0, 0), "conv", size=10).box.bottom == pytest.approx(0.2)
    assert Label((0, 0), "pool", size=10).box.bottom == pytest.approx(2.1)


def test_a_bold_label_is_wider():
    assert Label((0, 0), "conv", is_bold=True).width > Label((0, 0), "conv").width


@pytest.mark.parametrize(
    ("angle", "box"),
    [
        (90, (50 - 0.2, 100, 50 + 7.2, 116.68)),  # clockwise: it runs down, its letters' feet to the left
        (-90, (50 - 7.2, 83.32, 50 + 0.2, 100)),
        (180, (33.32, 100 - 0.2, 50, 100 + 7.2)),
    ],
)
def test_a_label_is_turned_clockwise_about_where_it_stands(angle, box):
    assert bounds(Label((50, 100), "224", size=10, angle=angle).box) == box


@given(at=POINTS, angle=st.floats(-360, 360), anchor=st.sampled_from(["start", "middle", "end"]))
def test_a_turned_label_keeps_its_size(at, angle, anchor):
    label = Label(at, "3×3 conv, 64", 7.0, anchor=anchor, angle=angle)
    flat = Label(at, "3×3 conv, 64", 7.0, anchor=anchor)
    first, second, third, fourth = label.corners
    assert dist(first, second) == pytest.approx(label.width) == pytest.approx(dist(third, fourth))
    assert dist(second, third) == pytest.approx(flat.box.height) == pytest.approx(dist(fourth, first))
    for corner, unturned in zip(label.corners, flat.corners, strict=True):
        assert dist(corner, at) == pytest.approx(hypot(unturned[0] - at[0], unturned[1] - at[1]))


def test_a_group_takes_up_what_is_in_it():
    inner = Group((Circle((50, 50), 5, INK),))
    assert Group((Polygon(((0, 0), (1, 1)), FILLED), inner)).box == Box(0, 0, 55, 55)


def test_a_scene_finds_its_groups_and_its_leaves():
    first, second, third = (Label((0, 0), text) for text in ("first", "second", "third"))
    inside = Group((second,), kind="filter")
    outside = Group((first, inside), kind="volume", name="conv1")
    scene = Scene(10, 10, "", (outside, third, Group((), kind="filter", name="last")))
    assert list(scene.leaves()) == [first, second, third]
    assert [(group.kind, group.name) for group in scene.groups()] == [
        ("volume", "conv1"),
        ("filter", ""),
        ("filter", "last"),
    ]
    assert list(scene.groups("filter")) == [inside, Group((), kind="filter", name="last")]
    assert list(scene.groups("arrow")) == []
