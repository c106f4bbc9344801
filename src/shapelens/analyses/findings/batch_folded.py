"""SL109: a reshape that makes rows of parts of several samples."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.following import fitted_behind
from shapelens.analyses.findings.mending import all_of_them
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, product, shape_text
from shapelens.dims.text import axis_text
from shapelens.network import Network
from shapelens.operators import Flatten, Shape

__all__ = ["tell_folded"]


def tell_folded(case: Case) -> Told:
    """A reshape whose rows are no samples."""
    before, after = case.tensor(), case.step.output
    operator = case.step.node.operator
    features = product(before.dims[1:])
    asked = _asked(case)
    rows = "1 row" if after.dims[0] == 1 else f"{number(after.dims[0])} rows"
    factors = " × ".join([axis_text(dim) for dim in before.dims[1:]])
    wide = product(after.dims[1:])
    word = case.step.node.source_operator
    listed = ", ".join([number(size) for size in asked]) if isinstance(asked, tuple) else ""
    called = f"{word or 'reshape'}({listed})" if listed else ""
    flat = f"{word or 'flatten'}({getattr(operator, 'start', 0)})"
    samples = number(batch_of(case.evaluation))
    gives = f"{shape_text(after.shape)}: {rows}" if after.rank > 1 else rows
    said = f"{called or flat} gives {gives} for {samples} samples"
    wanted = f"the sizes behind the batch come to {number(features)}, not {number(wide)}"
    return case.told(
        "SL109",
        f"one sample is {sample_text(before.shape, case.evaluation)}: {factors} = {number(features)}\n{said}",
        f"a row for each sample: {wanted if after.rank > 1 else f'{samples}×{number(features)}'}",
        proposals=_proposals(case, features),
    )


def _asked(case: Case) -> Shape | None:
    """The shape that a reshape is asked for: a setting, or what its second input holds."""
    own = getattr(case.step.node.operator, "shape", None)
    told = case.step.inputs[1] if len(case.step.inputs) > 1 else None
    return own if own is not None or told is None else told.contents


def _proposals(case: Case, features: Dim) -> list[Proposal]:
    """Flatten all but the batch; and the linear layer behind made for what then comes."""
    node = case.step.node
    is_plain = replace(node, operator=Flatten(1), inputs=node.inputs[:1])

    def flattened(before: Network) -> Network:
        nodes = tuple([is_plain if n.name == node.name else n for n in before.nodes])
        kept = {name: said for name, said in before.refusals.items() if name not in node.outputs}
        return replace(before, nodes=nodes, refusals=kept)

    fitted = fitted_behind(case, features)
    if fitted is None:
        return [Proposal("x.flatten(1)", flattened)]
    words, change = fitted
    return [Proposal(f"x.flatten(1), and {words}", all_of_them(flattened, change))]
