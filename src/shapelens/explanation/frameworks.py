"""A layer of Keras in PyTorch's words: one line where they agree, the paddings side by side where they do not."""

from __future__ import annotations

from shapelens.dims import Unknown, dim_text
from shapelens.explanation.document import LABEL, Block, Entry, Text, shape_spans, text
from shapelens.explanation.subject import Subject
from shapelens.operators import Convolution, Pool
from shapelens.operators.windows import SAME, Sliding
from shapelens.readers.notation.words import to_pytorch

__all__ = ["pytorch_entry"]


def pytorch_entry(subject: Subject) -> list[Block]:
    """The layer in PyTorch's words, channels first."""
    operator, step, layout = subject.step.node.operator, subject.step, subject.layout
    if layout is None or isinstance(subject.source, Unknown) or isinstance(subject.target, Unknown):
        return []
    strided = _strided_same(subject)
    if strided is not None:
        return strided
    written = to_pytorch(operator, step.inputs)
    if written is None or len(subject.target) != len(layout.axes):
        return []
    shapes = [shape_spans(layout.reordered(s, layout.other), 0) for s in (subject.source, subject.target)]
    return [
        Entry(
            "PyTorch",
            (text(f"{written}   ", shapes[0], " → ", shapes[1], (f"   {layout.other.spaced}", LABEL)),),
        )
    ]


def _slidings(subject: Subject) -> tuple[Sliding, ...]:
    operator, weight = (
        subject.step.node.operator,
        subject.step.inputs[1] if len(subject.step.inputs) > 1 else None,
    )
    if isinstance(operator, Convolution) and weight is not None:
        return operator.slidings(operator.weight_parts(weight)[2])
    return operator.slidings() if isinstance(operator, Pool) else ()


def _strided_same(subject: Subject) -> list[Block] | None:
    """`same` with a stride, which PyTorch has no word for: two ways of the same shape, one of the same values."""
    operator, layout, source = subject.step.node.operator, subject.layout, subject.source
    slidings = _slidings(subject)
    if (
        type(operator) is not Convolution
        or operator.padding != SAME
        or layout is None
        or isinstance(source, Unknown)
    ):
        return None
    sizes = [source[axis] for axis in layout.spatial]
    if (
        all(s.stride == 1 for s in slidings)
        or not all(isinstance(size, int) for size in sizes)
        or len(sizes) != 2
    ):
        return None
    sides = [s.sides(size) for s, size in zip(slidings, sizes, strict=True)]
    if any(side < 0 for pair in sides for side in pair):
        return None
    names = _two_ways(subject, sides)
    if names is None:
        return None
    symmetric, explicit, even = names
    headers = ("top", "bottom", "left", "right", "values")
    flat = [str(side) for pair in sides for side in pair]
    width = max(len(line) for line in (symmetric, *explicit)) + 2
    rows: list[tuple[str, tuple[str, ...]]] = [(" " * width, headers)]
    rows.append((f"{symmetric:<{width}}", (*(str(p) for p in even for _ in (0, 1)), "other values")))
    rows.append((f"{explicit[0]:<{width}}", ()))
    rows.append((f"{explicit[1]:<{width}}", (*flat, "Keras' own")))
    lines: list[Text] = [text("padding='same' is not supported with a stride. Two ways, same shape:")]
    for name, cells in rows:
        shown = "  ".join(f"{cell:>{len(head)}}" for cell, head in zip(cells, headers, strict=False))
        lines.append(text(name, shown))
    return [Entry("PyTorch", tuple(lines))]


def _two_ways(
    subject: Subject, sides: list[tuple[int, int]]
) -> tuple[str, tuple[str, str], list[int]] | None:
    """The layer with a padding alike on both sides, and without padding after an explicit one."""
    step, operator = subject.step, subject.step.node.operator
    even = [max(pair) for pair in sides]
    symmetric = to_pytorch(operator.with_settings(padding=tuple((p, p) for p in even)), step.inputs)
    bare = to_pytorch(operator.with_settings(padding=()), step.inputs)
    if symmetric is None or bare is None or not _same_size(subject, even):
        return None
    order = [side for pair in reversed(sides) for side in pair]
    return symmetric, (f"{bare} after", f"  F.pad(x, ({', '.join(dim_text(side) for side in order)}))"), even


def _same_size(subject: Subject, even: list[int]) -> bool:
    """Whether padding alike on both sides gives the same size."""
    layout, source, target = subject.layout, subject.source, subject.target
    assert layout is not None and not isinstance(source, Unknown) and not isinstance(target, Unknown)
    return all(
        Sliding(s.kernel, s.stride, s.dilation, (p, p)).count(source[axis]) == target[axis]
        for s, p, axis in zip(_slidings(subject), even, layout.spatial, strict=True)
    )
