"""Receptive fields against a brute force that follows every single cell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens import inspect
from shapelens.analyses.receptive_field import Everything, Field, receptive_fields
from shapelens.network import Origin, evaluate_network
from shapelens.readers.layering import LayerBuilder


def cells_seen(sources, layer):
    """For each output cell of one layer along one axis, the set of input cells that it sees."""
    kind, kernel, stride, padding, dilation = layer
    size = len(sources)
    if kind == "conv":
        count = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
        taps = [[cell * stride - padding + tap * dilation for tap in range(kernel)] for cell in range(count)]
    else:
        count = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1
        taps = [
            [
                (cell + padding - tap * dilation) // stride
                for tap in range(kernel)
                if (cell + padding - tap * dilation) % stride == 0
            ]
            for cell in range(count)
        ]
    return [set().union(*[sources[t] for t in seen if 0 <= t < size]) for seen in taps]


LAYERS = st.one_of(
    st.tuples(st.just("conv"), st.integers(1, 4), st.integers(1, 3), st.integers(0, 1), st.integers(1, 2)),
    st.tuples(st.just("transposed"), st.integers(2, 4), st.integers(1, 3), st.just(0), st.just(1)),
)


@given(st.lists(LAYERS, min_size=1, max_size=4))
@settings(max_examples=150)
def test_every_inner_cell_sees_what_brute_force_says(layers):
    size, margin = 64, 20
    net = LayerBuilder(Origin("notation", "stack"))
    net.image((1, size, size))
    seen = [{cell} for cell in range(size)]
    for layer in layers:
        kind, kernel, stride, padding, dilation = layer
        if kind == "conv":
            if len(seen) + 2 * padding < dilation * (kernel - 1) + 1:
                break
            net.convolution(1, kernel, stride=stride, padding=padding, dilation=dilation)
        else:
            if (len(seen) - 1) * stride + kernel > 400:
                break
            net.transposed_convolution(1, kernel, stride=stride, padding=padding)
        seen = cells_seen(seen, layer)
    evaluation = evaluate_network(net.network(), {})
    field = receptive_fields(evaluation).get(net.here, {}).get("H")
    assert isinstance(field, Field)
    for cell, expected in enumerate(seen):
        if not expected:
            continue
        first, last = field.span(cell)
        # At the borders cells look at padding, which is no cell of the input; inside, every cell must agree.
        if first >= margin and last < size - margin:
            assert (first, last) == (min(expected), max(expected)), (layers, cell)
        else:
            assert first <= min(expected), (layers, cell)
            assert last >= max(expected), (layers, cell)


@pytest.mark.parametrize(
    ("network", "layer", "size", "stride"),
    [
        ("vgg16", "features.30", 212, 32),
        ("resnet18", "layer4.1.add", 435, 32),
        ("resnet50", "layer1.2.add", 35, 4),
        ("resnet50", "layer2.3.add", 91, 8),
        ("resnet50", "layer3.5.add", 267, 16),
        ("resnet50", "layer4.2.add", 427, 32),
        ("alexnet", "features.0", 11, 4),
        ("alexnet", "features.2", 19, 8),
        ("alexnet", "features.3", 51, 8),
        ("alexnet", "features.5", 67, 16),
        ("alexnet", "features.6", 99, 16),
        ("alexnet", "features.8", 131, 16),
        ("alexnet", "features.10", 163, 16),
        ("alexnet", "features.12", 195, 32),
    ],
)
def test_the_published_fields(network, layer, size, stride):
    field = inspect(network)[layer].receptive_field
    assert [(f.size, f.stride) for f in field.values()] == [(size, stride)] * 2


def test_vgg16_starts_in_its_padding():
    field = inspect("vgg16")["features.30"].receptive_field["H"]
    assert field.start == -90


def test_lenet5():
    net = inspect("lenet5_dense")
    sizes = [
        f["H"].size
        for f in (layer.receptive_field for layer in net.layers)
        if f and isinstance(f["H"], Field)
    ]
    assert list(dict.fromkeys(sizes))[:4] == [5, 6, 14, 16]


def test_a_linear_layer_and_a_global_pooling_see_everything():
    net = inspect("resnet18")
    for layer in ("avgpool", "fc"):
        assert all(isinstance(f, Everything) for f in net[layer].receptive_field.values())


def test_a_residual_sum_sees_the_larger_branch():
    net = inspect("resnet18")
    assert net["layer1.0.add"].receptive_field["H"].size == net["layer1.0.conv2"].receptive_field["H"].size


def test_columns_see_their_windows():
    from shapelens.operators import ImageToColumns

    net = LayerBuilder(Origin("notation", "unfold"))
    net.image((1, 6, 6))
    name = net.add(ImageToColumns((3, 3)))
    network = net.network()
    fields = receptive_fields(evaluate_network(network, {"input": (1, 1, 6, 6)}))[name]
    for column in range(16):
        row, place = divmod(column, 4)
        assert fields["H"].spans[column % fields["H"].period] == (row, row + 2)
        assert fields["W"].span(column)[0] % 4 == place % 4
