"""Normalisation: ONNX' own cases."""

from __future__ import annotations

import pytest

from shapelens.operators import Tensor, apply
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.operators import translated
from shapelens.readers.onnx.translation import Call
from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case

OPERATORS = (
    "BatchNormalization",
    "InstanceNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "LRN",
    "LpNormalization",
    "MeanVarianceNormalization",
)


@pytest.mark.onnx
@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 30
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.onnx
@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


@pytest.mark.onnx
@pytest.mark.parametrize("way", ["as it is", "sizes"])
def test_no_case_is_unknown(way) -> None:
    found = {case.name: evaluate_case(case, way).unknown for case in cases(*OPERATORS)}
    assert {name: unknown for name, unknown in found.items() if unknown} == {}


def norm(operator: str, version: int, *weights: tuple[int, ...], outputs: int = 1, **attributes):
    """What comes out of a norm of an image of 32 channels."""
    names = ("x", *[f"w{place}" for place in range(len(weights))])
    node = OnnxNode(operator, "", "n", names, tuple([f"y{i}" for i in range(outputs)]), attributes, {})
    translation = translated(Call(node, version, {}))
    fed = dict(zip(names, [Tensor((2, 32, 7, 9)), *map(Tensor, weights)], strict=True))
    taken = [None if name is None else fed.get(name) for name in translation.inputs]
    return apply(translation.operator, taken, outputs)


@pytest.mark.parametrize(
    ("version", "attributes", "weight", "fits"),
    [
        (7, {}, (32,), True),
        (7, {"spatial": 0}, (32, 7, 9), True),
        (7, {"spatial": 0}, (32,), False),
        (9, {}, (32,), True),
        (15, {}, (31,), False),
    ],
)
def test_a_batch_norm_in_every_version(version, attributes, weight, fits) -> None:
    found = norm("BatchNormalization", version, *[weight] * 4, **attributes)
    assert (found.broken == ()) == fits


@pytest.mark.parametrize(
    ("version", "weight", "fits"), [(18, 4, True), (18, 32, False), (21, 32, True), (21, 4, False)]
)
def test_a_group_norm_has_a_scale_for_each_group_and_later_for_each_channel(version, weight, fits) -> None:
    found = norm("GroupNormalization", version, (weight,), (weight,), num_groups=4)
    assert (found.broken == ()) == fits
    assert found.outputs[0].shape == (2, 32, 7, 9)


def test_statistics_are_further_outputs() -> None:
    found = norm("LayerNormalization", 17, (7, 9), outputs=3, axis=-2)
    assert [tensor.shape for tensor in found.outputs] == [(2, 32, 7, 9), (2, 32, 1, 1), (2, 32, 1, 1)]
    found = norm("BatchNormalization", 14, *[(32,)] * 4, outputs=3, training_mode=1)
    assert [tensor.shape for tensor in found.outputs] == [(2, 32, 7, 9), (32,), (32,)]
