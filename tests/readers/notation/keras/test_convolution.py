from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.network import evaluate_network
from shapelens.operators.windows import Sliding
from shapelens.readers.notation import read_notation


def size_after(text: str, size: int) -> int:
    """How long a sequence of one channel is after a layer."""
    network = read_notation(text, (size, 1))
    evaluation = evaluate_network(network, {"input": (1, size, 1)})
    assert evaluation.broken == ()
    return evaluation.outputs[0][1].dims[1]


def slid(text: str) -> Sliding:
    """How the window of a layer over one axis slides."""
    (node,) = read_notation(text, (9, 1)).nodes
    (sliding,) = node.operator.slidings((node.operator.weight_parts(read_weight(text))[2])[:1])
    return sliding


def read_weight(text: str):
    network = read_notation(text, (9, 1))
    return network.weights[f"{network.nodes[0].name}.kernel"].tensor


windows = {
    "kernel": st.integers(1, 5),
    "stride": st.integers(1, 4),
    "size": st.integers(1, 20),
}


@given(**windows, dilation=st.integers(1, 3), padding=st.sampled_from(["same", "valid", "causal", "SAME"]))
@settings(max_examples=150, deadline=None)
def test_as_many_windows_as_start_inside(kernel, stride, size, dilation, padding) -> None:
    if stride > 1:
        dilation = 1
    extent = dilation * (kernel - 1) + 1
    if padding == "valid" and extent > size:
        size += extent
    text = f"Conv1D(1, {kernel}, {stride}, {padding!r}, dilation_rate={dilation})"
    last = size - extent if padding == "valid" else size - 1
    assert size_after(text, size) == len(range(0, last + 1, stride))


@given(**windows, dilation=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_a_causal_window_ends_where_its_stride_is(kernel, stride, size, dilation) -> None:
    if stride > 1:
        dilation = 1
    before, after = slid(f"Conv1D(1, {kernel}, {stride}, 'causal', dilation_rate={dilation})").sides(size)
    last_tap = dilation * (kernel - 1) - before
    assert (last_tap, after) == (0, 0)


@given(
    **windows,
    dilation=st.integers(1, 3),
    padding=st.sampled_from(["same", "valid"]),
    output_padding=st.none() | st.integers(0, 3),
)
@settings(max_examples=200, deadline=None)
def test_a_transposed_convolution_is_undone_by_a_convolution(
    kernel, stride, size, dilation, padding, output_padding
) -> None:
    """Of the sizes that a convolution makes one of, it gives one: so the convolution brings the size back."""
    if stride > 1:
        dilation = 1
    settings_ = f"{kernel}, {stride}, {padding!r}, dilation_rate={dilation}"
    if output_padding is not None:
        output_padding %= stride
    text = f"Conv1DTranspose(1, {settings_}, output_padding={output_padding})"
    extent = dilation * (kernel - 1) + 1
    expected = {
        ("valid", None): (size - 1) * stride + max(extent, stride),
        ("same", None): size * stride,
    }.get((padding, output_padding))
    if expected is None:
        stamped = extent if padding == "valid" else extent % 2
        expected = (size - 1) * stride + stamped + output_padding
    if expected < 1:
        return
    grown = size_after(text, size)
    assert grown == expected
    if padding == "valid" or 1 <= grown - (size - 1) * stride <= stride:
        assert size_after(f"Conv1D(1, {settings_})", grown) == size


@given(kernel=st.integers(1, 6), stride=st.integers(1, 5), output_padding=st.integers(0, 4))
@settings(max_examples=100, deadline=None)
def test_what_same_cuts_off_is_as_even_as_can_be(kernel, stride, output_padding) -> None:
    output_padding %= stride
    text = f"Conv1DTranspose(1, {kernel}, {stride}, 'same', output_padding={output_padding})"
    (node,) = read_notation(text, (9, 1)).nodes
    ((before, after),) = node.operator.padding
    (added,) = node.operator.output_padding
    assert min(before, after, added) >= 0
    assert before + after - added == kernel - kernel % 2 - output_padding
    assert after == 0 or added == 0
    assert added > 0 or abs(after - before) <= 1


def test_nothing_that_comes_out_is_found() -> None:
    network = read_notation("Conv1DTranspose(1, 2, strides=2, padding='same', output_padding=0)", (1, 1))
    evaluation = evaluate_network(network, {"input": (2, 1, 1)})
    assert [requirement.kind for _, requirement in evaluation.broken] == ["transposed_size"]


@pytest.mark.parametrize(
    ("text", "sample", "broken"),
    [
        ("Conv2D(8, 3)", (2, 9, 3), "window"),
        ("Conv2D(8, 3)", (9, 3), "rank"),
        ("Conv2D(8, 3)", (4, 9, 9, 3), "rank"),
        ("Conv2D(8, 3, groups=2)", (9, 9, 3), "channels"),
        ("MaxPooling2D(3)", (2, 9, 3), "window"),
        ("MaxPooling2D(3)", (9, 3), "rank"),
        ("GlobalAveragePooling2D()", (9, 3), "rank"),
        ("DepthwiseConv2D(3)", (2, 9, 3), "window"),
        ("ZeroPadding2D(1)", (9, 3), "rank"),
        ("Cropping2D(2)", (4, 9, 3), "pad_cut"),
        ("UpSampling2D(2)", (9, 3), "rank"),
        ("SpatialDropout2D(0.5)", (9, 3), "rank"),
        ("layers.LSTM(4)", (9,), "rank"),
        ("TimeDistributed(Dense(4))", (9,), "rank"),
        ("ConvLSTM2D(4, 3)", (9, 9, 3), "rank"),
        ("Reshape((4, 4))", (15,), "reshape"),
        ("Permute((2, 1))", (3, 4, 5), "order"),
        ("GroupNormalization(groups=4)", (9, 9, 6), "groups"),
        ("BatchNormalization(axis=3)", (9, 6), "axis"),
        ("layers.Softmax(axis=3)", (9, 6), "axis"),
        ("Normalization(mean=(1, 2), variance=(1, 1))", (9, 9, 3), "broadcast"),
        ("MultiHeadAttention(2, 4)", (4,), "rank"),
    ],
)
def test_what_does_not_fit_is_found(text, sample, broken) -> None:
    network = read_notation(text, sample)
    shapes = {declared.name: (2, *declared.shape[1:]) for declared in network.inputs}
    evaluation = evaluate_network(network, shapes)
    assert [requirement.kind for _, requirement in evaluation.broken][:1] == [broken]
