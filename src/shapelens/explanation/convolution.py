"""A convolution explained."""

from __future__ import annotations

from shapelens.dims import Dim, Unknown, dim_text
from shapelens.dims.counts import exact_text
from shapelens.explanation.document import (
    ANSWER,
    CHANNELS,
    LABEL,
    POSITIONS,
    Block,
    Entry,
    Facing,
    Text,
    face,
    shape_spans,
    text,
)
from shapelens.explanation.sliding import padding_entry, positions_text, size_entry, unread_entry
from shapelens.explanation.subject import Subject
from shapelens.operators import Convolution
from shapelens.operators.operator import Filters

__all__ = ["convolution_groups", "filters_part", "input_part", "output_part"]


def convolution_groups(subject: Subject) -> list[list[Block]]:
    """In, filters, out; then the size, the padding, and what no window reaches."""
    operator, filters = subject.step.node.operator, subject.filters
    assert isinstance(operator, Convolution)
    if filters is None or not subject.has_image:
        return []
    slidings = operator.slidings(filters.kernel)
    arithmetic: list[Block] = [
        *size_entry(subject, slidings),
        *padding_entry(subject, slidings),
        *unread_entry(subject, slidings),
    ]
    return [
        face([input_part(subject), filters_part(subject, filters), output_part(subject, filters)]),
        arithmetic,
        *_groups_group(subject, operator, filters),
        *_pointwise_group(filters),
    ]


def input_part(subject: Subject) -> Facing:
    """What goes in, and what its numbers are."""
    source, layout = subject.source, subject.layout
    if layout is None or isinstance(source, Unknown) or len(source) != len(layout.axes):
        return Facing("in", ((subject.shape(source), subject.origin),))
    channels = source[layout.channel]
    many = "channel" if isinstance(channels, int) and channels == 1 else "channels"
    places = positions_text([source[axis] for axis in layout.spatial])
    said = text((dim_text(channels, "·"), CHANNELS), f" {many} of ", (places, POSITIONS), " positions")
    return Facing(
        "in", ((subject.shape(source), text(subject.origin, ": ", said) if subject.origin else said),)
    )


def filters_part(subject: Subject, filters: Filters) -> Facing:
    """How many filters, how deep, and that their products are summed."""
    operator = subject.step.node.operator
    assert isinstance(operator, Convolution)
    head = text((dim_text(filters.count, "·"), CHANNELS), " of ", subject.shape(filters.of))
    extent = "×".join(dim_text(k, "·") for k in filters.kernel)
    is_single = _depth(filters, subject) == 1
    deep = "each as deep as its group" if operator.groups != 1 else "each as deep as its input"
    summed = "the products of all channels summed"
    if operator.groups != 1 and is_single:
        deep, summed = "each sees one channel alone", "its products summed"
    bias = ", + 1 bias" if subject.bias is not None else "; no bias"
    rows: list[tuple[Text, Text]] = [
        (head, text(f"{deep}: one {extent} kernel per channel, {summed}{bias}")),
    ]
    if is_single and isinstance(filters.count, int) and filters.count == 1:
        name = f"the '({', '.join(dim_text(k) for k in filters.kernel)}) filter', all axes: "
        rows.append(((), text((name, LABEL), shape_spans((filters.count, *filters.of), None))))
    return Facing("filters", tuple(rows))


def _depth(filters: Filters, subject: Subject) -> Dim:
    layout = subject.layout
    return filters.of[-1] if layout is not None and layout.channels_last else filters.of[0]


def output_part(subject: Subject, filters: Filters) -> Facing:
    """What comes out: one feature map for each filter."""
    count = dim_text(filters.count, "·")
    one = isinstance(filters.count, int) and filters.count == 1
    words = "1 feature map" if one else f"{count} feature maps, one per filter"
    source, layout = subject.source, subject.layout
    if not one and layout is not None and not isinstance(source, Unknown) and subject.is_alone:
        channels = source[layout.channel]
        if isinstance(channels, int) and isinstance(filters.count, int) and 1 < channels <= 4:
            words += f": {count}, not {channels} · {count}"
    return Facing(
        "out", ((subject.shape(subject.target), text(words, subject.destination, *_all_axes(subject))),)
    )


def _all_axes(subject: Subject) -> list[Text]:
    """The one feature map that is often written without its channel."""
    target, layout = subject.target, subject.layout
    if layout is None or not isinstance(target, tuple) or target[layout.channel] != 1 or not subject.is_alone:
        return []
    sizes = ", ".join([dim_text(target[axis]) for axis in layout.spatial])
    return [text((f"; the '({sizes}) output', all axes: ", LABEL), shape_spans(target, None))]


def _groups_group(subject: Subject, operator: Convolution, filters: Filters) -> list[list[Block]]:
    """Which channels each filter sees, and what that saves."""
    source, layout = subject.source, subject.layout
    if not isinstance(operator.groups, int) or operator.groups == 1:
        return []
    if isinstance(source, Unknown) or layout is None:
        return []
    channels = source[layout.channel]
    if not isinstance(channels, int) or not isinstance(filters.count, int) or channels % operator.groups:
        return []
    depth, each = channels // operator.groups, filters.count // operator.groups
    sees = [
        f"filters {g * each} to {(g + 1) * each - 1} see channels {g * depth} to {(g + 1) * depth - 1}"
        if depth > 1
        else f"{'filter' if each == 1 else 'filters'} {g * each}"
        + (f" to {(g + 1) * each - 1}" if each > 1 else "")
        + f" {'sees' if each == 1 else 'see'} channel {g}"
        for g in (0, 1)
    ]
    lines: list[Text] = [text(f"{operator.groups}: ", "; ".join(sees), "; …" if operator.groups > 2 else "")]
    macs = subject.costs.macs[subject.step.node.name]
    if isinstance(macs, int):
        whole = macs * operator.groups
        lines.append(
            text(
                f"with groups=1 it would be {exact_text(whole)} MACs: {operator.groups} times as many as ",
                (exact_text(macs), ANSWER),
            )
        )
        lines += _separable(subject, filters, channels, whole)
    return [[Entry("groups", tuple(lines))]]


def _separable(subject: Subject, filters: Filters, channels: int, whole: int) -> list[Text]:
    """A depthwise layer with the 1×1 that usually follows it, against the plain one."""
    if filters.count != channels or not isinstance(subject.target, tuple) or subject.layout is None:
        return []
    positions = 1
    for axis in subject.layout.spatial:
        positions *= subject.target[axis]
    pointwise = positions * channels * channels
    macs = subject.costs.macs[subject.step.node.name]
    return [
        text(
            f"depthwise, then a 1×1 {channels}→{channels}: {exact_text(macs)} + {exact_text(pointwise)} = "
            f"{exact_text(macs + pointwise)}, against {exact_text(whole)} for one plain conv"
        )
    ]


def _pointwise_group(filters: Filters) -> list[list[Block]]:
    """What a 1×1 convolution does."""
    if not filters.kernel or any(not isinstance(k, int) or k != 1 for k in filters.kernel):
        return []
    return [
        [
            Entry(
                "1×1",
                (
                    text("mixes the channels of each cell by itself: a linear layer at every position;"),
                    text("it looks at no neighbours, and changes the depth alone"),
                ),
            )
        ]
    ]
