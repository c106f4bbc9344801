"""The sizes of images that a whole network takes, looked for among many at once.

This is the one place where findings ask for sizes that work; whatever it gives is tried again before it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shapelens.analyses.findings.beyond import Beyond
from shapelens.dims import symbol
from shapelens.network import Input
from shapelens.network.replay import evaluate_lanes
from shapelens.operators import Shape
from shapelens.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Fitting", "fitting_sizes"]

_LARGEST = 1024
_AROUND = 40
"""How far around a height and a width that differ others are looked for."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """Sizes that a network takes.

    Args:
        declared: the input that is an image.
        shape: what is fed now.
        spatial: its spatial axes.
        near: sizes that fit, the nearest first: below the one that is fed, and above it.
        smallest: the smallest square, if one fits.
        run: the square sizes that fit without a gap around the nearest.
    """

    declared: Input
    shape: Shape
    spatial: tuple[int, ...]
    near: tuple[tuple[int, ...], ...] = ()
    smallest: int | None = None
    run: tuple[int, int] | None = None

    def fed(self, sizes: Shape) -> Shape:
        """The shape of the input with other sizes."""
        shape = list(self.shape)
        for axis, size in zip(self.spatial, sizes, strict=True):
            shape[axis] = size
        return tuple(shape)

    def square(self, size: int) -> tuple[int, ...]:
        """One size along every spatial axis."""
        return (size,) * len(self.spatial)


Alike = Sequence[tuple[str, str, int]]
"""Pairs of values, and the axis along which they must be as large: one of size 1 does not do."""


def fitting_sizes(beyond: Beyond, alike: Alike = ()) -> Fitting | None:
    """The sizes that everything in the network takes: of squares, or near a height and width that differ.

    Args:
        beyond: the network, and what can be asked beyond it.
        alike: what must be as large besides.

    Returns:
        None where no single image goes in.
    """
    key = tuple(alike)
    if key not in beyond.fitting:
        beyond.fitting[key] = _found(beyond, alike)
    found: Fitting | None = beyond.fitting[key]
    return found


def _found(beyond: Beyond, alike: Alike) -> Fitting | None:
    images = [declared for declared in beyond.likely.inputs if declared.layout is not None]
    if len(images) != 1 or images[0].layout is None:
        return None
    declared, layout = images[0], images[0].layout
    shape = beyond.evaluation.shapes.get(declared.name)
    if shape is None or len(shape) != len(layout.axes) or not layout.spatial:
        return None
    found = Fitting(declared, shape, tuple(layout.spatial))
    sizes = [shape[axis] for axis in layout.spatial]
    if not all(isinstance(size, int) for size in sizes):
        return found
    here = tuple([size for size in sizes if isinstance(size, int)])
    fits = _squares(beyond, found, alike)
    smallest = min(fits, default=None)
    if len(set(here)) == 1 or len(here) != 2:
        size = here[0]
        # One cell fits in most places, and nobody means it.
        below = max([fit for fit in fits if 1 < fit < size], default=None)
        above = min([fit for fit in fits if fit > size], default=None)
        near = sorted([fit for fit in (below, above) if fit is not None], key=lambda fit: abs(fit - size))
        run = _run(fits, near[0]) if near else None
        return replace(found, near=tuple([found.square(fit) for fit in near]), smallest=smallest, run=run)
    return replace(found, near=_pairs(beyond, found, (here[0], here[1]), alike), smallest=smallest)


def _run(fits: set[int], size: int) -> tuple[int, int]:
    """The sizes around one that fit without a gap."""
    first = last = size
    while first - 1 in fits:
        first -= 1
    while last + 1 in fits:
        last += 1
    return first, last


def _squares(beyond: Beyond, found: Fitting, alike: Alike) -> set[int]:
    """The sizes of squares that fit."""
    import numpy as np

    free = symbol("size")
    wanted = tuple([free if axis in found.spatial else dim for axis, dim in enumerate(found.shape)])
    sizes = {"size": np.arange(1, _LARGEST + 1)}
    works = _works(beyond, found.declared, wanted, sizes, alike)
    return {int(place) + 1 for place in works.nonzero()[0]}


def _pairs(
    beyond: Beyond, found: Fitting, here: tuple[int, int], alike: Alike
) -> tuple[tuple[int, ...], ...]:
    """Heights and widths that fit, the nearest first."""
    import numpy as np

    sides = [np.arange(max(1, size - _AROUND), size + _AROUND + 1) for size in here]
    heights, widths = (grid.reshape(-1) for grid in np.meshgrid(*sides, indexing="ij"))
    names = dict(zip(found.spatial, ("height", "width"), strict=True))
    wanted = [symbol(names[axis]) if axis in names else dim for axis, dim in enumerate(found.shape)]
    sides_of = {"height": heights, "width": widths}
    works = _works(beyond, found.declared, tuple(wanted), sides_of, alike)
    fits = [(int(heights[i]), int(widths[i])) for i in works.nonzero()[0]]
    fits.sort(key=lambda pair: (abs(pair[0] - here[0]) + abs(pair[1] - here[1]), pair))
    return tuple(fits[:1])


def _works(
    beyond: Beyond, declared: Input, wanted: Shape, sizes: dict[str, NDArray[Any]], alike: Alike
) -> NDArray[np.bool_]:
    evaluation = beyond.evaluation
    shapes = {**evaluation.shapes, declared.name: wanted}
    example = evaluation.path.example
    others = {name: example.get(name, 2) for name in evaluation.symbols if name not in sizes}
    lanes = evaluate_lanes(beyond.likely, shapes, {**sizes, **others})
    works = lanes.works()
    for one, other, axis in alike:
        known = all(value in part.values for _, part in lanes.parts for value in (one, other))
        if known:
            works &= lanes.output(one, axis) == lanes.output(other, axis)
    return works
