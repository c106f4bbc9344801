"""SL115: a transposed convolution that gives back 2H - 1 where 2H went down."""

from __future__ import annotations

from shapelens.analyses.findings.branches import Branch, branch_lines, branches_of, differing, padded, resized
from shapelens.analyses.findings.chains import ancestors
from shapelens.analyses.findings.framework_words import broadcast_words, concatenation_words
from shapelens.analyses.findings.layers import as_typed, reshaped
from shapelens.analyses.findings.mending import all_of_them, with_operator
from shapelens.analyses.findings.proposing import Argument, Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.dims import Unknown
from shapelens.network import Step
from shapelens.operators import TransposedConvolution
from shapelens.records import dataclass

__all__ = ["Short", "one_short", "tell_one_short"]


@dataclass(frozen=True, slots=True)
class Short:
    """A branch that is one short, and the transposed convolution that makes it so."""

    branch: Branch
    step: Step


def one_short(case: Case) -> Short | None:
    """The branch that ends one short in every place where it differs, behind a transposed convolution of stride 2."""
    branches, axes = branches_of(case.step), differing(case.step)
    if len(branches) != 2 or not axes or len(branches[0].shape) != len(branches[1].shape):
        return None
    for own, other in (branches, branches[::-1]):
        pairs = [(own.shape[axis], other.shape[axis]) for axis in axes]
        if any(not isinstance(a, int) or not isinstance(b, int) or b - a != 1 for a, b in pairs):
            continue
        for node in ancestors(case.evaluation, own.value):
            step = case.evaluation.by_node[node.name]
            if isinstance(node.operator, TransposedConvolution):
                return Short(own, step) if _comes_short(step) else None
            if not _keeps_places(step):
                break
    return None


def _comes_short(step: Step) -> bool:
    """Whether it doubles all places but one."""
    image, out = step.inputs[0], step.output
    if image is None or isinstance(image.shape, Unknown) or isinstance(out.shape, Unknown):
        return False
    sizes = zip(image.shape[2:], out.shape[2:], strict=True)
    return all(isinstance(a, int) and b == 2 * a - 1 for a, b in sizes)


def _keeps_places(step: Step) -> bool:
    """Whether what comes out has the places of what goes in."""
    image, out = step.inputs[0], step.output
    if image is None or isinstance(image.shape, Unknown) or isinstance(out.shape, Unknown):
        return False
    return image.shape[2:] == out.shape[2:]


def tell_one_short(case: Case, short: Short) -> Told:
    """A transposed convolution that is one short of what it meets."""
    size = short.step.inputs[0]
    assert size is not None
    axis = differing(case.step)[0]
    doubled = size.dims[axis] * 2
    layer = short.step.node.name
    return case.told(
        "SL115",
        branch_lines(case),
        f"{layer} makes 2·{number(size.dims[axis])} - 1 = {number(doubled - 1)} of {number(size.dims[axis])}, and "
        f"{number(doubled)} is wanted: (H - 1)·stride - 2·pad + kernel + output_padding",
        summary=f"{layer} comes out one short",
        proposals=[*_proposals(case, short), *padded(case), *resized(case)],
        framework=("torch", _words(case)),
    )


def _words(case: Case) -> str:
    if case.requirement.kind != "concatenation":
        return broadcast_words(case)
    return concatenation_words(case)


def _proposals(case: Case, short: Short) -> list[Proposal]:
    """Output padding, or a kernel one larger."""
    at = Case(case.evaluation, short.step, case.requirement, case.beyond)
    operator, weight = short.step.node.operator, short.step.inputs[1]
    assert isinstance(operator, TransposedConvolution)
    path = short.step.node.path
    is_module = case.evaluation.network.modules.get(path) == short.step.node.module
    padded_more = operator.with_settings(output_padding=1)
    found = [
        Proposal(
            f"{short.step.node.name}: {as_typed(at, padded_more, {})}",
            with_operator(short.step.node.name, padded_more),
            argument=Argument(path, {"output_padding": "1"}) if is_module and path else None,
        )
    ]
    if weight is None or isinstance(weight.shape, Unknown) or operator.filters_last:
        return found
    larger = (*weight.shape[:2], *[size + 1 for size in weight.shape[2:]])
    written = as_typed(at, operator, {"weight": larger})
    kernel = larger[2:]
    said = str(kernel[0]) if len(set(kernel)) == 1 else f"({', '.join(map(str, kernel))})"
    found.append(
        Proposal(
            f"{short.step.node.name}: {written}",
            all_of_them(reshaped(at, {"weight": larger})),
            argument=Argument(path, {"kernel_size": said}) if is_module and path else None,
        )
    )
    return found
