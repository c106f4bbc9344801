"""The figure of a layer that is explained: the arithmetic under it is what the explanation says."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.axes import axes_of
from shapelens.dims import Unknown
from shapelens.drawing.forms import Form, form_of
from shapelens.drawing.layer.subject import LayerSubject, Line
from shapelens.drawing.stations import kind_of
from shapelens.errors import UsageError
from shapelens.explanation.document import ANSWER, LABEL, Document, Entry, join, plain_text
from shapelens.explanation.subject import Subject
from shapelens.numbers import NumberedLayer
from shapelens.operators import Convolution, Filters, Pool, TransposedConvolution
from shapelens.operators.windows import Sliding

__all__ = ["figure_subject"]

_SHOWN = {
    "size": "size",
    "unread": "unread",
    "shares": "shares",
    "params": "parameters",
    "MACs": "MACs",
    "field": "field",
}
_ARITHMETIC = frozenset({"size", "params", "MACs"})
"""Parts whose remarks are left out: what they come to is all that is told."""


def figure_subject(
    subject: Subject,
    document: Document,
    numbers: NumberedLayer | None = None,
    position: Sequence[int] = (),
    map: int = 0,
) -> LayerSubject:
    """What a figure of a layer is told.

    Args:
        subject: the layer.
        document: its explanation.
        numbers: the layer with its numbers, where they are shown.
        position: the cell that is taken apart.
        map: the feature map that it is in.

    Raises:
        UsageError: "there is no figure of this layer", where no window slides, or a size is not known.
    """
    operator = subject.step.node.operator
    if not isinstance(operator, (Convolution, Pool)) or subject.is_broken or subject.layout is None:
        raise _no_figure(
            subject, "a figure shows a window that slides: of a convolution or a pool that fits its input"
        )
    source, target = _form(subject, subject.step.node.inputs[0]), _form(subject, subject.step.node.outputs[0])
    sliding = _slidings(subject)
    assert not isinstance(subject.source, Unknown)
    sizes = [subject.source[axis] for axis in subject.layout.spatial]
    known = [
        size for form in (source, target) for size in (form.channels.size, *[p.size for p in form.places])
    ]
    if any(size is None for size in known) or not all(isinstance(s.kernel, int) for s in sliding):
        raise _no_figure(subject, "every size is a number: --input with numbers in it")
    filters = subject.filters
    depth = _depth(filters, subject)
    sides = [s.sides(size) for s, size in zip(sliding, sizes, strict=True)]
    if not all(isinstance(side, int) for pair in sides for side in pair):
        raise _no_figure(subject, "padding that follows from the size needs one: --input with numbers in it")
    return LayerSubject(
        title=plain_text(document.title).partition("   ")[0],
        totals=_totals(subject, document),
        kind=kind_of(subject.step),
        source=source,
        target=target,
        kernel=tuple([int(s.kernel) for s in sliding]),
        dilation=tuple([s.dilation for s in sliding]),
        padding=tuple([(int(a), int(b)) for a, b in sides]),
        stride=tuple([int(s.stride) for s in sliding]),
        filters=0 if filters is None or not isinstance(filters.count, int) else filters.count,
        depth=depth,
        is_transposed=isinstance(operator, TransposedConvolution),
        action=_action(subject, sliding, depth),
        lines=_lines(document),
        numbers=numbers,
        position=tuple(position),
        map=map,
    )


def _no_figure(subject: Subject, rule: str) -> UsageError:
    return UsageError(
        "there is no figure of this layer",
        at=subject.step.node.name,
        rule=rule,
        fix="shapelens draw MODEL -o figure.svg draws a whole network",
    )


def _form(subject: Subject, value: str | None) -> Form:
    evaluation = subject.evaluation
    assert value is not None
    letters = axes_of(evaluation).get(value)
    return form_of(evaluation.values[value], letters, evaluation.path.example, subject.batch)


def _slidings(subject: Subject) -> tuple[Sliding, ...]:
    operator = subject.step.node.operator
    if isinstance(operator, Pool):
        return operator.slidings()
    assert isinstance(operator, Convolution)
    weight = subject.step.inputs[1]
    assert weight is not None
    return operator.slidings(operator.kernel_of(weight))


def _depth(filters: Filters | None, subject: Subject) -> int:
    """How many channels a filter sees."""
    if filters is None:
        return 1
    layout = subject.layout
    depth = filters.of[-1] if layout is not None and layout.channels_last else filters.of[0]
    return depth if isinstance(depth, int) else 1


def _action(subject: Subject, sliding: Sequence[Sliding], depth: int) -> tuple[str, ...]:
    """What makes a cell, in a few short lines."""
    operator = subject.step.node.operator
    extent = "×".join(str(s.kernel) for s in sliding)
    if isinstance(operator, Pool):
        what = {"max": "the largest of", "average": "the mean of"}.get(operator.kind, "the norm of")
        return f"{what} {extent},", "channel by channel"
    cells = depth
    for one in sliding:
        cells *= int(one.kernel)
    if isinstance(operator, TransposedConvolution):
        return f"one cell times {extent}", "weights; stamps add up"
    channels = "its channel" if depth == 1 else f"{depth} channels"
    bias = ", + bias" if subject.bias is not None else ""
    return f"{cells} product{'' if cells == 1 else 's'}, summed", f"over {channels}{bias}"


def _totals(subject: Subject, document: Document) -> str:
    shapes = plain_text(document.title).split("   ")[1:2]
    return " · ".join([part for part in (*shapes, _cost_words(document)) if part])


def _cost_words(document: Document) -> str:
    facts = document.facts
    parts = []
    if facts.get("parameters"):
        parts.append(f"{facts['parameters']:,} parameters" if isinstance(facts["parameters"], int) else "")
    if facts.get("macs"):
        parts.append(f"{facts['macs']:,} MACs" if isinstance(facts["macs"], int) else "")
    return " · ".join(part for part in parts if part)


def _lines(document: Document) -> tuple[Line, ...]:
    """The parts of an explanation that are arithmetic, each by its first line."""
    lines = []
    for group in document.groups:
        for block in group:
            if not isinstance(block, Entry) or block.label not in _SHOWN or not block.lines:
                continue
            lines_of = [*block.lines] if block.label == "shares" else [block.lines[0]]
            spans = [
                span for span in join(" ", lines_of) if span.role != LABEL or block.label not in _ARITHMETIC
            ]
            answer = spans.pop().text if spans[-1].role == ANSWER else ""
            lines.append(Line(_SHOWN[block.label], " ".join(plain_text(spans).split()), answer))
    return tuple(lines)
