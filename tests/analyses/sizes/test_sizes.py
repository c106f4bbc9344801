"""The sizes that networks accept: against the network evaluated with integers, size by size."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens import inspect
from shapelens.dims import Unknown
from shapelens.errors import UsageError
from shapelens.network import evaluate_network

# against brute force ------------------------------------------------------------------------------------

SIZES = range(1, 65)


def works(inspection, height, width):
    """Whether everything holds, and every size is known, where integers are fed."""
    (declared,) = inspection.network.inputs
    channels = inspection.shapes[declared.name][1]
    evaluation = evaluate_network(inspection.network, {declared.name: (2, channels, height, width)})
    known = not any(isinstance(tensor.shape, Unknown) for _, tensor in evaluation.outputs)
    return known and all(r.truth is True for step in evaluation.steps for r in step.requirements)


def check(inspection):
    """The answer for every square and for some other rectangles is the one that integers give."""
    sizes = inspection.sizes(maximum=64)
    points = [(n, n) for n in SIZES] + [(n, 3 * n % 61 + 1) for n in SIZES]
    answers = sizes.contains(*np.array(points).T).tolist()
    assert answers == [works(inspection, *point) for point in points]
    assert sizes.share_unknown == 0
    return sizes


layers = st.one_of(
    st.builds(
        "Conv2d(4, 4, {}, stride={}, padding={}, dilation={})".format,
        st.integers(1, 5), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2),
    ),
    st.builds(
        "MaxPool2d({}, stride={}, padding={}, ceil_mode={})".format,
        st.integers(2, 4), st.integers(1, 3), st.integers(0, 1), st.booleans(),
    ),
    st.builds("AvgPool2d({})".format, st.integers(2, 3)),
    st.builds(
        "ConvTranspose2d(4, 4, {}, stride={}, padding={})".format,
        st.integers(1, 4), st.integers(1, 3), st.integers(0, 2),
    ),
    st.builds("ReflectionPad2d({})".format, st.integers(1, 4)),
    st.just("ReLU()"),
)  # fmt: skip
heads = st.one_of(
    st.just(""),
    st.just(", AdaptiveAvgPool2d(2), Flatten(), Linear(16, 3)"),
    st.builds(", Flatten(), Linear({}, 3)".format, st.sampled_from([4, 16, 64, 144, 400])),
    st.just(", InstanceNorm2d(4)"),
)


@given(st.lists(layers, min_size=1, max_size=5), heads)
def test_chains_of_layers(chain, head):
    check(inspect(f"Sequential({', '.join(chain)}{head})", (4, "H", "W")))


@pytest.mark.parametrize(
    "name",
    [
        *("unet_padded", "unet", "lenet5", "vgg11", "alexnet", "squeezenet"),
        pytest.param("googlenet", marks=pytest.mark.conformance),
    ],
)
def test_classics(name):
    check(inspect(name))


# what is known of networks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "sample", "words"),
    [
        ("unet_padded", None, "H and W: multiples of 16"),
        ("unet", None, "H and W: 12 mod 16, at least 188"),
        ("vgg11", None, "H and W ≥ 32"),
        ("alexnet", None, "H and W ≥ 63"),
        ("resnet18", None, "every H and W"),
        ("inception_v3", None, "H and W ≥ 75"),
        ("lenet5", None, "H and W: 32 to 35"),
        ("resnet18", "3xSxS", "every S"),
        ("unet_padded", "1xHx96", "H: multiples of 16"),
        ("unet_padded", "1xHx100", "no size"),
        ("Conv2d(3, 8, 5)", "4xHxW", "no size"),
        ("Conv1d(3, 8, 5, stride=2)", "3xT", "T ≥ 5"),
        ("Conv3d(1, 2, (1, 3, 5))", "1xDxHxW", "every D; H ≥ 3; W ≥ 5"),
        ("Linear(3, 4)", "3", "its one size"),
        ("InstanceNorm2d(3)", "3xHxW", "H ≥ 2 and every W; or H = 1 and W ≥ 2"),
        ("Sequential(Flatten(), Linear(75, 2))", "3xHxW", "H·W = 25"),
        ("Sequential(MaxPool2d(2), Flatten(), Linear(18, 2))", "2xHxW", "floor(H/2)·floor(W/2) = 9"),
        ("Sequential(Flatten(), Linear(13, 2))", "1xHxW", "H = 1 and W = 13; or H = 13 and W = 1"),
        ("Sequential(PixelUnshuffle(3), Conv2d(9, 2, 2))", "1xHxW", "H and W: multiples of 3, at least 6"),
    ],
)
def test_in_words(model, sample, words):
    sizes = inspect(model, sample).sizes()
    assert str(sizes) == words
    assert sizes.is_proved
    assert repr(sizes).endswith(f": {words}>")


def test_what_is_not_proved_says_how_far_it_is_known():
    sizes = inspect(
        "Sequential(Unflatten(2, (4, -1)), Unflatten(4, (-1, 7)), Flatten(), Linear(100000, 2))", "1xHxW"
    )
    told = sizes.sizes(maximum=50)
    assert str(told).endswith("no size") or "1 to 50" in str(told)


def test_a_proof_is_right_far_beyond_what_was_looked_at():
    net = inspect("unet_padded")
    sizes = net.sizes(maximum=40)
    assert sizes.is_proved
    for height, width in product((16 * 10**6, 16 * 10**6 + 8, 48), (16 * 10**5, 77)):
        assert sizes.contains(height, width) is works(net, height, width)


# asking -------------------------------------------------------------------------------------------------


def test_vectors_give_vectors():
    sizes = inspect("unet_padded").sizes()
    found = sizes.contains(np.arange(14, 18), 32)
    assert found.tolist() == [False, False, True, False]
    assert found.dtype == object
    assert sizes.contains(np.array([[16, 17], [18, 32]])).tolist() == [[True, False], [False, True]]


def test_one_size_is_for_every_axis():
    sizes = inspect("unet_padded").sizes()
    assert sizes.contains(64) is True
    assert sizes.nearest(70) == [(64, 64), (80, 80)]
    with pytest.raises(UsageError, match="3 sizes are given for 2 axes"):
        sizes.contains(1, 2, 3)


@pytest.mark.parametrize(
    ("model", "sample"),
    [
        ("unet_padded", None),
        ("lenet5", None),
        ("Sequential(MaxPool2d(2), Flatten(), Linear(18, 2))", "2xHxW"),
        ("Sequential(Flatten(), Linear(13, 2))", "1xHxW"),
    ],
)
@pytest.mark.parametrize("asked", [(1, 1), (5, 9), (13, 2), (33, 33), (40, 31)], ids=str)
def test_the_nearest_are_the_nearest(model, sample, asked):
    sizes = inspect(model, sample).sizes(maximum=100)
    every = [(h, w) for h in range(1, 101) for w in range(1, 101)]
    fitting = [point for point, fits in zip(every, sizes.contains(*np.array(every).T), strict=True) if fits]

    def nearest(points):
        is_square = asked[0] == asked[1] and any(h == w for h, w in fitting)
        points = (
            [p for p in points if p[0] == p[1]] if is_square and any(p[0] == p[1] for p in points) else points
        )
        return min([abs(h - asked[0]) + abs(w - asked[1]) for h, w in points], default=None)

    below = [p for p in fitting if p[0] <= asked[0] and p[1] <= asked[1]]
    above = [p for p in fitting if p[0] >= asked[0] and p[1] >= asked[1]]
    found = sizes.nearest(*asked)
    if asked in fitting:
        assert found == [asked]
        return
    assert all(point in fitting for point in found)
    distances = {abs(h - asked[0]) + abs(w - asked[1]) for h, w in found}
    for side in (below, above):
        assert nearest(side) in distances | {None}
    assert len(found) == len(set(found))
    assert 1 <= len(found) <= 2


def test_what_comes_out():
    sizes = inspect("unet").sizes()
    assert [str(outcome) for outcome in sizes.outputs] == ["N×2×(H - 184)×(W - 184)"]
    assert [str(shape) for shape in sizes.at(572, 588)] == ["(N, 2, 388, 404)"]
    assert sizes.at(572, 588, batch=3) == ((3, 2, 388, 404),)
    assert sizes.at(571, 588) is None


def test_a_batch_that_is_free_is_asked_for_by_itself():
    text = "Sequential(Conv2d(3, 4, 3), BatchNorm2d(4), Flatten(), Linear(4, 2))"
    sizes = inspect(text, (3, "H", "W")).sizes()
    assert str(sizes) == "H = W = 3"
    assert sizes.contains(3, 3, batch=1) is True


def test_a_size_of_no_axis():
    sizes = inspect("Linear(3, 4)", "3").sizes()
    assert sizes.contains() is True
    assert sizes.axes == ()
    assert [str(outcome) for outcome in sizes.outputs] == ["N×4"]
