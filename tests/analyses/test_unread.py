"""What no window reads, told against a window counter that marks every cell."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.analyses.unread import Unread, unread_cells, unread_of
from shapelens.operators.windows import Sliding


def marked(sliding, size):
    """The cells that windows read, marked one by one."""
    before, _ = sliding.sides(size)
    return {
        window * sliding.stride + tap * sliding.dilation - before
        for window in range(sliding.count(size))
        for tap in range(sliding.kernel)
    }


windows = st.builds(
    Sliding,
    st.integers(1, 5),
    st.integers(1, 6),
    st.integers(1, 3),
    st.tuples(st.integers(0, 3), st.integers(0, 3)) | st.sampled_from(["same", "same_lower", "valid"]),
    st.booleans(),
)


@given(sliding=windows, size=st.integers(1, 40))
@settings(max_examples=300)
def test_what_is_left_unread(sliding, size):
    assume(sliding.count(size) > 0)
    missed = [cell for cell in range(size) if cell not in marked(sliding, size)]
    assert unread_cells(sliding, size, sliding.count(size)) == missed
    unread = unread_of(sliding, size)
    assert unread.count == len(missed)
    last = next((n for n in range(size) if size - 1 - n not in missed), size)
    assert unread.last == last
    if unread.period:
        remainders = {cell % unread.period for cell in missed}
        assert [cell for cell in range(size) if cell % unread.period in remainders] == missed
        assert unread.remainders == len(remainders)


@given(sliding=windows, size=st.integers(30, 60), more=st.integers(1, 50))
def test_a_long_axis_is_told_as_a_short_one(sliding, size, more):
    """So many strides more leave as many cells more unread as each of them does."""
    sizes = [size + n * sliding.stride for n in (0, 1, more)]
    short, longer, long = [unread_of(sliding, n) for n in sizes]
    if not isinstance(sliding.padding, str) and not sliding.ceil_mode:
        assert long.count - short.count == more * (longer.count - short.count)
        assert (long.period, long.remainders, long.padding) == (short.period, short.remainders, short.padding)


def test_ends_that_are_too_long_are_not_looked_at():
    assert unread_of(Sliding(3, stride=10**9), 2 * 10**9) is None
    assert unread_of(Sliding(3, stride=2, padding=(1, 1)), 2 * 10**9) == Unread(padding=1)
