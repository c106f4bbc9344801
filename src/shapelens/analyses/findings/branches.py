"""Branches that come together: how each came about, and what makes one as large as the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shapelens.analyses.findings.chains import chain_text, formula_of, size_chain
from shapelens.analyses.findings.folding import on_batch_alone
from shapelens.analyses.findings.mending import Change, put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, number, sample_text
from shapelens.analyses.samples import batch_of
from shapelens.dims import Condition, Dim, Unknown, condition_text, shape_text
from shapelens.network import Evaluation, Network, Step, evaluate_edited
from shapelens.operators import Pad, Resize, Shape

__all__ = [
    "Branch",
    "Mend",
    "at_every_join",
    "branch_lines",
    "branches_of",
    "condition_line",
    "cropped",
    "differing",
    "differs_in_places",
    "equal_pairs",
    "misfits",
    "padded",
    "resized",
    "targets_of",
    "whole",
]

_MOST_JOINS = 40
_MOST_SHOWN = 6


class Branch:
    """One operand of a join: its value, its place among the inputs, and its shape."""

    def __init__(self, value: str, place: int, shape: Shape) -> None:
        self.value = value
        self.place = place
        self.shape = shape

    @property
    def called(self) -> str:
        """What it may be called in code: its name, where that is none with other signs between its parts."""
        plain = "".join([sign if sign.isalnum() else "_" for sign in self.value])
        return plain if plain.isidentifier() else f"x{plain}"


def branches_of(step: Step) -> list[Branch]:
    """The operands whose ranks are known."""
    found: list[Branch] = []
    for place, (value, tensor) in enumerate(zip(step.node.inputs, step.inputs, strict=True)):
        if value is not None and tensor is not None and not isinstance(tensor.shape, Unknown):
            found.append(Branch(value, place, tensor.shape))
    return found


def differing(step: Step) -> tuple[int, ...]:
    """The axes, counted from the end, along which a join's operands do not fit."""
    axes = {requirement.facts.get("axis") for requirement in step.broken}
    shapes = [branch.shape for branch in branches_of(step)]
    rank = max([len(shape) for shape in shapes], default=0)
    return tuple(sorted([axis - rank for axis in axes if isinstance(axis, int)]))


def equal_pairs(step: Step) -> list[tuple[str, str, int]]:
    """The operands of a join that must be as large along the axes where they are not."""
    first, *others = branches_of(step)
    return [(first.value, other.value, axis) for other in others for axis in differing(step)]


def branch_lines(case: Case) -> str:
    """Each operand with its shape, the size that differs as a formula, and how it came about, in columns."""
    axes = _told_axes(case)
    batch = batch_of(case.evaluation)
    are_batches = {branch.shape[:1] == (batch,) for branch in branches_of(case.step)}
    rows: list[tuple[str, str, str, str]] = []
    for branch in branches_of(case.step)[:_MOST_SHOWN]:
        whole_shape = len(are_batches) > 1 and len({len(b.shape) for b in branches_of(case.step)}) == 1
        shape = shape_text(branch.shape) if whole_shape else sample_text(branch.shape, case.evaluation)
        chains = [chain_text(size_chain(case.evaluation, branch.value, axis)) for axis in axes]
        formula = formula_of(case.beyond, branch.value, axes[-1])
        rows.append((branch.value, shape, formula, ", ".join([chain for chain in chains if "→" in chain])))
    widths = [max([len(row[i]) for row in rows], default=0) for i in range(3)]
    return "\n".join([_row(row, widths) for row in rows])


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0]), row[1].ljust(widths[1])]
    line = "  ".join(cells)
    for cell, width in zip(row[2:], (*widths[2:], 0), strict=True):
        line += f"   {cell.ljust(width)}" if width or cell else ""
    return line.rstrip()


def _told_axes(case: Case) -> tuple[int, ...]:
    """The axes, counted from the end, whose sizes are followed back: of alike ones the first."""
    axes = differing(case.step) or (-1,)
    first, *others = axes
    ranks = [len(branch.shape) for branch in branches_of(case.step)]
    is_channels = bool(others) and max(ranks, default=0) > 2 and first == 1 - max(ranks)
    return (first, others[0]) if is_channels else (first,)


def condition_line(case: Case) -> str:
    """What must hold of the sizes that go in, as an equation and as a set; empty where that is not known."""
    if _condition(case, case.beyond.likely_formulas) is None:
        return ""
    condition = _condition(case, case.beyond.formulas)
    if condition is None:
        return ""
    told, words = condition_text(condition, "·"), case.beyond.sizes
    if len(told) > 60:
        return words
    return f"{told}; the whole network takes {words}" if words else told


def _condition(case: Case, formulas: Evaluation | None) -> Condition | None:
    """What must hold of the sizes that go in, where that hangs on them."""
    step = None if formulas is None else formulas.by_node.get(case.step.node.name)
    truths = [] if step is None else [r.truth for r in step.requirements if r.kind == case.requirement.kind]
    batch = str(batch_of(case.evaluation))
    free = [truth for truth in truths if isinstance(truth, Condition) and not on_batch_alone(truth, batch)]
    return free[0] if free else None


# what makes one as large as the other ---------------------------------------------------------------------

Mend = Callable[[Evaluation, Step], "Change | None"]
"""An edit at one join of an evaluated network; None where there is none."""


def _everywhere(case: Case, mend: Mend) -> tuple[Change, int] | None:
    """An edit at this join, and at every later one of its kind that does not fit then; and how many there are.

    None where it does not mend a join, or where there is no end to them.
    """
    kind, evaluation = case.requirement.kind, case.evaluation

    def is_such_a_join(step: Step) -> bool:
        return any(requirement.kind == kind for requirement in step.broken) and len(branches_of(step)) > 1

    changes: list[Change] = []
    network, step = evaluation.network, case.step
    while True:
        change = mend(evaluation, step)
        if change is None or len(changes) == _MOST_JOINS:
            return None
        changes.append(change)
        network = change(network)
        evaluation = evaluate_edited(network, evaluation, until=is_such_a_join)
        last = evaluation.steps[-1]
        if not is_such_a_join(last):
            break
        if last.node.name == step.node.name:
            return None
        step = last

    def change_all(network: Network) -> Network:
        for each in changes:
            network = each(network)
        return network

    return change_all, len(changes)


def at_every_join(case: Case, text: str, mend: Mend) -> list[Proposal]:
    """An edit at this join, told with how many joins it is needed at."""
    found = _everywhere(case, mend)
    if found is None:
        return []
    change, count = found
    scope = "" if count < 2 else ", at both joins" if count == 2 else f", at all {count} joins"
    return [Proposal(f"{text}{scope}", change, must_work=True)]


def _whole(dim: Dim) -> int | None:
    return dim if type(dim) is int else None


def targets_of(step: Step, *, largest: bool) -> dict[int, int] | None:
    """The size to be met along each axis that differs: the largest, or the smallest; None where one is not known."""
    wanted: dict[int, int] = {}
    for axis in differing(step):
        sizes = [_whole(b.shape[axis]) for b in branches_of(step) if len(b.shape) >= -axis]
        known = [size for size in sizes if size is not None]
        if len(known) != len(sizes) or not known or axis >= 0:
            return None
        wanted[axis] = max(known) if largest else min(known)
    return wanted or None


def differs_in_places(step: Step) -> bool:
    """Whether only places differ, and not channels or samples."""
    ranks = {len(branch.shape) for branch in branches_of(step)}
    rank = max(ranks, default=0)
    return len(ranks) == 1 and rank > 2 and all(axis >= 2 - rank for axis in differing(step))


def padded(case: Case) -> list[Proposal]:
    """Pad what is smaller, below and right, where little is missing."""

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        return _sized(step, largest=True)

    targets = targets_of(case.step, largest=True)
    small = misfits(case.step, targets)
    if targets is None or not differs_in_places(case.step) or len(small) != 1:
        return []
    branch = small[0]
    missing = {axis: size - whole(branch.shape[axis]) for axis, size in targets.items()}
    if max(missing.values()) > 3:
        return []
    numbers = [n for axis in range(-1, min(missing) - 1, -1) for n in (0, missing.get(axis, 0))]
    if case.is_file:
        ends = " and ".join([f"{missing[axis]} at the end of axis {axis}" for axis in sorted(missing)])
        return at_every_join(case, f"a Pad of {branch.value} by {ends}", mend)
    return at_every_join(case, f"pad it: F.pad({branch.called}, ({', '.join(map(str, numbers))}))", mend)


def cropped(case: Case) -> list[Proposal]:
    """Crop what is larger, around its middle."""

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        return _sized(step, largest=False)

    targets = targets_of(case.step, largest=False)
    large = misfits(case.step, targets)
    if targets is None or not differs_in_places(case.step) or len(large) != 1:
        return []
    parts = []
    for axis in range(min(targets), 0):
        size = whole(large[0].shape[axis])
        cut = size - targets.get(axis, size)
        parts.append(f"{cut // 2}:{size - (cut - cut // 2)}" if cut else ":")
    called = f"a Slice of {large[0].value}:" if case.is_file else f"crop it: {large[0].called}"
    return at_every_join(case, f"{called}[..., {', '.join(parts)}]".replace(":[", ": ["), mend)


def resized(case: Case) -> list[Proposal]:
    """Resize what is smaller to what it meets."""

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        targets = targets_of(step, largest=True)
        small = misfits(step, targets)
        if targets is None or not small or not differs_in_places(step):
            return None
        axes = tuple(sorted(targets))
        sizes = tuple([targets[axis] for axis in axes])

        def change(network: Network) -> Network:
            for branch in small:
                network = put_in(step.node.name, branch.value, Resize(sizes=sizes, axes=axes))(network)
            return network

        return change

    targets = targets_of(case.step, largest=True)
    small = misfits(case.step, targets)
    if (
        targets is None
        or not differs_in_places(case.step)
        or len(small) != 1
        or len(branches_of(case.step)) != 2
    ):
        return []
    other = next(b for b in branches_of(case.step) if b.value != small[0].value)
    rank = len(other.shape)
    if case.is_file:
        wanted = "×".join([str(targets[axis]) for axis in sorted(targets)])
        return at_every_join(case, f"a Resize of {small[0].value} to {wanted}", mend)
    text = f"F.interpolate({small[0].called}, size={other.called}.shape[{2 - rank}:])"
    return at_every_join(case, text, mend)


def whole(dim: Dim) -> int:
    """A size that is known to be a number."""
    assert isinstance(dim, int)
    return dim


def misfits(step: Step, targets: dict[int, int] | None) -> list[Branch]:
    """The operands that are not as large as they should be.

    Args:
        step: the join.
        targets: the size that is wanted along each axis, counted from the end.
    """
    if targets is None:
        return []
    return [
        b
        for b in branches_of(step)
        if all(len(b.shape) >= -axis for axis in targets) and any(b.shape[a] != s for a, s in targets.items())
    ]


def _sized(step: Step, *, largest: bool) -> Change | None:
    """Pad or cut the operands that are not as large as they should be."""
    targets = targets_of(step, largest=largest)
    if targets is None or not differs_in_places(step):
        return None
    pairs: list[tuple[Branch, tuple[tuple[int, int], ...]]] = []
    for branch in misfits(step, targets):
        sides = []
        for axis in sorted(targets):
            change = targets[axis] - whole(branch.shape[axis])
            sides.append((0, change) if change >= 0 else (-(-change // 2), -(-change - -change // 2)))
        pairs.append((branch, tuple(sides)))

    def change_all(network: Network) -> Network:
        for branch, sides in pairs:
            pad = Pad(pads=sides, axes=tuple(sorted(targets)))
            network = put_in(step.node.name, branch.value, pad)(network)
        return network

    return change_all


def side_by_side(case: Case) -> str:
    """The sizes that differ: `64 against 256`."""
    return f"{number(case.facts['left'])} against {number(case.facts['right'])}"
