"""Where nothing does it: why, what is nearest, and what else would do it."""

from __future__ import annotations

from itertools import product

import pytest

from shapelens.analyses.solving import solved
from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.bounds import Bounds
from shapelens.operators.windows import Sliding


def texts(solutions):
    return [solution.text for solution in solutions]


CHANNELS = [
    # the layer, the shapes, why, and the layer that would do it
    ("MaxPool2d()", (64, 28, 28), (128, 14, 14), "a pool keeps its channels: 64 cannot become 128", "MaxPool2d(2)"),
    ("MaxPool2d(2)", (64, 28, 28), (32, 14, 14), "a pool keeps its channels: 64 cannot become 32", "MaxPool2d(2)"),
    (
        "Conv2d(4, 64)", (3, 28, 28), (64, 14, 14), "this Conv2d takes 4 channels, and 3 go in",
        "Conv2d(3, 64, 3, stride=2, padding=1)",
    ),
    (
        "Conv2d(3, 64)", (28, 28, 3), (64, 14, 14),
        "this Conv2d takes 3 channels, and 28 go in: the 3 stands last, and C×H×W is what it takes", None,
    ),
    (
        "Conv2d(3, 64)", (3, 28, 28), (63, 14, 14),
        "this Conv2d gives 64 channels, one per filter, and 63 are wanted", "Conv2d(3, 63, 3, stride=2, padding=1)",
    ),
    (
        "Conv2D(64)", (28, 28, 3), (14, 14, 63),
        "this Conv2D gives 64 channels, one per filter, and 63 are wanted", "Conv2D(63, 3, strides=2, padding='same')",
    ),
    (
        "Conv2d(groups=2)", (3, 28, 28), (64, 14, 14),
        "groups divide the channels evenly, in and out: 3 is no multiple of 2", "Conv2d(3, 64, 3, stride=2, padding=1)",
    ),
    (
        "Conv2d(groups=4)", (8, 28, 28), (6, 14, 14),
        "groups divide the channels evenly, in and out: 6 is no multiple of 4",
        "Conv2d(8, 6, 3, stride=2, padding=1, groups=2)",
    ),
    (
        "DepthwiseConv2D()", (28, 28, 3), (14, 14, 7),
        "each of the 3 channels gives as many as the others: 7 is no multiple of 3",
        "DepthwiseConv2D(3, strides=2, padding='same', depth_multiplier=2)",
    ),
    (
        "DepthwiseConv2D(depth_multiplier=2)", (28, 28, 3), (14, 14, 9),
        "3 channels of 2 filters each give 6, and 9 are wanted",
        "DepthwiseConv2D(3, strides=2, padding='same', depth_multiplier=2)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "source", "target", "why", "nearest"), CHANNELS)
def test_channels_that_no_window_changes(layer, source, target, why, nearest):
    answer = solved(ask(layer, source, target))
    assert not answer.solutions
    assert answer.misfit == why
    assert texts(answer.nearest) == ([] if nearest is None else [nearest])


@pytest.mark.parametrize(
    ("layer", "source", "target", "gaps"),
    [
        ("Conv2d(3, 64)", (3, 224, 224), (64, 150, 150), [((0, 1), (122, 2), (194, 1))]),
        ("Conv2d(3, 64, stride=2, padding=1)", (3, 224, 224), (64, 120, 112), [((0,), (113, 2), None)]),
        ("Conv2d(3, 64)", (3, 224, 224), (64, 14, 14), [((0, 1), None, (25, 8))]),
        ("Conv2d(3, 64)", (3, 28, 28), (64, 100, 300), [((0,), (48, 1), None), ((1,), (48, 1), None)]),
        ("MaxPool2d(7, 2, padding=0)", (3, 5, 5), (3, 2, 2), [((0, 1), None, None)]),
        # A pool pads at most half of its window.
        ("MaxPool2d(2, stride=2)", (3, 28, 28), (3, 20, 20), [((0, 1), (15, 2), None)]),
        ("ConvTranspose2d(3, 64, 3)", (3, 8, 8), (64, 100, 100), [((0, 1), (70, 8), None)]),
        ("Conv2D(64)", (224, 224, 3), (150, 150, 64), [((0, 1), (112, 2), (194, 1))]),
    ],
)
def test_sizes_that_cannot_be_had(layer, source, target, gaps):
    answer = solved(ask(layer, source, target))
    assert not answer.solutions
    assert [(gap.places, gap.below, gap.above) for gap in answer.gaps] == gaps
    for solution in answer.nearest:
        assert solution.evaluation.outputs[0][1].shape == (1, *solution.output)


def test_the_nearest_are_the_nearest():
    """Of all windows within bounds, counted through by themselves."""
    bounds = Bounds(kernel=4, stride=3, padding=2, dilation=2)
    outs = {
        Sliding(k, s, d, (p, p)).count(40)
        for k, s, p, d in product(range(1, 5), range(1, 4), range(3), range(1, 3))
    }
    for wanted in range(1, 60, 2):
        answer = solved(ask("Conv1d(1, 1)", (1, 40), (1, wanted), bounds))
        assert bool(answer.solutions) == (wanted in outs)
        for gap in answer.gaps:
            assert (gap.below or (None,))[0] == max([out for out in outs if out < wanted], default=None)
            assert (gap.above or (None,))[0] == min([out for out in outs if out > wanted], default=None)
        told = [solution.output[1] for solution in answer.nearest]
        assert set(told) <= outs
        assert bool(told) != bool(answer.solutions)


@pytest.mark.parametrize(
    ("layer", "source", "target", "bounds", "first"),
    [
        ("Conv2d()", (3, 224, 224), (768, 14, 14), Bounds(16, 16), "Conv2d(3, 768, 16, stride=16)"),
        ("Conv2d(padding=0)", (3, 64, 64), (8, 1, 1), Bounds(64, 8), "Conv2d(3, 8, 64, padding=0)"),
        ("MaxPool2d()", (3, 200, 200), (3, 10, 10), Bounds(20, 20), "MaxPool2d(20)"),
        (
            "ConvTranspose2d()",
            (3, 14, 14),
            (3, 224, 224),
            Bounds(16, 16),
            "ConvTranspose2d(3, 3, 16, stride=16)",
        ),
        ("Conv2d(stride=2)", (3, 224, 224), (8, 14, 14), None, None),
    ],
)
def test_wider_bounds_are_proposed_where_they_do_it(layer, source, target, bounds, first):
    answer = solved(ask(layer, source, target))
    if bounds is None:
        assert answer.wider is None
        return
    assert not answer.solutions
    wider, solution = answer.wider
    assert wider == bounds
    assert solution.text == first
    assert first in texts(solved(ask(layer, source, target, wider)).solutions)


def test_what_networks_have_is_told_where_bounds_leave_it_out():
    answer = solved(ask("MaxPool2d()", (3, 140, 140), (3, 14, 14)))
    assert texts(answer.solutions) == [
        "MaxPool2d(11, stride=8, dilation=3)",
        "MaxPool2d(11, stride=8, padding=1, dilation=3)",
    ]
    bounds, solution = answer.wider
    assert (bounds, solution.text) == (Bounds(11, 10), "MaxPool2d(10)")
    bounds, solution = solved(ask("Conv2d()", (3, 14, 14), (8, 1, 1))).wider
    assert (bounds, solution.text) == (Bounds(kernel=14), "Conv2d(3, 8, 14)")
    assert solved(ask("MaxPool2d()", (3, 28, 28), (3, 14, 14))).wider is None


def test_no_bounds_are_proposed_that_are_refused():
    answer = solved(ask("Conv2d()", (3, 10**9, 10**9), (8, 1, 1)))
    assert not answer.solutions
    assert answer.wider is None
    assert solved(ask("ConvTranspose2d()", (3, 1, 1), (8, 10**9, 10**9))).wider is None


def test_the_layer_of_the_other_direction():
    grows = solved(ask("Conv2d(3, 64)", (3, 28, 28), (64, 56, 56)))
    assert grows.other.text == "ConvTranspose2d(3, 64, 2, stride=2)"
    shrinks = solved(ask("ConvTranspose2d(3, 64, stride=1, padding=0)", (3, 56, 56), (64, 28, 28)))
    assert shrinks.other.text == "Conv2d(3, 64, 3, stride=2, padding=1)"
    keras = solved(ask("Conv2D(64)", (28, 28, 3), (56, 56, 64)))
    assert keras.other.text == "Conv2DTranspose(64, 2, strides=2)"
    assert solved(ask("MaxPool2d()", (3, 28, 28), (3, 56, 56))).other is None


def test_a_whole_layer_that_gives_no_such_size_is_completed():
    answer = solved(ask("ConvTranspose2d(3, 64, 3, stride=2)", None, (64, 112, 112)))
    (gap,) = answer.gaps
    assert (gap.below, gap.above) == ((111, 55), (113, 56))
    assert texts(answer.completed) == ["ConvTranspose2d(3, 64, 3, stride=2, padding=1, output_padding=1)"]
    assert answer.completed[0].source == (3, 56, 56)
    assert answer.fixes == answer.completed


def test_a_word_is_for_all_axes():
    """One axis needs `valid`, the other `same`: no layer has both."""
    answer = solved(ask("Conv2D(4, 4, strides=1)", (8, 8, 3), (5, 8, 4)))
    assert (answer.solutions, answer.gaps, answer.misfit) == ((), (), "")


def test_one_size_may_be_given_and_the_other_asked_for():
    from shapelens.dims import symbol

    inside = solved(ask("MaxPool2d(2)", (3, 28, symbol("W")), (3, 14, 14)))
    assert inside.solutions[0].inputs == (range(28, 30), range(28, 30))
    outside = solved(ask("MaxPool2d(2)", (3, 30, symbol("W")), (3, 14, 14)))
    assert [(gap.places, gap.below, gap.above) for gap in outside.gaps] == [((0,), None, (15, 30))]


def test_sizes_of_a_billion():
    answer = solved(ask("Conv2d(3, 8)", (3, 10**9, 10**9), (8, 5 * 10**8, 5 * 10**8)))
    assert len(answer.solutions) == 28
    assert answer.solutions[2].unread == "half: every 2nd row, column"
    assert answer.solutions[0].macs == (5 * 10**8) ** 2 * 8 * 27
    assert not solved(ask("Conv2d(3, 8)", (3, 10**9, 10**9), (8, 7, 7))).solutions


def test_what_is_not_searched_to_its_end_is_not_said():
    """A pool pads at most half of its window: of thousands of paddings that do not hold none is told as the nearest."""
    answer = solved(
        ask("MaxPool1d(2)", (3, 50_000), (3, 70_000), Bounds(padding=100_000, stride=1, dilation=1))
    )
    (gap,) = answer.gaps
    assert (gap.is_whole, gap.below, gap.above) == (False, None, None)
