"""ONNX' own operator cases, each with its true outputs, fed to our translators and rules.

A case is evaluated in four ways, and in each of them every dim is either right or unknown:

- `as it is`, with the contents of its small inputs known;
- `kept back`, without any contents: what only they decide is unknown then;
- `sizes`, with a symbol for every size: the formulas are evaluated at the true sizes;
- `numbers`, with a symbol for every whole number that an operator is told.

`Result.wrong` is what must be empty; `Result.unknown` is what a test may expect or not.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from shapelens.dims import Expression, Path, Unknown, bounds, evaluate, following, symbol
from shapelens.operators import Opaque, Operator, Outcome, Tensor, apply
from shapelens.operators.contents import MAXIMUM_CONTENTS
from shapelens.readers.onnx import operators
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.model import OnnxNode
from shapelens.readers.onnx.translation import Call

pytest.importorskip("onnx")

INTEGERS = {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
READ_TYPES = INTEGERS | {"bool", "bfloat16", "float16", "float32", "float64"}
STRUCTURE = {"axes", "axis"}
"""The roles whose numbers decide the structure of a result, and are never symbols."""


@dataclass(frozen=True)
class Case:
    """One node with true inputs and outputs; None where an optional one is left out."""

    name: str
    node: OnnxNode
    version: int
    inputs: tuple[np.ndarray | None, ...]
    outputs: tuple[np.ndarray | None, ...]


@dataclass(frozen=True)
class Result:
    """How an evaluation compares with the truth: what is wrong, and the reasons of what is unknown."""

    wrong: tuple[str, ...]
    unknown: tuple[str, ...]
    outcome: Outcome


@cache
def _all_cases() -> tuple[Any, ...]:
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(collect_testcases(None))


@cache
def cases(*names: str) -> tuple[Case, ...]:
    """The cases of one node each, of these operators of ONNX' own; cases with sequences are left out."""
    return tuple(_cases(names))


def _cases(names: Sequence[str]) -> Iterator[Case]:
    for case in _all_cases():
        nodes = case.model.graph.node
        if len(nodes) != 1 or nodes[0].domain not in {"", "ai.onnx"} or nodes[0].op_type not in names:
            continue
        given, expected = case.data_sets[0]
        if not all(isinstance(value, (np.ndarray, np.generic)) for value in [*given, *expected]):
            continue
        model = decode_model(case.model.SerializeToString())
        node = model.graph.nodes[0]
        fed = dict(zip([value.name for value in model.graph.inputs], given, strict=True))
        true = dict(zip([value.name for value in model.graph.outputs], expected, strict=True))
        yield Case(
            case.name,
            node,
            model.opset_imports[""],
            tuple([fed.get(name) for name in node.inputs]),
            tuple([true.get(name) for name in node.outputs]),
        )


def translated(case: Case) -> tuple[Operator, tuple[int | None, ...]]:
    """The operator, and for each of its inputs which input of the node it is."""
    translation = operators.translated(Call(case.node, case.version, {}))
    assert not isinstance(translation.operator, Opaque), translation.operator
    places = {name: place for place, name in enumerate(case.node.inputs) if name}
    return translation.operator, tuple([None if n is None else places[n] for n in translation.inputs])


def dtype_of(array: np.ndarray) -> str:
    """The type of an array's elements as we call it."""
    return "string" if array.dtype.kind in "OUS" else array.dtype.name


def contents_of(array: np.ndarray) -> tuple[Any, ...] | None:
    """The elements that a reader would know of a small constant."""
    if array.size > MAXIMUM_CONTENTS or dtype_of(array) not in READ_TYPES:
        return None
    return tuple(array.reshape(-1).tolist())


def shape_of_node(node: OnnxNode, version: int, inputs: Sequence[Tensor]) -> Any:
    """The shape of the first output of a node, its inputs being given in the node's order."""
    translation = operators.translated(Call(node, version, {}))
    fed = dict(zip(node.inputs, inputs, strict=True))
    taken = [None if name is None else fed[name] for name in translation.inputs]
    return apply(translation.operator, taken, len(node.outputs), node.operator).outputs[0].shape


WAYS = ("as it is", "kept back", "sizes", "numbers")


def evaluate_case(case: Case, way: str = "as it is") -> Result:
    """Evaluate a case in one of the four ways, and compare it with the truth."""
    operator, places = translated(case)
    environment: dict[str, int] = {}
    tensors: list[Tensor | None] = []
    for role, place in enumerate(places):
        array = None if place is None else case.inputs[place]
        if array is None:
            tensors.append(None)
            continue
        name = operator.roles[min(role, len(operator.roles) - 1)]
        tensors.append(_fed(array, f"{name}{role}", way, environment))
    with following(Path(environment)):
        outcome = apply(operator, tensors, len(case.outputs), case.name)
    return _compared(case, outcome, environment)


def _fed(array: np.ndarray, name: str, way: str, environment: dict[str, int]) -> Tensor:
    """An input as it is fed in one of the ways; the symbols that it needs are entered in the environment."""
    dtype, contents = dtype_of(array), None if way == "kept back" else contents_of(array)
    # A list of numbers that the operator is told is as long as it is.
    if way == "sizes" and (name == "input0" or array.ndim > 1):
        names = [f"{name}_{axis}" for axis in range(array.ndim)]
        environment |= dict(zip(names, array.shape, strict=True))
        sizes = [symbol(n, minimum=min(size, 1)) for n, size in zip(names, array.shape, strict=True)]
        return Tensor(tuple(sizes), dtype)
    if way == "numbers" and contents is not None and dtype in INTEGERS and name[:-1] not in STRUCTURE:
        names = [f"{name}_{place}" for place in range(len(contents))]
        environment |= {n: abs(number) for n, number in zip(names, contents, strict=True) if number}
        signed = [(n, -1 if number < 0 else 1, number) for n, number in zip(names, contents, strict=True)]
        contents = tuple([sign * symbol(n) if number else 0 for n, sign, number in signed])
    return Tensor(array.shape, dtype, contents)


def _compared(case: Case, outcome: Outcome, environment: dict[str, int]) -> Result:
    wrong: list[str] = []
    unknown: list[str] = []
    for requirement in outcome.requirements:
        if requirement.truth is False:
            wrong.append(f"{requirement.kind} is said to be broken: {dict(requirement.facts)}")
    for place, true in enumerate(case.outputs):
        if true is None:
            continue
        tensor = outcome.outputs[place]
        if isinstance(tensor.shape, Unknown):
            unknown.append(tensor.shape.reason)
            continue
        if len(tensor.shape) != true.ndim:
            wrong.append(f"output {place}: {tensor.shape} for {true.shape}")
            continue
        for axis, (dim, size) in enumerate(zip(tensor.shape, true.shape, strict=True)):
            found = evaluate(dim, environment)
            if isinstance(found, Unknown):
                unknown.append(found.reason)
            elif isinstance(found, Expression):
                # A count that the data decide: the truth lies in its bounds.
                low, high = bounds(found)
                unknown.append(f"a count: {found}")
                if (low is not None and size < low) or (high is not None and size > high):
                    wrong.append(f"output {place}, axis {axis}: {found} in {low}..{high} for {size}")
            elif found != size:
                wrong.append(f"output {place}, axis {axis}: {dim} = {found} for {size}")
        if tensor.dtype not in {dtype_of(true), "unknown"}:
            wrong.append(f"output {place}: {tensor.dtype} for {dtype_of(true)}")
        wrong.extend(_wrong_contents(place, tensor, true, environment))
    return Result(tuple(wrong), tuple(unknown), outcome)


def _wrong_contents(
    place: int, tensor: Tensor, true: np.ndarray, environment: dict[str, int]
) -> Iterator[str]:
    if tensor.contents is None:
        return
    elements = true.reshape(-1).tolist()
    if len(tensor.contents) != len(elements):
        yield f"output {place}: {len(tensor.contents)} elements for {len(elements)}"
        return
    for at, (element, expected) in enumerate(zip(tensor.contents, elements, strict=True)):
        found = evaluate(element, environment)
        if not isinstance(found, (bool, int, float)) or found == expected:
            continue
        both_nan = isinstance(found, float) and math.isnan(found) and math.isnan(expected)
        if not both_nan and not (isinstance(expected, float) and math.isclose(found, expected, rel_tol=1e-6)):
            yield f"output {place}, element {at}: {element} = {found} for {expected}"
