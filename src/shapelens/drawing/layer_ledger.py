"""The table under a figure that shows every layer by itself: a column for each, with its name and what it gives."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.costs import Costs
from shapelens.dims import total
from shapelens.drawing.ledger import LINE, SIZE, Ledger, hairline, macs_text, spread, unit_of
from shapelens.drawing.metrics import fitted, text_width
from shapelens.drawing.palette import Theme
from shapelens.drawing.runs import Run
from shapelens.drawing.scene import Element, Group, Label
from shapelens.drawing.stations import Station, macs_of
from shapelens.drawing.words import count_words, filters_of, layer_words, stride_words

__all__ = ["layer_ledger_of"]

_LONGEST_NAME = 46.0


def layer_ledger_of(
    runs: Sequence[Run], costs: Costs, theme: Theme, left: float, right: float, top: float
) -> Ledger | None:
    """The table; None where its columns do not find room.

    Args:
        runs: what stands above it, each with one body.
        costs: of the network.
        theme: the figure's.
        left: where the names of its rows begin.
        right: where it ends.
        top: where its upper hairline runs.
    """
    shown = [run for run in runs if run.first.station.kind != "input"]
    if not shown or any(len(run.bodies) > 1 for run in runs):
        return None
    stations = [run.first.station for run in shown]
    macs = [total([macs_of(s.steps, costs) for s in (run.first.station, *run.beside)]) for run in shown]
    parameters = [
        total(costs.parameters[step.node.name] for s in (run.first.station, *run.beside) for step in s.steps)
        for run in shown
    ]
    unit, divisor = unit_of(macs)
    order = next((f"output ({'×'.join('C' + s.form.letters)})" for s in stations if s.form.places), "output")
    made = [_made_by(station) for station in stations]
    rows: list[tuple[str, list[str], bool]] = [
        ("name", [fitted(s.name, _LONGEST_NAME, SIZE, is_bold=True) for s in stations], True),
        ("made by", [lines[0] for lines in made], False),
        ("", [lines[1] for lines in made], False),
        (
            order,
            [s.form.channels.text if s.form.is_vector else s.form.text("first") for s in stations],
            False,
        ),
        ("parameters", [count_words(count) for count in parameters], False),
        (unit, [macs_text(count, divisor) for count in macs], False),
    ]
    begin = left + max(text_width(name, SIZE) for name, _, _ in rows) + 6
    widths = [
        max(text_width(texts[column], SIZE, is_bold=is_bold) for _, texts, is_bold in rows)
        for column in range(len(shown))
    ]
    centers = spread([run.center for run in shown], widths, begin, right)
    if centers is None:
        return None
    elements: list[Element] = [hairline(left, right, top, theme)]
    y = top + LINE + 1
    for name, texts, is_bold in rows:
        if name:
            elements.append(Label((left, y), name, SIZE, theme.second))
        for x, text in zip(centers, texts, strict=True):
            if text:
                elements.append(Label((x, y), text, SIZE, theme.text, is_bold=is_bold, anchor="middle"))
        y += LINE + (3 if not name or is_bold else 0)
    bottom = y - LINE + 4
    elements.append(hairline(left, right, bottom, theme))
    return Ledger((Group(tuple(elements), kind="table"),), bottom - top)


def _made_by(station: Station) -> tuple[str, str]:
    """What makes a tensor, in two lines: `6 filters`, `of 5×5×1`."""
    times = f" ×{station.times}" if station.times > 1 else ""
    words = layer_words(station)
    if filters_of(station) is not None and not station.members:
        count, _, of = words.partition(" of ")
        return (
            (f"{count} filters{times}", f"of {of}")
            if station.kind != "linear"
            else (count + times, f"of {of}")
        )
    return words + times, stride_words(station)
