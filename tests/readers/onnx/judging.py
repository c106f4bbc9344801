"""Our answers about a file, compared with the truth: how much is known, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shapelens.dims import Dim, Expression, Path, Unknown, bounds, evaluate, evaluate_condition, symbol
from shapelens.network import Evaluation, Network, evaluate_network
from shapelens.readers.onnx.decoding import decode_model
from shapelens.readers.onnx.reader import network_of
from tests.readers.onnx.execution import executions, resized
from tests.readers.onnx.real_networks import RealNetwork
from tests.readers.onnx.suite import Case, symbols_of


@dataclass
class Verdict:
    """What is to be said of one case.

    Args:
        name: the case's.
        unknown: the tensors of which something is not known, and why.
        wrong: what is not so.
        sizes: at how many sizes, beside the true one, an execution agreed to be compared with.
        refused: sizes that run, though we say that something is broken.
    """

    name: str
    unknown: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    sizes: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether every dim of every output is known and right."""
        return not self.unknown and not self.wrong


def network_from(model: Any) -> Network:
    """A message as a network, by way of its bytes."""
    return network_of(decode_model(model.SerializeToString()))


def static(case: Case) -> Verdict:
    """A case at its true size."""
    verdict = Verdict(case.name)
    evaluation = evaluate_network(network_from(case.model), empty_inputs(case))
    shapes = {name: tensor.shape for name, tensor in evaluation.outputs}
    compare(verdict, shapes, case.expected, case.elements, "")
    found = {name: tensor.dtype for name, tensor in evaluation.outputs}
    for name, dtype in case.dtypes.items():
        if found[name] not in {dtype, "unknown"}:
            verdict.wrong.append(f"{name}: {found[name]} for {dtype}")
    for step, requirement in evaluation.broken:
        facts = f"{requirement.kind}: {dict(requirement.facts)}"
        verdict.wrong.append(f"{step.node.source_operator} is said to be broken, {facts}")
    return verdict


def empty_inputs(case: Case) -> dict[str, tuple[int, ...]]:
    """The inputs without elements: a name that a file gives to a size stands for one or more."""
    shapes = {name: np.shape(value) for name, value in case.fed.items() if isinstance(value, np.ndarray)}
    return {name: shape for name, shape in shapes.items() if 0 in shape}


def symbolic(case: Case) -> Verdict:
    """A case with symbols for the sizes of its first input, checked at its true size and at others that run."""
    assert case.image is not None
    name, shape = case.image
    verdict = Verdict(case.name)
    names = symbols_of(shape)
    example = {n: size for n, size in zip(names, shape, strict=True) if isinstance(n, str)}
    given = tuple([symbol(n) if isinstance(n, str) else n for n in names])
    evaluation = evaluate_network(network_from(freed(case.model, name, names)), {name: given}, Path(example))
    shapes = {output: tensor.shape for output, tensor in evaluation.outputs}
    compare(verdict, shapes, case.expected, example, "at the true size")
    run = executions(freed(case.model, name, names), case.fed, case.expected)
    if run is None:
        return verdict
    for size in other_sizes(shape):
        point = {n: dim for n, dim in zip(names, size, strict=True) if isinstance(n, str)}
        if not all(evaluate_condition(c, point) is True for c in evaluation.path.conditions):
            continue
        found = run({**case.fed, name: resized(case.fed[name], size)})
        # Runtimes give an image without cells where nothing fits; we say that it does not fit.
        if found is None or any(0 in shape for shape in found.values()):
            continue
        broken = broken_at(evaluation, point)
        if broken:
            verdict.refused.append(f"{size}: {broken}")
            continue
        verdict.sizes += 1
        compare(verdict, shapes, found, point, f"at {size}", silent=True)
    return verdict


def freed(model: Any, name: str, names: Sequence[str | int]) -> Any:
    """The file with names for the sizes of an input."""
    copy = type(model).FromString(model.SerializeToString())
    declared = next(value for value in copy.graph.input if value.name == name)
    del declared.type.tensor_type.shape.dim[:]
    for size in names:
        dim = declared.type.tensor_type.shape.dim.add()
        if isinstance(size, str):
            dim.dim_param = size
        else:
            dim.dim_value = size
    return copy


def other_sizes(shape: Sequence[int]) -> list[tuple[int, ...]]:
    """Sizes to try beside the true one; the channels are as they are."""
    count, channels, *spatial = shape
    tried = [
        (count + 1, *[size + 1 for size in spatial]),
        (count, *[size * 2 for size in spatial]),
        (count + 2, *[size * 2 + 3 + axis for axis, size in enumerate(spatial)]),
        (count, *[size + 5 - 2 * axis for axis, size in enumerate(spatial)]),
        (count * 3, *[max(size - 1, 1) for size in spatial]),
        (1, *[17 + 6 * axis for axis in range(len(spatial))]),
        (count + 1, *spatial),
    ]
    sizes = [(n, channels, *rest) for n, *rest in tried]
    return [size for size in dict.fromkeys(sizes) if size != tuple(shape)]


def broken_at(evaluation: Evaluation, point: Mapping[str, int]) -> str:
    """What does not hold at a size; empty if nothing."""
    for step in evaluation.steps:
        for requirement in step.requirements:
            if evaluate_condition(requirement.truth, point) is False:
                return f"{step.node.source_operator}, {requirement.kind}: {requirement.truth}"
    return ""


def compare(
    verdict: Verdict,
    found: Mapping[str, tuple[Dim, ...] | Unknown],
    expected: Mapping[str, tuple[int, ...]],
    point: Mapping[str, int],
    where: str,
    *,
    silent: bool = False,
) -> None:
    """Compare shapes with the true ones at a size.

    Args:
        verdict: where the outcome is kept.
        found: our shapes, by name.
        expected: the true ones.
        point: a size for each symbol.
        where: the size, in words.
        silent: whether what is unknown has been said.
    """
    for name, true in expected.items():
        shape = found.get(name, Unknown("nothing in the network gives it"))
        if isinstance(shape, Unknown):
            if not silent:
                verdict.unknown[name] = shape.reason
            continue
        if len(shape) != len(true):
            verdict.wrong.append(f"{name}: {told(shape)} for {true} {where}")
            continue
        for axis, (dim, size) in enumerate(zip(shape, true, strict=True)):
            value = evaluate(dim, point)
            if isinstance(value, int):
                if value != size:
                    verdict.wrong.append(f"{name}, axis {axis}: {dim} = {value} for {size} {where}")
                continue
            if not silent:
                verdict.unknown[name] = reason_of(value)
            if isinstance(value, Expression) and not within(value, size):
                verdict.wrong.append(f"{name}, axis {axis}: {value} in {bounds(value)} for {size} {where}")


def within(value: Expression, size: int) -> bool:
    """Whether a size is in the bounds of a count that the data decide."""
    low, high = bounds(value)
    return (low is None or low <= size) and (high is None or size <= high)


def reason_of(value: Dim) -> str:
    """Why a dim is no number."""
    return value.reason if isinstance(value, Unknown) else f"the data decide {value}"


def told(shape: Iterable[Dim]) -> str:
    """A shape for a message."""
    return "×".join(map(str, shape)) or "a scalar"


def fixed_network(network: RealNetwork) -> Verdict:
    """Every tensor of a network at the size that it is made for."""
    verdict = Verdict(network.name)
    evaluation = evaluate_network(network_from(network.sized(*network.size)), {})
    compare(verdict, shapes_in(evaluation), made_for(network), {}, "")
    return verdict


def symbolic_network(network: RealNetwork) -> Verdict:
    """Every tensor of a network as a formula of height and width, checked at several sizes."""
    verdict = Verdict(network.name)
    example = dict(zip("HW", network.size, strict=True))
    shape = (1, 3, symbol("H"), symbol("W"))
    evaluation = evaluate_network(
        network_from(network.sized("H", "W")), {network.input: shape}, Path(example)
    )
    shapes = shapes_in(evaluation)
    compare(verdict, shapes, made_for(network), example, "at its own size")
    for size in network.others:
        point = dict(zip("HW", size, strict=True))
        if not all(evaluate_condition(c, point) is True for c in evaluation.path.conditions):
            continue
        found = network.shapes(*size)
        if found is not None:
            verdict.sizes += 1
            compare(verdict, shapes, found, point, f"at {size}", silent=True)
    return verdict


def made_for(network: RealNetwork) -> Mapping[str, tuple[int, ...]]:
    """The true shapes at the size that a network is made for, at which it runs."""
    found = network.shapes(*network.size)
    assert found is not None, f"{network.name} does not run at {network.size}"
    assert set(found) == set(network.flowing())
    return found


def shapes_in(evaluation: Evaluation) -> dict[str, tuple[Dim, ...] | Unknown]:
    """The shape of every tensor."""
    return {name: tensor.shape for name, tensor in evaluation.values.items()}
