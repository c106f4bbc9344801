"""The first line of an answer: the layer, what goes in and what comes out."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.solving.question import Question
from shapelens.dims import Dim
from shapelens.explanation.document import ANSWER, LABEL, POSITIONS, Span, Text, join, shape_spans, text
from shapelens.explanation.solving.table import range_words

__all__ = ["shape_of_ranges", "title_of"]


def title_of(
    question: Question,
    layer: str,
    source: Sequence[Dim] | None,
    ranges: Sequence[range] = (),
    ending: Text = (),
) -> Text:
    """The first line.

    Args:
        question: what was asked.
        layer: the layer that it is answered with.
        source: the sample that goes in, if there is one.
        ranges: the sizes that go in along each spatial axis, where there are several.
        ending: what is said after all.
    """
    layout, target = question.layout, shape_spans(question.target, question.layout.channel)
    shown = text("? → ", target)
    if source is not None:
        before = shape_of_ranges(question, source, ranges) if ranges else shape_spans(source, layout.channel)
        shown = text(before, " → ", target)
    parts = [text((layer, ANSWER)), shown, text((layout.spaced, LABEL)), ending]
    return join("   ", [part for part in parts if part])


def shape_of_ranges(question: Question, source: Sequence[Dim], ranges: Sequence[range]) -> Text:
    """A sample with all sizes that may stand in it: `3×(223 or 224)×(223 or 224)`."""
    layout = question.layout
    words = dict(zip(layout.spatial, map(range_words, ranges), strict=True))
    spans: list[Span] = []
    for axis, dim in enumerate(source):
        if axis:
            spans.append(Span("×", LABEL))
        if axis in words:
            spans.append(Span(words[axis] if words[axis].isdigit() else f"({words[axis]})", POSITIONS))
        else:
            spans += shape_spans((dim,), 0)
    return tuple(spans)
