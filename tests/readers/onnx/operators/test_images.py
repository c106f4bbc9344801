"""Pictures: ONNX' own cases."""

from __future__ import annotations

import pytest

from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case

OPERATORS = ("ImageDecoder",)

pytestmark = pytest.mark.onnx


@pytest.mark.parametrize("way", WAYS)
def test_no_case_is_wrong(way) -> None:
    found = {case.name: evaluate_case(case, way).wrong for case in cases(*OPERATORS)}
    assert len(found) >= 9
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_has_a_case(operator) -> None:
    assert cases(operator)


def test_the_height_and_the_width_are_two_counts() -> None:
    (case, *_) = cases("ImageDecoder")
    unknown = evaluate_case(case).unknown
    assert sorted(unknown) == ["a count: k_output_height", "a count: k_output_width"]
