"""Every setting within bounds that does it and no other, counted by reading and evaluating each layer there is."""

from __future__ import annotations

from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.searching import found
from shapelens.errors import LayerTextError
from shapelens.network import evaluate_network
from shapelens.readers.notation import read_notation

BOUNDS = Bounds(kernel=4, stride=3, padding=3, dilation=2)

KERNELS, STRIDES, PADDINGS, DILATIONS = range(1, 5), range(1, 4), range(4), range(1, 3)
WORDS = ("valid", "same")
OUTPUT_PADDINGS = range(4)

TORCH = {"kernel_size": KERNELS, "stride": STRIDES, "padding": PADDINGS}
FAMILIES = {
    # the layer, and all values of its settings
    "Conv1d(2, 3)": {**TORCH, "dilation": DILATIONS},
    "Conv1d(2, 3, padding=1)": {"kernel_size": KERNELS, "stride": STRIDES, "dilation": DILATIONS},
    "Conv1d(2, 3, 3, padding_mode='reflect')": {"stride": STRIDES, "padding": PADDINGS, "dilation": DILATIONS},
    "Conv1d(2, 3, padding='same')": {"kernel_size": KERNELS, "stride": STRIDES, "dilation": DILATIONS},
    "ConvTranspose1d(2, 3)": {**TORCH, "output_padding": OUTPUT_PADDINGS, "dilation": DILATIONS},
    "ConvTranspose1d(2, 3, stride=2)": {
        "kernel_size": KERNELS, "padding": PADDINGS, "output_padding": OUTPUT_PADDINGS, "dilation": DILATIONS,
    },
    "MaxPool1d()": {**TORCH, "dilation": DILATIONS},
    "MaxPool1d(ceil_mode=True)": {**TORCH, "dilation": DILATIONS},
    "AvgPool1d()": TORCH,
    "AvgPool1d(ceil_mode=True)": TORCH,
    "LPPool1d(2)": {"kernel_size": KERNELS, "stride": STRIDES},
    "Conv1D(3)": {"kernel_size": KERNELS, "strides": STRIDES, "padding": WORDS, "dilation_rate": DILATIONS},
    "Conv1D(3, padding='causal')": {"kernel_size": KERNELS, "strides": STRIDES, "dilation_rate": DILATIONS},
    "Conv1DTranspose(3)": {
        "kernel_size": KERNELS, "strides": STRIDES, "padding": WORDS, "output_padding": (None, *OUTPUT_PADDINGS),
        "dilation_rate": DILATIONS,
    },
    "MaxPooling1D()": {"pool_size": KERNELS, "strides": STRIDES, "padding": WORDS},
    "AveragePooling1D()": {"pool_size": KERNELS, "strides": STRIDES, "padding": WORDS},
}  # fmt: skip


def is_keras(layer):
    return layer.split("(")[0][-1] != "d"


def sample(layer, size, channels=2):
    return (size, channels) if is_keras(layer) else (channels, size)


@cache
def all_of_them(layer, size):
    """Every layer there is within the bounds, and what comes out of it; nothing where it cannot be."""
    values, given_text = FAMILIES[layer], layer.partition("(")[2].rstrip(")")
    known: dict[tuple, int | None] = {}
    for chosen in product(*values.values()):
        added = ", ".join(f"{name}={value!r}" for name, value in zip(values, chosen, strict=True))
        text = f"{layer.partition('(')[0]}({given_text}{', ' if given_text else ''}{added})"
        known[chosen] = given_out(read(text), sample(layer, size))
    return known


@cache
def read(text, source=None):
    """The network of a layer, or None where there is no such layer."""
    try:
        return read_notation(text, source)
    except LayerTextError:
        return None


def given_out(network, source):
    if network is None:
        return None
    evaluation = evaluate_network(network, {"input": (1, *source)})
    return None if evaluation.broken else evaluation.outputs[0][1].shape[1:]


def evaluated(text, source):
    return given_out(read(text, source), source)


def solutions_of(layer, size, out):
    channels = 2 if "Pool" in layer else 3
    question = ask(layer, sample(layer, size), sample(layer, out, channels), BOUNDS)
    return found(question).solutions


def named(layer, solution):
    """The settings of a solution in the order in which they are counted through."""
    own = solution.settings
    roles = {"kernel_size": "kernel", "pool_size": "kernel", "strides": "stride", "dilation_rate": "dilation"}
    return tuple(own[roles.get(name, name)][0] for name in FAMILIES[layer])


def is_told_otherwise(layer, chosen, known):
    """Whether another setting that is told says the very same: nothing is spread where the kernel is one cell, and
    Keras' output padding may be left out where it is what it would be anyway."""
    values = dict(zip(FAMILIES[layer], chosen, strict=True))
    kernel = values.get("kernel_size", values.get("pool_size"))
    dilation = values.get("dilation", values.get("dilation_rate", 1))
    return kernel == 1 and dilation > 1


@pytest.mark.parametrize("layer", FAMILIES)
@given(size=st.integers(1, 6), out=st.integers(1, 9))
@settings(max_examples=10)
def test_all_that_do_it_are_found_and_no_other(layer, size, out):
    try:
        solutions = solutions_of(layer, size, out)
    except LayerTextError:
        solutions = ()
    told = [named(layer, solution) for solution in solutions]
    assert len(set(told)) == len(told)
    for solution in solutions:  # The text that is told, read again.
        assert evaluated(solution.text, solution.source) == solution.output
    channels = 2 if "Pool" in layer else 3
    known = all_of_them(layer, size)
    does_it = {chosen for chosen, shape in known.items() if shape == sample(layer, out, channels)}
    wanted = {chosen for chosen in does_it if not is_told_otherwise(layer, chosen, known)}
    if "Transpose" in layer and is_keras(layer):
        # An output padding that says no more than leaving it out is left out.
        assert set(told) <= wanted
        assert {chosen for chosen in wanted if chosen[3] is None} <= set(told)
        for chosen in wanted - set(told):
            unsaid = (*chosen[:3], None, chosen[4])
            assert operators_of(layer, chosen) == operators_of(layer, unsaid)
    else:
        assert set(told) == wanted


def operators_of(layer, chosen):
    added = ", ".join(f"{name}={value!r}" for name, value in zip(FAMILIES[layer], chosen, strict=True))
    network = read_notation(f"{layer.rstrip(')')}, {added})", sample(layer, 8))
    return [(node.operator.settings(), network.weights) for node in network.nodes]


def test_keras_dilates_at_a_stride_of_one_alone():
    solutions = found(ask("DepthwiseConv2D()", (28, 28, 3), (14, 14, 3), BOUNDS)).solutions
    assert solutions
    assert all(max(s.settings["stride"]) == 1 or max(s.settings["dilation"]) == 1 for s in solutions)


# several axes ---------------------------------------------------------------------------------------------

SMALL = Bounds(kernel=3, stride=2, padding=1, dilation=1)


def test_settings_alike_on_all_axes_go_before_others():
    both = found(ask("Conv2d(1, 1)", (1, 8, 8), (1, 4, 4), SMALL))
    assert both.is_square
    assert both.is_whole
    assert all(len(set(s.each)) == 1 for s in both.solutions)


@pytest.mark.parametrize(
    ("layer", "size", "out"),
    [
        ("Conv2d(1, 1)", (8, 4), (4, 4)),
        ("Conv2d(1, 1)", (8, 9), (4, 9)),
        ("Conv2d(1, 1, (1, 3))", (8, 8), (8, 8)),
        ("Conv2d(1, 1, stride=(2, 1))", (8, 8), (4, 8)),
        ("ConvTranspose2d(1, 1)", (4, 8), (8, 8)),
        ("MaxPool2d()", (8, 5), (4, 5)),
    ],
)
def test_where_axes_differ_every_pair_of_settings_is_counted(layer, size, out):
    answer = found(ask(layer, (1, *size), (1, *out), SMALL))
    name, given_text = layer.rstrip(")").split("(", 1)
    kernels = [(1, 3)] if "(1, 3)" in layer else list(product(range(1, 4), repeat=2))
    strides = [(2, 1)] if "stride" in layer else list(product(range(1, 3), repeat=2))
    extras = list(product(range(2), repeat=2)) if "Transpose" in layer else [(0, 0)]
    positions = "1, 1, " if "Conv" in layer else ""
    does_it = set()
    for kernel, stride, padding, extra in product(kernels, strides, product(range(2), repeat=2), extras):
        added = f", output_padding={extra}" if "Transpose" in layer else ""
        text = f"{name}({positions}{kernel}, stride={stride}, padding={padding}{added})"
        if evaluated(text, (1, *size)) == (1, *out):
            does_it.add((kernel, stride, padding, extra))
    told = {
        (
            s.settings["kernel"],
            s.settings["stride"],
            s.settings["padding"],
            s.settings.get("output_padding", (0, 0)),
        )
        for s in answer.solutions
    }
    assert answer.is_whole
    square = {one for one in does_it if all(len(set(pair)) == 1 for pair in one)}
    # Where the axes are given other settings, none goes before the others.
    square = square if given_text in {"", "1, 1"} else set()
    assert answer.is_square == bool(square)
    assert told == (square or does_it)


def test_axes_of_which_the_same_is_asked_are_alike():
    answer = found(ask("Conv3d(1, 1)", (1, 16, 224, 224), (1, 16, 112, 112)))
    assert not answer.is_square
    assert all(s.each[1] == s.each[2] for s in answer.solutions)
    assert answer.solutions[0].text == "Conv3d(1, 1, 3, stride=(1, 2, 2), padding=1)"


def test_of_too_many_those_are_told_that_differ_least():
    answer = found(ask("Conv3d(1, 1)", (1, 16, 224, 112), (1, 16, 112, 112)))
    assert not answer.is_whole
    assert not answer.is_square
    assert answer.solutions[0].text == "Conv3d(1, 1, 3, stride=(1, 2, 1), padding=1)"
    alike = [s for s in answer.solutions if len({(own.kernel, own.dilation) for own in s.each}) == 1]
    assert len(alike) == 24
    assert answer.solutions[:24] == tuple(alike)


def test_of_too_many_with_given_kernels_some_are_told():
    answer = found(ask("Conv3d(1, 1, (3, 5, 7))", (1, 1, 1, 1), (1, 1, 1, 1), Bounds(stride=8, padding=10)))
    assert not answer.is_square
    assert not answer.is_whole
    assert answer.solutions[0].text == "Conv3d(1, 1, (3, 5, 7), padding=(1, 2, 3))"
