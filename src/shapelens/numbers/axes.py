"""One spatial axis as windows see it: which places a window has, and which cell of the input stands at each.

    >>> from shapelens.operators.windows import Sliding
    >>> axis = Axis.of(Sliding(3, stride=2, padding=(1, 1)), size=5)
    >>> axis.count, axis.length, [(place.at, place.cell, place.kind) for place in axis.window(0)]
    (3, 7, [(0, None, 'padding'), (1, 0, 'input'), (2, 1, 'input')])

A transposed convolution is a convolution too, over its input with zeros put between and around the cells: see
`shapelens.numbers.transposed`.
"""

from __future__ import annotations

from shapelens.operators.padding import standing
from shapelens.operators.windows import Sliding
from shapelens.records import dataclass

__all__ = ["BETWEEN", "INPUT", "PADDING", "PAST", "Axis", "Place"]

INPUT = "input"
"""A cell of the input."""
PADDING = "padding"
"""A cell of the padding: a zero, or what its mode repeats there."""
BETWEEN = "between"
"""A zero between the cells of the input, as a transposed convolution puts there."""
PAST = "past"
"""Behind the end of the padding, where the last window of `ceil_mode` may reach: nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the padded input along one axis.

    Args:
        at: where it is, counted from the first cell of the padding.
        cell: the cell of the input whose value stands there; None for a zero, or for nothing.
        kind: `input`, `padding`, `between` or `past`.
    """

    at: int
    cell: int | None
    kind: str = INPUT


@dataclass(frozen=True, slots=True)
class Axis:
    """One spatial axis, with whole numbers for its sizes.

    Args:
        size: how many cells go in.
        count: how many windows there are, so how many cells come out.
        sliding: how windows slide over the padded axis.
        sides: cells of padding before and after; fewer than none cut off.
        mode: what stands in the padding: `zeros`, `reflect`, `replicate`, `circular`.
        apart: how far neighbouring cells of the input are apart; zeros stand between them.
    """

    size: int
    count: int
    sliding: Sliding
    sides: tuple[int, int]
    mode: str = "zeros"
    apart: int = 1

    @classmethod
    def of(cls, sliding: Sliding, size: int, mode: str = "zeros") -> Axis:
        """The axis that a window slides along at this size."""
        before, after = sliding.sides(size)
        return cls(size, sliding.count(size), sliding, (before, after), mode)

    @property
    def stuffed(self) -> int:
        """How many places the cells of the input take, zeros between them included."""
        return (self.size - 1) * self.apart + 1

    @property
    def length(self) -> int:
        """How many places the padded axis has."""
        return self.stuffed + sum(self.sides)

    def place(self, at: int) -> Place:
        """What stands at a place of the padded axis."""
        own = at - self.sides[0]
        if not 0 <= own < self.stuffed:
            if at >= self.length:
                return Place(at, None, PAST)
            return Place(at, standing(self.mode, own, self.size), PADDING)
        cell, rest = divmod(own, self.apart)
        return Place(at, None, BETWEEN) if rest else Place(at, cell)

    def window(self, position: int) -> tuple[Place, ...]:
        """The places of one window."""
        return tuple([self.place(at) for at in self.sliding.places(position)])

    def own(self, place: Place) -> int:
        """A place counted from the input's first cell: below 0 before it."""
        return place.at - self.sides[0]
