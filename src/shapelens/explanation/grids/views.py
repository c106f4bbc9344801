"""What is shown of the input around a window, and of the output around a cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from shapelens.explanation.document import CHANNELS, LABEL, POSITIONS, Part, Text
from shapelens.explanation.grids.grid import Roles, array_parts
from shapelens.numbers import INPUT, PAST, NumberedLayer, Place, maps
from shapelens.numbers.digits import Digits, digits_for
from shapelens.numbers.stretches import (
    MOST_WHOLE,
    Room,
    Stretch,
    columns_for,
    part_words,
    stretches_for,
)
from shapelens.records import dataclass

__all__ = ["InputView", "KernelView", "OutputView", "bare_view", "input_view", "kernel_view", "output_view"]


@dataclass(frozen=True, slots=True, eq=False)
class InputView:
    """The input around a window.

    Args:
        places: the places that are shown, along each axis.
        window: the window's own.
        values: what stands there: `channels × places`.
        digits: how the values are written.
        padded: the whole extent with its padding, where padding is shown; else nothing.
        empty: the kinds of places where nothing stands.
        shown: which part is shown, in words; nothing where all is.
    """

    places: tuple[tuple[Place, ...], ...]
    window: tuple[tuple[Place, ...], ...]
    values: Any
    digits: Digits
    padded: tuple[int, ...]
    shown: str
    empty: frozenset[str] = frozenset({PAST})

    def parts(self, title: Text, channel: int) -> list[Part]:
        """The grid of one channel, by its place among those that are looked at."""
        marks = [
            {place for place, own in enumerate(axis) if own.at in {p.at for p in window}}
            for axis, window in zip(self.places, self.window, strict=True)
        ]
        role = _roles(marks, POSITIONS)

        def nothing(place: tuple[int, ...]) -> bool:
            kinds = {axis[at].kind for axis, at in zip(self.places, place, strict=True)}
            return bool(kinds & self.empty)

        return array_parts(title, self.values[channel], self.digits, marks, role, nothing)


def input_view(
    layer: NumberedLayer,
    window: tuple[tuple[Place, ...], ...],
    channels: Sequence[int],
    whole: int = MOST_WHOLE,
    *,
    padded: bool = False,
    empty: frozenset[str] = frozenset({PAST}),
) -> InputView:
    """The input around a window: with its padding where the window reaches into it.

    Args:
        layer: the layer.
        window: the places of the window.
        channels: which channels are shown.
        whole: axes of so many cells are shown whole.
        padded: whether it is shown with its padding wherever the window lies.
        empty: the kinds of places where nothing stands.
    """
    is_padded = padded or any(place.kind != INPUT for axis in window for place in axis)
    before = [0 if is_padded else axis.sides[0] for axis in layer.axes]
    lengths = [
        max(axis.length, own[-1].at + 1) if is_padded else axis.stuffed
        for axis, own in zip(layer.axes, window, strict=True)
    ]
    wanted = [[place.at - less for place in own] for own, less in zip(window, before, strict=True)]

    def seen(room: Room) -> tuple[list[Stretch], tuple[tuple[Place, ...], ...], Any]:
        stretches = stretches_for(lengths, wanted, whole, room)
        places = tuple(
            [
                tuple([axis.place(at + less) for at in own.places])
                for axis, own, less in zip(layer.axes, stretches, before, strict=True)
            ]
        )
        return stretches, places, layer.read(channels, places)

    (stretches, places, values), digits = _fitted(seen)
    # Of what is always shown with its padding the places are counted from there.
    shift = [axis.sides[0] if is_padded and not padded else 0 for axis in layer.axes]
    sizes = lengths if padded else [axis.stuffed for axis in layer.axes]
    return InputView(
        places,
        window,
        values,
        digits,
        tuple([axis.length for axis in layer.axes]) if is_padded else (),
        part_words(stretches, sizes, shift),
        empty,
    )


def bare_view(
    layer: NumberedLayer, cells: Sequence[Sequence[int]], channels: Sequence[int], whole: int = MOST_WHOLE
) -> InputView:
    """The input by itself around some of its cells, as scattering sees it.

    Args:
        layer: the layer.
        cells: the cells that are marked, along each axis.
        channels: which channels are shown.
        whole: axes of so many cells are shown whole.
    """

    def seen(room: Room) -> tuple[list[Stretch], tuple[tuple[Place, ...], ...], Any]:
        around = [list(own) or [0] for own in cells]
        stretches = stretches_for(layer.sizes, around, whole, room)
        places = tuple([tuple([Place(at, at) for at in own.places]) for own in stretches])
        return stretches, places, layer.read(channels, places)

    (stretches, places, values), digits = _fitted(seen)
    window = tuple([tuple([Place(at, at) for at in own]) for own in cells])
    shown = part_words(stretches, layer.sizes, (0,) * layer.rank)
    return InputView(places, window, values, digits, (), shown)


@dataclass(frozen=True, slots=True, eq=False)
class OutputView:
    """The output around a cell.

    Args:
        stretches: what is shown along each axis.
        position: the cell.
        values: the numbers of one feature map there.
        digits: how they are written.
        shown: which part is shown, in words; nothing where all is.
    """

    stretches: tuple[Stretch, ...]
    position: tuple[int, ...]
    values: Any
    digits: Digits
    shown: str

    @property
    def places(self) -> tuple[Sequence[int], ...]:
        """The positions that are shown, along each axis."""
        return tuple([own.places for own in self.stretches])

    @property
    def marks(self) -> list[set[int]]:
        """Where the cell stands among them."""
        return [own.marks([at]) for own, at in zip(self.stretches, self.position, strict=True)]

    def parts(self, title: Text) -> list[Part]:
        """The grid."""
        return array_parts(title, self.values, self.digits, self.marks, _roles(self.marks, CHANNELS))


def output_view(
    layer: NumberedLayer, map: int, position: Sequence[int], whole: int = MOST_WHOLE
) -> OutputView:
    """The output around a cell of one feature map."""

    def seen(room: Room) -> tuple[list[Stretch], tuple[()], Any]:
        stretches = stretches_for(layer.counts, [[at] for at in position], whole, room)
        return stretches, (), maps(layer, [map], [own.places for own in stretches])[0]

    (stretches, _, values), digits = _fitted(seen)
    shown = part_words(stretches, layer.counts, (0,) * layer.rank)
    return OutputView(tuple(stretches), tuple(position), values, digits, shown)


@dataclass(frozen=True, slots=True, eq=False)
class KernelView:
    """A kernel or its products; of a large one the first rows and columns.

    Args:
        values: the numbers that are shown.
        digits: how they are written.
        shown: which part is shown, in words; nothing where all is.
    """

    values: Any
    digits: Digits
    shown: str

    def parts(self, title: Text) -> list[Part]:
        """The grid."""
        return array_parts(title, self.values, self.digits)


def kernel_view(numbers: Any) -> KernelView:
    """A kernel, or what has its extent."""

    def seen(room: Room) -> tuple[list[Stretch], tuple[()], Any]:
        stretches = stretches_for(numbers.shape, [range(size) for size in numbers.shape], MOST_WHOLE, room)
        return stretches, (), numbers[tuple([slice(0, len(own.places)) for own in stretches])]

    (stretches, _, values), digits = _fitted(seen)
    return KernelView(values, digits, part_words(stretches, numbers.shape, (0,) * numbers.ndim))


def _fitted(seen: Callable[[Room], Any]) -> tuple[Any, Digits]:
    """What is seen, in fewer columns where its numbers are wide; and how they are written."""
    found = seen(columns_for(1))
    for _ in range(2):
        numbers = found[2].reshape(-1).tolist()
        digits = digits_for(numbers)
        room = columns_for(max([len(digits.written(number)) for number in numbers], default=1))
        if found[2].shape[-1] <= room[0]:
            break
        found = seen(room)
    return found, digits_for(found[2].reshape(-1).tolist())


def _roles(marks: Sequence[Collection[int]], role: str) -> Roles:
    """The marked cells in their role, the others dim."""

    def of(place: tuple[int, ...]) -> str:
        return role if all(at in own for at, own in zip(place, marks, strict=True)) else LABEL

    return of
