"""What layers that are alike share, and what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shapelens import inspect
from shapelens.dims import Path, following, symbol
from shapelens.dims.recorder import Recorder
from shapelens.network import Answers, evaluate_network
from shapelens.network.applied import Applications, one_of_each
from shapelens.operators import Clip, Convolution, Linear, NonZero, Pool, Tensor, apply
from shapelens.readers.classics import CLASSICS, read_classic

IMAGE = Tensor((1, 3, 224, 224))
FILTERS = Tensor((8, 3, 3, 3), is_held=True)


def applied(applications, operator, *inputs, blame="layer", is_held=False):
    return applications.applied(operator, inputs, 1, blame, is_held=is_held)


def test_what_is_alike_is_applied_once():
    applications = Applications({})
    first = applied(applications, Convolution(2, ((1, 1), (1, 1))), IMAGE, FILTERS, blame="conv1")
    again = applied(applications, Convolution(2, ((1, 1), (1, 1))), IMAGE, FILTERS, blame="conv2")
    assert first is again
    assert first.outputs == apply(Convolution(2, ((1, 1), (1, 1))), (IMAGE, FILTERS)).outputs


@pytest.mark.parametrize(
    ("operator", "inputs", "is_held"),
    [
        (Pool("max", (3, 3)), (IMAGE,), False),
        (Pool("max", (2, 2)), (Tensor((1, 3, 225, 224)),), False),
        (Pool("max", (2, 2)), (replace(IMAGE, dtype="float16"),), False),
        (Pool("max", (2, 2)), (replace(IMAGE, is_held=True),), False),
        (Pool("max", (2, 2)), (IMAGE,), True),
    ],
)
def test_what_differs_is_applied_by_itself(operator, inputs, is_held):
    applications = Applications({})
    first = applied(applications, Pool("max", (2, 2)), IMAGE)
    assert applied(applications, operator, *inputs, is_held=is_held) is not first


def test_what_comes_out_alike_is_one():
    applications = Applications({})
    outputs = [applied(applications, Pool("max", (size, size), 2), IMAGE).output for size in (1, 2)]
    assert outputs[0].shape == (1, 3, 112, 112)
    assert outputs[0] is outputs[1]


def test_weights_of_which_the_same_is_known_are_one():
    held = {
        "a": Tensor((8, 3)),
        "b": Tensor((8, 3)),
        "c": Tensor((8, 3), "float16"),
        "d": Tensor((1,), "int64", (8,)),
    }
    one = one_of_each({**held, "e": Tensor((1,), "int64", (8,))})
    assert {name: one[name] for name in held} == held
    assert one["a"] is one["b"]
    assert one["d"] is not one["e"]  # what its elements are is not compared


def test_settings_that_are_equal_and_not_the_same():
    applications = Applications({})
    lows = [applied(applications, Clip(low, 6), IMAGE).operator.low for low in (0, 0.0)]
    assert list(map(type, lows)) == [int, float]


def test_counts_of_their_own_stay_so():
    applications = Applications({})
    counts = [applied(applications, NonZero(name), IMAGE).output.dims[1] for name in ("k", "l")]
    assert counts == [symbol("k", 0, 150528), symbol("l", 0, 150528)]


def test_what_is_unknown_because_of_a_layer_names_that_layer():
    applications = Applications({})
    reasons = [
        applied(applications, Pool("max", (300, 300)), IMAGE, blame=name).output.dims[-1].reason
        for name in ("one", "two")
    ]
    assert reasons == ["because of one", "because of two"]


def test_what_is_broken_alike_and_known_is_shared():
    applications, features, weight = Applications({}), Tensor((1, 1568)), Tensor((10, 2048), is_held=True)
    one, two = (applied(applications, Linear(), features, weight, blame=name) for name in "ab")
    assert one is two
    assert [r.kind for r in one.broken] == ["features"]


def test_recorded_sizes_are_no_keys():
    recorder = Recorder({"H": 224})
    size = recorder.input("H")
    image = Tensor((1, 3, size, size))
    applications = Applications({})
    first = applied(applications, Pool("max", (2, 2)), image)
    assert applied(applications, Pool("max", (2, 2)), image) is first
    assert applied(applications, Pool("max", (2, 2)), Tensor((1, 3, size, size))) is not first


@pytest.mark.parametrize("name", sorted(CLASSICS))
def test_every_layer_is_what_it_is_by_itself(name):
    evaluation = evaluate_network(read_classic(name), {})
    with following(Path(evaluation.path.example)):
        for step in evaluation.steps:
            alone = apply(step.node.operator, step.inputs, len(step.node.outputs), step.node.name)
            assert [t.shape for t in step.outputs] == [t.shape for t in alone.outputs]
            assert step.requirements == alone.requirements


def test_a_question_is_asked_once_for_layers_that_are_alike():
    asked = []
    words = Answers(lambda it: asked.append(it) or it.words)
    steps = inspect("resnet152").evaluation.steps
    told = [words(step.applied) for step in steps]
    assert told == [step.applied.words for step in steps]
    assert len(asked) * 5 < len(steps)
