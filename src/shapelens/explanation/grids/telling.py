"""The words around the grids: which cell, which window, what stands in the padding, and sums written out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shapelens.explanation.document import LABEL, POSITIONS, Block, Entry, Text, text
from shapelens.numbers import INPUT, PADDING, Number, NumberedLayer, Place
from shapelens.numbers.digits import Digits
from shapelens.numbers.stretches import axis_names
from shapelens.operators import Convolution
from shapelens.records import dataclass

__all__ = [
    "MOST_CHANNELS",
    "MOST_TERMS",
    "Telling",
    "cell_words",
    "filter_name",
    "output_title",
    "position_text",
    "product_text",
    "shape_text",
    "shown_entry",
    "window_entry",
]

MOST_CHANNELS = 4
"""So many channels are shown one under another; of more the first two and the last."""
MOST_TERMS = 27
"""So many products are written out in one sum."""

_STANDS = {
    "zeros": "zeros",
    "reflect": "the input mirrored",
    "replicate": "the nearest cell again",
    "circular": "the cells of the other end",
}


@dataclass(frozen=True, slots=True)
class Telling:
    """A cell told in grids.

    Args:
        title: what is said of it in the document's first line.
        groups: the grids, and what is said of them.
        is_rounded: whether some number is not written whole.
    """

    title: Text
    groups: tuple[tuple[Block, ...], ...]
    is_rounded: bool


def shape_text(sizes: Iterable[int]) -> str:
    """`1×5×5`."""
    return "×".join(map(str, sizes))


def position_text(position: Sequence[int]) -> str:
    """`0,2`."""
    return ",".join(map(str, position))


def filter_name(layer: NumberedLayer, map: int, *, whole: bool = False) -> str:
    """`filter 1×3×3`; where there are several, which of them."""
    own = "filter" if layer.maps == 1 else f"filter {map}"
    if whole:
        sizes = (*layer.kernel, layer.depth) if layer.operator.channels_last else (layer.depth, *layer.kernel)
        own += f"{'' if layer.maps == 1 else ','} {shape_text(sizes)}"
    return own


def output_title(layer: NumberedLayer, map: int) -> Text:
    """`out 64×224×224, map 3`."""
    return text((f"out {shape_text(layer.output_shape)}{'' if layer.maps == 1 else f', map {map}'}", LABEL))


def cell_words(layer: NumberedLayer, map: int, position: Sequence[int]) -> str:
    """`filter 3, cell 0,0`."""
    word = "channel" if layer.is_pool else "filter"
    which = "" if layer.maps == 1 else f"{word} {map}, "
    return f"{which}cell {position_text(position)}"


def product_text(pairs: Iterable[tuple[Number, Number]], left: Digits, right: Digits) -> str:
    """`1·1 + 2·(-1)`."""
    return " + ".join([f"{left.factor(a)}·{right.factor(b)}" for a, b in pairs])


def window_entry(layer: NumberedLayer, window: Sequence[Sequence[Place]]) -> Entry:
    """Where the window lies in the input, and what stands where it reaches beyond."""
    is_padded = any(place.kind != INPUT for axis in window for place in axis)
    own = [[axis.own(place) for place in places] for axis, places in zip(layer.axes, window, strict=True)]
    names = axis_names(layer.rank)
    where = ", ".join([_places(name, places) for name, places in zip(names, own, strict=True)])
    return Entry("window", (text((where, POSITIONS), (_beyond(layer, window) if is_padded else "", LABEL)),))


def shown_entry(**parts: str) -> list[Block]:
    """Which parts of the input, the output and the kernel are shown, where they are not whole."""
    lines = [text((f"of the {name} {shown}", LABEL)) for name, shown in parts.items() if shown]
    return [Entry("shown", tuple(lines))] if lines else []


def _places(name: str, places: Sequence[int]) -> str:
    """`rows -1 to 1`, or one by one where they are apart."""
    if len(places) == 1:
        return f"{name} {places[0]}"
    if places[1] - places[0] == 1:
        return f"{name}s {places[0]} to {places[-1]}"
    return f"{name}s {', '.join(map(str, places))}"


def _beyond(layer: NumberedLayer, window: Sequence[Sequence[Place]]) -> str:
    """What stands where the window reaches beyond the input."""
    parts: list[str] = []
    sorted_out: dict[str, list[str]] = {}
    for axis, places, name in zip(layer.axes, window, axis_names(layer.rank), strict=True):
        for kind in dict.fromkeys([place.kind for place in places if place.kind != INPUT]):
            own = [str(axis.own(place)) for place in places if place.kind == kind]
            word = name if len(own) == 1 else f"{name}s"
            sorted_out.setdefault(kind, []).append(f"{word} {', '.join(own)}")
    for kind, found in sorted_out.items():
        many = len(found) > 1 or found[0].partition(" ")[0].endswith("s")
        listed = " and ".join(found)
        if kind == PADDING:
            parts.append(f"{listed} {'are' if many else 'is'} padding, {_standing(layer)}")
        else:
            parts.append(f"{listed} {'lie' if many else 'lies'} behind the end, where nothing counts")
    return "; " + "; ".join(parts)


def _standing(layer: NumberedLayer) -> str:
    """What stands in the padding."""
    operator = layer.operator
    if isinstance(operator, Convolution):
        return _STANDS[operator.padding_mode]
    if operator.kind == "max":
        return "which never wins"
    if operator.kind == "average" and not operator.count_include_pad:
        return "which does not count"
    return "zeros"
