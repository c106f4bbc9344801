"""A layer explained: what goes in, its filters, what comes out, and the arithmetic of its size and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapelens.analyses.costs import Costs
from shapelens.analyses.findings import findings_of
from shapelens.analyses.receptive_field import FieldOf
from shapelens.analyses.samples import sample_of
from shapelens.dims import Unknown, dim_text
from shapelens.explanation.costs import cost_blocks
from shapelens.explanation.document import (
    ANSWER,
    LABEL,
    Block,
    Document,
    Entry,
    Preformatted,
    Text,
    join,
    plain_text,
    text,
)
from shapelens.explanation.grids.asked import NOT_ASKED, Asked
from shapelens.explanation.grids.showing import Shown, shown_numbers
from shapelens.explanation.picture import LayerPicture
from shapelens.explanation.problems import finding_blocks
from shapelens.explanation.subject import Subject
from shapelens.network import Evaluation, Step
from shapelens.operators import Convolution, Pool, Shape, TransposedConvolution
from shapelens.readers.notation.words import to_pytorch

__all__ = ["explain_layer"]


_WITH_NUMBERS = frozenset({"in", "filters", "out", "size", "padding", "groups", "weights", "params"})
"""What is told of a layer beside numbers that are asked for."""


def explain_layer(
    evaluation: Evaluation,
    step: Step,
    costs: Costs,
    fields: Mapping[str, FieldOf],
    asked: Asked = NOT_ASKED,
) -> Document:
    """A layer in words and numbers.

    Args:
        evaluation: the network that it stands in; for layer text, of this layer alone.
        step: the layer.
        costs: the network's costs.
        fields: the network's receptive fields.
        asked: which numbers are shown, that a person can check by hand.
    """
    subject = Subject(evaluation, step, costs, fields)
    if any(t is not None and isinstance(t.shape, Unknown) for t in step.inputs):
        return _unknown_document(subject)
    shown = shown_numbers(subject, asked)
    findings = [f for f in findings_of(evaluation) if f.layer == step.node.name and f.severity != "note"]
    # Where something does not fit, that is the answer; the arithmetic of what does not happen is none.
    family = [] if subject.is_broken else _family_groups(subject)
    groups: list[Sequence[Block]] = [*_around(subject), *family, cost_blocks(subject)]
    if shown is not None:
        groups = _with_numbers(groups, shown, is_asked=asked.is_explicit)
    kept = tuple([tuple(group) for group in (*map(finding_blocks, findings), *groups) if group])
    title, following, facts = _title(subject), _following(subject), _facts(subject)
    if shown is not None:
        title = text(title, "     ", shown.title)
        following = shown.following or following
        facts |= {"numbers": shown.facts}
    picture = (
        LayerPicture(subject)
        if shown is None
        else LayerPicture(subject, shown.layer, shown.position, shown.map)
    )
    has_errors = any(finding.severity == "error" for finding in findings)
    return Document(title, kept, following, facts, has_errors=has_errors, picture=picture)


def _with_numbers(
    groups: Sequence[Sequence[Block]], shown: Shown, *, is_asked: bool
) -> list[Sequence[Block]]:
    """The numbers first; what is told beside them is short where they were asked for."""
    told = [
        [
            block
            for block in group
            if not is_asked or (isinstance(block, Entry) and block.label in _WITH_NUMBERS)
        ]
        for group in groups
    ]
    return [*shown.groups, *told]


def _family_groups(subject: Subject) -> list[list[Block]]:
    """What is particular to the family of the operator."""
    operator = subject.step.node.operator
    if isinstance(operator, TransposedConvolution):
        from shapelens.explanation.transposed import transposed_groups

        return transposed_groups(subject)
    if isinstance(operator, Convolution):
        from shapelens.explanation.convolution import convolution_groups

        return convolution_groups(subject)
    if isinstance(operator, Pool):
        from shapelens.explanation.pooling import pooling_groups

        return pooling_groups(subject)
    from shapelens.explanation.other import other_groups

    return other_groups(subject)


# title ------------------------------------------------------------------------------------------------


def layer_text(subject: Subject) -> str:
    """The layer as one would type it, in the words of its source."""
    node = subject.step.node
    origin = subject.evaluation.network.origin
    if origin.kind == "notation" and subject.is_alone:
        return origin.name
    written = to_pytorch(node.operator, subject.step.inputs)
    return written or subject.step.applied.words


def _title(subject: Subject) -> Text:
    node = subject.step.node
    named = () if subject.is_alone else text((f"{node.name} of {subject.evaluation.network.name}", ANSWER))
    layer = text((layer_text(subject), ANSWER if subject.is_alone else ""))
    shapes = text(subject.shape(subject.source), " → ", subject.shape(subject.target))
    layout = subject.layout
    order = text((layout.spaced, LABEL)) if layout is not None and subject.has_image else ()
    return join("   ", [part for part in (named, layer, shapes, order) if part])


def _unknown_document(subject: Subject) -> Document:
    """A layer of which too little is known to say more than that."""
    reasons = [t.shape.reason for t in subject.step.inputs if t is not None and isinstance(t.shape, Unknown)]
    node = subject.step.node
    title = text((f"{node.name} of {subject.evaluation.network.name}", ANSWER), "   ? → ?")
    return Document(title, ((Entry("in", (text(f"unknown: {reasons[0]}"),)),),), "", {"name": node.name})


# what is around it ------------------------------------------------------------------------------------


def _around(subject: Subject) -> list[list[Block]]:
    """The layer between what feeds it and what it feeds."""
    if subject.is_alone:
        return []
    network, node = subject.evaluation.network, subject.step.node
    sources = [v for v in node.inputs if v is not None and v not in network.constants]
    before = join(" + ", [_value_text(subject, value) for value in sources[:2]])
    parts = [before, _value_text(subject, node.outputs[0], bold=True)]
    seen = node.outputs[0]
    for _ in range(2):
        takers = network.consumers.get(seen, ())
        if not takers:
            break
        words = _words_of(subject, takers[0].name)
        more = f" and {len(takers) - 1} more" if len(takers) > 1 else ""
        parts.append(text(takers[0].name, (f" {words}{more}", LABEL)))
        seen = takers[0].outputs[0]
    if network.consumers.get(seen):
        parts.append(text("…"))
    return [[Preformatted((text("   ", join("  →  ", parts)),))]]


def _value_text(subject: Subject, value: str, *, bold: bool = False) -> Text:
    tensor = subject.evaluation.values[value]
    return text((value, ANSWER if bold else ""), "  ", subject.shape(sample_of(tensor, subject.batch)))


def _words_of(subject: Subject, name: str) -> str:
    step = subject.evaluation.by_node[name]
    if any(t is not None and isinstance(t.shape, Unknown) for t in step.inputs):
        return step.node.source_operator
    return step.applied.words


# the rest ---------------------------------------------------------------------------------------------


def _following(subject: Subject) -> str:
    """The same layer at any size, or at one; in a model the next layer with filters."""
    network = subject.evaluation.network
    if subject.is_alone and network.origin.kind == "notation":
        return _other_size(subject)
    if network.origin.kind == "notation":
        return ""
    steps = list(subject.evaluation.steps)
    place = steps.index(subject.step)
    later = next(
        (s for s in steps[place + 1 :] if s.applied.filters is not None and not _unknown(s)),
        None,
    )
    return f"shapelens explain {network.origin.layer_argument(later.node.name)}" if later is not None else ""


def _other_size(subject: Subject) -> str:
    layout, source, name = subject.layout, subject.source, subject.evaluation.network.name
    # In double quotes a shell leaves everything as it is but these.
    is_plain = not set(name) & set('"$`\\!\n')
    if layout is None or isinstance(source, Unknown) or subject.is_broken or not is_plain:
        return ""
    is_free = any(not isinstance(source[axis], int) for axis in layout.spatial)
    if not all(isinstance(source[axis], int) for axis in range(len(source)) if axis not in layout.spatial):
        return ""
    sizes = [("224" if is_free else layout.axes[axis]) if axis in layout.spatial else str(source[axis])
             for axis in range(len(source))]  # fmt: skip
    return f'shapelens explain "{name}" --input {"x".join(sizes)}'


def _unknown(step: Step) -> bool:
    return any(t is not None and isinstance(t.shape, Unknown) for t in step.inputs)


def _facts(subject: Subject) -> dict[str, Any]:
    """The same as numbers."""
    step = subject.step

    def plain(shape: Shape | Unknown) -> list[int | str] | None:
        return (
            None if isinstance(shape, Unknown) else [d if isinstance(d, int) else dim_text(d) for d in shape]
        )

    parameters, macs = subject.costs.parameters[step.node.name], subject.costs.macs[step.node.name]
    return {
        "layer": step.node.name,
        "operator": step.node.operator.name,
        "input": plain(subject.source),
        "output": plain(subject.target),
        "layout": None if subject.layout is None else str(subject.layout),
        "attributes": step.node.operator.attributes(step.inputs),
        "parameters": parameters if isinstance(parameters, int) else dim_text(parameters),
        "macs": macs if isinstance(macs, int) else dim_text(macs),
        "title": plain_text(_title(subject)),
    }
