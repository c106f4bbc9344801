"""How much memory a network takes: what it holds, what is alive at once, and what learning keeps.

All of it follows from shapes and types. Not counted is what a kernel needs for itself while it works, and what an
allocator rounds up or wastes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property

from shapelens.analyses.lifetimes import Place, Visit, held, lifetimes, visits
from shapelens.analyses.samples import batch_of
from shapelens.dims import (
    Dim,
    Expression,
    Path,
    UndecidedError,
    Unknown,
    following,
    maximum,
    substitute,
    total,
)
from shapelens.network import Evaluation, evaluate_network
from shapelens.operators import Shape
from shapelens.operators.backward import Kept
from shapelens.operators.dtypes import bytes_of
from shapelens.records import dataclass

__all__ = ["Memory", "memory_of"]


@dataclass(frozen=True)
class Memory:
    """The memory that a network takes, in bytes: integers, formulas, or unknown with a reason.

    Args:
        weight_bytes_by_dtype: parameters, statistics and constants, by the type of their elements.
        input_bytes: what is fed in.
        peak_bytes: the inputs and intermediate values that are alive at once in inference, where they are most.
        peak_at: the layer at which they are, at the sizes of the example; None where that is not known.
        backward_bytes: what a forward pass keeps for the backward pass when the network learns; the gradients
            themselves, and what an optimizer keeps, are not among it.
    """

    weight_bytes_by_dtype: Mapping[str, Dim]
    input_bytes: Dim
    peak_bytes: Dim
    peak_at: str | None
    backward_bytes: Dim

    @cached_property
    def weight_bytes(self) -> Dim:
        """All that the network holds."""
        return total(self.weight_bytes_by_dtype.values())


def memory_of(evaluation: Evaluation, batch: int | None = None) -> Memory:
    """How much memory a network takes.

        >>> from shapelens.readers.classics import read_classic
        >>> memory = memory_of(evaluate_network(read_classic("vgg16"), {}), batch=1)
        >>> memory.weight_bytes, memory.peak_bytes, memory.peak_at
        (553430176, 26292224, 'features.1')

    In inference a value is alive from the layer that gives it to the last that takes it; inputs, which the caller
    holds, and outputs are to the end. What learning keeps is what PyTorch keeps on the CPU for layers of these
    kinds; an activation that overwrites its input may save some of it, and that is not assumed. Views (a flatten, a
    slice, a dropout in inference) take no memory of their own.

    Args:
        evaluation: an evaluated network. Formulas hold for symbols larger than 1.
        batch: the number of samples; as evaluated if not given.
    """
    if batch is not None:
        evaluation = _with_batch(evaluation, batch)
    # What a size decides is decided as in the evaluation, whose own conditions stay what they are.
    with following(Path(evaluation.path.example)):
        peak, at = _peak(evaluation)
        inputs = [bytes_of(evaluation.values[declared.name]) for declared in evaluation.network.inputs]
        return Memory(_weights(evaluation), total(inputs), peak, at, _backward(evaluation))


def _with_batch(evaluation: Evaluation, batch: int) -> Evaluation:
    """The network evaluated with another number of samples."""
    had, network = batch_of(evaluation), evaluation.network
    shapes: dict[str, Shape] = {}
    for declared in network.inputs:
        shape, axis = evaluation.shapes.get(declared.name, declared.shape), declared.batch_axis
        layout = declared.layout
        if shape is None:
            continue
        if isinstance(had, Expression):
            sizes = {symbol.name: batch for symbol in had.symbols() if str(had) == symbol.name}
            shape = tuple([substitute(dim, sizes) for dim in shape])
        elif axis is not None and (layout is None or len(layout.axes) == len(shape)) and shape[axis] == had:
            shape = (*shape[:axis], batch, *shape[axis + 1 :])
        shapes[declared.name] = shape
    return evaluate_network(network, shapes, Path(evaluation.path.example))


# what it holds ------------------------------------------------------------------------------------------


def _weights(evaluation: Evaluation) -> dict[str, Dim]:
    """The bytes of what the network holds, by type."""
    found: dict[str, Dim] = {}
    for tensor in held(evaluation).values():
        found[tensor.dtype] = found.get(tensor.dtype, 0) + bytes_of(tensor)
    return found


# inference ----------------------------------------------------------------------------------------------


def _peak(evaluation: Evaluation) -> tuple[Dim, str | None]:
    """The most that is alive at once, and where; the inputs alone where there is no layer."""
    spans = lifetimes(evaluation)
    sizes = {storage: bytes_of(evaluation.values[storage]) for storage in spans}
    unknown = next((size for size in sizes.values() if isinstance(size, Unknown)), None)
    if unknown is not None:
        return unknown, None
    begins: dict[int, list[Dim]] = {}
    ends: dict[int, list[Dim]] = {}
    for storage, (first, last) in spans.items():
        begins.setdefault(first, []).append(sizes[storage])
        ends.setdefault(last, []).append(sizes[storage])
    alive = total(begins.get(-1, ()))
    peak, most, at = alive, _at_example(evaluation, alive), None
    seen: set[Dim] = {alive}
    for number, step in enumerate(evaluation.steps):
        alive = alive + total(begins.get(number, ()))
        here = _at_example(evaluation, alive)
        if at is None or here > most:
            most, at = here, step.node.name
        if alive not in seen:
            seen.add(alive)
            peak = maximum(peak, alive)
        alive = alive - total(ends.get(number, ()))
    return peak, at


def _at_example(evaluation: Evaluation, size: Dim) -> int:
    """A size at the example's sizes."""
    return evaluation.path.size(size) if isinstance(size, Expression) else int(size)


# learning -----------------------------------------------------------------------------------------------


def _backward(evaluation: Evaluation) -> Dim:
    """What all layers keep: each tensor once, however many keep it or a view of it."""
    own = held(evaluation)
    places: dict[str, Place] = {}
    kept_at = _Keeping()
    kept: dict[str, Dim] = {}
    others: Dim = 0
    for visit in visits(evaluation, is_training=True):
        places |= visit.places
        answer = kept_at(visit)
        if isinstance(answer, Unknown):
            return answer
        node = visit.step.node
        for name in [*_chosen(node.inputs, answer.inputs), *_chosen(node.outputs, answer.outputs)]:
            storage = places[name].storage if name in places else name
            if storage not in own:
                kept[storage] = bytes_of(evaluation.values[storage])
        others = others + total([bytes_of(tensor) for tensor in answer.others])
    return total(kept.values()) + others


class _Keeping:
    """What each layer keeps, found once for those that are alike and whose inputs lie alike."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Kept | Unknown] = {}

    def __call__(self, visit: Visit) -> Kept | Unknown:
        """What one layer keeps: nothing where no gradient is wanted."""
        if not visit.has_gradient:
            return Kept()
        run = visit.run
        which = tuple(map(run.names.index, run.names))
        like = (id(visit.step.applied), run.strides, run.wanted, which)
        if like not in self._found:
            self._found[like] = _kept(visit)
        return self._found[like]


def _kept(visit: Visit) -> Kept | Unknown:
    try:
        return visit.step.node.operator.kept_for_backward(visit.run)
    except UndecidedError as undecided:
        return Unknown(undecided.summary)


def _chosen(names: Sequence[str | None], positions: Sequence[int]) -> list[str]:
    """The names at some positions, those left out that there are none of."""
    return [name for place in positions if place < len(names) and (name := names[place])]
