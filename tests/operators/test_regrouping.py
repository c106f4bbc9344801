from __future__ import annotations

import pytest

from shapelens.dims import Unknown, symbol
from shapelens.operators.regrouping import regrouped, reshape_links

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


@pytest.mark.parametrize(
    ("before", "after", "groups"),
    [
        ((2, 3, 4), (2, 12), [((0,), (0,)), ((1, 2), (1,))]),
        ((2, 12), (2, 3, 4), [((0,), (0,)), ((1,), (1, 2))]),
        ((4, 6), (6, 4), [((0, 1), (0, 1))]),
        ((2, 3, 5, 7), (6, 35), [((0, 1), (0,)), ((2, 3), (1,))]),
        ((1, 3, 1), (3, 1, 1), [((1,), (0,))]),
        ((N, C, H, W), (N, C, H * W), [((0,), (0,)), ((1,), (1,)), ((2, 3), (2,))]),
        ((N, 64, H, W), (N, 8, 8, H, W), [((0,), (0,)), ((1,), (1, 2)), ((2,), (3,)), ((3,), (4,))]),
        ((N, Unknown("x")), (N, Unknown("x")), [((0,), (0,)), ((1,), (1,))]),
        ((), (1,), []),
    ],
)
def test_axes_that_hold_the_same_elements(before, after, groups) -> None:
    assert regrouped(before, after) == groups


def test_merged_axes_are_seen_in_turn() -> None:
    batch, channels, rows, columns = reshape_links((2, 64, 2, 3), (2, 64, 6))
    assert (batch.merged, channels.merged, rows.merged, columns.merged) == (False, False, True, True)
    assert (rows.period, rows.advance, rows.spans) == (6, 0, ((0, 0), (0, 0), (0, 0), (1, 1), (1, 1), (1, 1)))
    assert (columns.period, columns.advance, columns.spans) == (3, 0, ((0, 0), (1, 1), (2, 2)))


def test_merged_axes_without_a_fixed_size_are_merged_all_the_same() -> None:
    links = reshape_links((N, C, H, W), (N, C, H * W))
    assert [(link.input_axis, link.output_axis, link.merged) for link in links[2:]] == [
        (2, 2, True),
        (3, 2, True),
    ]
    assert links[3].spans is None


def test_a_divided_axis_is_seen_whole() -> None:
    links = reshape_links((2, 64, 9), (2, 8, 8, 9))
    assert [(link.input_axis, link.output_axis) for link in links] == [(0, 0), (2, 3)]
