"""The smallest square input that a whole network takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, symbol
from shapelens.network import Evaluation, evaluate_network
from shapelens.network.replay import evaluate_lanes
from shapelens.operators import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["smallest_input"]

_LARGEST = 1024


def smallest_input(evaluation: Evaluation) -> tuple[Shape, Evaluation] | None:
    """The smallest sample whose spatial sizes are all the same and that everything in the network takes.

    Looked for among 1 … 1024 and tried in a whole evaluation.

    Returns:
        The sample and the network evaluated at it, or None where there is none, or no single image goes in.
    """
    import numpy as np

    images = [declared for declared in evaluation.network.inputs if declared.layout is not None]
    if len(images) != 1 or images[0].layout is None:
        return None
    shape = evaluation.shapes.get(images[0].name)
    layout = images[0].layout
    if shape is None or len(shape) != len(layout.axes):
        return None
    free = symbol("size")
    wanted: dict[str, Shape] = dict(evaluation.shapes)
    wanted[images[0].name] = tuple(
        [free if axis in layout.spatial else dim for axis, dim in enumerate(shape)]
    )
    sizes: dict[str, NDArray[Any] | int] = {"size": np.arange(1, _LARGEST + 1)}
    sizes |= {name: evaluation.path.example.get(name, 2) for name in evaluation.symbols}
    works = evaluate_lanes(evaluation.network, wanted, sizes).works()
    if not works.any():
        return None
    size = int(works.argmax()) + 1
    filled: Shape = tuple([size if axis in layout.spatial else dim for axis, dim in enumerate(shape)])
    tried = evaluate_network(
        evaluation.network, {**evaluation.shapes, images[0].name: filled}, evaluation.path
    )
    if tried.broken:
        return None
    sample: tuple[Dim, ...] = tuple(
        [d for d, letter in zip(filled, layout.axes, strict=True) if letter != "N"]
    )
    return sample, tried
