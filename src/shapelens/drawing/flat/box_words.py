"""What is written in flat boxes."""

from __future__ import annotations

from shapelens.drawing.branches import main_branch
from shapelens.drawing.flat.boxes import PLUS, Written
from shapelens.drawing.stations import Station
from shapelens.drawing.words import (
    count_words,
    filter_words,
    filters_of,
    layer_words,
    short_filter_words,
    stride_words,
)

__all__ = ["box_lines", "wordings_of"]

_NAME, _WORDS = 7.2, 6.6
_MOST_LAYERS, _MOST_PARTS = 4, 6
_JOINS = {"·": "multiply", "−": "subtract"}


def box_lines(station: Station, scale: float, *, is_given_out: bool = False) -> list[Written]:
    """The lines in a box that has room for several: its name, its filters, what joins what.

    Args:
        station: what the box shows.
        scale: of the type.
        is_given_out: whether it is an output of the network that something inside takes too.
    """

    def bold(text: str) -> list[Written]:
        return [Written(text, _NAME * scale, is_bold=True)] if text else []

    def plain(*texts: str) -> list[Written]:
        return [Written(text, _WORDS * scale) for text in texts if text]

    output = plain("output" if is_given_out else "")
    if station.join and not station.members:
        if station.join == "concat":
            return [*bold("concat"), *plain(*_sum_words(station)), *output]
        return [*bold(PLUS if station.join == "+" else _JOINS.get(station.join, station.join)), *output]
    if station.kind == "input" and not station.steps:
        return [*bold(station.name), *plain("" if station.name == "input" else "input"), *output]
    inner = _block_words(station) if station.members else _layer_words(station)
    times = f"×{station.times} " if station.times > 1 else ""
    mark = PLUS if station.members and station.join == "+" else ""
    return [*bold(station.name), *plain(*inner), *bold(times + mark), *output]


def _sum_words(station: Station) -> list[str]:
    """`64 + 64` and `= 128`: what a concatenation is made of."""
    sizes = [size for _, size in station.parts]
    if not sizes or not all(sizes):
        return [f"of {len(station.parents)}"]
    whole = f"= {sum(sizes)}"
    if len(sizes) > _MOST_PARTS:
        return [f"of {len(sizes)}", whole]
    pairs = [" + ".join(str(size) for size in sizes[at : at + 2]) for at in range(0, len(sizes), 2)]
    return [pairs[0], *[f"+ {pair}" for pair in pairs[1:]], whole]


def _block_words(station: Station) -> list[str]:
    """The class of a block, and its filters where they stand one after another."""
    branch = main_branch(station) or []
    filters = [words for inner in branch if (words := short_filter_words(inner))]
    if len(filters) > _MOST_LAYERS or any(inner.members for inner in branch):
        filters = []
    # What is several layers is not of the class of one of them.
    module = station.module.strip("_") if station.main is None else ""
    return [module, *filters] if module or filters else [layer_words(station)]


def _layer_words(station: Station) -> list[str]:
    """`64 filters`, `of 3×3×3`, `stride 2`; what else a layer is."""
    count, of, filter_shape = filter_words(station).partition(" of ")
    if of and "×" in filter_shape:
        return [f"{count} filters", f"of {filter_shape}", stride_words(station)]
    return [layer_words(station), stride_words(station)]


def wordings_of(station: Station, *, has_names: bool, is_given_out: bool = False) -> list[str]:
    """What a station does, for one line; of several wordings the longest first.

    Args:
        station: what the box shows.
        has_names: whether its name is written beside.
        is_given_out: whether it is an output of the network that something inside takes too.
    """
    times = f" ×{station.times}" if station.times > 1 else ""
    output = ", output" if is_given_out else ""
    if station.main is None or station.members:
        if not station.steps:
            return [("input" if station.kind == "input" else station.module) + output]
        if not has_names:
            return [station.name + times + output]
        branch = main_branch(station) if station.members else None
        filters = [words for inner in branch or () if (words := short_filter_words(inner))]
        module = layer_words(station) + times + output
        return [f"{module}: {' · '.join(filters)}", module] if filters else [module]
    words = station.main.applied.words
    head, *settings = words.split(", ")
    if station.join == "concat":
        return [" ".join(["concat", *_sum_words(station)]) + times + output, "concat" + times + output]
    made = filters_of(station)
    if made is not None:
        head = f"{head}, {count_words(made.count).replace(',', '')}"
    shown = [", ".join([head, *settings[:count]]) for count in range(len(settings), -1, -1)]
    return [text + times + output for text in (*shown, words.partition(",")[0])]
