from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import Bilinear, Embedding, Filters, Linear, Tensor, apply
from tests.operators.readings import assert_readings_agree

N, F = symbol("N"), symbol("F")


def macs_of(operator, *inputs):
    return operator.macs(inputs, apply(operator, inputs).outputs)


def test_a_linear_layer_on_ten_rows() -> None:
    inputs = [Tensor((10, 16)), Tensor((32, 16)), Tensor((32,))]
    assert apply(Linear(), inputs).outputs[0].shape == (10, 32)
    assert macs_of(Linear(), *inputs) == 5120
    assert Linear().filters(inputs) == Filters(32, (16,))
    assert Linear().words(inputs, []) == "linear"


def test_features_that_do_not_fit_are_told_and_the_output_still_is() -> None:
    outcome = apply(Linear(), [Tensor((N, 1568)), Tensor((10, 2048)), Tensor((10,))])
    (broken,) = outcome.broken
    assert (broken.kind, broken.facts["gets"], broken.facts["wants"]) == ("features", 1568, 2048)
    assert outcome.outputs[0].shape == (N, 10)


@pytest.mark.parametrize(
    ("tensor", "weight"), [(Tensor(()), Tensor((4, 3))), (Tensor((2, 3)), Tensor((4, 3, 1)))]
)
def test_what_is_no_linear_map(tensor, weight) -> None:
    outcome = apply(Linear(), [tensor, weight])
    assert outcome.broken[0].kind == "rank"
    assert isinstance(outcome.outputs[0].shape, Unknown)


shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@pytest.mark.torch
@given(
    shape=shapes,
    out=st.integers(1, 4),
    into=st.integers(1, 4),
    bias=st.sampled_from([None, (1,), ("out",), (3,)]),
)
def test_shapes_and_costs_are_pytorchs(shape, out, into, bias) -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    tensors = [Tensor(shape), Tensor((out, into))]
    if bias is not None:
        tensors.append(Tensor(tuple([out if size == "out" else size for size in bias])))
    outcome = apply(Linear(), tensors)
    try:
        with FlopCounterMode(display=False) as counter:
            true = torch.nn.functional.linear(*[torch.empty(t.dims) for t in tensors])
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))
    if len(shape) > 1:  # of a vector the counter says nothing
        assert macs_of(Linear(), *tensors) * 2 == counter.get_total_flops()


@given(
    rank=st.integers(1, 4),
    sizes=st.lists(st.sampled_from([1, 3, 8]), min_size=4, max_size=4),
    features_last=st.booleans(),
    bias=st.booleans(),
)
def test_four_readings(rank, sizes, features_last, bias) -> None:
    weight = Tensor((8, 5) if features_last else (5, 8))
    inputs = [Tensor((*(N, 3, N)[: rank - 1], F)), weight, Tensor((5,)) if bias else None]
    symbols = {"N": sizes, "F": [8, 8, 4, 1]}
    assert_readings_agree(Linear(features_last=features_last), inputs, symbols)


def test_all_axes_but_the_features_stay_apart() -> None:
    inputs = [Tensor((2, 7, 9, 64)), Tensor((32, 64))]
    links = Linear().links(inputs, apply(Linear(), inputs).outputs)
    assert [(link.input_axis, link.output_axis) for link in links] == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("operator", "weight", "after", "followed"),
    [
        (Linear(), (10, 512), 256, {1: (10, 256)}),
        (Linear(features_last=True), (512, 10), 256, {1: (256, 10)}),
        (Linear(), (10, 500), 256, {}),
        (Linear(), (10, 512), 512, {}),
        (Linear(), (10, 512), F, {}),
    ],
)
def test_a_weight_follows_the_features_that_it_matched(operator, weight, after, followed) -> None:
    held = Tensor(weight, is_held=True)
    assert operator.follow([Tensor((1, 512)), held], [Tensor((1, after)), held]).shapes == followed


# bilinear -----------------------------------------------------------------------------------------------


@pytest.mark.torch
@pytest.mark.parametrize(
    ("left", "right", "weight"),
    [
        ((128, 20), (128, 30), (40, 20, 30)),
        ((2, 3, 4, 5), (2, 3, 4, 6), (7, 5, 6)),
        ((5,), (6,), (7, 5, 6)),
        ((2, 5), (3, 6), (7, 5, 6)),
        ((2, 5), (2, 5), (7, 5, 6)),
        ((2, 2, 5), (2, 6), (7, 5, 6)),
    ],
)
def test_a_bilinear_layer_is_pytorchs(left, right, weight) -> None:
    torch = pytest.importorskip("torch")
    inputs = [Tensor(left), Tensor(right), Tensor(weight), Tensor((7 if weight[0] == 7 else 40,))]
    outcome = apply(Bilinear(), inputs)
    try:
        true = torch.nn.functional.bilinear(*[torch.empty(t.dims) for t in inputs])
    except RuntimeError:
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


def test_a_bilinear_layer_counts_both_of_its_products() -> None:
    inputs = [Tensor((8, 20)), Tensor((8, 30)), Tensor((40, 20, 30))]
    # 8 samples, 40 outputs: left · matrix is 20·30, and what comes of it · right is 30
    assert macs_of(Bilinear(), *inputs) == 8 * 40 * (20 * 30 + 30)
    assert Bilinear().filters(inputs) == Filters(40, (20, 30))
    followed = Bilinear().follow(inputs, [Tensor((8, 10)), *inputs[1:]])
    assert followed.shapes == {2: (40, 10, 30)}


@given(sizes=st.lists(st.sampled_from([1, 3, 8]), min_size=4, max_size=4))
def test_four_readings_of_a_bilinear_layer(sizes) -> None:
    inputs = [Tensor((N, 5)), Tensor((F, 6)), Tensor((7, 5, 6)), Tensor((7,))]
    assert_readings_agree(Bilinear(), inputs, {"N": sizes, "F": [1, 3, 8, 8]})


# embeddings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (7,), (2, 10), (2, 3, 4)])
def test_every_index_becomes_a_row(shape) -> None:
    inputs = [Tensor(shape, "int64"), Tensor((30000, 512), "float16")]
    (output,) = apply(Embedding(), inputs).outputs
    assert (output.shape, output.dtype) == ((*shape, 512), "float16")
    assert macs_of(Embedding(), *inputs) == 0
    assert len(Embedding().links(inputs, [output])) == len(shape)


def test_four_readings_of_an_embedding() -> None:
    assert_readings_agree(Embedding(), [Tensor((N, F), "int64"), Tensor((9, 4))], {"N": (1, 2), "F": (7, 1)})
    assert apply(Embedding(), [Tensor((2,)), Tensor((9, 4, 1))]).broken[0].kind == "rank"
