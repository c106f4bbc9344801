"""Whether a hash is asked for to look something up."""

from __future__ import annotations

import sys
from functools import lru_cache

import pytest

pytestmark = pytest.mark.torch
pytest.importorskip("torch")

from shapelens.readers.torch.lookups import is_looked_up  # noqa: E402 - after the check for PyTorch


class Asked:
    """Remembers whether its hash was asked for to look it up."""

    def __init__(self):
        self.answers = []

    def __hash__(self):
        self.answers.append(is_looked_up(sys._getframe(1)))
        return 7

    def __eq__(self, other):
        return True


@lru_cache
def keeps(key):
    return str(key)


@pytest.mark.parametrize(
    "look",
    [
        lambda key: key in {3, 4},
        lambda key: key not in {3: 1},
        lambda key: (1, key) in {(1, 2)},
        lambda key: {7: 1}[key],
        lambda key: {3: 1}.get(key, 0),
        lambda key: {}.setdefault(key, 1),
        lambda key: {7: 1}.pop(key, 0),
    ],
)
def test_it_is(look):
    key = Asked()
    look(key)
    assert key.answers
    assert all(key.answers)


@pytest.mark.parametrize(
    "look", [hash, keeps, lambda key: {key: 1}, lambda key: {key}, lambda key: hash((key, 1))]
)
def test_it_is_not(look):
    key = Asked()
    look(key)
    assert not any(key.answers)
