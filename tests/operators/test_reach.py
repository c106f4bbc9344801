from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators.reach import (
    MAXIMUM_PERIOD,
    Link,
    identity,
    same_cells,
    sampled_cells,
    transposed_window,
    window,
)
from tests.operators.influence import span_of

N, H = symbol("N"), symbol("H")

kernels, strides, dilations = st.integers(1, 6), st.integers(1, 6), st.integers(1, 5)


@given(kernels, strides, dilations, st.integers(0, 6))
@settings(max_examples=100)
def test_a_window_sees_from_its_first_tap_to_its_last(kernel, stride, dilation, before) -> None:
    link = window(0, 2, 3, (kernel - 1) * dilation + 1, stride, before)
    assert (link.input, link.input_axis, link.output_axis, link.period) == (0, 2, 3, 1)
    for cell in range(8):
        taps = [cell * stride - before + tap * dilation for tap in range(kernel)]
        assert span_of(link, cell) == (min(taps), max(taps))


@given(kernels, strides, dilations, st.integers(0, 8))
@settings(max_examples=200)
def test_a_transposed_window_sees_the_cells_that_stamp_on_it(kernel, stride, dilation, before) -> None:
    link = transposed_window(0, 2, 2, kernel, stride, dilation, before)
    for cell in range(2 * stride + 3):
        stamps = [
            source
            for source in range(-40, 60)
            if any(source * stride + tap * dilation == cell + before for tap in range(kernel))
        ]
        first, last = span_of(link, cell)
        assert (first, last) == (min(stamps), max(stamps)) if stamps else last < first


@pytest.mark.parametrize(
    "link",
    [
        window(0, 2, 2, 3, 1, Unknown("x")),
        window(0, 2, 2, H, 1, 0),
        window(0, 2, 2, 3, H, 0),
        transposed_window(0, 2, 2, 3, 2, 1, H),
        transposed_window(0, 2, 2, H, 2, 1, 0),
        transposed_window(0, 2, 2, 3, MAXIMUM_PERIOD + 1, 1, 0),
        sampled_cells(0, 2, 2, Fraction(1, MAXIMUM_PERIOD + 1), Fraction(0), lambda _: (0, 0)),
    ],
)
def test_what_is_not_known_has_no_spans(link) -> None:
    assert link.spans is None
    assert (link.input, link.input_axis, link.output_axis) == (0, 2, 2)


def test_each_axis_sees_another() -> None:
    assert identity(1, [(0, 0), (2, 1)]) == (Link(1, 0, 0), Link(1, 2, 1))


def test_broadcast_axes_are_seen_from_everywhere() -> None:
    links = same_cells([(N, 3, H), (3, 1), None, Unknown("x"), ()], (N, 3, H))
    assert links == (
        Link(0, 0, 0), Link(0, 1, 1), Link(0, 2, 2), Link(1, 0, 1), Link(1, 1, 2, advance=0),
    )  # fmt: skip
    assert [span_of(links[-1], cell) for cell in range(3)] == [(0, 0)] * 3
    assert same_cells([(2,)], Unknown("x")) == ()
    assert same_cells([(2, 3)], (3,)) == (Link(0, 1, 0),)


@given(st.fractions(0, 4, max_denominator=9).filter(bool), st.fractions(-2, 2, max_denominator=6))
@settings(max_examples=100)
def test_sampled_cells_move_on_with_the_scale(scale, offset) -> None:
    link = sampled_cells(0, 2, 2, scale, offset, lambda place: (floor(place), ceil(place)))
    for cell in range(3 * link.period):
        place = scale * cell + offset
        assert span_of(link, cell) == (floor(place), ceil(place))
