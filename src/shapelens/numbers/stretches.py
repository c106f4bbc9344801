"""Which part of an axis is shown: all of a short one, else what is around the window."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from shapelens.records import dataclass

__all__ = [
    "MOST_WHOLE",
    "MOST_WHOLE_OF_SEVERAL",
    "Room",
    "Stretch",
    "axis_names",
    "columns_for",
    "part_words",
    "stretch",
    "stretches_for",
]

MOST_WHOLE = 12
"""An axis of so many cells is shown whole, and of so many of them only the window's surroundings."""
MOST_WHOLE_OF_SEVERAL = 8
"""The same, where there are several channels under one another."""

_MOST = 16
_SLICES, _MOST_SLICES = 4, 6
_AROUND = 2
_LINE = 64
_WIDEST_LINE = 74


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an axis.

    Args:
        places: the places that are shown, one after another; of a wide window its own places alone.
        length: how many there are in all.
    """

    places: Sequence[int]
    length: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return len(self.places) == self.length

    def marks(self, places: Collection[int]) -> set[int]:
        """Where some places stand among those that are shown."""
        return {number for number, place in enumerate(self.places) if place in places}

    def words(self, name: str, size: int, before: int) -> str:
        """`rows -1 to 5 of 224`: which places are shown, the padding before the first cell taken off."""
        first, last = self.places[0] - before, self.places[-1] - before
        if len(self.places) == 1:
            return f"{name} {first} of {size}"
        if last - first + 1 == len(self.places):
            return f"{name}s {first} to {last} of {size}"
        return f"{name}s {', '.join([str(place - before) for place in self.places])} of {size}"


def stretch(length: int, window: Sequence[int], whole: int = MOST_WHOLE, most: int = _MOST) -> Stretch:
    """The part of an axis that is shown.

    >>> stretch(5, range(3)).places, stretch(224, range(112, 115)).places, stretch(99, (0, 20, 40)).places
    (range(0, 5), range(110, 117), (0, 20, 40))

    Args:
        length: how many places there are.
        window: the places of the window.
        whole: so many are shown whole.
        most: more are never shown.
    """
    extent = window[-1] - window[0] + 1
    if length <= min(whole, most) or extent >= length <= most:
        return Stretch(range(length), length)
    if extent > most:
        return Stretch(tuple(window[:most]), length)
    around = min(_AROUND, (most - extent) // 2)
    first = max(window[0] - around, 0)
    return Stretch(range(first, min(window[0] + extent + around, length)), length)


Room = tuple[int, int]
"""How many columns of numbers are shown whole, and how many at most."""


def columns_for(width: int) -> Room:
    """The room for numbers of a width."""
    return max(min(_MOST, _LINE // (width + 2)), 1), max(min(_MOST, _WIDEST_LINE // (width + 2)), 1)


def stretches_for(
    lengths: Sequence[int], windows: Sequence[Sequence[int]], whole: int, room: Room
) -> list[Stretch]:
    """What is shown along each axis: few slices, rows, and as many columns as there is room for.

    Args:
        lengths: how many places each axis has.
        windows: the places of the window along each.
        whole: so many rows and columns are shown whole.
        room: for columns.
    """
    last = len(lengths) - 1
    found: list[Stretch] = []
    for axis, (length, window) in enumerate(zip(lengths, windows, strict=True)):
        if axis == last:
            # Along one axis alone all stands on one line.
            limits = min(whole if last else _MOST, room[0]), room[1]
        else:
            limits = (_SLICES, _MOST_SLICES) if last - axis == 2 else (whole, _MOST)
        found.append(stretch(length, window, *limits))
    return found


def part_words(stretches: Sequence[Stretch], sizes: Sequence[int], before: Sequence[int]) -> str:
    """`rows 110 to 116 of 224, columns -1 to 4 of 224`; nothing where all is shown.

    >>> part_words([Stretch(range(7), 226), Stretch(range(5), 5)], (224, 3), before=(1, 1))
    'rows -1 to 5 of 224'

    Args:
        stretches: what is shown along each axis.
        sizes: how many cells each axis has, padding left out.
        before: how much padding stands before the first of them.
    """
    told = zip(stretches, axis_names(len(stretches)), sizes, before, strict=True)
    return ", ".join([own.words(name, size, less) for own, name, size, less in told if not own.is_whole])


def axis_names(rank: int) -> tuple[str, ...]:
    """What the places along each axis are called."""
    return ("slice", "row", "column")[-rank:] if rank > 1 else ("position",)
