from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Path, Unknown, evaluate, following, symbol
from shapelens.operators import Requirement, Tensor
from shapelens.operators.windows import (
    SAME,
    SAME_LOWER,
    VALID,
    ImageAxes,
    Sliding,
    extent_words,
    image_axes,
    misfit,
    no_image,
    pad_words,
    padding_attribute,
    per_axis,
    rank_requirement,
    setting_words,
    slidings_of,
    some_channels,
    uniform,
    unusable,
)

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")

sizes = st.integers(1, 40)
explicit = st.tuples(st.integers(0, 6), st.integers(0, 6))
slidings = st.builds(
    Sliding,
    kernel=st.integers(1, 7),
    stride=st.integers(1, 6),
    dilation=st.integers(1, 4),
    padding=st.one_of(explicit, st.sampled_from([SAME, SAME_LOWER, VALID])),
    ceil_mode=st.booleans(),
    cut_less=st.sampled_from([None, 0, 1]),
)


def windows(sliding: Sliding, size: int) -> list[int]:
    """Where each window starts: every stride, for as long as it fits, cell by cell."""
    if sliding.is_same:
        before, _ = sliding.sides(size)
        return [start - before for start in range(0, size, sliding.stride)]
    before, after = (0, 0) if sliding.padding == VALID else sliding.padding
    past_the_end = sliding.stride - 1 if sliding.ceil_mode else 0
    starts: list[int] = []
    for start in range(-before, size + after, sliding.stride):
        cells = range(start, start + sliding.kernel * sliding.dilation, sliding.dilation)
        fits = cells[-1] < size + after + past_the_end
        if fits and (start < size or not sliding.ceil_mode):
            starts.append(start)
    return starts


# sizes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sliding", "size", "count", "sides"),
    [
        (Sliding(6, 5, padding=SAME), 13, 3, (1, 2)),
        (Sliding(6, 5, padding=VALID), 13, 2, (0, 0)),
        (Sliding(3, 2, padding=SAME), 224, 112, (0, 1)),
        (Sliding(7, 2, padding=SAME), 224, 112, (2, 3)),
        (Sliding(7, 2, padding=SAME_LOWER), 224, 112, (3, 2)),
        (Sliding(7, 2, padding=(3, 3)), 224, 112, (3, 3)),
        (Sliding(6, 1, padding=SAME), 10, 10, (2, 3)),
        (Sliding(3, 2, ceil_mode=True), 112, 56, (0, 0)),
        (Sliding(3, 2), 112, 55, (0, 0)),
        (Sliding(1, 2, ceil_mode=True), 32, 16, (0, 0)),
        (Sliding(4, 4, padding=(2, 2), ceil_mode=True), 9, 3, (2, 2)),
        (Sliding(11, 4), 224, 54, (0, 0)),
        (Sliding(11, 4), 227, 55, (0, 0)),
        (Sliding(11, 4, padding=(2, 2)), 224, 55, (2, 2)),
        (Sliding(2, 5, padding=SAME), 9, 2, (0, 0)),
        (Sliding(3, 1, 2, padding=SAME), 9, 9, (2, 2)),
        (Sliding(1, 5, padding=SAME), 10, 2, (0, 0)),
        (Sliding(1, 5, padding=SAME, cut_less=0), 10, 2, (-2, -2)),
        (Sliding(1, 5, padding=SAME, cut_less=1), 10, 2, (-1, -3)),
        (Sliding(1, 5, padding=SAME_LOWER, cut_less=0), 10, 2, (-1, -3)),
        (Sliding(1, 5, padding=SAME_LOWER, cut_less=1), 10, 2, (-1, -3)),
    ],
)
def test_counts_that_people_ask_about(sliding, size, count, sides) -> None:
    assert (sliding.count(size), sliding.sides(size)) == (count, sides)


@given(slidings, sizes)
@settings(max_examples=300)
def test_a_count_is_the_number_of_windows(sliding, size) -> None:
    starts = windows(sliding, size)
    assert max(sliding.count(size), 0) == len(starts)
    assert (sliding.requirement(size, 2).truth is True) == (len(starts) > 0)


@given(slidings)
@settings(max_examples=100)
def test_the_least_size_is_the_first_with_a_window(sliding) -> None:
    assert sliding.least == next(size for size in range(1, 100) if windows(sliding, size))


@given(slidings)
@settings(max_examples=50)
def test_no_window_slides_over_nothing(sliding) -> None:
    assert sliding.requirement(0, 2).truth is False


@given(slidings, sizes)
@settings(max_examples=200)
def test_same_pads_as_little_as_it_can(sliding, size) -> None:
    if not sliding.is_same:
        assert sliding.sides(size) == ((0, 0) if sliding.padding == VALID else sliding.padding)
        return
    before, after = sliding.sides(size)
    if before + after < 0:
        return
    count = -(-size // sliding.stride)
    enough = [whole for whole in range(100) if (count - 1) * sliding.stride + sliding.extent <= size + whole]
    assert before + after == enough[0]
    assert (after if sliding.padding == SAME else before) == (enough[0] + 1) // 2
    fixed = Sliding(sliding.kernel, sliding.stride, sliding.dilation, (before, after))
    assert fixed.count(size) == sliding.count(size)


@given(slidings, sizes)
@settings(max_examples=200)
def test_what_a_long_stride_leaves_over_is_cut_off_at_both_ends_or_not_at_all(sliding, size) -> None:
    if not sliding.is_same:
        return
    span = (-(-size // sliding.stride) - 1) * sliding.stride + sliding.extent
    before, after = sliding.sides(size)
    if span >= size or sliding.cut_less is None:
        assert min(before, after) >= 0
        return
    assert before + after == span - size
    cut = max(size - span - sliding.cut_less, 0)
    first = [cells for cells in range(size) if 0 <= cut - 2 * cells <= 1]
    # Of an odd number one more is cut off at the end for `same`, where it would be padded, and for `same_lower`.
    expected = first[0] if sliding.padding == SAME else max(cut - 1, 0) // 2
    assert -before == expected


def test_what_is_cut_off_is_not_known_where_runtimes_do_not_agree() -> None:
    reason = Unknown("nobody agrees")
    sliding = Sliding(2, 5, padding=SAME, cut_less=reason)
    assert sliding.sides(10) == (reason, reason)
    assert sliding.sides(11) == (0, 1)
    assert sliding.count(10) == 2
    assert Sliding(5, 5, padding=SAME, cut_less=reason).sides(10) == (0, 0)


@given(slidings, sizes)
@settings(max_examples=200)
def test_what_no_window_reaches_at_the_end(sliding, size) -> None:
    starts = windows(sliding, size)
    if not starts:
        return
    _, after = sliding.sides(size)
    reached = starts[-1] + (sliding.kernel - 1) * sliding.dilation
    beyond = list(range(reached + 1, max(size + after, size if sliding.is_same else 0)))
    assert sliding.unread(size) == (sum(c >= size for c in beyond), sum(c < size for c in beyond))


@given(slidings, sizes)
@settings(max_examples=100)
def test_a_formula_gives_the_numbers(sliding, size) -> None:
    with following(Path({"H": size})):
        count, sides, truth = sliding.count(H), sliding.sides(H), sliding.requirement(H, 2).truth
        assert evaluate(count, {"H": size}) == sliding.count(size)
        assert tuple([evaluate(side, {"H": size}) for side in sides]) == sliding.sides(size)
        assert truth is True or Path({"H": size}).holds(truth) == sliding.requirement(size, 2).truth


@pytest.mark.parametrize(
    ("sliding", "formula"),
    [
        (Sliding(3, 1, padding=(1, 1)), "H"),
        (Sliding(3, 2, padding=(1, 1)), "ceil(H/2)"),
        (Sliding(3, 2, padding=SAME), "ceil(H/2)"),
        (Sliding(2, 2), "floor(H/2)"),
        (Sliding(3, 2, ceil_mode=True), "floor(H/2)"),
        (Sliding(2, 2, ceil_mode=True), "ceil(H/2)"),
        (Sliding(3), "H - 2"),
    ],
)
def test_formulas(sliding, formula) -> None:
    assert str(sliding.count(H)) == formula


@pytest.mark.parametrize(
    ("sliding", "condition"),
    [
        (Sliding(3, padding=(1, 1)), "True"),
        (Sliding(3), "H ≥ 3"),
        (Sliding(3, padding=SAME), "True"),
        (Sliding(7, 2, padding=(1, 2)), "H ≥ 4"),
        (Sliding(5, 2, ceil_mode=True), "H ≥ 4"),
    ],
)
def test_conditions(sliding, condition) -> None:
    assert str(sliding.requirement(H, 2).truth) == condition


def test_the_facts_of_a_window_that_does_not_fit() -> None:
    broken = Sliding(7, 2, 2, (1, 2)).requirement(4, 2, out=-1)
    assert (broken.kind, broken.truth, broken.spoils) == ("window", False, (2,))
    assert broken.facts == {
        "axis": 2, "size": 4, "before": 1, "after": 2, "kernel": 7, "extent": 13, "dilation": 2,
        "stride": 2, "out": -1,
    }  # fmt: skip


def test_a_window_of_unknown_size() -> None:
    size = Unknown("x")
    assert Sliding(3, 2).count(size) == size
    assert Sliding(3, 2, padding=SAME).sides(size) == (size, size)
    assert Sliding(3, 2).requirement(size, 2).truth == size


# axes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rank", "spatial_rank", "channels_last", "axes"),
    [
        (4, 2, False, ImageAxes(0, 1, (2, 3))),
        (4, 2, True, ImageAxes(0, 3, (1, 2))),
        (3, 2, False, ImageAxes(None, 0, (1, 2))),
        (3, 2, True, ImageAxes(None, 2, (0, 1))),
        (3, 1, False, ImageAxes(0, 1, (2,))),
        (2, 1, True, ImageAxes(None, 1, (0,))),
        (5, 3, False, ImageAxes(0, 1, (2, 3, 4))),
        (6, 4, True, ImageAxes(0, 5, (1, 2, 3, 4))),
        (2, 0, False, ImageAxes(0, 1, ())),
    ],
)
def test_which_axis_is_which(rank, spatial_rank, channels_last, axes) -> None:
    assert image_axes(rank, spatial_rank, channels_last=channels_last) == axes


def test_ranks() -> None:
    image = Tensor((3, 8, 8))
    assert rank_requirement(image, 2).truth
    assert rank_requirement(image, 1).truth
    broken = rank_requirement(image, 2, batched=True)
    assert (broken.truth, broken.facts["wants"], broken.spoils) == (False, (4,), None)
    assert not rank_requirement(image, 3).truth


def test_nothing_comes_out_where_the_axes_do_not_fit() -> None:
    outcome = no_image(Tensor((3, 8, 8), "float16"), Requirement("rank", False), outputs=2)
    assert [tensor.shape for tensor in outcome.outputs] == [Unknown("its axes do not fit")] * 2
    assert outcome.outputs[0].dtype == "float16"
    settings = no_image(Tensor((3, 8, 8)), Requirement("settings", False))
    assert settings.outputs[0].shape == Unknown("its settings do not fit")


def test_channels_that_may_be_none() -> None:
    axes = image_axes(4, 2)
    assert some_channels(Tensor((N, C, H, W)), axes) == []
    assert some_channels(Tensor((1, 0, 8, 8)), axes)[0].truth is False
    assert some_channels(Tensor((1, C - 1, 8, 8)), axes)[0].kind == "no_channels"


# settings -----------------------------------------------------------------------------------------------


def test_one_setting_for_all_axes_or_one_for_each() -> None:
    assert per_axis(2, 3) == (2, 2, 2)
    assert per_axis((1, 2), 2) == (1, 2)
    assert slidings_of((3, 5), (1, 2), ((0, 1), (2, 2)), 2) == (
        Sliding(3, 1, 2, (0, 1)),
        Sliding(5, 2, 2, (2, 2)),
    )
    assert slidings_of((3,), 1, SAME, 1, ceil_mode=True) == (Sliding(3, 1, 1, SAME, True),)


@pytest.mark.parametrize(
    ("setting", "least", "fits"),
    [
        (2, 1, True),
        (0, 1, False),
        (0, 0, True),
        (-1, 0, False),
        ((1, 2), 1, True),
        ((1,), 1, False),
        ((1, 2, 3), 1, False),
        ((1, 0), 1, False),
        ((H, 2), 1, True),
        (((0, 1), (2, 2)), 0, True),
        (((0, 1), (2, -2)), 0, False),
        (((0, 1),), 0, False),
        ((), 0, True),
        (SAME, 0, True),
    ],
)
def test_settings_that_can_be_used(setting, least, fits) -> None:
    broken = unusable(2, "stride", setting, least)
    assert (broken is None) == fits
    if broken is not None:
        assert (broken.kind, broken.truth, broken.spoils) == ("settings", False, None)
        assert broken.facts == {"setting": "stride", "value": setting, "axes": 2, "least": least}


def test_the_first_setting_that_does_not_fit_is_told() -> None:
    assert misfit(2, positive={"stride": (2, 2)}, other={"padding": ()}) is None
    broken = misfit(2, positive={"stride": 1, "dilation": 0}, other={"padding": ((-1, 0), (0, 0))})
    assert broken is not None
    assert broken.facts["setting"] == "dilation"
    broken = misfit(2, positive={"stride": 1}, other={"padding": ((-1, 0), (0, 0))})
    assert broken is not None
    assert broken.facts["least"] == 0


# words --------------------------------------------------------------------------------------------------


def test_words() -> None:
    assert extent_words((3, 3)) == "3×3"
    assert extent_words((5,)) == "5"
    assert setting_words("stride", (1, 1), 1) == ""
    assert setting_words("stride", (2, 2), 1) == ", stride 2"
    assert setting_words("stride", (2, 1), 1) == ", stride 2×1"
    assert uniform((1, 1)) is True
    assert uniform((1, 2)) is False


@pytest.mark.parametrize(
    ("padding", "words"),
    [
        ((), ""),
        (((0, 0), (0, 0)), ""),
        (((1, 1), (1, 1)), ", pad 1"),
        (((1, 1), (0, 0)), ", pad 1×0"),
        (((0, 1), (0, 1)), ", pad 0,1"),
        (((0, 1), (2, 2)), ", pad 0,1×2"),
        (SAME, ", same"),
        (SAME_LOWER, ", same lower"),
        (VALID, ""),
    ],
)
def test_words_for_padding(padding, words) -> None:
    assert pad_words(padding) == words


@pytest.mark.parametrize(
    ("padding", "sides", "attribute"),
    [
        ((), [], [[0, 0], [0, 0]]),
        (((1, 2), (3, 4)), [], [[1, 2], [3, 4]]),
        (VALID, [], [[0, 0], [0, 0]]),
        (SAME, [], "same"),
        (SAME, [(0, 1), (1, 1)], [[0, 1], [1, 1]]),
        (SAME, [(0, H), (1, 1)], "same"),
        (SAME_LOWER, [(Unknown("x"), 1), (1, 1)], "same_lower"),
    ],
)
def test_the_attribute_for_padding(padding, sides, attribute) -> None:
    assert padding_attribute(padding, 2, sides) == attribute


@given(slidings, sizes)
def test_places_of_windows_are_a_stride_apart_and_their_cells_a_dilation(sliding, size):
    count = sliding.count(size)
    if count < 1:
        return
    for position in (0, 1, count - 1):
        places = sliding.places(position)
        assert list(places) == [
            position * sliding.stride + tap * sliding.dilation for tap in range(sliding.kernel)
        ]
    if not sliding.ceil_mode and size >= sliding.least:
        before, after = sliding.sides(size)
        assert sliding.places(count - 1)[-1] < before + size + after
