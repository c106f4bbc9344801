"""The set that members among the first sizes make likely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.analyses.sizes.looking import likely_set


@pytest.mark.parametrize(
    ("is_member", "words"),
    [
        (lambda n: n % 16 == 0, "multiples of 16"),
        (lambda n: n >= 29, "at least 29"),
        (lambda n: n == 224, "exactly 224"),
        (lambda n: n % 32 in (0, 31) and n > 40, "0 or 31 mod 32, at least 63"),
        (lambda n: True, "every size"),
        (lambda n: False, "no size"),
    ],
)
def test_in_words(is_member, words):
    assert str(likely_set(np.array([is_member(n) for n in range(1, 1025)]))) == words


@given(st.lists(st.booleans(), min_size=1, max_size=80))
def test_it_has_the_members_that_were_seen(members):
    found = likely_set(np.array(members))
    assert [n in found for n in range(1, len(members) + 1)] == members
