"""Every other layer explained: what goes in, its filters if it has some, and what comes out."""

from __future__ import annotations

from shapelens.analyses.samples import sample_of
from shapelens.dims import Unknown, dim_text
from shapelens.explanation.document import CHANNELS, Block, Facing, Text, face, text
from shapelens.explanation.subject import Subject
from shapelens.operators import Flatten, Linear

__all__ = ["other_groups"]

_SHOWN_INPUTS = 6
_SHOWN_OUTPUTS = 4


def other_groups(subject: Subject) -> list[list[Block]]:
    """What goes in, what the layer is made of, and what comes out."""
    parts = [_inputs(subject), *_filters(subject), _outputs(subject)]
    return [face([part for part in parts if part.rows])]


def _inputs(subject: Subject) -> Facing:
    step, network = subject.step, subject.evaluation.network
    taken = [
        (value, tensor)
        for value, tensor in zip(step.node.inputs, step.inputs, strict=True)
        if value is not None and tensor is not None and value not in network.constants
    ]
    rows: list[tuple[Text, Text]] = []
    for value, tensor in taken[:_SHOWN_INPUTS]:
        remark = () if subject.is_alone else text(f"from {value}", _flattened(subject, value))
        rows.append((subject.shape(sample_of(tensor, subject.batch)), remark))
    if len(taken) > _SHOWN_INPUTS:
        rows.append((text(f"… {len(taken)} in all"), ()))
    return Facing("in", tuple(rows))


def _flattened(subject: Subject, value: str) -> str:
    """What was flattened into features: `: 512 · 7 · 7`."""
    node = subject.evaluation.network.producers.get(value)
    if node is None or not isinstance(node.operator, Flatten):
        return ""
    image = subject.evaluation.by_node[node.name].inputs[0]
    sample = None if image is None else sample_of(image, subject.batch)
    if sample is None or isinstance(sample, Unknown) or len(sample) < 2:
        return ""
    return f": {' · '.join([dim_text(dim, '·') for dim in sample])}"


def _filters(subject: Subject) -> list[Facing]:
    filters, operator = subject.filters, subject.step.node.operator
    if filters is None:
        stays = text("each value by itself: the shape stays")
        return [Facing("filters", ((text("none"), stays),))] if operator.keeps_shape else []
    width = "×".join([dim_text(dim, "·") for dim in filters.of])
    head = text((dim_text(filters.count, "·"), CHANNELS), f" of {width}")
    if not isinstance(operator, Linear):
        return [Facing("filters", ((head, ()),))]
    summed = f"each output is the sum of all {width} inputs, each times its weight"
    return [
        Facing("filters", ((head, text(summed, ", + 1 bias" if subject.bias is not None else "; no bias")),))
    ]


def _outputs(subject: Subject) -> Facing:
    rows: list[tuple[Text, Text]] = []
    for place, tensor in enumerate(subject.step.outputs[:_SHOWN_OUTPUTS]):
        shape = sample_of(tensor, subject.batch)
        parts = (shape,) if isinstance(shape, Unknown) else shape
        reason = next((dim.reason for dim in parts if isinstance(dim, Unknown)), "")
        remark = text(f"?: {reason}") if reason else subject.destination[1:] if place else ()
        rows.append((subject.shape(shape), remark))
    return Facing("out", tuple(rows))
