"""A pooling explained."""

from __future__ import annotations

from shapelens.dims import Unknown, dim_text
from shapelens.explanation.convolution import input_part
from shapelens.explanation.document import UNKNOWN, Block, Entry, Facing, face, text
from shapelens.explanation.sliding import padding_entry, size_entry, unread_entry
from shapelens.explanation.subject import Subject
from shapelens.operators import Pool
from shapelens.operators.windows import Sliding

__all__ = ["pooling_groups"]

_GIVES = {"max": "its largest value", "average": "the mean of its values", "lp": "the norm of its values"}


def pooling_groups(subject: Subject) -> list[list[Block]]:
    """In, no filters, out; the size, why `ceil_mode` gives what it gives, the padding, and what is unread."""
    operator = subject.step.node.operator
    assert isinstance(operator, Pool)
    if not subject.has_image:
        return []
    slidings = operator.slidings()
    window = "×".join(str(k) for k in operator.kernel)
    gives = text(f"each {window} window gives {_GIVES[operator.kind]}, channel by channel")
    first = face([input_part(subject), Facing("filters", ((text("none"), gives),)), _output(subject)])
    second: list[Block] = [
        *size_entry(subject, slidings),
        *_why(subject, slidings[0]),
        *padding_entry(subject, slidings),
        *unread_entry(subject, slidings),
    ]
    return [first, second]


def _output(subject: Subject) -> Facing:
    target, layout = subject.target, subject.layout
    if layout is None or isinstance(target, Unknown):
        return Facing("out", ((subject.shape(target), ()),))
    channels = dim_text(target[layout.channel], "·")
    many = "map" if channels == "1" else "maps"
    words = text(f"{channels} feature {many}, as many as came in", subject.destination)
    return Facing("out", ((subject.shape(target), words),))


def _why(subject: Subject, sliding: Sliding) -> list[Block]:
    """Where the usual formula for `ceil_mode` says one window more: it may not start in the right padding."""
    layout, source, target = subject.layout, subject.source, subject.target
    if not sliding.ceil_mode or layout is None or isinstance(source, Unknown) or isinstance(target, Unknown):
        return []
    axis = layout.spatial[0]
    size, out = source[axis], target[axis]
    if not isinstance(size, int) or not isinstance(out, int) or not isinstance(sliding.kernel, int):
        return []
    before, after = sliding.sides(size)
    usual = -(-(size + before + after - sliding.extent) // sliding.stride) + 1
    if usual == out:
        return []
    start = out * sliding.stride - before
    padding = f" or its left padding of {before}" if before else ""
    usual_formula = f"ceil(({size} + {before} + {after} - {sliding.extent}) / {sliding.stride}) + 1"
    line = text(
        f"the formula usually quoted, {usual_formula}, says ",
        (str(usual), UNKNOWN),
        f". Its window {out + 1} would start at {start}, outside the input (0 to {size - 1}). A window must start "
        f"inside the input{padding}, or it is dropped: so {out}, not {usual}",
    )
    return [Entry("why", (line,))]
