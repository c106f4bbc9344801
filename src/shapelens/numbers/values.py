"""Where a layer's numbers are held: an array, or a rule that makes the same small integers everywhere.

One output cell looks at one window. So what holds numbers is asked for a part of them, and nothing larger is made:

    >>> Seeded((512, 10**6, 10**6), seed=0, least=0, most=3).part([[511], [999_999], range(4)]).shape
    (1, 1, 4)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shapelens.errors import LimitExceededError
from shapelens.records import dataclass

__all__ = ["MOST_ELEMENTS", "Array", "Held", "Number", "Seeded", "Values", "plain_number"]

Array = NDArray[Any]
Number = int | float

MOST_ELEMENTS = 2**24
"""Nothing larger is made at once: 128 MB of numbers."""


class Values(Protocol):
    """Numbers of a shape, of which a part can be read."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Their shape."""

    @property
    def bound(self) -> Number:
        """No number is farther from zero than this; an integer where they all are."""

    def part(self, places: Sequence[Sequence[int]]) -> Array:
        """The numbers at some places of each axis, in the order in which these are named."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Numbers in an array.

    >>> Held(np.arange(12).reshape(3, 4)).part([[2, 0], [1]]).tolist()
    [[9], [1]]
    """

    array: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Their shape."""
        return tuple([int(size) for size in self.array.shape])

    @property
    def bound(self) -> Number:
        """How far the farthest is from zero."""
        if not self.array.size:
            return 0
        return max(abs(plain_number(self.array.max())), abs(plain_number(self.array.min())))

    def part(self, places: Sequence[Sequence[int]]) -> Array:
        """The numbers at some places of each axis."""
        found: Array = self.array[np.ix_(*[np.asarray(axis, dtype=np.intp) for axis in places])]
        return found


@dataclass(frozen=True, slots=True)
class Seeded:
    """Small integers that look random, and are the same on every machine and with every NumPy.

    Each is made from its own place alone (SplitMix64 of the seed and the place), so a part is the same as that part of
    the whole.

        >>> Seeded((2, 5), seed=0, least=0, most=3).whole().tolist()
        [[1, 3, 3, 0, 0], [2, 3, 3, 3, 0]]

    Args:
        shape: their shape.
        seed: which of many such arrays.
        least: the smallest number.
        most: the largest.
        stream: tells arrays of one seed apart: what goes in, the weights, the bias.
    """

    shape: tuple[int, ...]
    seed: int
    least: int
    most: int
    stream: int = 0

    @property
    def bound(self) -> Number:
        """How far the farthest may be from zero."""
        return max(abs(self.least), abs(self.most))

    def part(self, places: Sequence[Sequence[int]]) -> Array:
        """The numbers at some places of each axis."""
        check_elements(prod([len(axis) for axis in places]))
        flat = np.zeros((1,) * len(places), dtype=np.uint64)
        step = 1
        for axis in reversed(range(len(places))):
            own = np.array([place * step % 2**64 for place in places[axis]], dtype=np.uint64)
            flat = flat + own.reshape([-1 if a == axis else 1 for a in range(len(places))])
            step *= self.shape[axis]
        start = _mixed(np.array([self.seed % 2**64], dtype=np.uint64)) + np.uint64(self.stream)
        made = _mixed(_mixed(start).reshape((1,) * len(places)) + flat)
        return (made % np.uint64(self.most - self.least + 1)).astype(np.int64) + self.least

    def whole(self) -> Array:
        """All of them."""
        return self.part([range(size) for size in self.shape])


def _mixed(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64: of one step, what comes out. Arrays go round at 2^64 without a warning.

    Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
    """
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


def plain_number(number: Any) -> Number:
    """A number of Python's own."""
    plain: Number = number.item() if isinstance(number, np.generic) else number
    return plain


def check_elements(count: int, most: int = MOST_ELEMENTS) -> None:
    """Refuse what is too large to be made at once.

    Raises:
        LimitExceededError: "these are too many numbers".
    """
    if count > most:
        raise LimitExceededError(
            "these are too many numbers",
            at="numbers",
            have=f"{count:,} of them",
            rule=f"at most {most:,} at once",
            fix="ask for one cell, or for a smaller input",
        )
