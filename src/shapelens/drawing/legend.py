"""The legend of a figure: the kinds of what it shows, each with how many operators are of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from shapelens.drawing.hatching import hatched
from shapelens.drawing.metrics import text_width
from shapelens.drawing.palette import KINDS, Theme
from shapelens.drawing.runs import plus_mark
from shapelens.drawing.scene import Element, Group, Label, Line, Paint, Polygon
from shapelens.drawing.stations import Graph, kind_of
from shapelens.network import Step
from shapelens.operators import Activation, AdaptivePool, Elementwise, Pool

__all__ = ["legend_of"]

_SIZE = 6.6
_OTHERS = ("norm", "activation", "other")
_LINE, _APART = 12.0, 10.0


def legend_of(
    graph: Graph,
    flowing: Set[str],
    theme: Theme,
    left: float,
    right: float,
    y: float,
    *,
    shows_filter: bool,
) -> tuple[Group, float]:
    """The legend, in lines, and where it ends.

    Args:
        graph: what is drawn.
        flowing: the values that hang on an input and lead to an output; what makes others is not counted.
        theme: the figure's.
        left: where its lines begin.
        right: where they end.
        y: where it begins.
        shows_filter: whether a filter is drawn.
    """
    x = left
    parts: list[Element] = []
    for kind, words, count in _entries(graph, flowing, shows_filter=shows_filter):
        length = 14 + text_width(words, _SIZE) + (3 + text_width(count, _SIZE) if count else 0)
        if x + length > right and x > left:
            x, y = left, y + _LINE
        parts += _swatch(kind, x, y, theme)
        parts.append(Label((x + 14, y + 6.3), words, _SIZE, theme.text))
        if count:
            parts.append(Label((x + length - text_width(count, _SIZE), y + 6.3), count, _SIZE, theme.second))
        x += length + _APART
    return Group(tuple(parts), kind="legend"), y + 15


def _entries(graph: Graph, flowing: Set[str], *, shows_filter: bool) -> list[tuple[str, str, str]]:
    """The kinds that are used, each in words and with its count."""
    steps = [
        step
        for station in graph.stations
        for step in station.steps
        if not flowing.isdisjoint(step.node.outputs) and not flowing.isdisjoint(step.node.inputs)
    ]
    drawn = {station.kind for station in graph.stations} | {
        kind for s in graph.stations for kind, _ in s.parts
    }
    joins = {station.join for station in graph.stations}
    bands = {band for station in graph.stations for band in station.bands}
    of_kind: dict[str, list[Step]] = {}
    for step in steps:
        if not step.node.operator.keeps_shape and not _changes_nothing(step):
            of_kind.setdefault(kind_of(step), []).append(step)
    entries = [
        (kind, _words(kind, of_kind[kind]), f"{len(of_kind[kind]):,}")
        for kind in KINDS
        if kind in drawn and kind not in {"input", "concat", "sum", "other"} and kind in of_kind
    ]
    for band, family in (("norm", "normalization"), ("activation", "activation")):
        folded = [s for s in steps if s.node.operator.family == family and s.node.operator.word != "dropout"]
        if band in bands and folded:
            entries.append((band, _band_words(band, folded), f"{len(folded):,}"))
    if "+" in joins:
        entries.append(("sum", "add", f"{sum(map(_adds, steps)):,}"))
    if "concat" in joins:
        entries.append(("concat", "concat", f"{len(of_kind.get('concat', ())):,}"))
    if "other" in drawn:
        entries.append(("other", *_others(graph)))
    if shows_filter:
        entries.append(("filter", "a filter and the cell it computes", ""))
    return entries


def _others(graph: Graph) -> tuple[str, str]:
    """What is drawn in the neutral colour, in words, and how much of it: norms and activations that stand alone."""
    mains = [station.main for station in graph.stations if station.kind == "other"]
    families = [main.node.operator.family for main in mains if main is not None]
    told = {"normalization": "norm", "activation": "activation"}
    words = dict.fromkeys(sorted([told.get(family, "other") for family in families], key=_OTHERS.index))
    return ", ".join(words) or "other", f"{len(families):,}" if words and "other" not in words else ""


def _changes_nothing(step: Step) -> bool:
    """Whether it is a pool to the size that is there, which is not drawn."""
    first = next((tensor for tensor in step.inputs if tensor is not None), None)
    return (
        isinstance(step.node.operator, AdaptivePool)
        and first is not None
        and first.shape == step.output.shape
    )


def _words(kind: str, steps: Sequence[Step]) -> str:
    """A kind in words, with the window that all of it shares: `convolution 3×3`, `max pool 2×2`."""
    if kind == "linear":
        products = dict.fromkeys(_product(step) for step in steps)
        return ", ".join(products) if len(products) < 3 else f"{KINDS[kind]}, other products"
    windows = {_window(step) for step in steps}
    kinds = {step.node.operator.kind for step in steps if isinstance(step.node.operator, Pool)}
    name = f"{kinds.pop()} pool" if kind == "pool" and len(kinds) == 1 and "" not in windows else KINDS[kind]
    return f"{name} {windows.pop()}".strip() if len(windows) == 1 else name


def _product(step: Step) -> str:
    """`fully connected` where it has weights of its own; of two activations what their product is called."""
    operator = step.node.operator
    return KINDS["linear"] if step.applied.filters is not None else operator.word or "matrix product"


def _window(step: Step) -> str:
    operator = step.node.operator
    if isinstance(operator, Pool):
        return "×".join(str(extent) for extent in operator.kernel)
    filters = step.applied.filters
    return "×".join(str(extent) for extent in filters.kernel) if filters is not None else ""


def _band_words(band: str, steps: Iterable[Step]) -> str:
    """`ReLU` where every activation is one, `batch norm` where every norm is."""
    names = {
        step.node.operator.function
        if isinstance(step.node.operator, Activation)
        else step.node.operator.word or band
        for step in steps
    }
    return _SPELLED.get(name := names.pop(), name) if len(names) == 1 else band


_SPELLED = {
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "relu6": "ReLU6",
    "elu": "ELU",
    "leaky_relu": "leaky ReLU",
}


def _adds(step: Step) -> bool:
    operator = step.node.operator
    flowing = step.applied.flowing
    return isinstance(operator, Elementwise) and operator.function == "add" and len(flowing) > 1


def _swatch(kind: str, x: float, y: float, theme: Theme) -> list[Element]:
    box = ((x, y), (x + 10, y), (x + 10, y + 7), (x, y + 7))
    if kind == "filter":
        edge = Paint(theme.filter_fill, theme.filter_line, 0.5, opacity=0.6)
        tip = ((x + 6, y), (x + 12, y + 3.5), (x + 6, y + 7))
        return [
            Polygon(((x, y), (x + 6, y), (x + 6, y + 7), (x, y + 7)), edge),
            Polygon(tip, Paint(theme.filter_fill, theme.filter_line, 0.5, opacity=0.28)),
        ]
    if kind in {"norm", "activation"}:
        shades = theme.shades["convolution"]
        fill = theme.norm if kind == "norm" else shades.band
        band = ((x + 7, y), (x + 10, y), (x + 10, y + 7), (x + 7, y + 7))
        return [Polygon(box, Paint(shades.front)), Polygon(band, Paint(fill)),
                Line(((x + 7, y), (x + 7, y + 7)), Paint(stroke=shades.stroke, width=0.3)),
                Polygon(box, Paint(stroke=shades.stroke, width=0.5))]  # fmt: skip
    if kind == "sum":
        return plus_mark((x + 5, y + 3.5), 3.4, theme)
    shades = theme.shades[kind]
    if kind == "concat":
        half = ((x, y), (x + 5, y), (x + 5, y + 7), (x, y + 7))
        rest = ((x + 5, y), (x + 10, y), (x + 10, y + 7), (x + 5, y + 7))
        one, other = theme.shades["convolution"], theme.shades["upsampling"]
        return [
            Polygon(half, Paint(one.front, one.stroke, 0.5)),
            Polygon(rest, Paint(other.front, other.stroke, 0.5)),
        ]
    return [
        Polygon(box, Paint(shades.front)),
        *hatched(x, y, x + 10, y + 7, shades.hatch, shades.stroke),
        Polygon(box, Paint(stroke=shades.stroke, width=0.5)),
    ]
