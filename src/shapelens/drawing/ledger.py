"""The table under a figure: a column for each run, which add up to the totals."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.costs import Costs
from shapelens.dims import Dim, total
from shapelens.drawing.metrics import text_width
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run
from shapelens.drawing.scene import Element, Group, Label, Line, Paint
from shapelens.drawing.stations import Station, macs_of
from shapelens.drawing.words import count_words, filter_words, layer_words
from shapelens.records import dataclass

__all__ = ["Ledger", "ledger_of"]

_SIZE = 6.4
_LINE = 9.0
_APART = 5.0
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it stands under, and what is written in it."""

    center: float
    filters: tuple[str, ...]
    parameters: Dim
    macs: Dim

    @property
    def width(self) -> float:
        """How wide it has to be."""
        texts = [*self.filters, count_words(self.parameters)]
        return max(text_width(text, _SIZE) for text in texts)


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
    *,
    is_short: bool = False,
) -> Ledger | None:
    """The table under runs; None where its columns do not find room.

    Args:
        runs: what stands above it.
        costs: of the network.
        theme: the figure's.
        left: where the names of its rows begin.
        right: where it ends.
        top: where its upper hairline runs.
        is_short: whether only the numbers are told, without the filters.
    """
    columns = _columns(runs, costs, is_short=is_short)
    if not columns:
        return None
    unit, divisor = _unit(columns)
    names = ["filters", "(k×k×C)", "parameters", unit] if not is_short else ["parameters", unit]
    begin = left + max(text_width(name, _SIZE) for name in names) + 6
    centers = _spread([c.center for c in columns], [c.width for c in columns], begin, right)
    if centers is None:
        return None
    most = max(len(c.filters) for c in columns)
    elements: list[Element] = [_hairline(left, right, top, theme)]
    y = top + _LINE + 1
    if most:
        elements += [
            Label((left, y), "filters", _SIZE, theme.second),
            Label((left, y + _LINE), "(k×k×C)", _SIZE, theme.second),
        ]
        for column, x in zip(columns, centers, strict=True):
            for number, text in enumerate(column.filters):
                elements.append(Label((x, y + number * _LINE), text, _SIZE, theme.text, anchor="middle"))
        y += max(most, 2) * _LINE + 3
    for name, number in (("parameters", 0), (unit, 1)):
        elements.append(Label((left, y), name, _SIZE, theme.second))
        for column, x in zip(columns, centers, strict=True):
            text = count_words(column.parameters) if number == 0 else _macs_text(column.macs, divisor)
            elements.append(Label((x, y), text, _SIZE, theme.text, anchor="middle"))
        y += _LINE
    bottom = y - _LINE + 4
    elements.append(_hairline(left, right, bottom, theme))
    return Ledger((Group(tuple(elements), kind="table"),), bottom - top)


def _columns(runs: Sequence[Run], costs: Costs, *, is_short: bool) -> list[Column]:
    """A column for each run that has weights or filters; neighbouring bars share one."""
    columns: list[Column] = []
    before: Run | None = None
    for run in runs:
        stations = [s for s in run.stations if s.kind != "input"]
        parameters = total(costs.parameters[step.node.name] for s in stations for step in s.steps)
        macs = total(macs_of(s.steps, costs) for s in stations)
        lines = () if is_short else tuple(_filter_lines(stations))
        is_idle = isinstance(parameters, int) and parameters == 0 and isinstance(macs, int) and macs == 0
        if not stations or (is_idle and not lines):
            continue
        if before is not None and before.is_bar and run.is_bar and columns:
            last = columns.pop()
            middle = last.center if len(last.filters) > 1 else (last.center + run.center) / 2
            columns.append(
                Column(
                    middle,
                    (*last.filters, *lines),
                    total([last.parameters, parameters]),
                    total([last.macs, macs]),
                )
            )
        else:
            columns.append(Column(run.center, lines, parameters, macs))
        before = run
    return columns


def _filter_lines(stations: Sequence[Station]) -> list[str]:
    """The filters of a run, each line once with how often it comes."""
    lines: list[tuple[str, int]] = []
    for station in stations:
        words = filter_words(station) if not station.members else layer_words(station)
        if not words:
            continue
        if lines and lines[-1][0] == words:
            lines[-1] = (words, lines[-1][1] + station.times)
        else:
            lines.append((words, station.times))
    texts = [f"{words} ×{times}" if times > 1 else words for words, times in lines]
    if len(texts) > _MOST_LINES:
        texts = [*texts[: _MOST_LINES - 1], f"and {len(texts) - _MOST_LINES + 1} more"]
    return texts


def _unit(columns: Sequence[Column]) -> tuple[str, int]:
    """What multiply-accumulates are counted in."""
    largest = max((c.macs for c in columns if isinstance(c.macs, int)), default=0)
    return ("GMAC", 10**9) if largest >= 10**8 else ("MMAC", 10**6) if largest >= 10**6 else ("MAC", 1)


def _macs_text(macs: Dim, divisor: int) -> str:
    if not isinstance(macs, int) or divisor == 1:
        return count_words(macs)
    return f"{macs / divisor:.3f}"


def _spread(
    wanted: Sequence[float], widths: Sequence[float], left: float, right: float
) -> list[float] | None:
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


def _hairline(left: float, right: float, y: float, theme: Theme) -> Line:
    return Line(((left, y), (right, y)), Paint(stroke=theme.hairline, width=0.5))
