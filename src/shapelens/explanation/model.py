"""A model explained layer by layer: what the numbers in its print mean."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.costs import Costs
from shapelens.analyses.findings import Finding
from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Dim, Unknown, dim_text, total
from shapelens.dims.counts import count_text, exact_text
from shapelens.explanation.document import (
    ANSWER,
    LABEL,
    Block,
    Document,
    Preformatted,
    Text,
    columns,
    shape_spans,
    text,
)
from shapelens.explanation.problems import finding_blocks
from shapelens.network import Evaluation, Step

__all__ = ["explain_block", "explain_model"]

_SHOWN = 60


def explain_model(evaluation: Evaluation, costs: Costs, findings: Sequence[Finding]) -> Document:
    """What each layer of a model takes, has and gives, in a line or two."""
    network, batch, channel = evaluation.network, batch_of(evaluation), _channel(evaluation)
    inputs = [shape_spans(sample_of(evaluation.values[d.name], batch), channel) for d in network.inputs[:2]]
    outputs = [shape_spans(sample_of(tensor, batch), channel) for _, tensor in evaluation.outputs[:2]]
    name = network.name if len(network.name) <= 40 and "\n" not in network.name else "the model"
    counts = _counts_text(costs.total_parameters, costs.total_macs)
    title = text((name, ANSWER), "   ", *_between(inputs), " → ", *_between(outputs), counts)
    groups = [_layer_blocks(evaluation.steps, evaluation, costs), *map(finding_blocks, findings)]
    facts = {"layers": len(evaluation.steps), "parameters": exact_text(costs.total_parameters)}
    return Document(title, tuple(map(tuple, groups)), "", facts, has_errors=_has_errors(findings))


def explain_block(
    evaluation: Evaluation, costs: Costs, findings: Sequence[Finding], path: str
) -> Document | None:
    """What each layer in one module of a model takes, has and gives; None where there is no such module.

    Args:
        evaluation: the network.
        costs: its costs.
        findings: its findings.
        path: the module's: `layer2.0`.
    """
    steps = [step for step in evaluation.steps if f"{step.node.path}.".startswith(f"{path}.")]
    if not steps or not path:
        return None
    batch, channel, network = batch_of(evaluation), _channel(evaluation), evaluation.network
    names = [step.node.name for step in steps]
    inside = {value for step in steps for value in step.node.outputs}
    source = next(
        (
            tensor
            for step in steps
            for value, tensor in zip(step.node.inputs, step.inputs, strict=True)
            if tensor is not None and value not in inside and value not in network.constants
        ),
        steps[0].output,
    )
    module = network.modules.get(path, "")
    shapes = [shape_spans(sample_of(tensor, batch), channel) for tensor in (source, steps[-1].output)]
    counts = _counts_text(total(costs.parameters[n] for n in names), total(costs.macs[n] for n in names))
    titled = text((f"{path} of {network.name}", ANSWER), f"   {module}" if module else "")
    title = text(titled, "   ", shapes[0], " → ", shapes[1], counts)
    own = [finding for finding in findings if finding.layer in names]
    groups = [_layer_blocks(steps, evaluation, costs), *map(finding_blocks, own)]
    following = f"shapelens explain {network.origin.layer_argument(names[0])}"
    return Document(
        title, tuple(map(tuple, groups)), following, {"layers": names}, has_errors=_has_errors(own)
    )


def _has_errors(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _channel(evaluation: Evaluation) -> int:
    layout = evaluation.network.layout
    return -1 if layout is not None and layout.channels_last else 0


def _counts_text(parameters: Dim, macs: Dim) -> str:
    return f"     {count_text(parameters, 4)} parameters, {count_text(macs, 4)} MACs"


def _layer_blocks(steps: Sequence[Step], evaluation: Evaluation, costs: Costs) -> list[Block]:
    """A line for each layer: its name, what it gives, and what it is; the first sixty of many."""
    batch, channel = batch_of(evaluation), _channel(evaluation)
    shown = list(steps[:_SHOWN])
    names = [step.node.name for step in shown]
    gives = [shape_spans(sample_of(step.output, batch), channel) for step in shown]
    lines = columns(
        [[text(name) for name in names], gives, [_layer_text(step, costs, channel) for step in shown]]
    )
    if len(steps) > _SHOWN:
        lines.append(text((f"… {len(steps)} layers in all", LABEL)))
    return [Preformatted(tuple(lines))]


def _between(shapes: list[Text]) -> list[Text]:
    parts: list[Text] = []
    for shape in shapes:
        parts += [text(", "), shape] if parts else [shape]
    return parts


def _layer_text(step: Step, costs: Costs, channel: int) -> Text:
    """`conv 3×3, pad 1: 64 filters of 3×3×3, 1,792 parameters`."""
    operator = step.node.operator
    is_unknown = any(t is not None and isinstance(t.shape, Unknown) for t in step.inputs)
    words = operator.word or operator.name if is_unknown else step.applied.words
    filters = None if is_unknown else step.applied.filters
    parts: list[Text | str] = [words]
    if filters is not None and filters.kernel:
        parts += [f": {dim_text(filters.count)} filters of ", shape_spans(filters.of, channel)]
    elif filters is not None:
        parts.append(f": {dim_text(filters.count)} outputs of {dim_text(filters.of[0])} inputs")
    count = costs.parameters[step.node.name]
    if count != 0:
        parts.append(f", {exact_text(count)} parameters")
    return text(*parts)
