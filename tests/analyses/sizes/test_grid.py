"""Sets of combinations as boxes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shapelens.analyses.sizes.grid import Grid
from shapelens.analyses.sizes.points import Points
from shapelens.dims.sets import SizeSet


def grid(shape):
    names = "DHW"[-len(shape) :]
    grids = np.meshgrid(*[np.arange(1, n + 1) for n in shape], indexing="ij")
    points = Points({name: each.ravel() for name, each in zip(names, grids, strict=True)})
    nothing = np.zeros(shape, dtype=np.int8)

    def joined(_, chosen):
        return SizeSet.of(*(np.flatnonzero(chosen) + 1).tolist())

    return Grid(tuple(names), points, nothing, nothing.astype(np.int32), joined)


@given(st.data(), st.sampled_from([(4,), (3, 4), (5, 2), (2, 3, 3)]))
def test_boxes_share_no_size_and_leave_none_out(data, shape):
    member = np.array(
        data.draw(st.lists(st.booleans(), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    )
    looked = grid(shape)
    boxes = looked.boxes(member.reshape(shape))
    for place, is_in in enumerate(member):
        sizes = looked.points.at(place)
        holding = [box for box in boxes if all(sizes[name] in members for name, members in box.items())]
        assert len(holding) == int(is_in)


def test_a_rectangle_is_one_box():
    member = np.zeros((4, 5), dtype=bool)
    member[1:3, 2:] = True
    looked = grid((4, 5))
    assert [{name: str(s) for name, s in box.items()} for box in looked.boxes(member)] == [
        {"H": "2, 3", "W": "3 to 5"}
    ]
    box, around = looked.margins(member)
    assert np.array_equal(around, member)
    assert str(box["W"]) == "3 to 5"


def test_of_many_no_more_are_made_than_show_that_they_are_many():
    assert len(grid((6, 6)).boxes(np.eye(6, dtype=bool), most=3)) == 4
