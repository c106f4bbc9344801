from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import MaxUnpool, Pool, Tensor, apply
from shapelens.operators.reach import identity
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def with_indices(*shape):
    return [Tensor(shape), Tensor(shape, "int64")]


def pads(*sides):
    return tuple([(side, side) for side in sides])


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (MaxUnpool((2, 2)), (1, 64, 56, 56), (1, 64, 112, 112)),
        (MaxUnpool((2, 2)), (N, C, H, W), (N, C, 2 * H, 2 * W)),
        (MaxUnpool((3, 3), 2), (N, C, H, W), (N, C, 2 * H + 1, 2 * W + 1)),
        (MaxUnpool((3, 3), (2, 1), pads(1, 0)), (N, C, H, W), (N, C, 2 * H - 1, W + 2)),
        (MaxUnpool((2,)), (8, 9), (8, 18)),
        (MaxUnpool((2, 2, 2)), (8, 2, 3, 4), (8, 4, 6, 8)),
        (MaxUnpool((2, 2), output_size=(13, 12)), (1, 3, 6, 6), (1, 3, 13, 12)),
        (MaxUnpool((2, 2)), (N, C, Unknown("x"), W), (N, C, Unknown("x"), 2 * W)),
        (MaxUnpool((2, 2)), Unknown("x"), Unknown("x")),
    ],
)
def test_shapes(operator, before, after) -> None:
    outcome = apply(operator, [Tensor(before), Tensor(before, "int64")])
    assert (outcome.broken, outcome.outputs[0].shape) == ((), after)


@pytest.mark.parametrize(
    ("operator", "image", "indices", "broken"),
    [
        (MaxUnpool((2, 2)), (1, 3, 6, 6), (1, 3, 6, 5), "indices"),
        (MaxUnpool((2, 2)), (1, 3, 6, 6), (3, 6, 6), "indices"),
        (MaxUnpool((2, 2)), (6, 6), (6, 6), "rank"),
        (MaxUnpool((2, 2), batched=True), (3, 6, 6), (3, 6, 6), "rank"),
        (MaxUnpool((2, 2), padding=pads(2, 0)), (1, 3, 1, 6), (1, 3, 1, 6), "unpooled_size"),
        (MaxUnpool((2, 2)), (1, 3, 0, 6), (1, 3, 0, 6), "unpooled_size"),
        (MaxUnpool((2, 2), output_size=(14, 12)), (1, 3, 6, 6), (1, 3, 6, 6), "unpooled_output_size"),
        (MaxUnpool((2, 2), output_size=(12, 10)), (1, 3, 6, 6), (1, 3, 6, 6), "unpooled_output_size"),
        (MaxUnpool((2, 2), output_size=(12,)), (1, 3, 6, 6), (1, 3, 6, 6), "settings"),
        (MaxUnpool((2, 2), 0), (1, 3, 6, 6), (1, 3, 6, 6), "settings"),
        (MaxUnpool((2, 2), (2,)), (1, 3, 6, 6), (1, 3, 6, 6), "settings"),
        (MaxUnpool((2, 2), padding=pads(1)), (1, 3, 6, 6), (1, 3, 6, 6), "settings"),
    ],
)
def test_what_does_not_fit(operator, image, indices, broken) -> None:
    inputs = [Tensor(image), Tensor(indices, "int64")]
    outcome = apply(operator, inputs)
    assert [requirement.kind for requirement in outcome.broken] == [broken]
    assert operator.words(inputs, outcome.outputs)
    assert operator.attributes(inputs)["kernel"] == list(operator.kernel)


def test_a_shape_that_an_input_carries() -> None:
    operator, inputs = MaxUnpool((2, 2)), with_indices(1, 3, 6, 6)

    def carried(*shape):
        return apply(operator, [*inputs, Tensor((len(shape),), "int64", shape)])

    assert carried(1, 3, 13, 14).outputs[0].shape == (1, 3, 13, 14)
    assert carried(1, 3, 20, 8).broken == ()
    assert [r.kind for r in carried(1, 3, 11, 12).broken] == ["unpooled_output_size"]
    assert [r.kind for r in carried(1, 4, 12, 12).broken] == ["unpooled_output_size"]
    assert [r.kind for r in carried(12, 12).broken] == ["unpooled_output_size"]
    data = Unknown("the output's shape is computed from data")
    assert apply(operator, [*inputs, Tensor((4,), "int64")]).outputs[0].shape == (data,) * 4
    assert apply(operator, [*inputs, Tensor(Unknown("x"), "int64")]).outputs[0].shape == Unknown("x")


@pytest.mark.torch
@given(
    st.integers(1, 3), st.integers(1, 4), st.sampled_from([None, 1, 2, 3]), st.integers(0, 2),
    st.lists(st.integers(0, 3), min_size=3, max_size=3), st.sampled_from([(), (1,), (2,), (0,), (1, 1)]),
    st.one_of(st.none(), st.integers(1, 10)), st.sampled_from(["", "", "shorter", "flatter"]),
)  # fmt: skip
@settings(max_examples=150)
def test_shapes_and_what_is_refused_are_pytorchs(rank, k, s, padding, sizes, batch, asked, changed) -> None:
    torch = pytest.importorskip("torch")
    shape = (*batch, 1, *sizes[:rank])
    indexed = {"": shape, "shorter": (*shape[:-1], shape[-1] + 1), "flatter": shape[1:]}[changed]
    size = None if asked is None else (asked,) * rank
    operator = MaxUnpool((k,) * rank, s, pads(*[padding] * rank), size)
    outcome = apply(operator, [Tensor(shape), Tensor(indexed, "int64")])
    function = getattr(torch.nn.functional, f"max_unpool{rank}d")
    fed = torch.zeros(shape), torch.zeros(indexed, dtype=torch.int64)
    try:
        true = function(*fed, k, s, padding, output_size=size)
    except (RuntimeError, ValueError, IndexError):
        assert outcome.broken
        return
    spatial = tuple(true.shape[-rank:])
    if 0 in spatial:  # PyTorch unpools to nothing if there is no index that it would have to look at
        assert [requirement.kind for requirement in outcome.broken] == ["unpooled_size"] * spatial.count(0)
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2),
    st.lists(st.integers(1, 3), min_size=3, max_size=3),
    st.one_of(st.none(), st.lists(st.integers(1, 9), min_size=3, max_size=3)), st.integers(1, 2), st.booleans(),
)  # fmt: skip
@settings(max_examples=150)
def test_shapes_and_what_is_refused_are_onnxruntimes(
    rank, k, s, padding, sizes, asked, channels, fits
) -> None:
    shape = (1, 1, *sizes[:rank])
    indexed = shape if fits else (*shape[:-1], shape[-1] + 1)
    operator = MaxUnpool((k,) * rank, s, pads(*[padding] * rank), batched=True)
    inputs = [Tensor(shape), Tensor(indexed, "int64")]
    fed = [zeros(*shape), np.zeros(indexed, np.int64)]
    if asked is not None:
        wanted = (1, channels, *asked[:rank])
        inputs.append(Tensor((len(wanted),), "int64", wanted))
        fed.append(np.array(wanted, np.int64))
    assume(padding < k)  # which onnxruntime asks for, and PyTorch does not
    settings_of = {"kernel_shape": [k] * rank, "strides": [s] * rank, "pads": [padding] * 2 * rank}
    outcome, found = apply(operator, inputs), shapes_of("MaxUnpool", *fed, **settings_of)
    assert (found is None) == bool(outcome.broken)
    assert found is None or [outcome.outputs[0].shape] == found


@given(
    st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.sampled_from([None, (7, 8)]), st.booleans(),
    st.lists(st.integers(1, 6), min_size=4, max_size=4), st.lists(st.integers(1, 6), min_size=4, max_size=4),
)  # fmt: skip
@settings(max_examples=40)
def test_four_readings(kernel, stride, padding, asked, batched, heights, others) -> None:
    operator = MaxUnpool((kernel, 2), stride, pads(padding, 0), asked, batched)
    inputs = [Tensor((N, C, H, W)), Tensor((N, C, H, H), "int64")]
    symbols = {"N": (1, 2, 3, 1), "C": (1, 8, 8, 2), "H": heights, "W": [*heights[:2], *others[2:]]}
    assert_readings_agree(operator, inputs, symbols)


def test_four_readings_of_a_shape_that_is_carried() -> None:
    wanted = Tensor((4,), "int64", (N, C, 2 * H + 1, W))
    inputs = [*with_indices(N, C, H, H), wanted]
    symbols = {"N": (1, 2, 3), "C": (1, 8, 8), "H": (3, 4, 6), "W": (3, 8, 13)}
    answers = assert_readings_agree(MaxUnpool((2, 2)), inputs, symbols)
    assert [bool(answer.broken) for answer in answers] == [True, False, False]


@given(st.integers(1, 20), st.integers(1, 4), st.integers(1, 4))
def test_unpooling_gives_back_a_size_that_its_pooling_takes_to_the_same(size, kernel, stride) -> None:
    small = apply(Pool("max", (kernel,), stride), [Tensor((3, size))])
    assume(not small.broken)
    back = apply(MaxUnpool((kernel,), stride), [*small.outputs] * 2)
    (channels, out) = back.outputs[0].dims
    assert channels == 3
    assert out <= size < out + stride
    asked = apply(MaxUnpool((kernel,), stride, output_size=(size,)), [*small.outputs] * 2)
    assert (asked.broken, asked.outputs[0].shape) == ((), (3, size))


def test_a_value_goes_anywhere_in_its_own_map() -> None:
    for shape, kept in (((2, 3, 4, 4), (0, 1)), ((3, 4, 4), (0,))):
        inputs = with_indices(*shape)
        pairs = [(axis, axis) for axis in kept]
        links = MaxUnpool((2, 2)).links(inputs, apply(MaxUnpool((2, 2)), inputs).outputs)
        assert links == (*identity(0, pairs), *identity(1, pairs))


def test_words_and_attributes() -> None:
    inputs = with_indices(1, 3, 6, 6)
    assert MaxUnpool((2, 2)).words(inputs, []) == "max unpool 2×2"
    assert MaxUnpool((3, 3), 2, pads(1, 1)).words(inputs, []) == "max unpool 3×3, stride 2, pad 1"
    assert MaxUnpool((3, 3), 2).attributes(inputs) == {
        "kernel": [3, 3], "stride": [2, 2], "padding": [[0, 0], [0, 0]],
    }  # fmt: skip
    assert MaxUnpool((2, 2), output_size=(H, 12)).attributes(inputs)["output_size"] == ["H", 12]
