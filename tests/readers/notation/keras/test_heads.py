from __future__ import annotations

import pytest

from shapelens.dims import symbol
from shapelens.operators import Einsum, ScaledDotProductAttention, Tensor, apply
from shapelens.readers.notation.keras.heads import HeadsAttention
from tests.operators.readings import assert_readings_agree

N, T, S = symbol("N"), symbol("T"), symbol("S")


def fed(query, key, value, heads, widths, out, *, shared=None, gate=False, bias=True):
    """The inputs of an attention with maps of these sizes: its heads, the widths of a key's and of a value's, …"""
    (width, value_width), shared = widths, shared or heads
    maps = [(query[-1], heads, width), (key[-1], shared, width), (value[-1], shared, value_width)]
    inputs = [Tensor(query), Tensor(key), Tensor(value)]
    for kernel in (*maps, (query[-1], heads, value_width) if gate else None, (heads, value_width, out)):
        held = kernel is not None
        kernel_bias = kernel[1:] if held and len(inputs) < 11 else (out,)
        inputs.append(Tensor(kernel, is_held=True) if held else None)
        inputs.append(Tensor(kernel_bias, is_held=True) if held and bias else None)
    return inputs


def macs_of(operator, *inputs):
    tensors = [Tensor(shape) for shape in inputs]
    return operator.macs(tensors, apply(operator, tensors).outputs)


@pytest.mark.parametrize(("heads", "shared"), [(4, 4), (4, 2), (4, 1)])
def test_it_costs_what_its_parts_cost(heads, shared) -> None:
    query, key = (3, 10, 32), (3, 7, 16)
    inputs = fed(query, key, key, heads, (5, 6), 24, shared=shared)
    outcome = apply(HeadsAttention(), inputs)
    assert outcome.broken == ()
    assert outcome.outputs[0].shape == (3, 10, 24)
    parts = (
        macs_of(Einsum("btf,fhw->bthw"), query, (32, heads, 5))
        + macs_of(Einsum("btf,fhw->bthw"), key, (16, shared, 5))
        + macs_of(Einsum("btf,fhw->bthw"), key, (16, shared, 6))
        + macs_of(ScaledDotProductAttention(), (3, heads, 10, 5), (3, heads, 7, 5), (3, heads, 7, 6))
        + macs_of(Einsum("bthw,hwo->bto"), (3, 10, heads, 6), (heads, 6, 24))
    )
    assert HeadsAttention().macs(inputs, outcome.outputs) == parts


def test_tokens_that_look_along_one_axis_alone_cost_less() -> None:
    image = (2, 6, 8, 16)
    inputs = fed(image, image, image, 2, (4, 4), 16)
    outputs = apply(HeadsAttention(), inputs).outputs
    maps = 2 * 48 * (4 * 16 * 8)
    assert HeadsAttention().macs(inputs, outputs) == maps + 2 * 48 * 48 * 2 * 8
    assert HeadsAttention((2,)).macs(inputs, outputs) == maps + 2 * 48 * 8 * 2 * 8
    assert HeadsAttention((-2,)).macs(inputs, outputs) == HeadsAttention((2,)).macs(inputs, outputs)


@pytest.mark.parametrize("gate", [False, True])
def test_readings_agree(gate) -> None:
    inputs = fed((N, T, 12), (N, S, 12), (N, S, 12), 3, (4, 5), 12, gate=gate)
    symbols = {"N": (1, 2, 3), "T": (1, 7, 9), "S": (1, 7, 4)}
    assert_readings_agree(HeadsAttention(), inputs, symbols)
    assert_readings_agree(HeadsAttention((1,)), inputs, symbols)


@pytest.mark.parametrize(
    ("query", "key", "value", "broken"),
    [
        ((2, 10, 8), (2, 7, 8), (2, 6, 8), "tokens"),
        ((2, 10, 8), (3, 7, 8), (3, 7, 8), "broadcast"),
        ((2, 10, 8), (2, 7, 9), (2, 7, 8), "features"),
        ((2, 8), (2, 8), (2, 8), "rank"),
        ((2, 10, 8), (2, 3, 7, 8), (2, 3, 7, 8), "rank"),
    ],
)
def test_what_does_not_fit(query, key, value, broken) -> None:
    weights = fed((2, 10, 8), (2, 7, 8), (2, 7, 8), 2, (4, 4), 8)[3:]
    outcome = apply(HeadsAttention(), [Tensor(query), Tensor(key), Tensor(value), *weights])
    assert {requirement.kind for requirement in outcome.broken} == {broken}


def test_who_looks_at_whom() -> None:
    image = (2, 6, 8, 16)
    inputs = fed(image, image, image, 2, (4, 4), 16)
    links = HeadsAttention((2,)).links(inputs, apply(HeadsAttention((2,)), inputs).outputs)
    # a token sees itself, and of keys and values its own sample and row; all columns and features are seen whole
    assert {(link.input, link.input_axis) for link in links} == {
        *((0, 0), (0, 1), (0, 2)),
        *((place, axis) for place in (1, 2) for axis in (0, 1)),
    }
    assert all(link.input_axis == link.output_axis for link in links)


def test_features_that_follow_an_edit() -> None:
    before = fed((2, 10, 8), (2, 10, 8), (2, 10, 8), 2, (4, 4), 8)
    after = [*[Tensor((2, 10, 12))] * 3, *before[3:]]
    shapes = HeadsAttention().follow(before, after).shapes
    edited = [
        *after[:3],
        *[None if w is None else Tensor(shapes.get(i, w.dims)) for i, w in enumerate(before) if i > 2],
    ]
    outcome = apply(HeadsAttention(), edited)
    assert outcome.broken == ()
    assert outcome.outputs[0].shape == (2, 10, 12)
    assert shapes[12] == (12,)
    assert HeadsAttention().follow(before, before).shapes == {}


@pytest.mark.parametrize(("shared", "words"), [(4, "attention, 4 heads"), (2, "attention, 4 heads over 2")])
def test_words(shared, words) -> None:
    inputs = fed((2, 10, 8), (2, 7, 8), (2, 7, 8), 4, (4, 4), 8, shared=shared)
    assert HeadsAttention().words(inputs, ()) == words
