"""The table under a figure: a column for each run, which add up to the totals."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.costs import Costs
from shapelens.dims import Dim, Expression, total
from shapelens.drawing.branches import main_branch
from shapelens.drawing.metrics import text_width
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run
from shapelens.drawing.scene import Element, Group, Label, Line, Paint
from shapelens.drawing.stations import Station, macs_of
from shapelens.drawing.words import count_words, filter_words, layer_words, short_filter_words
from shapelens.records import dataclass

__all__ = ["LINE", "SIZE", "Ledger", "hairline", "ledger_of", "macs_text", "spread", "unit_of"]

SIZE = 6.4
LINE = 9.0
_APART = 5.0
_BRACKET_ROOM = 5.0
_MOST_LINES = 7


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in one column for a layer, or for a block.

    Args:
        lines: what is written: one line, or those of a block, in brackets.
        times: how often.
        is_block: whether it stands in brackets.
    """

    lines: tuple[str, ...]
    times: int = 1
    is_block: bool = False

    @property
    def texts(self) -> list[str]:
        """Its lines as they are written, with how often behind a layer."""
        times = f" ×{self.times}" if self.times > 1 and not self.is_block else ""
        return [line + times for line in self.lines]

    @property
    def width(self) -> float:
        """How wide it is."""
        wide = max(text_width(text, SIZE) for text in self.texts)
        return wide + (2 * _BRACKET_ROOM + 14 if self.is_block else 0)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it stands under, and what is written in it."""

    center: float
    entries: tuple[Entry, ...]
    parameters: Dim
    macs: Dim
    shapes: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """How wide it has to be."""
        texts = [count_words(self.parameters), *self.shapes]
        return max([*[text_width(text, SIZE) for text in texts], *[entry.width for entry in self.entries]])

    @property
    def lines(self) -> int:
        """How many lines its filters take."""
        return sum(len(entry.lines) for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table that is laid out, and how tall it is."""

    elements: tuple[Element, ...]
    height: float


def ledger_of(
    runs: Sequence[Run],
    costs: Costs,
    theme: Theme,
    left: float,
    right: float,
    top: float,
    detail: str,
    *,
    has_both_orders: bool = False,
) -> Ledger | None:
    """The table under runs; None where its columns do not find room.

    Args:
        runs: what stands above it.
        costs: of the network.
        theme: the figure's.
        left: where the names of its rows begin.
        right: where it ends.
        top: where its upper hairline runs.
        detail: `blocks` tells the filters inside blocks, `names` only what the blocks are, nothing only numbers.
        has_both_orders: whether what comes out of each run is written with the channels first and last.
    """
    columns = _columns(runs, costs, detail, has_shapes=has_both_orders)
    if not columns or max(column.lines for column in columns) > _MOST_LINES:
        return None
    unit, divisor = unit_of([column.macs for column in columns])
    has_blocks = any(entry.is_block for column in columns for entry in column.entries)
    if detail == "blocks" and not has_blocks:
        return None
    header = "(k×k, filters)" if has_blocks else "(k×k×C)"
    names = ["parameters", unit, *(["filters", header] if detail else [])]
    begin = left + max(text_width(name, SIZE) for name in names) + 6
    centers = spread([c.center for c in columns], [c.width for c in columns], begin, right)
    if centers is None:
        return None
    most = max(column.lines for column in columns)
    elements: list[Element] = [hairline(left, right, top, theme)]
    y = top + LINE + 1
    if most:
        elements.append(Label((left, y), "filters", SIZE, theme.second))
        elements.append(Label((left, y + LINE), header, SIZE, theme.second))
        for column, x in zip(columns, centers, strict=True):
            elements += _entries(column, x, y, theme)
        y += max(most, 2) * LINE + 3
    for name, number in (("parameters", 0), (unit, 1)):
        elements.append(Label((left, y), name, SIZE, theme.second))
        for column, x in zip(columns, centers, strict=True):
            text = count_words(column.parameters) if number == 0 else macs_text(column.macs, divisor)
            elements.append(Label((x, y), text, SIZE, theme.text, anchor="middle"))
        y += LINE
    for number, name in enumerate(_order_words(runs) if has_both_orders else ()):
        elements.append(Label((left, y), name, SIZE, theme.second))
        for column, x in zip(columns, centers, strict=True):
            if text := column.shapes[number]:
                elements.append(Label((x, y), text, SIZE, theme.text, anchor="middle"))
        y += LINE
    bottom = y - LINE + 4
    elements.append(hairline(left, right, bottom, theme))
    return Ledger((Group(tuple(elements), kind="table"),), bottom - top)


def _order_words(runs: Sequence[Run]) -> tuple[str, str]:
    """The two orders in letters: `out (C×H×W)`, `out (H×W×C)`."""
    letters = next((s.form.letters for run in runs for s in run.stations if s.form.places), "HW")
    return f"out ({'×'.join('C' + letters)})", f"out ({'×'.join(letters + 'C')})"


def _shapes(run: Run) -> tuple[str, str]:
    """What comes out of a run, in both orders."""
    form = run.last.station.form
    return (form.channels.text, "") if form.is_vector else (form.text("first"), form.text("last"))


def _entries(column: Column, x: float, y: float, theme: Theme) -> list[Element]:
    """The filters of a column, from a line down."""
    written: list[Element] = []
    for entry in column.entries:
        middle = x - 7 if entry.is_block else x
        for number, text in enumerate(entry.texts):
            written.append(Label((middle, y + number * LINE), text, SIZE, theme.text, anchor="middle"))
        if entry.is_block:
            half = max(text_width(text, SIZE) for text in entry.texts) / 2 + _BRACKET_ROOM - 1
            top, bottom = y - 6.4, y + (len(entry.lines) - 1) * LINE + 2.2
            paint = Paint(stroke=theme.line, width=0.5)
            for side in (-1, 1):
                edge = middle + side * half
                inner = edge - side * 2
                written.append(Line(((inner, top), (edge, top), (edge, bottom), (inner, bottom)), paint))
            if entry.times > 1:
                at = (middle + half + 2.5, (top + bottom) / 2 + 2.3)
                written.append(Label(at, f"×{entry.times}", SIZE, theme.text, is_bold=True))
        y += len(entry.lines) * LINE
    return written


def _columns(runs: Sequence[Run], costs: Costs, detail: str, *, has_shapes: bool) -> list[Column]:
    """A column for each run that has weights or filters; neighbouring bars share one."""
    columns: list[Column] = []
    before: Run | None = None
    for run in runs:
        stations = [s for s in run.stations if s.kind != "input"]
        all_of_it = [*stations, *run.beside]
        parameters = total(costs.parameters[step.node.name] for s in all_of_it for step in s.steps)
        macs = total(macs_of(s.steps, costs) for s in all_of_it)
        entries = tuple(_told(stations, detail))
        is_idle = isinstance(parameters, int) and parameters == 0 and isinstance(macs, int) and macs == 0
        if not stations or (is_idle and not entries and not has_shapes):
            continue
        shapes = _shapes(run) if has_shapes else ()
        if before is not None and before.is_bar and run.is_bar and columns:
            last = columns.pop()
            middle = last.center if len(last.entries) > 1 else (last.center + run.center) / 2
            sums = total([last.parameters, parameters]), total([last.macs, macs])
            columns.append(Column(middle, (*last.entries, *entries), *sums, shapes))
        else:
            columns.append(Column(run.center, entries, parameters, macs, shapes))
        before = run
    return columns


def _told(stations: Sequence[Station], detail: str) -> list[Entry]:
    """What is told of the layers of a run, each once with how often it comes."""
    told: list[Entry] = []
    for station in stations if detail else ():
        entry = _entry(station, detail)
        if entry is None:
            continue
        if told and (told[-1].lines, told[-1].is_block) == (entry.lines, entry.is_block):
            told[-1] = Entry(entry.lines, told[-1].times + entry.times, entry.is_block)
        else:
            told.append(entry)
    if detail == "names" and sum(len(entry.lines) for entry in told) > _MOST_LINES:
        kept = told[: _MOST_LINES - 1]
        told = [*kept, Entry((f"and {len(told) - len(kept)} more",))]
    return told


def _entry(station: Station, detail: str) -> Entry | None:
    if not station.members:
        words = short_filter_words(station) if detail == "blocks" else filter_words(station)
        return Entry((words,), station.times) if words else None
    branch = main_branch(station) if detail == "blocks" else None
    lines = tuple([words for inner in branch or () if (words := short_filter_words(inner))])
    if lines and not any(inner.members for inner in branch or ()):
        return Entry(lines, station.times, is_block=len(lines) > 1)
    return Entry((layer_words(station),), station.times)


def unit_of(macs: Sequence[Dim]) -> tuple[str, int]:
    """What multiply-accumulates are counted in, and how many of them that is; one by one beside a formula.

    >>> from shapelens.dims import symbol
    >>> unit_of([3_538_944, 0]), unit_of([3_538_944, symbol("H") * 16])
    (('MMAC', 1000000), ('MAC', 1))
    """
    if any(isinstance(count, Expression) for count in macs):
        return "MAC", 1
    largest = max((count for count in macs if isinstance(count, int)), default=0)
    return ("GMAC", 10**9) if largest >= 10**8 else ("MMAC", 10**6) if largest >= 10**6 else ("MAC", 1)


def macs_text(macs: Dim, divisor: int) -> str:
    """Multiply-accumulates in a unit, to three decimals."""
    if not isinstance(macs, int) or divisor == 1:
        return count_words(macs)
    return f"{macs / divisor:.3f}"


def spread(wanted: Sequence[float], widths: Sequence[float], left: float, right: float) -> list[float] | None:
    """Centers as near as can be to those wanted, without two columns meeting; None where there is no room."""
    if sum(widths) + _APART * (len(widths) - 1) > right - left:
        return None
    centers: list[float] = []
    edge = left
    for center, width in zip(wanted, widths, strict=True):
        at = max(center, edge + width / 2)
        centers.append(at)
        edge = at + width / 2 + _APART
    edge = right
    for number in range(len(centers) - 1, -1, -1):
        centers[number] = min(centers[number], edge - widths[number] / 2)
        edge = centers[number] - widths[number] / 2 - _APART
    return centers


def hairline(left: float, right: float, y: float, theme: Theme) -> Line:
    """A line between parts of the page."""
    return Line(((left, y), (right, y)), Paint(stroke=theme.hairline, width=0.5))
