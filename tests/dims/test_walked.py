"""A path that was walked."""

from __future__ import annotations

import pytest

from shapelens.dims import decide, equal, following, symbol
from shapelens.dims.path import Path, WalkedPath
from shapelens.errors import DimensionError


def test_it_answers_what_was_decided_and_nothing_else():
    H = symbol("H")
    with following(Path({"H": 7})) as path:
        assert not decide(equal(H, 1))
    with following(WalkedPath(path.example, path.conditions)):
        assert not decide(equal(H, 1))
        with pytest.raises(DimensionError, match="H = 2 depends on the size"):
            decide(equal(H, 2))
    assert [str(condition) for condition in path.conditions] == ["H ≠ 1"]
