from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import MultiHeadAttention, ScaledDotProductAttention, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, T, S = symbol("N"), symbol("T"), symbol("S")


def layer_inputs(query, key, value, width=64, together=True, bias=True, masks=(None, None), extra=False):
    """The inputs of a layer, in the order of its roles."""
    weights: list[Tensor | None] = [Tensor((3 * width, width))] if together else [None]
    weights += [
        Tensor((3 * width,)) if bias else None,
        Tensor((width, width)),
        Tensor((width,)) if bias else None,
    ]
    maps = [(width, shape[-1]) for shape in (query, key, value)]
    weights += [None if together else Tensor(shape) for shape in maps]
    weights += [Tensor((1, 1, width)) if extra else None] * 2
    tensors = [Tensor(query), Tensor(key), Tensor(value), *weights]
    return [*tensors, *[None if mask is None else Tensor(mask, "bool") for mask in masks]]


def macs_of(operator, inputs):
    return operator.macs(inputs, apply(operator, inputs).outputs)


def test_width_64_with_4_heads_on_10_tokens() -> None:
    inputs = layer_inputs((1, 10, 64), (1, 10, 64), (1, 10, 64))
    layer = MultiHeadAttention(heads=4, batch_first=True)
    assert macs_of(layer, inputs) == 176_640
    assert apply(layer, inputs).outputs[0].shape == (1, 10, 64)
    assert layer.words(inputs, []) == "attention, 4 heads"
    parameters = [
        inputs[place].elements
        for place, role in enumerate(layer.roles)
        if role in layer.learned and inputs[place]
    ]
    assert sum(parameters) == 4 * 64 * 64 + 4 * 64


@pytest.mark.torch
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("batched", [False, True])
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"bias": False},
        {"kdim": 32, "vdim": 16},
        {"add_bias_kv": True},
        {"add_zero_attn": True},
        {"kdim": 32, "vdim": 16, "add_bias_kv": True, "add_zero_attn": True, "bias": False},
    ],
)
def test_a_layer_is_pytorchs(batch_first, batched, average, settings) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    layer = torch.nn.MultiheadAttention(64, 4, batch_first=batch_first, device="meta", **settings)
    tokens = {"query": (10, 64), "key": (7, settings.get("kdim", 64)), "value": (7, settings.get("vdim", 64))}
    shapes = [
        (count, width) if not batched else (3, count, width) if batch_first else (count, 3, width)
        for count, width in tokens.values()
    ]
    was_fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with FlopCounterMode(display=False) as counter:
            true, weights = layer(
                *[torch.empty(s, device="meta") for s in shapes], average_attn_weights=average
            )
    finally:
        torch.backends.mha.set_fastpath_enabled(was_fast)
    operator = MultiHeadAttention(
        4, batch_first, with_weights=True, average_weights=average, zero_token="add_zero_attn" in settings
    )
    inputs = layer_inputs(
        *shapes,
        together="kdim" not in settings,
        bias=settings.get("bias", True),
        extra="add_bias_kv" in settings,
    )
    held = [tensor.dims for tensor in inputs[3:12] if tensor is not None]
    assert sorted(held) == sorted([tuple(parameter.shape) for parameter in layer.parameters()])
    outcome = apply(operator, inputs, 2)
    assert outcome.broken == ()
    assert [tensor.shape for tensor in outcome.outputs] == [tuple(true.shape), tuple(weights.shape)]
    assert operator.macs(inputs, outcome.outputs) * 2 == counter.get_total_flops()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"query": (1, 10, 60)}, "features"),
        ({"key": (1, 10, 60)}, "features"),
        ({"value": (1, 9, 64)}, "tokens"),
        ({"key": (2, 10, 64)}, "broadcast"),
        ({"query": (10, 64)}, "rank"),
        ({"masks": (None, (9, 10))}, "mask"),
        ({"masks": (None, (10,))}, "mask"),
        ({"masks": (None, (3, 10, 10))}, "mask"),
    ],
)
def test_what_does_not_fit(change, kind) -> None:
    fed = {"query": (1, 10, 64), "key": (1, 10, 64), "value": (1, 10, 64), **change}
    outcome = apply(MultiHeadAttention(4, batch_first=True), layer_inputs(**fed))
    assert kind in {requirement.kind for requirement in outcome.broken}


@pytest.mark.parametrize("heads", [3, 0])
def test_heads_divide_the_width(heads) -> None:
    (broken,) = apply(MultiHeadAttention(heads), layer_inputs((10, 1, 64), (10, 1, 64), (10, 1, 64))).broken
    assert (broken.kind, broken.facts) == ("heads", {"width": 64, "heads": heads})


@pytest.mark.parametrize("mask", [(10, 10), (4, 10, 10)])
def test_masks_that_fit(mask) -> None:
    inputs = layer_inputs((1, 10, 64), (1, 10, 64), (1, 10, 64), masks=(None, mask))
    assert apply(MultiHeadAttention(4, batch_first=True), inputs).broken == ()


@given(
    batch_first=st.booleans(),
    together=st.booleans(),
    mask=st.sampled_from([None, (T, S), (5, 7)]),
    numbers=st.lists(st.sampled_from([1, 2, 5, 7]), min_size=4, max_size=4),
)
def test_four_readings_of_a_layer(batch_first, together, mask, numbers) -> None:
    query, key = ((N, T, 8), (N, S, 8)) if batch_first else ((T, N, 8), (S, N, 8))
    inputs = layer_inputs(query, key, key, 8, together, masks=(None, mask))
    layer = MultiHeadAttention(2, batch_first, with_weights=True)
    assert_readings_agree(layer, inputs, {"N": (1, 2, 3, 4), "T": numbers, "S": numbers[::-1]}, 2)


def test_tokens_are_seen_whole_and_samples_apart() -> None:
    tokens = (2, 10, 64)
    inputs = layer_inputs(tokens, tokens, tokens)
    layer = MultiHeadAttention(4, batch_first=True)
    links = layer.links(inputs, apply(layer, inputs).outputs)
    assert {(link.input, link.input_axis, link.output_axis) for link in links} == {
        *{(0, 1, 1), (0, 0, 0)},
        *{(1, 0, 0), (2, 0, 0)},
    }


def test_a_layer_becomes_as_wide_as_its_query() -> None:
    inputs = layer_inputs((10, 1, 64), (10, 1, 64), (10, 1, 64))
    narrower = [Tensor((10, 1, 32))] * 3
    followed = MultiHeadAttention(4).follow(inputs, [*narrower, *inputs[3:]]).shapes
    assert followed == {3: (96, 32), 4: (96,), 5: (32, 32), 6: (32,)}
    assert MultiHeadAttention(5).follow(inputs, [*narrower, *inputs[3:]]).shapes == {}
    inputs = layer_inputs((10, 1, 64), (7, 1, 48), (7, 1, 16), together=False)
    after = [inputs[0], Tensor((7, 1, 40)), *inputs[2:]]
    assert MultiHeadAttention(4).follow(inputs, after).shapes == {8: (64, 40)}


# without weights ----------------------------------------------------------------------------------------


@st.composite
def attended(draw):
    """Query, key, value and maybe a mask that fit most of the time."""
    batch = draw(st.lists(st.sampled_from([1, 2, 3]), max_size=2))
    own = [tuple([draw(st.sampled_from([size, size, size, 1, 4])) for size in batch]) for _ in range(3)]
    width, tokens, keys = draw(st.sampled_from([(8, 5, 7), (4, 1, 6)]))
    others = draw(st.sampled_from([keys, keys, keys, 2]))
    mask = draw(st.sampled_from([None, (tokens, keys), (1, keys), (2, tokens, keys), (tokens, 3)]))
    shapes = [(*own[0], tokens, width), (*own[1], keys, width), (*own[2], others, 6)]
    return [*shapes, mask], draw(st.booleans())


@pytest.mark.torch
@given(case=attended())
def test_attention_is_pytorchs(case) -> None:
    torch = pytest.importorskip("torch")
    (*shapes, mask), grouped = case
    outcome = apply(
        ScaledDotProductAttention(grouped), [*map(Tensor, shapes), None if mask is None else Tensor(mask)]
    )
    try:
        true = torch.nn.functional.scaled_dot_product_attention(
            *[torch.zeros(shape) for shape in shapes],
            attn_mask=None if mask is None else torch.zeros(mask),
            enable_gqa=grouped,
        )
    except (RuntimeError, IndexError):
        assert outcome.broken, case
        return
    assert outcome.broken == (), case
    assert outcome.outputs[0].shape == tuple(true.shape)


@pytest.mark.torch
@pytest.mark.parametrize(("shared", "grouped"), [(12, False), (4, True), (1, True)])
def test_attention_costs_what_pytorch_counts(shared, grouped) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    shapes = [(8, 12, 197, 64), (8, shared, 50, 64), (8, shared, 50, 32)]
    with FlopCounterMode(display=False) as counter:
        torch.nn.functional.scaled_dot_product_attention(
            *[torch.empty(shape, device="meta") for shape in shapes], enable_gqa=grouped
        )
    macs = macs_of(ScaledDotProductAttention(grouped), [Tensor(shape) for shape in shapes])
    assert macs == 8 * 12 * 197 * 50 * (64 + 32)
    assert macs * 2 == counter.get_total_flops()


@given(
    grouped=st.booleans(),
    mask=st.sampled_from([None, (T, S), (1, S)]),
    numbers=st.lists(st.sampled_from([1, 2, 4]), min_size=4, max_size=4),
)
def test_four_readings(grouped, mask, numbers) -> None:
    heads = (4, symbol("G")) if grouped else (4, 4)
    inputs = [Tensor((N, heads[0], T, 8)), Tensor((N, heads[1], S, 8)), Tensor((N, heads[1], S, 6))]
    inputs.append(Tensor(mask) if mask else None)  # type: ignore[arg-type]
    symbols = {"N": (1, 2, 3, 4), "T": numbers, "S": numbers[::-1], "G": (4, 2, 1, 3)}
    assert_readings_agree(ScaledDotProductAttention(grouped), inputs, symbols)


def test_heads_that_are_not_shared_evenly() -> None:
    inputs = [Tensor((2, 4, 5, 8)), Tensor((2, 3, 7, 8)), Tensor((2, 3, 7, 8))]
    assert {r.kind for r in apply(ScaledDotProductAttention(grouped=True), inputs).broken} == {"heads"}
    assert {r.kind for r in apply(ScaledDotProductAttention(), inputs).broken} == {"broadcast"}
    flat = [Tensor((5, 8)), Tensor((7, 8)), Tensor((7, 8))]
    assert isinstance(apply(ScaledDotProductAttention(grouped=True), flat).outputs[0].shape, Unknown)


def test_a_token_sees_all_keys_of_its_head() -> None:
    inputs = [Tensor((2, 4, 5, 8)), Tensor((2, 4, 7, 8)), Tensor((2, 4, 7, 8))]
    links = ScaledDotProductAttention().links(inputs, apply(ScaledDotProductAttention(), inputs).outputs)
    assert {(link.input, link.input_axis) for link in links} == {
        *{(0, 0), (0, 1), (0, 2)},
        *{(1, 0), (1, 1), (2, 0), (2, 1)},
    }


def test_an_unknown_mask_leaves_the_shape_and_keeps_the_question() -> None:
    inputs = [Tensor((2, 5, 8)), Tensor((2, 7, 8)), Tensor((2, 7, 8)), Tensor(Unknown("x"))]
    outcome = apply(ScaledDotProductAttention(), inputs)
    assert outcome.outputs[0].shape == (2, 5, 8)
    assert Unknown("x") in [requirement.truth for requirement in outcome.requirements]
