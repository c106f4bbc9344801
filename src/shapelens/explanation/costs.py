"""What a layer costs, and how much of the image it sees: weights, parameters, multiply-accumulates, field."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.receptive_field import Everything, Field
from shapelens.dims import Dim, Unknown, dim_text, product
from shapelens.dims.counts import exact_text, share_text
from shapelens.explanation.document import (
    ANSWER,
    LABEL,
    POSITIONS,
    Block,
    Entry,
    Text,
    axis_text,
    shape_spans,
    text,
)
from shapelens.explanation.subject import Subject
from shapelens.operators import Convolution, TransposedConvolution
from shapelens.readers.notation.words import to_keras

__all__ = ["cost_blocks"]


def weight_order(operator: object, rank: int) -> str:
    """The order of a weight's axes in words: `filters×channels×height×width`."""
    extent = {1: "length", 2: "height×width", 3: "depth×height×width"}.get(rank - 2, "")
    if isinstance(operator, TransposedConvolution):
        return f"{extent}×out/groups×in" if operator.filters_last else f"in×out/groups×{extent}"
    if isinstance(operator, Convolution):
        return f"{extent}×channels×filters" if operator.filters_last else f"filters×channels×{extent}"
    return "out×in" if rank == 2 else ""


def other_order(operator: TransposedConvolution, rank: int) -> str:
    """The order of the weight of a convolution beside a transposed one of the same framework."""
    return weight_order(Convolution(filters_last=operator.filters_last), rank)


def cost_blocks(subject: Subject) -> list[Block]:
    """Weights, parameters, multiply-accumulates, receptive field and the other framework's words."""
    step, network = subject.step, subject.evaluation.network
    blocks: list[Block] = []
    held = [w for w in network.weights_of(step.node) if w.learned]
    main = held[0] if held else None
    if main is not None and len(main.shape) > 1:
        order = weight_order(step.node.operator, len(main.shape))
        if isinstance(step.node.operator, TransposedConvolution):
            order += f": the other way round than a conv's {other_order(step.node.operator, len(main.shape))}"
        blocks.append(
            Entry("weights", (text(shape_spans(main.shape, None), (f"   {order}" if order else "", LABEL)),))
        )
    parameters, macs = subject.costs.parameters[step.node.name], subject.costs.macs[step.node.name]
    blocks.append(
        Entry(
            "params", (text(_parameter_text(subject, parameters), _share(subject, parameters, "parameters")),)
        )
    )
    if subject.is_broken:
        return blocks
    lines = [text(_mac_text(subject, macs), _share(subject, macs, "macs")), *_separable(subject, macs)]
    blocks.append(Entry("MACs", tuple(lines)))
    blocks += _field_entry(subject)
    blocks += _other_framework(subject)
    return blocks


def _share(subject: Subject, part: Dim, kind: str) -> Text:
    if subject.is_alone:
        return ()
    whole = subject.costs.total_parameters if kind == "parameters" else subject.costs.total_macs
    share = share_text(part, whole)
    return (
        text((f"   {share} of {subject.evaluation.network.name}'s {exact_text(whole)}", LABEL))
        if share
        else ()
    )


def _parameter_text(subject: Subject, count: Dim) -> Text:
    """`64 × (3·3·3) + 64 = 1,792`."""
    filters = subject.step.applied.filters
    if isinstance(count, int) and count == 0:
        return text("0")
    if filters is None:
        return text((exact_text(count), ANSWER))
    body = _product_text(filters.of)
    bias = subject.bias
    added = f" + {dim_text(bias.elements)}" if bias is not None else ""
    whole = (
        f"{dim_text(filters.count)} × ({body}){added} = "
        if len(filters.of) > 1
        else (f"{dim_text(filters.count)} × {body}{added} = ")
    )
    remark = "     no bias" if bias is None else ""
    if subject.layout is not None and len(filters.kernel) > 0 and subject.is_alone:
        remark += "     whatever the size of the image"
    return text(whole, (exact_text(count), ANSWER), (remark, LABEL))


def _product_text(dims: Sequence[Dim]) -> str:
    """`3·7·7`; a sum in parentheses."""
    return "·".join([axis_text(dim) for dim in dims])


def _mac_text(subject: Subject, macs: Dim) -> Text:
    """`224·224 × 64 × (3·3·3) = 86,704,128`."""
    operator, step = subject.step.node.operator, subject.step
    filters = step.applied.filters
    if filters is None or (isinstance(macs, int) and macs == 0):
        return text(exact_text(macs))
    at = subject.source if isinstance(operator, TransposedConvolution) else subject.target
    layout = subject.layout
    if isinstance(at, Unknown):
        return text(exact_text(macs))
    spatial = (
        [at[axis] for axis in layout.spatial] if layout is not None and len(at) == len(layout.axes) else []
    )
    parts = [_product_text(spatial)] if spatial else []
    parts.append(axis_text(filters.count))
    body = _product_text(filters.of)
    parts.append(f"({body})" if len(filters.of) > 1 else body)
    return text(f"{' × '.join(parts)} = ", (exact_text(macs), ANSWER))


def _separable(subject: Subject, macs: Dim) -> list[Text]:
    """What the same would take as a depthwise convolution and a 1×1 after it."""
    operator, filters, layout = subject.step.node.operator, subject.filters, subject.layout
    source, target = subject.source, subject.target
    is_plain = type(operator) is Convolution and operator.groups == 1 and subject.is_alone
    if (
        not is_plain
        or filters is None
        or layout is None
        or isinstance(source, Unknown)
        or isinstance(target, Unknown)
    ):
        return []
    cells, channels = product(filters.kernel), source[layout.channel]
    positions = product([target[axis] for axis in layout.spatial])
    if cells == 1 or not all(isinstance(n, int) for n in (macs, cells, channels, positions, filters.count)):
        return []
    parts = f"{positions:,} × ({channels}·{cells} + {channels}·{filters.count})"
    whole = positions * channels * (cells + filters.count)
    extent = "×".join([str(k) for k in filters.kernel])
    remark = f"depthwise {extent}, then 1×1, would take {parts} = {exact_text(whole)}"
    return [text((remark, LABEL))] if whole < macs else []


def _field_entry(subject: Subject) -> list[Block]:
    field = subject.fields.get(subject.step.node.outputs[0], {})
    if not field:
        return []
    parts = list(field.values())
    if all(isinstance(part, Everything) for part in parts):
        return [Entry("field", (text(("all", POSITIONS), ("   every cell sees the whole input", LABEL)),))]
    if any(isinstance(part, Unknown) for part in parts):
        reason = next(part.reason for part in parts if isinstance(part, Unknown))
        return [Entry("field", (text("?", (f"   {reason}", LABEL)),))]
    sizes = [str(part.size) if isinstance(part, Field) else "all" for part in parts]
    if subject.is_alone:
        remark = "the input pixels that one output cell sees"
    else:
        starts = [part.start if isinstance(part, Field) else 0 for part in parts]
        places = ", ".join(
            f"{word} {start}" for word, start in zip(_axis_words(len(parts)), starts, strict=True)
        )
        remark = f"of the network's input, from {places}"
    return [Entry("field", (text(("×".join(sizes), POSITIONS), (f"   {remark}", LABEL)),))]


def _axis_words(rank: int) -> tuple[str, ...]:
    return {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}[rank]


def _other_framework(subject: Subject) -> list[Block]:
    """The same layer in the other framework's words, with its shapes in that framework's order."""
    operator, step = subject.step.node.operator, subject.step
    layout = subject.layout
    if layout is None or isinstance(subject.source, Unknown) or isinstance(subject.target, Unknown):
        return []
    if layout.channels_last:
        from shapelens.explanation.frameworks import pytorch_entry

        return pytorch_entry(subject)
    written = to_keras(operator, step.inputs)
    if written is None or len(subject.target) != len(layout.axes):
        return []
    shapes = [shape_spans(layout.reordered(s, layout.other), -1) for s in (subject.source, subject.target)]
    return [
        Entry(
            "Keras",
            (text(f"{written}   ", shapes[0], " → ", shapes[1], (f"   {layout.other.spaced}", LABEL)),),
        )
    ]
