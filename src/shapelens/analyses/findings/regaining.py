"""Ways to make the branches of a join as large as each other: where one lost its places, and else at the join."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.findings.branches import (
    Branch,
    at_every_join,
    branches_of,
    cropped,
    differs_in_places,
    misfits,
    padded,
    resized,
    targets_of,
    whole,
)
from shapelens.analyses.findings.chains import ancestors
from shapelens.analyses.findings.mending import Change, all_of_them, with_operator
from shapelens.analyses.findings.proposing import Argument, Proposal
from shapelens.analyses.findings.telling import Case
from shapelens.dims import Unknown
from shapelens.network import Evaluation, Node, Step
from shapelens.operators import Convolution, Pool, Resize, TransposedConvolution
from shapelens.operators.windows import Sliding

__all__ = ["made_to_meet"]


def made_to_meet(case: Case) -> list[Proposal]:
    """Every way to make one as large as the other: where it lost its places, and else at the join."""
    asked = _sized_by_the_other(case)
    # What could be asked for the right size need not be resized again.
    resizing = [] if asked else resized(case)
    return [*asked, *_doubled(case), *_kept_by_padding(case), *padded(case), *cropped(case), *resizing]


def _doubled(case: Case) -> list[Proposal]:
    """Every transposed convolution on the way of what is smaller gives back all that its stride halved."""
    targets = targets_of(case.step, largest=True)
    small = misfits(case.step, targets)
    if targets is None or len(small) != 1 or not differs_in_places(case.step):
        return []
    short = [
        node
        for node in ancestors(case.evaluation, small[0].value)
        if isinstance(node.operator, TransposedConvolution)
        and _comes_short(case.evaluation.by_node[node.name])
    ]
    if len(short) < 2:
        return []  # of a single one is told by itself
    changes = [with_operator(node.name, node.operator.with_settings(output_padding=1)) for node in short]
    names = [node.name for node in reversed(short)]
    text = f"output_padding=1 in {', '.join(names[:-1])} and {names[-1]}"
    return [Proposal(text, all_of_them(*changes), must_work=True)]


def _comes_short(step: Step) -> bool:
    """Whether a transposed convolution gives one place less than twice as many as it gets."""
    image, out = step.inputs[0], step.output
    if image is None or isinstance(image.shape, Unknown) or isinstance(out.shape, Unknown):
        return False
    sizes = list(zip(image.shape[2:], out.shape[2:], strict=True))
    return bool(sizes) and all(isinstance(a, int) and isinstance(b, int) and b == 2 * a - 1 for a, b in sizes)


def _kept_by_padding(case: Case) -> list[Proposal]:
    """The window on the way of what is smaller that lost just what is missing, with padding around."""
    targets = targets_of(case.step, largest=True)
    small = misfits(case.step, targets)
    if targets is None or len(small) != 1 or not differs_in_places(case.step):
        return []
    missing = {axis: size - whole(small[0].shape[axis]) for axis, size in targets.items()}
    for node in _of_its_own(case, small[0]):
        sides = _lost(case.evaluation.by_node[node.name], missing)
        if sides is None:
            continue
        said = str(sides[0]) if len(set(sides)) == 1 else f"({', '.join(map(str, sides))})"
        change = with_operator(
            node.name, node.operator.with_settings(padding=tuple([(side, side) for side in sides]))
        )
        is_module = bool(node.path) and case.evaluation.network.modules.get(node.path) == node.module
        argument = Argument(node.path, {"padding": said}) if is_module else None
        text = f"pads={[*sides, *sides]}" if case.is_file else f"padding={said}"
        return [Proposal(f"{node.name}: {text}", change, argument=argument, must_work=True)]
    return []


def _of_its_own(case: Case, branch: Branch) -> list[Node]:
    """The nodes that lead to a branch and to no other, the nearest first."""
    others = {
        node.name
        for other in branches_of(case.step)
        if other.value != branch.value
        for node in ancestors(case.evaluation, other.value)
    }
    return [node for node in ancestors(case.evaluation, branch.value) if node.name not in others]


def _lost(step: Step, missing: dict[int, int]) -> list[int] | None:
    """The padding of each axis with which a window that slides by one loses nothing; None where that is not it."""
    operator, image = step.node.operator, step.inputs[0]
    if image is None or isinstance(image.shape, Unknown) or getattr(operator, "channels_last", False):
        return None
    slidings: Sequence[Sliding] = ()
    if type(operator) is Convolution and len(step.inputs) > 1 and step.inputs[1] is not None:
        slidings = operator.slidings(operator.kernel_of(step.inputs[1]))
    elif isinstance(operator, Pool):
        slidings = operator.slidings()
    sides: list[int] = []
    for place, sliding in enumerate(slidings):
        lost = sliding.extent - 1
        is_plain = sliding.stride == 1 and not sliding.is_same and sliding.sides(0) == (0, 0)
        if (
            not is_plain
            or not isinstance(lost, int)
            or lost % 2
            or lost != missing.get(place - len(slidings), 0)
        ):
            return None
        sides.append(lost // 2)
    return sides or None


def _sized_by_the_other(case: Case) -> list[Proposal]:
    """Ask a resize for the size of what it meets, and not for a multiple of its own."""
    branches = branches_of(case.step)
    found = _resized(case.evaluation, case.step)
    if found is None or case.is_file:
        return []
    branch, node = found
    other = next(each for each in branches if each.value != branch.value)
    value = Branch(node.inputs[0] or "", 0, ())
    text = f"F.interpolate({value.called}, size={other.called}.shape[{2 - len(other.shape)}:])"

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        at = _resized(evaluation, step)
        if at is None:
            return None
        own, resize = at
        wanted = next(each for each in branches_of(step) if each.value != own.value)
        sizes = wanted.shape[2:]
        operator = resize.operator.with_settings(sizes=sizes, scales=None, axes=tuple(range(-len(sizes), 0)))
        return with_operator(resize.name, operator)

    return at_every_join(case, text, mend)


def _resized(evaluation: Evaluation, step: Step) -> tuple[Branch, Node] | None:
    """The one of two branches that comes from a resize, past what keeps its places."""
    branches = branches_of(step)
    if len(branches) != 2 or not differs_in_places(step):
        return None
    found: list[tuple[Branch, Node]] = []
    for branch in branches:
        node = evaluation.network.producers.get(branch.value)
        while node is not None and not isinstance(node.operator, Resize) and _keeps_places(evaluation, node):
            node = evaluation.network.producers.get(node.inputs[0] or "")
        if node is not None and isinstance(node.operator, Resize):
            found.append((branch, node))
    return found[0] if len(found) == 1 else None


def _keeps_places(evaluation: Evaluation, node: Node) -> bool:
    """Whether a map has the places of the first that goes in; a sum of two maps has those of both."""
    step = evaluation.by_node[node.name]
    image, out = step.inputs[0], step.output
    flowing = [
        value for value in node.inputs if value is not None and value not in evaluation.network.constants
    ]
    if image is None or image.has_unknown or out.has_unknown or len(flowing) != 1:
        return False
    return image.rank == out.rank > 2 and image.dims[2:] == out.dims[2:]
