"""Fourier transforms: ONNX' own cases."""

from __future__ import annotations

import pytest

from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case

OPERATORS = ("DFT", "MelWeightMatrix", "STFT")

pytestmark = pytest.mark.onnx


@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 13
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


@pytest.mark.parametrize("way", ["as it is", "sizes"])
def test_no_case_is_unknown(way) -> None:
    found = {case.name: evaluate_case(case, way).unknown for case in cases(*OPERATORS)}
    assert {name: unknown for name, unknown in found.items() if unknown} == {}
