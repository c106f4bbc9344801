from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shapelens.dims import Unknown, symbol
from shapelens.operators import (
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    Tensor,
    apply,
)
from shapelens.operators.reach import Link
from tests.operators.influence import assert_links_see
from tests.operators.readings import assert_readings_agree
from tests.operators.runtime import zeros

N, C, H, W = symbol("N"), symbol("C"), symbol("H"), symbol("W")


def vectors(size, count=4):
    return [Tensor((size,)) for _ in range(count)]


def kinds(outcome):
    return [requirement.kind for requirement in outcome.broken]


# the shape stays ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "shape", "weights"),
    [
        (BatchNormalization(), (1, 64, 56, 56), vectors(64)),
        (BatchNormalization(), (N, C, H, W), vectors(C)),
        (BatchNormalization(), (N, 10), [None, None, *vectors(10, 2)]),
        (BatchNormalization(channels_last=True), (N, H, W, 64), vectors(64)),
        (BatchNormalization(axis=2), (N, H, 64, W), vectors(64)),
        (BatchNormalization(axis=-2), (N, H, 64, W), vectors(64)),
        (BatchNormalization(least_rank=1), (N,), vectors(1)),
        (BatchNormalization(per_place=True), (2, 3, 4, 5), [Tensor((3, 4, 5)) for _ in range(4)]),
        (BatchNormalization(training=True), (N, 64, 2, 2), vectors(64)),
        (InstanceNormalization(), (1, 3, 7, 7), vectors(3, 2)),
        (InstanceNormalization(spatial_rank=2), (3, 7, 7), vectors(3, 2)),
        (InstanceNormalization(spatial_rank=2), (N, 3, 7, 7), vectors(3, 2)),
        (InstanceNormalization(running=True, wants_several=True), (1, 3, 1), vectors(3)),
        (InstanceNormalization(), (1, 3, 1), vectors(3, 2)),
        (GroupNormalization(groups=32), (N, 64, H, W), vectors(64, 2)),
        (GroupNormalization(groups=2, per_group=True), (N, 64, H, W), vectors(2, 2)),
        (GroupNormalization(groups=None, channels_last=True), (N, H, W, C), vectors(C, 2)),
        (GroupNormalization(groups=5), (0, 10), []),
    ],
)
def test_the_shape_stays(operator, shape, weights) -> None:
    outcome = apply(operator, [Tensor(shape, "float16"), *weights])
    assert (outcome.broken, outcome.outputs) == ((), (Tensor(shape, "float16"),))


CHANNELS = {"gets": 64, "wants": 128}


@pytest.mark.parametrize(
    ("operator", "shape", "weights", "facts"),
    [
        (BatchNormalization(), (1, 64, 8, 8), vectors(128), {**CHANNELS, "axis": 1, "role": "scale"}),
        (BatchNormalization(), (1, 64), [None, None, Tensor((64,)), Tensor((128,))], {"role": "variance"}),
        (BatchNormalization(channels_last=True), (1, 8, 8, 64), vectors(128), {"axis": 3}),
        (BatchNormalization(), (1, 64, 8, 8), [Tensor((64, 1, 1))], {"gets": 64, "wants": (64, 1, 1)}),
        (BatchNormalization(per_place=True), (1, 2, 3, 4), vectors(2), {"gets": (2, 3, 4), "wants": 2}),
        (InstanceNormalization(spatial_rank=2), (64, 8, 8), vectors(128, 2), {**CHANNELS, "axis": 0}),
        (GroupNormalization(groups=2), (1, 64, 8, 8), [Tensor((64,)), Tensor((128,))], {"role": "bias"}),
        (GroupNormalization(groups=4, per_group=True), (1, 64, 8), vectors(64, 2), {"gets": 4, "wants": 64}),
    ],
)
def test_a_scale_for_another_number_of_channels(operator, shape, weights, facts) -> None:
    outcome = apply(operator, [Tensor(shape), *weights])
    (broken,) = outcome.broken
    assert broken.kind == "norm"
    assert broken.facts.items() >= facts.items()
    assert outcome.outputs[0].shape == shape


@pytest.mark.parametrize(
    ("operator", "shape", "kind"),
    [
        (BatchNormalization(), (64,), "rank"),
        (BatchNormalization(), (), "rank"),
        (BatchNormalization(ranks=(4,)), (1, 64, 8), "rank"),
        (BatchNormalization(training=True), (1, 64, 1, 1), "one_value"),
        (BatchNormalization(training=True, channels_last=True), (1, 1, 64), "one_value"),
        (InstanceNormalization(least_rank=3), (1, 64), "rank"),
        (InstanceNormalization(spatial_rank=1), (1, 64, 8, 8), "rank"),
        (InstanceNormalization(wants_several=True), (2, 64), "one_value"),
        (InstanceNormalization(wants_several=True), (2, 64, 1, 1), "one_value"),
        (InstanceNormalization(spatial_rank=2, wants_several=True), (64, 1, 1), "one_value"),
        (GroupNormalization(groups=3), (1, 64, 8), "groups"),
        (GroupNormalization(groups=0), (1, 64, 8), "settings"),
        (GroupNormalization(groups=-1), (1, 64, 8), "settings"),
        (GroupNormalization(groups=2), (64,), "rank"),
        (GroupNormalization(groups=64, wants_several=True), (1, 64, 1), "one_value"),
    ],
)
def test_what_does_not_fit_keeps_its_shape(operator, shape, kind) -> None:
    outcome = apply(operator, [Tensor(shape)])
    assert (kinds(outcome), outcome.outputs[0].shape) == ([kind], shape)


@pytest.mark.parametrize("kind", [BatchNormalization, InstanceNormalization, GroupNormalization])
@pytest.mark.parametrize("axis", [4, -5])
def test_an_axis_that_is_none(kind, axis) -> None:
    outcome = apply(kind(axis=axis), [Tensor((1, 64, 8, 8))])
    assert kinds(outcome) == ["axis"]
    assert isinstance(outcome.outputs[0].shape, Unknown)


@pytest.mark.parametrize(
    "operator",
    [BatchNormalization(), InstanceNormalization(), GroupNormalization()],
)
def test_of_an_unknown_image_nothing_is_said_to_fit(operator) -> None:
    outcome = apply(operator, [Tensor(Unknown("x"), "float16"), *vectors(64)])
    assert outcome.outputs == (Tensor(Unknown("x"), "float16"),)
    assert [requirement.truth for requirement in outcome.requirements] == [Unknown("x")]


def test_a_weight_of_unknown_shape_is_not_said_to_fit() -> None:
    image, unknown = Tensor((1, 64, 8, 8)), Tensor(Unknown("x"))
    (requirement,) = apply(BatchNormalization(), [image, *vectors(64, 3), unknown]).requirements
    assert requirement.truth == Unknown("x")
    # One that is known not to fit is told all the same.
    assert kinds(apply(BatchNormalization(), [image, unknown, Tensor((32,))])) == ["norm"]


def test_a_condition_on_the_batch() -> None:
    (requirement,) = apply(BatchNormalization(training=True), [Tensor((N, 512, 1, 1))]).requirements
    assert str(requirement.truth) == "N > 1"
    (requirement,) = apply(BatchNormalization(training=True), [Tensor((N, 512, 2, 1))]).requirements
    assert requirement.truth is True


# further outputs ----------------------------------------------------------------------------------------


@pytest.mark.onnx
@pytest.mark.parametrize(
    ("opset", "training", "count"), [(7, False, 4), (9, False, 4), (14, True, 2), (15, True, 2)]
)
def test_the_statistics_come_out_too(opset, training, count) -> None:
    more = {"training_mode": 1} if training else {}
    channels = [np.ones(3, np.float32)] * 4
    true = onnx_shapes(
        "BatchNormalization", zeros(2, 3, 4, 5), *channels, outputs=1 + count, opset=opset, **more
    )
    operator = BatchNormalization(statistics=count, training=training)
    outcome = apply(operator, [Tensor((2, 3, 4, 5)), *vectors(3)], 1 + count)
    assert [output.shape for output in outcome.outputs] == true == [(2, 3, 4, 5), *[(3,)] * count]


def onnx_shapes(operator, *arrays, outputs, opset, **attributes):
    """The shapes of all outputs, by onnx' own inference."""
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    names = [f"input{place}" for place in range(len(arrays))]
    made = [f"output{place}" for place in range(outputs)]
    declared = [helper.make_tensor_value_info(n, 1, a.shape) for n, a in zip(names, arrays, strict=True)]
    node = helper.make_node(operator, names, made, **attributes)
    graph = helper.make_graph([node], "one", declared, [helper.make_empty_tensor_value_info(n) for n in made])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    shapes = [tuple([dim.dim_value for dim in o.type.tensor_type.shape.dim]) for o in inferred.graph.output]
    # Before version 14 inference says nothing of the further outputs.
    return [shapes[0], *[shape or arrays[1].shape for shape in shapes[1:]]]


def test_the_statistics_have_the_type_of_those_that_are_kept() -> None:
    kept = [Tensor((3,), "float16"), Tensor((3,), "float16"), Tensor((3,)), Tensor((3,))]
    outputs = apply(BatchNormalization(statistics=2), [Tensor((2, 3, 4), "float16"), *kept], 3).outputs
    assert [(output.shape, output.dtype) for output in outputs] == [
        ((2, 3, 4), "float16"),
        ((3,), "float32"),
        ((3,), "float32"),
    ]
    unknown = apply(BatchNormalization(statistics=1), [Tensor(Unknown("x")), *kept], 2).outputs
    assert [output.shape for output in unknown] == [Unknown("x"), (Unknown("x"),)]
    misfit = apply(BatchNormalization(statistics=1), [Tensor((3,)), *kept], 2).outputs
    assert [output.shape for output in misfit] == [(3,), Unknown("the rank does not fit")]


# the readings -------------------------------------------------------------------------------------------

SIZES = st.lists(st.integers(1, 8), min_size=12, max_size=12)


def named(numbers):
    return {"N": (1, 2, 3, 1), "C": numbers[:4], "H": numbers[4:8], "W": numbers[8:]}


@settings(max_examples=60)
@given(
    rank=st.integers(1, 4),
    axis=st.sampled_from([None, 1, -1, 2, -4]),
    weight=st.sampled_from([None, C, H, 4, 1]),
    training=st.booleans(),
    per_place=st.booleans(),
    numbers=SIZES,
)
def test_four_readings_of_a_batch_norm(rank, axis, weight, training, per_place, numbers) -> None:
    operator = BatchNormalization(axis=axis, training=training, per_place=per_place, statistics=2)
    weights = [] if weight is None else [Tensor((weight,)), Tensor((C,)), Tensor((weight,)), Tensor((4,))]
    assert_readings_agree(operator, [Tensor((N, C, H, W)[:rank]), *weights], named(numbers), 3)


@settings(max_examples=60)
@given(
    rank=st.integers(2, 4),
    spatial=st.sampled_from([None, 1, 2]),
    weight=st.sampled_from([None, C, N, 4]),
    running=st.booleans(),
    several=st.booleans(),
    numbers=SIZES,
)
def test_four_readings_of_an_instance_norm(rank, spatial, weight, running, several, numbers) -> None:
    operator = InstanceNormalization(spatial_rank=spatial, running=running, wants_several=several)
    weights = [] if weight is None else [Tensor((weight,)), Tensor((C,))]
    assert_readings_agree(operator, [Tensor((N, C, H, W)[:rank]), *weights], named(numbers))


@settings(max_examples=60)
@given(
    rank=st.integers(1, 4),
    groups=st.sampled_from([None, 0, 1, 2, 3, 4]),
    weight=st.sampled_from([None, C, 2, 4]),
    per_group=st.booleans(),
    several=st.booleans(),
    last=st.booleans(),
    numbers=SIZES,
)
def test_four_readings_of_a_group_norm(rank, groups, weight, per_group, several, last, numbers) -> None:
    operator = GroupNormalization(last, groups=groups, per_group=per_group, wants_several=several)
    weights = [] if weight is None else [Tensor((weight,)), Tensor((C,))]
    assert_readings_agree(operator, [Tensor((N, C, H, W)[:rank]), *weights], named(numbers))


# which cells --------------------------------------------------------------------------------------------

CHANCE = np.random.default_rng(0)


def normalised(call, shape):
    """A norm of something uneven, to which the cell that is tried is added."""
    torch = pytest.importorskip("torch")
    uneven = CHANCE.uniform(1, 2, shape)
    return lambda values: call(torch.from_numpy(values + uneven)).numpy()


def axes_of(links):
    return [(link.input_axis, link.output_axis) for link in links]


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(2, 4, 3), (1, 3, 2, 2), (3, 4)])
def test_in_inference_a_batch_norm_sees_one_cell(shape) -> None:
    torch = pytest.importorskip("torch")
    kept = torch.ones(shape[1], dtype=torch.float64)
    call = normalised(lambda x: torch.nn.functional.batch_norm(x, kept, kept), shape)
    links = assert_links_see(BatchNormalization(), [Tensor(shape), *[None] * 2, *vectors(shape[1], 2)], call)
    assert axes_of(links) == [(axis, axis) for axis in range(len(shape))]


@pytest.mark.torch
@pytest.mark.parametrize("shape", [(2, 4, 3), (1, 3, 2, 2)])
def test_an_instance_norm_sees_a_channel_whole(shape) -> None:
    torch = pytest.importorskip("torch")
    call = normalised(torch.nn.functional.instance_norm, shape)
    assert axes_of(assert_links_see(InstanceNormalization(), [Tensor(shape)], call)) == [(0, 0), (1, 1)]
    single = assert_links_see(
        InstanceNormalization(spatial_rank=len(shape) - 2),
        [Tensor(shape[1:])],
        normalised(lambda x: torch.nn.functional.instance_norm(x[None])[0], shape[1:]),
    )
    assert axes_of(single) == [(0, 0)]
    kept = InstanceNormalization(running=True).links([Tensor(shape)], [Tensor(shape)])
    assert axes_of(kept) == [(axis, axis) for axis in range(len(shape))]


@pytest.mark.torch
@pytest.mark.parametrize("groups", [1, 2, 3, 6, None])
@pytest.mark.parametrize("last", [False, True])
def test_a_group_norm_sees_a_group_whole(groups, last) -> None:
    torch = pytest.importorskip("torch")
    shape = (2, 2, 2, 6) if last else (2, 6, 2, 2)

    def call(values):
        image = values.movedim(-1, 1) if last else values
        made = torch.nn.functional.group_norm(image, groups or 6)
        return made.movedim(1, -1) if last else made

    operator = GroupNormalization(last, groups=groups)
    links = assert_links_see(operator, [Tensor(shape)], normalised(call, shape))
    channel = 3 if last else 1
    assert axes_of(links) == ([(0, 0)] if groups == 1 else [(0, 0), (channel, channel)])


def test_groups_whose_size_is_not_known() -> None:
    for channels in (C, 2048):
        tensors = [Tensor((1, channels, 7))]
        links = GroupNormalization(groups=2).links(tensors, tensors)
        assert links[1] == Link(0, 1, 1, spans=None)


def test_what_does_not_fit_is_seen_at_its_own_place() -> None:
    tensors = [Tensor((4,))]
    for operator in (
        InstanceNormalization(),
        GroupNormalization(groups=2),
        GroupNormalization(groups=0),
    ):
        assert axes_of(operator.links(tensors, tensors)) == [(0, 0)]


# edits --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "before", "after", "weights", "followed"),
    [
        (BatchNormalization(), (1, 64, 8, 8), (1, 32, 8, 8), [(64,)] * 4, dict.fromkeys((1, 2, 3, 4), (32,))),
        (BatchNormalization(), (1, 64), (1, 32), [None, None, (64,), (60,)], {3: (32,)}),
        (BatchNormalization(), (1, 1, 8), (1, 3, 8), [(1,), (1,)], {1: (3,), 2: (3,)}),
        (BatchNormalization(channels_last=True), (1, 8, 64), (1, 4, 32), [(64,)], {1: (32,)}),
        (BatchNormalization(axis=2), (1, 8, 64, 8), (1, 4, 32, 4), [(64,)], {1: (32,)}),
        (BatchNormalization(per_place=True), (1, 2, 7), (1, 4, 7), [(2, 7)], {1: (4, 7)}),
        (BatchNormalization(), (1, 64, 8), (1, 64, 4), [(64,)], {}),
        (BatchNormalization(), (1, 64, 8), (1, C, 8), [(64,)], {}),
        (BatchNormalization(), (64,), (32,), [(64,)], {}),
        (BatchNormalization(), Unknown("x"), (1, 32, 8), [(64,)], {}),
        (BatchNormalization(), (1, 64, 8), (1, 32, 8), [Unknown("x"), (64,)], {2: (32,)}),
        (BatchNormalization(), (1, 64, 8), (1, 32, 8), [(64, 1)], {}),
        (InstanceNormalization(spatial_rank=1), (64, 8), (32, 8), [(64,), (64,)], {1: (32,), 2: (32,)}),
        (GroupNormalization(groups=32), (1, 64, 8), (1, 96, 8), [(64,), (64,)], {1: (96,), 2: (96,)}),
        (GroupNormalization(groups=2, per_group=True), (1, 64, 8), (1, 96, 8), [(2,), (2,)], {}),
    ],
)
def test_weights_follow_the_channels_that_they_matched(operator, before, after, weights, followed) -> None:
    held = [None if weight is None else Tensor(weight, is_held=True) for weight in weights]
    found = operator.follow([Tensor(before), *held], [Tensor(after), *held])
    assert (found.operator, found.shapes) == (operator, followed)


def test_a_group_for_each_channel_stays_one_for_each() -> None:
    held = [Tensor((6,)), Tensor((6,))]
    for per_group in (False, True):
        operator = GroupNormalization(groups=6, per_group=per_group)
        found = operator.follow([Tensor((1, 6, 8)), *held], [Tensor((1, 9, 8)), *held])
        assert found.operator == GroupNormalization(groups=9, per_group=per_group)
        assert found.shapes == {1: (9,), 2: (9,)}


# words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        (BatchNormalization(), "batch norm"),
        (InstanceNormalization(), "instance norm"),
        (GroupNormalization(groups=32), "group norm, groups 32"),
        (GroupNormalization(groups=None), "group norm, a group for each channel"),
    ],
)
def test_how_it_is_told(operator, words) -> None:
    tensors = [Tensor((1, 64, 8, 8)), *vectors(64)]
    assert operator.words(tensors, apply(operator, tensors).outputs) == words
    assert operator.attributes(tensors)["channels_last"] is False
    assert operator.macs(tensors, [Tensor((1, 64, 8, 8))]) == 0


def test_only_scale_and_bias_are_learned() -> None:
    for kind in (BatchNormalization, InstanceNormalization, GroupNormalization):
        assert kind.learned == {"scale", "bias"}
