"""SL120: a size that does not divide: blocks, splits, gates."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.layers import changed_layer
from shapelens.analyses.findings.origins import from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.dims import Unknown
from shapelens.operators import Convolution, Shape

__all__ = ["tell_division"]


@tells("block", "split")
def tell_division(case: Case) -> Told:
    """A size that is no multiple of what it is divided by."""
    facts = case.facts
    size = facts.get("size", facts.get("channels", facts.get("whole")))
    into = facts.get("divisor", facts.get("cells", facts.get("parts", facts.get("block"))))
    sizes = facts.get("sizes")
    shape = sample_text(case.tensor().shape, case.evaluation)
    if case.requirement.kind == "split" and isinstance(sizes, tuple):
        parts = " + ".join([number(part) for part in sizes])
        total = sum([part for part in sizes if isinstance(part, int)])
        have, rule = f"{number(size)} in {shape}{from_words(case)}", f"the parts {parts} come to {total}"
    elif size is None or into is None:
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    else:
        rest = f", {size % into} over" if isinstance(size, int) and isinstance(into, int) and into else ""
        what = f"{facts['what']} " if isinstance(facts.get("what"), str) else ""
        have = f"{what}{number(size)} in {shape}{from_words(case)}{rest}"
        rule = f"{case.words} takes a multiple of {number(into)}"
    return case.told(
        "SL120", have, rule, proposals=[*_filters_before(case, size, into), *sizes_that_fit(case)]
    )


def _filters_before(case: Case, size: object, into: object) -> list[Proposal]:
    """The convolution before with as many filters as divide: the nearest numbers."""
    network = case.evaluation.network
    before = network.producers.get(case.step.node.inputs[0] or "")
    if before is None or type(before.operator) is not Convolution or before.operator.filters_last:
        return []
    step = case.evaluation.by_node[before.name]
    at = Case(case.evaluation, step, case.requirement, case.beyond)
    weight, rank = step.inputs[1], case.tensor().rank
    axis = case.facts.get("axis", 1)
    if not isinstance(size, int) or not isinstance(into, int) or into < 1 or axis not in {1, 1 - rank}:
        return []
    if weight is None or isinstance(weight.shape, Unknown) or before.operator.groups != 1:
        return []
    found: list[Proposal] = []
    for filters in (size // into * into, -(-size // into) * into):
        if filters > 0:
            shapes: dict[str, Shape] = {"weight": (filters, *weight.shape[1:]), "bias": (filters,)}
            has_bias = len(before.inputs) > 2 and before.inputs[2] is not None
            kept = shapes if has_bias else {"weight": shapes["weight"]}
            made = changed_layer(at, weights=kept, arguments={"out_channels": str(filters)})
            found.append(replace(made, text=f"{before.name}: {made.text}"))
    return found
