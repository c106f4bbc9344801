"""The steps of training: ONNX' own cases, and what cannot be one."""

from __future__ import annotations

import pytest

from shapelens.dims import Unknown
from shapelens.operators import Tensor, apply
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call

TRAINING = "ai.onnx.preview.training"


def outcome_of(operator, shapes, outputs, **attributes):
    names = tuple([f"x{place}" for place in range(len(shapes))])
    node = OnnxNode(operator, TRAINING, "", names, ("y",) * outputs, attributes, {})
    translation = translated(Call(node, 1, {}))
    fed = dict(zip(names, [Tensor(shape) for shape in shapes], strict=True))
    return apply(translation.operator, [fed[name] for name in translation.inputs if name], outputs)


@pytest.mark.parametrize(
    ("operator", "shapes", "expected"),
    [
        ("Momentum", ((), (), (2,), (2,), (2,)), [(2,), (2,)]),
        ("Adagrad", ((), (), (2,), (3, 4), (2,), (3, 4), (2,), (3, 4)), [(2,), (3, 4), (2,), (3, 4)]),
        ("Adam", ((), (), (2,), (2,), (2,), (2,)), [(2,), (2,), (2,)]),
    ],
)
def test_all_that_is_optimized_then_all_that_is_kept(operator, shapes, expected) -> None:
    outcome = outcome_of(operator, shapes, len(expected))
    assert [tensor.shape for tensor in outcome.outputs] == expected
    assert outcome.broken == ()


def test_a_gradient_is_like_what_it_is_the_gradient_of() -> None:
    outcome = outcome_of("Gradient", ((2, 3), (4,)), 1, xs=("a",), zs=("b",), y="c")
    assert outcome.outputs[0].shape == (2, 3)


def test_a_gradient_that_is_not_like_its_weight() -> None:
    outcome = outcome_of("Momentum", ((), (), (2, 3), (3, 2), (2, 3)), 2)
    assert {requirement.kind for requirement in outcome.broken} == {"same_shape"}


@pytest.mark.parametrize(
    ("operator", "shapes", "reason"),
    [
        (
            "Adam",
            ((), (), (2,), (2,), (2,)),
            "Adam cannot be read: 3 tensors cannot be parted into 4 of each",
        ),
        ("Adam", ((), ()), "Adam cannot be read: 0 tensors cannot be parted into 4 of each"),
        ("Gradient", ((2,),), "Gradient cannot be read: it names 0 values, and takes 1"),
    ],
)
def test_what_is_no_step(operator, shapes, reason) -> None:
    assert outcome_of(operator, shapes, 1).outputs[0].shape == Unknown(reason)


@pytest.mark.onnx
def test_no_case_of_the_suite_is_wrong_or_unknown() -> None:
    from tests.readers.onnx.judging import static
    from tests.readers.onnx.suite import cases

    found = {case.name: static(case) for case in cases() if any(TRAINING in o for o in case.operators)}
    assert len(found) >= 9
    assert {name: verdict for name, verdict in found.items() if not verdict.is_full} == {}
