"""When it is of no use to look further."""

from __future__ import annotations

import pytest

from shapelens.analyses.sizes.patience import is_lost

ONE = 1 / 1024


@pytest.mark.parametrize(
    ("told", "left", "traces", "expected"),
    [
        ([ONE] * 4, 1 - 4 * ONE, 96, True),
        ([ONE] * 3, 1 - 3 * ONE, 97, False),
        ([0.5, *[ONE] * 4], 0.4, 95, True),
        ([2 * ONE] * 4, 1 - 8 * ONE, 96, True),
        ([8 * ONE] * 4, 1 - 32 * ONE, 96, False),
        ([9 * ONE] * 4, 1.0, 2, False),
        ([ONE, ONE, 0.2, ONE, ONE], 0.7, 95, False),
        ([ONE] * 4, 1 - 4 * ONE, 1000, False),
        ([ONE] * 4, 0.05, 96, False),
        ([0.0] * 4, 0.03, 96, False),
        ([0.0] * 4, 0.5, 10_000, True),
        ([], 1.0, 99, False),
    ],
)
def test_where_each_tells_its_own_size(told, left, traces, expected):
    assert is_lost(told, left=left, most=ONE, traces=traces) is expected
