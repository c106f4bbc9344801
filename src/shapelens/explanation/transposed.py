"""A transposed convolution explained."""

from __future__ import annotations

from shapelens.dims import Dim, Unknown, dim_text, symbol
from shapelens.explanation.convolution import filters_part, input_part, output_part
from shapelens.explanation.document import ANSWER, LABEL, Block, Entry, Text, face, text
from shapelens.explanation.sliding import alike_words
from shapelens.explanation.subject import Subject
from shapelens.operators import TransposedConvolution
from shapelens.operators.windows import Sliding, per_axis

__all__ = ["transposed_groups"]


def transposed_groups(subject: Subject) -> list[list[Block]]:
    """In, filters, out; the size; and which other inputs share it."""
    operator, filters = subject.step.node.operator, subject.filters
    assert isinstance(operator, TransposedConvolution)
    if filters is None or not subject.has_image:
        return []
    slidings = operator.slidings(filters.kernel)
    first = face([input_part(subject), filters_part(subject, filters), output_part(subject, filters)])
    second: list[Block] = [*_size(subject, operator, slidings), *_shares(subject, operator, slidings)]
    return [first, second]


def _sizes(subject: Subject) -> list[tuple[Dim, Dim]]:
    layout, source, target = subject.layout, subject.source, subject.target
    if (
        layout is None
        or isinstance(source, Unknown)
        or isinstance(target, Unknown)
        or len(target) != len(layout.axes)
    ):
        return []
    return [(source[axis], target[axis]) for axis in layout.spatial]


def _size(subject: Subject, operator: TransposedConvolution, slidings: tuple[Sliding, ...]) -> list[Block]:
    sizes = _sizes(subject)
    if not sizes or operator.output_size is not None or isinstance(operator.padding, str):
        return []
    extra = per_axis(operator.output_padding, len(slidings))
    alike = len(set(zip(slidings, sizes, extra, strict=True))) == 1
    lines: list[Text] = []
    for sliding, (size, out), more in list(zip(slidings, sizes, extra, strict=True))[: 1 if alike else None]:
        before, after = sliding.sides(size)
        shown = (
            f"({dim_text(size, '·')} - 1)·{sliding.stride} - {before} - {after}"
            f" + {sliding.dilation}·({dim_text(sliding.kernel)} - 1) + {more} + 1 = "
        )
        remark = f"   {alike_words(len(slidings))}" if alike else ""
        lines.append(text(shown, (dim_text(out, "·"), ANSWER), (remark, LABEL)))
    lines.append(text(("(in - 1)·stride - pad - pad + dilation·(kernel - 1) + output_padding + 1", LABEL)))
    layout, target = subject.layout, subject.target
    if (
        layout is not None
        and not isinstance(target, Unknown)
        and all(isinstance(size, int) for size, _ in sizes)
    ):
        shape = list(target)
        for sliding, axis, more in zip(slidings, layout.spatial, extra, strict=True):
            shape[axis] = operator.grown(symbol(layout.axes[axis]), sliding, more)
        lines.append(text(("for any size  ", LABEL), subject.shape(tuple(shape))))
    return [Entry("size", tuple(lines))]


_MOST_LISTED = 4
"""So many sizes are listed one by one."""


def _shares(subject: Subject, operator: TransposedConvolution, slidings: tuple[Sliding, ...]) -> list[Block]:
    """The sizes that the convolution the other way takes to the same one: what output padding chooses from."""
    sizes = _sizes(subject)
    if not sizes or not all(isinstance(value, int) for value in sizes[0]) or operator.output_size is not None:
        return []
    sliding, (size, _) = slidings[0], sizes[0]
    if sliding.stride < 2 or isinstance(sliding.padding, str):
        return []
    base = operator.grown(size, sliding, 0)
    assert isinstance(base, int)
    sources = range(max(1, base), base + sliding.stride)
    if len(sources) < 2:
        return []
    if len(sources) > _MOST_LISTED:
        shown, all_of_them = f"{sources[0]} to {sources[-1]}", "all"
        each = f"{shown} (output_padding={sources[0] - base} to {sources[-1] - base})"
    else:
        shown = " and ".join([", ".join(map(str, sources[:-1])), str(sources[-1])])
        all_of_them = "both" if len(sources) == 2 else "all"
        each = ", ".join([f"{source} (output_padding={source - base})" for source in sources])
    lines = [
        text(f"a conv with this kernel, stride and padding takes {shown} {all_of_them} to {size};"),
        text(f"{size} comes back as {each}: output_padding says which"),
    ]
    return [Entry("shares", tuple(lines))]
