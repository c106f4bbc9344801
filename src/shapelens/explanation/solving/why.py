"""Why nothing does it, and what is nearest."""

from __future__ import annotations

from shapelens.analyses.solving import Solved
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.reach import Gap
from shapelens.analyses.solving.solution import Solution
from shapelens.dims.text import MAXIMUM_SIZE
from shapelens.explanation.document import (
    BREAK,
    LABEL,
    VERIFIED,
    Block,
    Document,
    Entry,
    Text,
    columns,
    shape_spans,
    text,
)
from shapelens.explanation.solving.commands import asking_command, bound_options, explaining_command
from shapelens.explanation.solving.rule import axis_names, searched_entry
from shapelens.explanation.solving.title import title_of

__all__ = ["reasons_of", "why_document"]


def why_document(solved: Solved) -> Document:
    """Why nothing does it, the nearest shapes that can be had, and what else would do it."""
    question = solved.question
    layer = question.layer.source.slice(question.layer.call.span)
    what = (
        "no input does it"
        if question.asks_for_inputs
        else "no setting does it"
        if question.free
        else "not so"
    )
    ending = text((what, BREAK))
    why = Entry("why", tuple([text(reason) for reason in reasons_of(solved)]))
    blocks: list[Block] = [why, *_nearest(solved), *_elsewhere(solved)]
    if not solved.misfit and not question.asks_for_inputs:
        blocks.append(searched_entry(question))
    title = title_of(question, layer, question.source, ending=ending)
    return Document(title, (tuple(blocks),), _following(solved), has_errors=True)


def reasons_of(solved: Solved) -> list[str]:
    """Why nothing does it, a sentence for each reason."""
    if solved.misfit:
        return [solved.misfit]
    reasons = [_gap_words(solved.question, gap) for gap in solved.gaps]
    return reasons or [
        "each axis has settings that do it, but no one layer has them all: a word is for all axes"
    ]


def _gap_words(question: Question, gap: Gap) -> str:
    is_all = len(gap.places) == len(question.choices)
    where = "" if is_all else f"{axis_names(question, gap.places)}: "
    below, above = gap.below, gap.above
    if question.asks_for_inputs:
        given = [f"{size} gives {out}" for out, size in (side for side in (below, above) if side is not None)]
        up_to = f" up to {MAXIMUM_SIZE:,}" if gap.size > MAXIMUM_SIZE else ""
        return f"{where}no size{up_to} gives {gap.wanted}: {', '.join(given) or 'no window fits'}"
    if not question.free:
        gives = below or above
        what = (
            f"takes {gap.size} to {gives[0]}"
            if gives is not None
            else f"has no window that fits into {gap.size}"
        )
        return f"{where}this {question.layer.layer.name} {what}, and {gap.wanted} is wanted"
    head = f"{where}no setting takes {gap.size} to {gap.wanted}"
    if not gap.is_whole:
        return head
    if below is not None and above is not None:
        return f"{head}: the nearest are {_reached(below)} and {_reached(above)}"
    if below is not None or above is not None:
        return f"{head}: {_reached(below or above or (0, 0))} is the {'most' if above is None else 'least'}"
    return f"{head}: of these settings none has a window that fits into {gap.size}"


def _reached(reached: tuple[int, int]) -> str:
    out, stride = reached
    return f"{out} (stride {stride})"


def _nearest(solved: Solved) -> list[Entry]:
    """The nearest shapes that can be had, and how."""
    if not solved.nearest:
        return []
    layout = solved.question.layout
    shapes = [text(shape_spans(solution.output, layout.channel)) for solution in solved.nearest]
    layers = [text(solution.text) for solution in solved.nearest]
    marks = [text(("✓ verified", VERIFIED)) for _ in solved.nearest]
    return [Entry("nearest", tuple(columns([shapes, layers, marks])))]


def _elsewhere(solved: Solved) -> list[Entry]:
    """What does it within wider bounds, in the other direction, or with other settings."""
    layout = solved.question.layout
    rows: list[tuple[Solution, Text]] = []
    if solved.wider is not None:
        bounds, solution = solved.wider
        rows.append((solution, text(("within ", LABEL), bound_options(bounds))))
    if solved.other is not None:
        rows.append((solved.other, text("does it")))
    rows += [(s, text(("from ", LABEL), shape_spans(s.source, layout.channel))) for s in solved.completed]
    if not rows:
        return []
    layers = [text(solution.text) for solution, _ in rows]
    marks = [text(("✓ verified", VERIFIED)) for _ in rows]
    return [Entry("fix", tuple(columns([layers, marks, [remark for _, remark in rows]])))]


def _following(solved: Solved) -> str:
    if solved.wider is not None:
        return asking_command(solved.question, bounds=solved.wider[0])
    found = solved.other or next(iter((*solved.completed, *solved.nearest)), None)
    return "" if found is None else explaining_command(found.text, found.source)
