"""The comparison with ONNX' cases can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.readers.onnx.operators.node_cases import WAYS, cases, evaluate_case

pytestmark = pytest.mark.onnx


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "truth",
    [
        np.zeros((2, 3, 5), np.float32),
        np.zeros((24,), np.float32),
        np.zeros((4, 3, 2), np.float64),
    ],
)
def test_another_truth_is_told_from_the_true_one(way, truth) -> None:
    case = next(case for case in cases("Transpose") if case.name == "test_transpose_default")
    assert evaluate_case(case, way).wrong == ()
    assert evaluate_case(replace(case, outputs=(truth,)), way).wrong


def test_other_contents_are_told_from_the_true_ones() -> None:
    case = next(case for case in cases("Shape") if case.name == "test_shape")
    assert evaluate_case(case).wrong == ()
    assert evaluate_case(replace(case, outputs=(np.array([3, 4, 6]),))).wrong
