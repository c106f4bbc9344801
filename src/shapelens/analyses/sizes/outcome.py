"""What comes out of the sizes that fit: a formula for each kind of sizes that has its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapelens.analyses.sizes.describing import Description, described
from shapelens.analyses.sizes.grid import Box, Grid
from shapelens.analyses.sizes.way import Way
from shapelens.dims import Dim, evaluate, shape_text
from shapelens.dims.given import expression_given
from shapelens.dims.sets import SizeSet
from shapelens.operators import Shape
from shapelens.records import dataclass

__all__ = ["Outcome", "outcomes_of"]

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes out of some of the sizes that fit.

    Args:
        shapes: the shape of each output, batch included.
        where: which sizes, in words; empty for all that fit.
    """

    shapes: tuple[Shape, ...]
    where: str = ""

    def __str__(self) -> str:
        text = " and ".join([shape_text(shape) for shape in self.shapes])
        return f"{text} for {self.where}" if self.where else text


def outcomes_of(ways: Sequence[Way], grid: Grid, description: Description) -> tuple[Outcome, ...]:
    """What comes out of all sizes that fit, in the order in which the ways were found.

    Args:
        ways: the ways.
        grid: what is known of every combination.
        description: the sizes that fit.
    """
    alike: dict[tuple[Shape, ...], list[int]] = {}
    for index in dict.fromkeys(int(way) for way in grid.way[grid.fits]):
        alike.setdefault(_outputs(ways[index], description.box or {}), []).append(index)
    if len(alike) == 1:
        return tuple([Outcome(shapes) for shapes in alike])
    found: dict[tuple[Shape, ...], str] = {}
    for indices in alike.values():
        member = grid.fits & np.isin(grid.way, indices)
        part = described(ways, grid, member)
        # Fewer sizes may have a shorter formula.
        shapes = _outputs(ways[indices[0]], part.box or description.box or {})
        where = part.text if part.is_whole and len(part.text) <= _LONGEST else "some of them"
        found[shapes] = f"{found[shapes]}; or {where}" if shapes in found else where
    return tuple([Outcome(shapes, where) for shapes, where in found.items()])


def _outputs(way: Way, box: Box) -> tuple[Shape, ...]:
    outputs = [tensor.dims for _, tensor in way.evaluation.outputs]
    return tuple([tuple([_simplified(dim, box) for dim in shape]) for shape in outputs])


def _simplified(dim: Dim, box: Box) -> Dim:
    """A dim, for the sizes that fit alone."""
    for name, sizes in box.items():
        exact = _only(sizes)
        if exact is not None:
            dim = evaluate(dim, {name: exact})
            continue
        period, residue = _repeats(sizes)
        if period > 1:
            dim = expression_given(dim, name, period, residue)
    return dim


def _only(sizes: SizeSet) -> int | None:
    """The one member of a set; None where it has none or more."""
    first = sizes.nearest(1)[1]
    return first if first is not None and sizes == SizeSet.of(first) else None


def _repeats(sizes: SizeSet) -> tuple[int, int]:
    """What every member leaves when it is divided: a modulus and a remainder; 1 and 0 where nothing is known."""
    tail = sizes.stretches[-1]
    if tail.period < 2 or tail.mask.bit_count() != 1:
        return 1, 0
    residue = tail.mask.bit_length() - 1
    ruled = SizeSet.repeating(tail.period, residue)
    return (tail.period, residue) if (sizes & ~ruled).is_empty else (1, 0)
