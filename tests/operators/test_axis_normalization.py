from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import (
    LayerNormalization,
    LpNormalization,
    MeanVarianceNormalization,
    RMSNormalization,
    Tensor,
    apply,
)
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import run, shapes_of, zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


# layer norm: the shape stays ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "shape", "weights"),
    [
        (LayerNormalization(), (1, 197, 768), [(768,), (768,)]),
        (LayerNormalization(-1, (768,)), (N, H, 768), [(768,), (768,)]),
        (LayerNormalization(-2, (H, 7)), (N, H, 7), [(H, 7), None]),
        (LayerNormalization(normalized_shape=(2, 3, 4)), (2, 3, 4), []),
        (LayerNormalization(axis=1), (N, 3, 4), [(3, 4), (4,)]),
        (LayerNormalization(axis=1), (N, 3, 4), [(3, 1), (1, 4)]),
        (LayerNormalization(), (2, 3, 4), [(2, 1, 4), ()]),
        (LayerNormalization(axes=(1,)), (N, 8, 7, 7), [(8,), (8,)]),
        (LayerNormalization(axes=(-1, 1)), (N, 8, 7, 6), [(6, 8), (6, 8)]),
        (RMSNormalization(), (N, H, 512), [(512,)]),
        (RMSNormalization(normalized_shape=(512,)), (N, 512), [(512,)]),
    ],
)
def test_the_shape_stays(operator, shape, weights) -> None:
    inputs = [None if weight is None else Tensor(weight) for weight in weights]
    outcome = apply(operator, [Tensor(shape, "float16"), *inputs])
    assert (outcome.broken, outcome.outputs) == ((), (Tensor(shape, "float16"),))


NO_NORM, NO_AXIS = Unknown("the norm does not fit"), Unknown("the axis does not fit")


@pytest.mark.parametrize(
    ("operator", "shape", "weights", "kind", "after"),
    [
        (LayerNormalization(-1, (512,)), (2, 768), [], "norm", (2, 768)),
        (LayerNormalization(-1, (768,)), (2, 768), [(512,)], "norm", (2, 768)),
        (LayerNormalization(-1, (768,)), (2, 768), [(1,)], "norm", (2, 768)),
        (LayerNormalization(-1, (768,)), (2, 768), [(768,), (1, 768)], "norm", (2, 768)),
        (LayerNormalization(-3, (2, 3, 4)), (3, 4), [], "norm", NO_NORM),
        (LayerNormalization(-1, (1,)), (), [], "norm", NO_NORM),
        (LayerNormalization(-1, ()), (3, 4), [], "norm", NO_NORM),
        (LayerNormalization(), (2, 768), [(512,)], "norm", (2, 768)),
        (LayerNormalization(), (768,), [(1, 768)], "norm", (768,)),
        (LayerNormalization(axis=2), (2, 768), [], "axis", NO_AXIS),
        (LayerNormalization(), (), [], "axis", NO_AXIS),
        (LayerNormalization(axes=(1, -1)), (2, 768), [], "axis", NO_AXIS),
        (LayerNormalization(axes=(1, 2)), (2, 8, 7), [(7, 8)], "norm", (2, 8, 7)),
        (RMSNormalization(normalized_shape=(3, 4)), (4,), [], "norm", NO_NORM),
    ],
)
def test_what_does_not_fit(operator, shape, weights, kind, after) -> None:
    outcome = apply(operator, [Tensor(shape), *map(Tensor, weights)])
    assert [requirement.kind for requirement in outcome.broken] == [kind]
    assert outcome.outputs[0].shape == after


def test_both_sizes_are_told() -> None:
    (broken,) = apply(LayerNormalization(-1, (512,)), [Tensor((2, 768))]).broken
    assert (broken.facts["gets"], broken.facts["wants"], broken.facts["axis"]) == ((768,), (512,), 1)
    (broken,) = apply(LayerNormalization(), [Tensor((2, 768)), Tensor((768,)), Tensor((512,))]).broken
    assert (broken.facts["gets"], broken.facts["wants"], broken.facts["role"]) == ((768,), (512,), "bias")


def test_what_is_not_known_is_not_said_to_fit() -> None:
    for operator in (LayerNormalization(), LayerNormalization(-1, (7,)), LayerNormalization(axes=(1,))):
        outcome = apply(operator, [Tensor((2, 7)), Tensor(Unknown("x"))])
        assert outcome.outputs[0].shape == (2, 7)
        assert Unknown("x") in [requirement.truth for requirement in outcome.requirements]
    for operator in (LayerNormalization(), LpNormalization(), MeanVarianceNormalization()):
        outcome = apply(operator, [Tensor(Unknown("x"))])
        assert outcome.outputs[0].shape == Unknown("x")
        assert [requirement.truth for requirement in outcome.requirements] == [Unknown("x")]


@pytest.mark.onnx
@pytest.mark.parametrize(
    ("axis", "reduced"), [(-1, (2, 3, 1)), (1, (2, 1, 1)), (0, (1, 1, 1)), (-2, (2, 1, 1))]
)
def test_mean_and_deviation_come_out_too(axis, reduced) -> None:
    evaluator = pytest.importorskip("onnx.reference").ReferenceEvaluator
    helper = pytest.importorskip("onnx").helper
    outputs = ["y", "mean", "deviation"]
    node = helper.make_node("LayerNormalization", ["x", "scale"], outputs, axis=axis)
    declared = [
        helper.make_tensor_value_info("x", 1, (2, 3, 4)),
        helper.make_tensor_value_info("scale", 1, (4,)),
    ]
    graph = helper.make_graph(
        [node], "one", declared, [helper.make_empty_tensor_value_info(n) for n in outputs]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    true = evaluator(model).run(None, {"x": zeros(2, 3, 4), "scale": zeros(4)})
    operator = LayerNormalization(axis, statistics=2, statistics_dtype="float32")
    outcome = apply(operator, [Tensor((2, 3, 4), "float16"), Tensor((4,))], 3)
    assert [tensor.shape for tensor in outcome.outputs] == [array.shape for array in true]
    assert [(tensor.shape, tensor.dtype) for tensor in outcome.outputs] == [
        ((2, 3, 4), "float16"),
        (reduced, "float32"),
        (reduced, "float32"),
    ]


def test_the_statistics_of_what_is_not_known() -> None:
    operator = LayerNormalization(statistics=1)
    assert [t.shape for t in apply(operator, [Tensor(Unknown("x"))], 2).outputs] == [Unknown("x")] * 2
    assert [t.shape for t in apply(operator, [Tensor(())], 2).outputs] == [NO_AXIS] * 2
    assert apply(operator, [Tensor((2, 3))], 2).outputs[1].dtype == "float32"


# against the frameworks ---------------------------------------------------------------------------------

SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 4]), max_size=4).map(tuple)


def near(draw, shape):
    """The last sizes of a shape, and sometimes others."""
    sizes = list(shape[draw(st.integers(0, len(shape))) :])
    change = draw(st.sampled_from(["nothing", "nothing", "longer", "another"]))
    if change == "longer":
        sizes.insert(0, draw(st.integers(1, 3)))
    elif change == "another" and sizes:
        sizes[draw(st.integers(0, len(sizes) - 1))] = draw(st.integers(1, 4))
    return tuple(sizes)


@pytest.mark.torch
@settings(max_examples=120)
@given(data=st.data(), shape=SHAPES, root=st.booleans(), scaled=st.booleans(), biased=st.booleans())
def test_layer_norms_are_pytorchs(data, shape, root, scaled, biased) -> None:
    torch = pytest.importorskip("torch")
    wanted = near(data.draw, shape)
    weights = [near(data.draw, wanted) if has else None for has in (scaled, biased and not root)]

    def call():
        held = [None if weight is None else torch.ones(weight) for weight in weights]
        if root:
            return torch.nn.functional.rms_norm(torch.zeros(shape), wanted, held[0])
        return torch.nn.functional.layer_norm(torch.zeros(shape), wanted, *held)

    kind = RMSNormalization if root else LayerNormalization
    inputs = [Tensor(shape), *[None if weight is None else Tensor(weight) for weight in weights]]
    outcome = apply(kind(-len(wanted), wanted), inputs)
    try:
        true = call()
    except (RuntimeError, ValueError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@settings(max_examples=100)
@given(
    data=st.data(),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple),
    axis=st.integers(-4, 4),
    root=st.booleans(),
    biased=st.booleans(),
)
def test_layer_norms_are_onnxruntimes(data, shape, axis, root, biased) -> None:
    weights = [near(data.draw, shape) for _ in range(2 if biased and not root else 1)]
    name, opset = ("RMSNormalization", 23) if root else ("LayerNormalization", 17)
    true = shapes_of(name, zeros(*shape), *[zeros(*weight) for weight in weights], opset=opset, axis=axis)
    kind = RMSNormalization if root else LayerNormalization
    outcome = apply(kind(axis), [Tensor(shape), *map(Tensor, weights)])
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@pytest.mark.torch
@settings(max_examples=80)
@given(
    shape=st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    axis=st.one_of(st.integers(-5, 4), st.lists(st.integers(-4, 3), min_size=1, max_size=3).map(tuple)),
)
def test_normalising_is_pytorchs(shape, axis) -> None:
    torch = pytest.importorskip("torch")
    outcome = apply(LpNormalization(axis), [Tensor(shape)])
    try:
        true = torch.nn.functional.normalize(torch.zeros(shape), dim=axis)
    except (RuntimeError, IndexError):
        assert outcome.broken
        return
    assert (outcome.broken, outcome.outputs[0].shape) == ((), tuple(true.shape))


@pytest.mark.onnx
@settings(max_examples=40)
@given(shape=st.lists(st.integers(1, 3), max_size=4).map(tuple), axis=st.integers(-5, 4))
def test_lp_norms_are_onnxruntimes(shape, axis) -> None:
    true = shapes_of("LpNormalization", zeros(*shape), opset=1, axis=axis)
    outcome = apply(LpNormalization(axis), [Tensor(shape)])
    assert (true is None) == (outcome.broken != ())
    assert true is None or true == [outcome.outputs[0].shape]


@pytest.mark.onnx
@settings(max_examples=60)
@given(
    shape=st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple),
    axes=st.lists(st.integers(-4, 3), min_size=1, max_size=3).map(tuple),
)
def test_mean_variance_norms_are_onnxs(shape, axes) -> None:
    # By ONNX' own definition, a function of ReduceMean and others: its runtime passes over axes that are none.
    mean = run("ReduceMean", zeros(*shape), opset=13, axes=list(axes))
    outcome = apply(MeanVarianceNormalization(axes), [Tensor(shape)])
    assert (mean is None) == (outcome.broken != ())
    if mean is not None:
        assert shapes_of("MeanVarianceNormalization", zeros(*shape), opset=13, axes=list(axes)) == [shape]
        assert outcome.outputs[0].shape == shape


# the readings -------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(
    rank=st.integers(0, 4),
    axis=st.integers(-3, 3),
    wanted=st.sampled_from([None, (7,), (4, 7), ()]),
    axes=st.sampled_from([None, (1,), (-1, 1), (0, 0)]),
    weight=st.sampled_from([None, (), (7,), (H,), (1, H), (4, 7), (C, H), Unknown("x")]),
    root=st.booleans(),
    numbers=st.lists(st.sampled_from([1, 4, 7]), min_size=8, max_size=8),
)
def test_four_readings_of_a_layer_norm(rank, axis, wanted, axes, weight, root, numbers) -> None:
    kind = RMSNormalization if root else LayerNormalization
    operator = kind(axis, wanted, axes, statistics=1)
    weights = [] if weight is None else [Tensor(weight)]
    symbols = {"N": (1, 2, 3, 4), "C": numbers[:4], "H": numbers[4:]}
    assert_readings_agree(operator, [Tensor((N, 3, C, H)[:rank]), *weights], symbols, 2)


@settings(max_examples=30)
@given(rank=st.integers(0, 3), axes=st.lists(st.integers(-4, 3), min_size=1, max_size=3).map(tuple))
def test_four_readings_of_norms_without_weights(rank, axes) -> None:
    symbols = {"N": (1, 2, 3), "C": (5, 1, 2), "H": (1, 9, 9)}
    assert_readings_agree(LpNormalization(axes), [Tensor((N, C, H)[:rank])], symbols)
    assert_readings_agree(LpNormalization(axes[0]), [Tensor((N, C, H)[:rank])], symbols)
    assert_readings_agree(MeanVarianceNormalization(axes), [Tensor((N, C, H)[:rank])], symbols)


# which cells --------------------------------------------------------------------------------------------

CHANCE = np.random.default_rng(0)


def normalised(call, shape):
    """A norm of something uneven, to which the cell that is tried is added."""
    torch = pytest.importorskip("torch")
    uneven = CHANCE.uniform(1, 2, shape)
    return lambda values: call(torch.from_numpy(values + uneven)).numpy()


def axes_of(links):
    return [link.output_axis for link in links]


@pytest.mark.torch
@pytest.mark.parametrize(
    ("operator", "others"),
    [
        (LayerNormalization(), [0, 1]),
        (LayerNormalization(normalized_shape=(3, 4)), [0]),
        (LayerNormalization(0), []),
        (RMSNormalization(1), [0]),
    ],
)
def test_a_layer_norm_sees_its_axes_whole(operator, others) -> None:
    torch = pytest.importorskip("torch")
    shape = (2, 3, 4)
    function = torch.nn.functional
    norm = function.rms_norm if isinstance(operator, RMSNormalization) else function.layer_norm
    call = normalised(lambda x: norm(x, shape[len(others) :]), shape)
    assert axes_of(assert_links_see(operator, [Tensor(shape)], call)) == others


@pytest.mark.torch
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2), (-1, 1)])
def test_an_lp_norm_sees_its_axes_whole(axes) -> None:
    torch = pytest.importorskip("torch")
    call = normalised(lambda x: torch.nn.functional.normalize(x, dim=axes), (2, 3, 4))
    links = assert_links_see(LpNormalization(axes), [Tensor((2, 3, 4))], call)
    assert axes_of(links) == [axis for axis in range(3) if axis not in {a % 3 for a in axes}]
    keras = LayerNormalization(axes=axes).links([Tensor((2, 3, 4))], [Tensor((2, 3, 4))])
    assert keras == links


@pytest.mark.onnx
@pytest.mark.parametrize("axes", [(0, 2, 3), (1,), (-1, 3)])
def test_a_mean_variance_norm_sees_its_axes_whole(axes) -> None:
    shape = (2, 3, 2, 3)
    uneven = CHANCE.uniform(1, 2, shape)

    def call(values):
        made = run(
            "MeanVarianceNormalization", (values + uneven).astype(np.float32), opset=13, axes=list(axes)
        )
        assert made is not None
        return made[0]

    links = assert_links_see(MeanVarianceNormalization(axes), [Tensor(shape)], call)
    assert axes_of(links) == [axis for axis in range(4) if axis not in {a % 4 for a in axes}]


# edits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after", "weights", "follower", "followed"),
    [
        (LayerNormalization(), (1, 64), (1, 32), [(64,), (64,)], None, {1: (32,), 2: (32,)}),
        (LayerNormalization(), (1, 64), (1, 32), [(60,), (64,)], None, {2: (32,)}),
        (LayerNormalization(), (1, 64), (1, 32), [(1,)], None, {}),
        (LayerNormalization(1), (1, 3, 64), (1, 5, 64), [(3, 64), (64,)], None, {1: (5, 64)}),
        (LayerNormalization(1), (1, 3, 64), (1, 5, 32), [(3, 1), None], None, {1: (5, 1)}),
        (
            LayerNormalization(-1, (64,)),
            (1, 64),
            (1, 32),
            [(64,), None],
            LayerNormalization(-1, (32,)),
            {1: (32,)},
        ),
        (LayerNormalization(-1, (60,)), (1, 64), (1, 32), [(60,)], None, {}),
        (LayerNormalization(-2, (7, 64)), (1, 7, 64), (1, 7, 32), [], LayerNormalization(-2, (7, 32)), {}),
        (LayerNormalization(axes=(1,)), (1, 64, 7), (1, 32, 9), [(64,)], None, {1: (32,)}),
        (LayerNormalization(axes=(4,)), (1, 64, 7), (1, 32, 9), [(64,)], None, {}),
        (LayerNormalization(), (1, 64), (1, C), [(64,)], None, {}),
        (LayerNormalization(), (1, 64), (1, 1, 32), [(64,)], None, {}),
        (LayerNormalization(), Unknown("x"), (1, 32), [(64,)], None, {}),
        (LayerNormalization(), (1, 64), (1, 32), [Unknown("x"), (64,)], None, {2: (32,)}),
        (RMSNormalization(), (1, 64), (1, 32), [(64,)], None, {1: (32,)}),
    ],
)
def test_weights_follow_the_features_that_they_matched(
    operator, before, after, weights, follower, followed
) -> None:
    held = [None if weight is None else Tensor(weight, is_held=True) for weight in weights]
    found = operator.follow([Tensor(before), *held], [Tensor(after), *held])
    assert (found.operator, found.shapes) == (follower or operator, followed)


# words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (LayerNormalization(), "layer norm"),
        (RMSNormalization(), "rms norm"),
        (LpNormalization(), "l2 norm"),
        (LpNormalization(power=1), "l1 norm"),
        (MeanVarianceNormalization(), "mean variance norm"),
    ],
)
def test_how_it_is_told(operator, words) -> None:
    tensors = [Tensor((1, 3, 8, 8))]
    assert operator.words(tensors, apply(operator, tensors).outputs) == words
    assert operator.learned == {"scale", "bias"} & set(operator.roles)


def test_settings_for_json() -> None:
    assert LayerNormalization(-1, (H, 7)).attributes([])["normalized_shape"] == ["H", 7]
    assert LpNormalization((1, 2)).attributes([]) == {"axis": [1, 2], "power": 2}
    assert MeanVarianceNormalization().attributes([]) == {"axes": [0, 2, 3]}


@pytest.mark.parametrize("axis", [2**62, -(2**62), 4, -5])
def test_an_axis_that_there_is_not(axis) -> None:
    (broken,) = apply(LayerNormalization(axis), [Tensor((1, 2, 3, 4)), Tensor((4,))]).broken
    assert broken.kind == "axis"
