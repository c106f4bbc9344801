"""SL109: a reshape that makes rows of parts of several samples."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.mending import Change
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, product, shape_text
from shapelens.dims.text import axis_text
from shapelens.network import Network
from shapelens.operators import Flatten, Gemm, Linear, MatrixProduct, Shape

__all__ = ["tell_folded"]


def tell_folded(case: Case) -> Told:
    """A reshape whose rows are no samples."""
    before, after = case.tensor(), case.step.output
    operator = case.step.node.operator
    features = product(before.dims[1:])
    asked = _asked(case)
    rows = number(after.dims[0])
    factors = " × ".join([axis_text(dim) for dim in before.dims[1:]])
    wide = product(after.dims[1:])
    word = case.step.node.source_operator
    listed = ", ".join([number(size) for size in asked]) if isinstance(asked, tuple) else ""
    called = f"{word or 'reshape'}({listed})" if listed else ""
    flat = f"{word or 'flatten'}({getattr(operator, 'start', 0)})"
    samples = number(batch_of(case.evaluation))
    said = f"{called or flat} gives {shape_text(after.shape)}: {rows} rows for {samples} samples"
    return case.told(
        "SL109",
        f"one sample is {sample_text(before.shape, case.evaluation)}: {factors} = {number(features)}\n{said}",
        f"a row for each sample: the sizes behind the batch come to {number(features)}, not {number(wide)}",
        proposals=_proposals(case, features),
    )


def _asked(case: Case) -> Shape | None:
    """The shape that a reshape is asked for: a setting, or what its second input holds."""
    own = getattr(case.step.node.operator, "shape", None)
    told = case.step.inputs[1] if len(case.step.inputs) > 1 else None
    return own if own is not None or told is None else told.contents


def _proposals(case: Case, features: Dim) -> list[Proposal]:
    """Flatten all but the batch; and the linear layer behind made for what then comes."""
    node, network = case.step.node, case.evaluation.network
    layer = _linear_behind(case)
    is_plain = replace(node, operator=Flatten(1), inputs=node.inputs[:1])

    def flattened(before: Network) -> Network:
        nodes = tuple([is_plain if n.name == node.name else n for n in before.nodes])
        kept = {name: said for name, said in before.refusals.items() if name not in node.outputs}
        return replace(before, nodes=nodes, refusals=kept)

    text, change = "x.flatten(1)", flattened
    if layer is None or not isinstance(features, int):
        return [Proposal(text, change)]
    name, weight = layer
    shape = network.weights[weight].shape
    place = shape.index(case.step.output.dims[-1]) if case.step.output.dims[-1] in shape else -1
    if place < 0 or shape[place] == features:
        return [Proposal(text, change)]
    wanted = tuple([features if axis == place else dim for axis, dim in enumerate(shape)])

    def fitted(before: Network) -> Network:
        after = flattened(before)
        held = {**after.weights, weight: replace(after.weights[weight], shape=wanted)}
        return replace(after, weights=held)

    both: Change = fitted
    if case.is_file:
        return [Proposal(f"{text}, and {weight} {shape_text(wanted)}", both)]
    return [Proposal(f"{text}, and {name} as nn.Linear({features}, {number(wanted[1 - place])})", both)]


def _linear_behind(case: Case) -> tuple[str, str] | None:
    """The linear layer that takes the rows, past what keeps their shape, and its weight."""
    value = case.step.node.outputs[0]
    network = case.evaluation.network
    while True:
        takers = network.consumers.get(value, ())
        if len(takers) != 1:
            return None
        taker = takers[0]
        if isinstance(taker.operator, (Linear, Gemm, MatrixProduct)):
            weight = taker.inputs[1]
            is_held = weight in network.weights and len(network.weights[weight or ""].shape) == 2
            return (taker.name, weight) if weight is not None and is_held else None
        if not taker.operator.keeps_shape:
            return None
        value = taker.outputs[0]
