"""The page around a figure: the title above it, and the table, the legend and the caption under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from shapelens.analyses.costs import Costs
from shapelens.analyses.findings import ERROR, Finding
from shapelens.analyses.receptive_field import FieldOf
from shapelens.dims import total
from shapelens.drawing.inset import inset_of, opened_of
from shapelens.drawing.laid import Laid
from shapelens.drawing.layer_ledger import layer_ledger_of
from shapelens.drawing.ledger import Ledger, ledger_of
from shapelens.drawing.legend import legend_of
from shapelens.drawing.metrics import fitted, wrapped
from shapelens.drawing.options import Options
from shapelens.drawing.palette import THEMES, Theme
from shapelens.drawing.runs import Run
from shapelens.drawing.scale import Scale
from shapelens.drawing.scene import Element, Group, Label, Scene
from shapelens.drawing.solids import title_of
from shapelens.drawing.stations import Graph, flowing_values, macs_of
from shapelens.drawing.words import count_words
from shapelens.network import Evaluation
from shapelens.records import dataclass

__all__ = ["MARGIN", "Subject", "page_of"]

INSET_ASPECT = 1.0
"""A block is opened only where the page stays at most so many times as tall as it is wide."""

TALLEST = 1.4
"""No page is more times as tall as it is wide, where words leave it the choice."""

_MOST_GIVEN = 6
_MOST_FIXES = 2
WIDEST = 2.95
"""No page is more times as wide as it is tall."""

MARGIN = 12.0
_TITLE, _TOTALS, _LEGEND, _CAPTION = 10.0, 7.0, 6.6, 6.6


@dataclass(frozen=True, slots=True)
class Subject:
    """What a figure is of.

    Args:
        evaluation: a network at a shape.
        costs: its costs.
        findings: what does not fit in it.
        fields: its receptive fields, where one is drawn.
    """

    evaluation: Evaluation
    costs: Costs
    findings: Sequence[Finding] = ()
    fields: Mapping[str, FieldOf] = field(default_factory=dict)

    @property
    def failure(self) -> Finding | None:
        """What fails first."""
        return next((finding for finding in self.findings if finding.severity == ERROR), None)


def page_of(subject: Subject, graph: Graph, laid: Laid, scale: Scale, options: Options) -> Scene:
    """The whole page."""
    evaluation, costs = subject.evaluation, subject.costs
    theme = THEMES[options.theme]
    width = options.points
    left, right = MARGIN, width - MARGIN
    elements: list[Element] = list(_heading(subject, options, theme, right))
    box = laid.box
    shift = left - box.left + max((right - left - box.width) / 2, 0.0)
    placed = laid.moved(shift, 28.0 - box.top)
    elements += placed.elements
    y = 28.0 + box.height + 10.0
    below = _below(subject, graph, laid, scale, options)
    under = below(0.0)[1]
    if laid.is_table_wanted:
        runs = [run.moved(shift) for run in laid.runs]
        tables = (_table(subject, runs, options, y, detail) for detail in _details(graph, options))
        fitting = [table for table in tables if table is not None]
        most = TALLEST * width - y - under
        table = next((table for table in fitting if table.height < most), fitting[-1] if fitting else None)
        if table is not None:
            elements += table.elements
            y += table.height + 8.0
    opened = opened_of(graph) if options.inset and options.style in {"volumes", "maps"} else None
    if opened is not None:
        most = INSET_ASPECT * width - y - under
        inset = inset_of(opened, costs, options, left, right, y, most)
        if inset is not None:
            elements += inset.elements
            y += inset.height + 8.0
    words, y = below(y)
    elements += words
    height = round(max(y, width / WIDEST), 2)
    families = (*options.fonts, "Helvetica", "Arial", "Liberation Sans", "sans-serif")
    title = f"{options.title or _network_title(evaluation)} as {options.style}"
    return Scene(
        round(width, 2), height, theme.page, tuple(elements), title, _description(evaluation, costs, graph),
        tuple(dict.fromkeys(families)), _identity(evaluation.network.name, options),
    )  # fmt: skip


def _below(
    subject: Subject, graph: Graph, laid: Laid, scale: Scale, options: Options
) -> Callable[[float], tuple[list[Element], float]]:
    """The legend, what breaks, and the caption: from a height down, and where they end."""
    theme = THEMES[options.theme]
    left, right = MARGIN, options.points - MARGIN
    flowing = flowing_values(subject.evaluation)
    caption = _caption(subject, graph, scale, options, right - left)

    def below(y: float) -> tuple[list[Element], float]:
        legend, y = legend_of(graph, flowing, theme, left, right, y, shows_filter=laid.shows_filter)
        elements: list[Element] = [legend]
        if subject.failure is not None:
            y = _failure(elements, subject.failure, theme, left, right, y)
        for line in caption:
            elements.append(Label((left, y + 6), line, _CAPTION, theme.second))
            y += 8.6
        return elements, y + 8

    return below


def _details(graph: Graph, options: Options) -> tuple[str, ...]:
    """How much a table may tell, the most first."""
    has_blocks = any(station.members for station in graph.stations)
    layers = ("layers",) if options.style == "maps" else ()
    return (*layers, "blocks", "names", "") if has_blocks else (*layers, "names", "")


def _table(subject: Subject, runs: Sequence[Run], options: Options, y: float, detail: str) -> Ledger | None:
    left, right, theme = MARGIN, options.points - MARGIN, THEMES[options.theme]
    if detail == "layers":
        return layer_ledger_of(runs, subject.costs, theme, left, right, y)
    both = options.order == "both"
    return ledger_of(runs, subject.costs, theme, left, right, y, detail, has_both_orders=both)


def _identity(name: str, options: Options) -> str:
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in name.lower()).strip("-")
    return f"{plain[:40] or 'figure'}-{options.style}-{options.theme}"


def _heading(subject: Subject, options: Options, theme: Theme, right: float) -> list[Element]:
    evaluation = subject.evaluation
    title = options.title if options.title is not None else _network_title(evaluation)
    shown = fitted(title, (right - MARGIN) * 0.6, _TITLE, is_bold=True)
    label = Label((MARGIN, 16.0), shown, _TITLE, theme.text, is_bold=True)
    at = MARGIN + (label.width + 7 if shown else 0)
    failure = subject.failure
    words = _totals(evaluation, subject.costs) if failure is None else f"breaks at {failure.layer}"
    color = theme.second if failure is None else theme.error
    second = fitted(words, right - at, _TOTALS, is_bold=failure is not None)
    return [
        Group((label, Label((at, 16.0), second, _TOTALS, color, is_bold=failure is not None)), kind="title")
    ]


def _failure(
    elements: list[Element], failure: Finding, theme: Theme, left: float, right: float, y: float
) -> float:
    """What breaks and how to mend it, before the caption; returns where it ends."""
    shown = failure.fixes[:_MOST_FIXES]
    fixes = [f"{fix.text} (tried: gives {fix.gives})" if fix.verified else fix.text for fix in shown]
    words = f"Fix: {', or '.join(' '.join(fix.split()) for fix in fixes)}." if fixes else "Breaks:"
    for line in wrapped(words, right - left, _TOTALS, is_bold=True):
        elements.append(Label((left, y + 6), line, _TOTALS, theme.error, is_bold=True))
        y += 9.0
    have = failure.have.replace("\n", "; ")
    told = f"{failure.summary}: {have}; {failure.rule}." if have else f"{failure.summary}."
    for line in wrapped(" ".join(told.split()), right - left, _CAPTION):
        elements.append(Label((left, y + 6), line, _CAPTION, theme.text))
        y += 8.6
    return y + 1.0


def _network_title(evaluation: Evaluation) -> str:
    network = evaluation.network
    return network.facts.get("heading") or " ".join(network.name.split()) or "network"


def _totals(evaluation: Evaluation, costs: Costs) -> str:
    parts = [f"{count_words(costs.total_parameters)} parameters"]
    macs = costs.total_macs
    if isinstance(macs, int):
        parts.append(f"{macs / 1e9:.3f} GMAC" if macs >= 10**8 else f"{macs:,} MAC")
    else:
        parts.append(f"{count_words(macs)} MAC")
    inputs = evaluation.network.inputs
    if len(inputs) == 1:
        shape = evaluation.shapes.get(inputs[0].name, inputs[0].shape or ())
        layout = inputs[0].layout
        batch = inputs[0].batch_axis
        sample = [str(dim) for axis, dim in enumerate(shape) if axis != batch]
        order = (
            f" ({layout.sample.spaced})"
            if layout is not None and len(layout.sample.axes) == len(sample)
            else ""
        )
        parts.append(f"one {'×'.join(sample)}{order}")
    elif inputs:
        parts.append(f"{len(inputs)} inputs")
    return " · ".join(parts)


# words --------------------------------------------------------------------------------------------------


def _caption(subject: Subject, graph: Graph, scale: Scale, options: Options, room: float) -> Sequence[str]:
    """What the figure says of itself, in lines."""
    evaluation, costs = subject.evaluation, subject.costs
    sentences = [options.caption.strip()] if options.caption.strip() else []
    sentences.append(f"Scale: {scale.words}.")
    early = ", also where a skip leaves before them" if graph.leaves_early else ""
    has_bands = any(station.bands for station in graph.stations)
    folded = [f"norms and activations into their layers (bands){early}"] if has_bands else []
    folded += graph.folded
    if folded:
        sentences.append(f"Folded: {'; '.join(folded)}.")
    if graph.silent:
        told = [f"{words} ×{count}" if count > 1 else words for words, count in graph.silent.items()]
        sentences.append(f"Not drawn: {', '.join(told)}.")
    given = [s.name for place, s in enumerate(graph.stations) if s.is_open_end and graph.children[place]]
    if given and options.style in {"volumes", "maps"}:
        more = f" and {len(given) - _MOST_GIVEN} more" if len(given) > _MOST_GIVEN else ""
        sentences.append(f"Given out too: {', '.join(given[:_MOST_GIVEN])}{more}.")
    if not any(station.parents for station in graph.stations) and evaluation.steps:
        sentences.append("Nothing that is computed depends on the input.")
    if graph.aside:
        sentences.append(_aside_words(graph, costs))
    unused = total(costs.unused.values())
    if costs.unused:
        sentences.append(f"{count_words(unused)} of the parameters belong to parts that are not run.")
    variant = evaluation.network.origin.variant
    if variant:
        sentences.append(f"Variant: {variant}.")
    return wrapped(" ".join(sentences), room, _CAPTION)


def _aside_words(graph: Graph, costs: Costs) -> str:
    """What has no place in a figure, and what it costs: layers from which nothing that is drawn is made."""
    names = [step.node.name for step in graph.aside]
    more = f" and {len(names) - _MOST_GIVEN} more" if len(names) > _MOST_GIVEN else ""
    parameters = count_words(total(costs.parameters[name] for name in names))
    macs = count_words(macs_of(graph.aside, costs))
    return f"Not taken by what is drawn: {', '.join(names[:_MOST_GIVEN])}{more} ({parameters} parameters, {macs} MAC)."


def _description(evaluation: Evaluation, costs: Costs, graph: Graph) -> str:
    """The figure in words: each station in order with its shape."""
    lines = [f"{evaluation.network.name}: {_totals(evaluation, costs)}."]
    lines += [title_of(station) + "." for station in graph.stations]
    return "\n".join(lines)
