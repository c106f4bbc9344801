from __future__ import annotations

from shapelens.dims import symbol
from shapelens.operators import Tensor
from shapelens.operators.contents import MAXIMUM_CONTENTS
from shapelens.operators.rearranging import joined, kept_contents, known_contents, picked

H = symbol("H")
SIX = Tensor((2, 3), "int64", (0, 1, 2, 3, 4, H))


def test_elements_are_picked_axis_by_axis() -> None:
    assert picked(SIX, [(1,), (2, 0)]) == (H, 3)
    assert picked(SIX, [(0, 1, 2), (1, 0)], permutation=(1, 0)) == (3, 0, 4, 1, H, 2)
    assert picked(SIX, [(), (0,)]) == ()


def test_contents_that_are_not_known_or_do_not_fit_stay_away() -> None:
    assert picked(Tensor((2, 3)), [(0,), (0,)]) is None
    assert known_contents(Tensor((2, H), "int64", (1, 2))) is None
    assert known_contents(Tensor((3,), "int64", (1, 2))) is None
    assert kept_contents(SIX, (3, 3)) is None
    assert kept_contents(SIX, (3, 2)) == SIX.contents
    assert joined([SIX, Tensor((2, 3))], 0) is None


def test_too_many_elements_are_not_followed() -> None:
    assert picked(SIX, [(0,) * MAXIMUM_CONTENTS, (0, 1)]) is None
    half = Tensor((MAXIMUM_CONTENTS,), "int64", (1,) * MAXIMUM_CONTENTS)
    assert joined([half, SIX], 0) is None


def test_tensors_are_joined_along_an_axis() -> None:
    other = Tensor((2, 1), "int64", (7, 8))
    assert joined([SIX, other], 1) == (0, 1, 2, 7, 3, 4, H, 8)
    assert joined([other, other], 0) == (7, 8, 7, 8)
