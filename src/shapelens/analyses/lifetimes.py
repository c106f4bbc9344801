"""Where each value lies in memory, and from which layer to which it is needed.

A view lies in the memory of the value that it is a view of, and keeps that alive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shapelens.dims import UndecidedError, Unknown
from shapelens.network import Evaluation, Step
from shapelens.operators import Constant, Opaque, Tensor
from shapelens.operators.backward import Run
from shapelens.operators.strides import Strides, lying_like
from shapelens.records import dataclass

__all__ = ["Place", "Visit", "held", "lifetimes", "visits"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies.

    Args:
        storage: the value in whose memory: itself, or what it is a view of.
        strides: how its axes lie there; None where they lie in order.
    """

    storage: str
    strides: Strides | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One layer's run.

    Args:
        step: the layer.
        run: what it takes and gives.
        places: where each of its outputs lies.
        has_gradient: whether a gradient is wanted of some input, and some output leads back to it.
    """

    step: Step
    run: Run
    places: Mapping[str, Place]
    has_gradient: bool = False


def visits(evaluation: Evaluation, *, is_training: bool = False) -> Iterator[Visit]:
    """Every layer in order, with where its values lie and which gradients are wanted.

    The gradient of a value is wanted if it hangs on something that is learned. None is in inference.
    """
    places: dict[str, Place] = {}
    graded = _learned(evaluation) if is_training else set()
    for step in evaluation.steps:
        names = step.node.inputs
        run = Run(
            step.inputs,
            step.outputs,
            names,
            tuple([places[name].strides if name in places else None for name in names]),
            tuple([name in graded for name in names]),
            is_training,
        )
        views = _views(step, run)
        leads_back = any(run.wanted) and step.node.operator.has_gradient
        through = {n for n, t in zip(step.node.outputs, step.outputs, strict=False) if _has_gradient(t)}
        graded |= through if leads_back else set()
        found: dict[str, Place] = {}
        for number, (name, tensor) in enumerate(zip(step.node.outputs, step.outputs, strict=False)):
            strides = views[number] if number < len(views) else None
            if strides is None:
                found[name] = Place(name, _own_strides(step, run, tensor))
            else:
                source = names[0] or ""
                found[name] = Place(places[source].storage if source in places else source, strides)
        found.pop("", None)
        places |= found
        yield Visit(step, run, found, leads_back and bool(through))


def _learned(evaluation: Evaluation) -> set[str]:
    """What is learned, by name; what takes a weight and has no rule may well learn it."""
    network = evaluation.network
    unruled = [step.node for step in evaluation.steps if isinstance(step.node.operator, Opaque)]
    names = {*network.learned, *[n for node in unruled for n in node.inputs if n in network.weights]}
    return {name for name in names if name is not None and _has_gradient(evaluation.values[name])}


def _has_gradient(tensor: Tensor) -> bool:
    """Whether its elements are numbers that can change a little, or may be such."""
    return tensor.dtype.startswith(("float", "bfloat", "complex", "unknown"))


def _views(step: Step, run: Run) -> tuple[Strides | None, ...]:
    try:
        return step.node.operator.views(run) if run.inputs and run.inputs[0] is not None else ()
    except UndecidedError:
        return ()


def _own_strides(step: Step, run: Run, tensor: Tensor) -> Strides | None:
    """How an output lies in memory of its own: in order, or as the first input of its shape does."""
    if not step.node.operator.lies_like_input or isinstance(tensor.shape, Unknown):
        return None
    like = (
        lies
        for taken, lies in zip(run.inputs, run.strides, strict=True)
        if taken and taken.shape == tensor.shape
    )
    strides = next(like, None)
    try:
        return None if strides is None else lying_like(tensor.dims, strides)
    except UndecidedError:
        return None


def held(evaluation: Evaluation) -> dict[str, Tensor]:
    """What the network itself holds, by name: weights, constants among its operators, weights made from sizes."""
    network = evaluation.network
    constants = [
        step.node.outputs[0] for step in evaluation.steps if isinstance(step.node.operator, Constant)
    ]
    made = [name for name in network.learned if name not in network.weights]
    return {name: evaluation.values[name] for name in (*network.weights, *constants, *sorted(made)) if name}


def lifetimes(evaluation: Evaluation) -> dict[str, tuple[int, int]]:
    """From which layer to which each piece of memory is needed in inference, by the number of the layers.

    Inputs are there before the first layer, at -1, and stay to the end, for the caller holds them; so do outputs.
    What the network itself holds is not among them.
    """
    network = evaluation.network
    end = len(evaluation.steps)
    own = held(evaluation)
    spans = {declared.name: (-1, end) for declared in network.inputs}
    storages = {name: name for name in spans}
    for number, visit in enumerate(visits(evaluation)):
        for name in visit.run.names:
            _needed(spans, storages.get(name or ""), number)
        for name, place in visit.places.items():
            if place.storage == name and name not in own:
                spans[name] = (number, number)
            if place.storage in spans:
                storages[name] = place.storage
    for name in network.outputs:
        _needed(spans, storages.get(name), end)
    return spans


def _needed(spans: dict[str, tuple[int, int]], storage: str | None, number: int) -> None:
    """Note that a piece of memory is needed at a layer."""
    if storage is not None:
        first, last = spans[storage]
        spans[storage] = (first, max(last, number))
