"""SL120: a size that does not divide: blocks, splits, gates."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.layers import changed_layer, wider_before
from shapelens.analyses.findings.origins import from_words
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.operators import DepthToSpace

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
        counted = f"{number(size)} channels" if what == "channels " else f"{what}{number(size)}"
        have = f"{counted} in {shape}{from_words(case)}{rest}"
        rule = f"{case.words} takes a multiple of {number(into)}"
    return case.told(
        "SL120",
        have,
        rule,
        proposals=[*_filters_before(case, size, into), *_blocks(case, size), *sizes_that_fit(case)],
    )


def _filters_before(case: Case, size: object, into: object) -> list[Proposal]:
    """The convolution before with as many filters as divide: the nearest numbers."""
    axis, rank = case.facts.get("axis", 1), case.tensor().rank
    if not isinstance(size, int) or not isinstance(into, int) or into < 1 or axis not in {1, 1 - rank}:
        return []
    near = (size // into * into, -(-size // into) * into)
    value = case.step.node.inputs[0] or ""
    return [proposal for filters in near for proposal in wider_before(case, value, filters)]


def _blocks(case: Case, size: object) -> list[Proposal]:
    """The nearest block that divides the channels of a pixel shuffle."""
    operator = case.step.node.operator
    if not isinstance(operator, DepthToSpace) or not isinstance(size, int):
        return []
    legal = [block for block in range(2, size + 1) if size % block**2 == 0]
    near = sorted(legal, key=lambda block: (abs(block - operator.block), block))[:1]
    return [
        changed_layer(
            case,
            settings={"block": block},
            text=f"a block of {block}" if case.is_file else f"upscale_factor={block}",
            arguments={"upscale_factor": str(block)},
        )
        for block in near
    ]
