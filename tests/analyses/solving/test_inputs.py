"""Which sizes give the same output, against every size tried one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.analyses.solving.answering import solved
from shapelens.analyses.solving.asking import ask
from shapelens.analyses.solving.inputs import sizes_giving
from shapelens.network import evaluate_network
from shapelens.operators.windows import Sliding
from shapelens.readers.notation import read_notation

LAYERS = [
    "Conv1d(2, 3, {k}, stride={s}, padding={p}, dilation={d})",
    "Conv1d(2, 3, {k}, stride={s}, padding={p}, padding_mode='reflect')",
    "Conv1d(2, 3, {k}, padding='same')",
    "ConvTranspose1d(2, 3, {k}, stride={s}, padding={p}, dilation={d})",
    "MaxPool1d({k}, stride={s}, padding={p})",
    "MaxPool1d({k}, stride={s}, ceil_mode=True)",
    "AvgPool1d({k}, stride={s}, padding={p}, ceil_mode=True)",
    "Conv1D(3, {k}, strides={s}, padding='same')",
    "Conv1D(3, {k}, strides={s}, padding='causal')",
    "Conv1DTranspose(3, {k}, strides={s}, padding='same')",
    "AveragePooling1D({k}, strides={s})",
]


def tried(text, out, most=60):
    """The sizes that give an output, each of them evaluated."""
    found = []
    network = read_notation(text)
    channels = next(dim for dim in network.inputs[0].shape[1:] if not str(dim).startswith("T"))
    is_last = network.inputs[0].layout.channels_last
    for size in range(1, most + 1):
        count = channels if isinstance(channels, int) else 2
        shape = (1, size, count) if is_last else (1, count, size)
        evaluation = evaluate_network(network, {"input": shape})
        if not evaluation.broken and evaluation.outputs[0][1].shape[1 if is_last else 2] == out:
            found.append(size)
    return found


@pytest.mark.parametrize("layer", LAYERS)
@given(
    k=st.integers(1, 4), s=st.integers(1, 4), p=st.integers(0, 2), d=st.integers(1, 2), out=st.integers(1, 9)
)
@settings(max_examples=12)
def test_every_size_that_gives_the_output(layer, k, s, p, d, out):
    text = layer.format(k=k, s=s, p=min(p, k // 2) if "Pool" in layer else p, d=d)
    channels = 2 if "Pool" in text else 3
    is_last = text.split("(")[0][-1] != "d"
    answer = solved(ask(text, None, (out, channels) if is_last else (channels, out)))
    sizes = tried(text, out)
    assert [list(solution.inputs[0]) for solution in answer.solutions] == ([sizes] if sizes else [])
    assert bool(answer.gaps) != bool(sizes)


@pytest.mark.parametrize(
    ("layer", "source", "target", "inputs"),
    [
        ("Conv2d(3, 64)", (3, 224, 224), (64, 112, 112), [(223, 224), (223, 224)]),
        ("Conv2d(3, 64, 7, stride=4)", (3, 224, 100), (64, 55, 24), [(223, 226), (99, 102)]),
        ("AvgPool3d(3, 2, padding=1)", (1, 5, 5, 5), (1, 3, 3, 3), [(5, 6), (5, 6), (5, 6)]),
        ("AvgPool3d(6, 2, padding=3)", (1, 8, 8, 8), (1, 5, 5, 5), [(8, 9), (8, 9), (8, 9)]),
        ("ConvTranspose2d(3, 64, 2, stride=2)", (3, 14, 14), (64, 28, 28), [(14, 14), (14, 14)]),
    ],
)
def test_the_sizes_that_share_the_output_of_a_solution(layer, source, target, inputs):
    first = solved(ask(layer, source, target)).solutions[0]
    assert [(sizes[0], sizes[-1]) for sizes in first.inputs] == inputs


@given(kernel=st.integers(1, 5), stride=st.integers(1, 5), out=st.integers(1, 10))
def test_where_there_are_none_the_range_stands_between(kernel, stride, out):
    sizes = sizes_giving(lambda size: (size - 1) * stride + kernel, out)
    if sizes:
        assert [(size - 1) * stride + kernel for size in sizes] == [out] * len(sizes)
    else:
        above = sizes.start
        assert (above - 1) * stride + kernel > out
        assert above == 1 or (above - 2) * stride + kernel < out


def test_large_sizes_are_found_at_once():
    assert sizes_giving(Sliding(3, 2, 1, (1, 1)).count, 10**9) == range(2 * 10**9 - 1, 2 * 10**9 + 1)
