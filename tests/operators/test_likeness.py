"""Whether two operators are one."""

from __future__ import annotations

from shapelens.operators import Activation, Clip
from shapelens.operators.likeness import is_one


def test_equal_settings_that_are_not_the_same() -> None:
    assert is_one(Activation("relu"), Activation("relu"))
    assert not is_one(Clip(0, 6), Clip(0.0, 6.0))
    assert not is_one(Activation("relu"), Activation("tanh"))
    assert not is_one(Activation("relu"), Clip(0.0, 6.0))
