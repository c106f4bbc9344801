"""What really comes out of a file: onnxruntime, or onnx' own evaluator where the runtime lacks an operator or type."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

Run = Callable[[Mapping[str, Any]], dict[str, tuple[int, ...]] | None]
"""From the inputs to the shapes of the outputs that are tensors; None where they are refused."""


def session_of(model: Any) -> Any:
    """A session of one thread that says nothing and rewrites nothing."""
    options = runtime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 4, 1
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    data = model if isinstance(model, (bytes, str)) else model.SerializeToString()
    return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def executions(model: Any, fed: Mapping[str, Any], expected: Mapping[str, tuple[int, ...]]) -> Run | None:
    """A way to run a file that is right at the one size whose answer is known; None if there is none."""
    for make in (_runtime, _reference):
        run = make(model, tuple(expected))
        if run is not None and run(fed) == expected:
            return run
    return None


def _runtime(model: Any, names: Sequence[str]) -> Run | None:
    # Its errors have no class in common.
    try:
        session = session_of(model)
    except Exception:
        return None

    def run(fed: Mapping[str, Any]) -> dict[str, tuple[int, ...]] | None:
        try:
            found = session.run(list(names), dict(fed))
        except Exception:
            return None
        return dict(zip(names, map(np.shape, found), strict=True))

    return run


def _reference(model: Any, names: Sequence[str]) -> Run | None:
    from onnx.reference import ReferenceEvaluator

    # It is written in NumPy, and fails as NumPy does.
    try:
        evaluator = ReferenceEvaluator(model)
    except Exception:
        return None

    def run(fed: Mapping[str, Any]) -> dict[str, tuple[int, ...]] | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = evaluator.run(list(names), dict(fed))
        except Exception:
            return None
        return dict(zip(names, map(np.shape, found), strict=True))

    return run


def resized(array: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """An array of another shape, of the same elements over and over."""
    return np.resize(array, tuple(shape))
