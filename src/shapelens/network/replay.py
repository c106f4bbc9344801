"""A network at many sizes: over vectors all at once, or as a recorded program that others replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, Path, Unknown, substitute
from shapelens.dims.recorder import Program, Recorder
from shapelens.network.evaluation import Evaluation, evaluate_network
from shapelens.network.graph import Network
from shapelens.operators import Shape
from shapelens.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LanesEvaluation", "evaluate_lanes", "record"]


@dataclass(frozen=True, slots=True)
class LanesEvaluation:
    """A network at many sizes.

    Args:
        parts: evaluations, each with the indices of the sizes that it stands for. One, unless the structure
            of the network hangs on the size.
        count: how many sizes there are.
    """

    parts: tuple[tuple[NDArray[np.intp], Evaluation], ...]
    count: int

    def works(self) -> NDArray[np.bool_]:
        """For each size, whether every requirement is known to hold, and what comes out is known."""
        import numpy as np

        from shapelens.dims.lanes import LaneCondition

        result = np.ones(self.count, dtype=np.bool_)
        for indices, evaluation in self.parts:
            holds = np.ones(len(indices), dtype=np.bool_)
            if any(isinstance(tensor.shape, Unknown) for _, tensor in evaluation.outputs):
                holds[:] = False
            for step in evaluation.steps:
                for requirement in step.requirements:
                    truth = requirement.truth
                    if isinstance(truth, LaneCondition):
                        holds &= truth.mask
                    elif truth is not True:
                        holds[:] = False
            result[indices] = holds
        return result

    def output(self, name: str, axis: int) -> NDArray[np.int64]:
        """One dim of one value at every size; -1 where it is unknown."""
        import numpy as np

        from shapelens.dims.lanes import Lanes

        result = np.full(self.count, -1, dtype=np.int64)
        for indices, evaluation in self.parts:
            shape = evaluation.values[name].shape
            dim: Dim = shape if isinstance(shape, Unknown) else shape[axis]
            if isinstance(dim, Lanes):
                result[indices] = dim.values
            elif isinstance(dim, int):
                result[indices] = dim
        return result


def evaluate_lanes(
    network: Network, shapes: Mapping[str, Shape], sizes: Mapping[str, NDArray[Any] | int]
) -> LanesEvaluation:
    """Evaluate a network at many sizes at once.

    Args:
        network: the network.
        shapes: the shape of each input, with symbols for what varies.
        sizes: a vector for each symbol, all of one length; an integer stands for all.
    """
    import numpy as np

    from shapelens.dims.lanes import Lanes, LanesPartError

    count = max(len(v) for v in sizes.values() if not isinstance(v, int))
    pending = [np.arange(count)]
    parts: list[tuple[NDArray[np.intp], Evaluation]] = []
    while pending:
        indices = pending.pop()
        environment = {
            name: values if isinstance(values, int) else Lanes(np.asarray(values)[indices])
            for name, values in sizes.items()
        }
        filled = {name: _filled(shape, environment) for name, shape in shapes.items()}
        try:
            parts.append((indices, evaluate_network(network, filled, Path())))
        except LanesPartError as part:
            pending += [indices[~part.mask], indices[part.mask]]
    return LanesEvaluation(tuple(parts), count)


def record(
    network: Network, shapes: Mapping[str, Shape], example: Mapping[str, int], values: Sequence[str]
) -> Program:
    """The program that computes the shapes of some values from the symbols in the input shapes.

    Args:
        network: the network.
        shapes: the shape of each input, with symbols for what varies.
        example: a size for each symbol.
        values: the names of the values to compute.

    Returns:
        A program whose outputs are called `name[axis]`.
    """
    recorder = Recorder(example)
    environment = {name: recorder.input(name) for name in example}
    filled = {name: _filled(shape, environment) for name, shape in shapes.items()}
    evaluation = evaluate_network(network, filled, Path())
    outputs: dict[str, Dim] = {}
    for name in values:
        shape = evaluation.values[name].shape
        if not isinstance(shape, Unknown):
            outputs.update({f"{name}[{axis}]": dim for axis, dim in enumerate(shape)})
    return recorder.program(outputs)


def _filled(shape: Shape, environment: Mapping[str, Dim]) -> Shape:
    return tuple([substitute(dim, environment) for dim in shape])
