"""Branches that come together: how each came about, and what makes one as large as the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shapelens.analyses.findings.chains import chain_text, formula_of, size_chain
from shapelens.analyses.findings.mending import Change, put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, number, sample_text
from shapelens.analyses.validity import validity_text
from shapelens.dims import Condition, Dim, Unknown, condition_text
from shapelens.network import Evaluation, Network, Step, evaluate_network
from shapelens.operators import Pad, Resize, Shape

__all__ = [
    "Branch",
    "branch_lines",
    "branches_of",
    "condition_line",
    "cropped",
    "differing",
    "equal_pairs",
    "padded",
    "resized",
]

_MOST_JOINS = 12
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
    rows: list[tuple[str, str, str, str]] = []
    for branch in branches_of(case.step)[:_MOST_SHOWN]:
        shape = sample_text(branch.shape, case.evaluation)
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
    formulas = case.beyond.formulas
    step = None if formulas is None else formulas.by_node.get(case.step.node.name)
    if formulas is None or step is None:
        return ""
    truths = [r.truth for r in step.requirements if r.kind == case.requirement.kind]
    condition = next((truth for truth in truths if isinstance(truth, Condition)), None)
    if condition is None:
        return ""
    told, whole = condition_text(condition, "·"), validity_text(formulas)
    _, is_told, words = whole.partition("works for ")
    is_useful = bool(is_told) and not words.startswith(("every", "no size"))
    if len(told) > 60:
        return words if is_useful else ""
    return f"{told}; the whole network takes {words}" if is_useful else told


# what makes one as large as the other ---------------------------------------------------------------------

Mend = Callable[[Evaluation, Step], "Change | None"]


def _everywhere(case: Case, mend: Mend) -> tuple[Change, int] | None:
    """An edit at this join, and at every later one of its kind that does not fit then; and how many there are."""
    kind, evaluation = case.requirement.kind, case.evaluation
    changes: list[Change] = []
    network, step = evaluation.network, case.step
    while len(changes) < _MOST_JOINS:
        change = mend(evaluation, step)
        if change is None:
            return None
        changes.append(change)
        network = change(network)
        evaluation = evaluate_network(network, case.evaluation.shapes, case.evaluation.path)
        later = [s for s, r in evaluation.broken if r.kind == kind and len(branches_of(s)) > 1]
        if not later or later[0].node.name == step.node.name:
            break
        step = later[0]

    def change_all(network: Network) -> Network:
        for each in changes:
            network = each(network)
        return network

    return change_all, len(changes)


def _proposal(case: Case, text: str, mend: Mend) -> list[Proposal]:
    found = _everywhere(case, mend)
    if found is None:
        return []
    change, count = found
    scope = "" if count < 2 else ", at both joins" if count == 2 else f", at all {count} joins"
    return [Proposal(f"{text}{scope}", change, must_work=True)]


def _whole(dim: Dim) -> int | None:
    return dim if type(dim) is int else None


def _targets(step: Step, *, largest: bool) -> dict[int, int] | None:
    """The size to be met along each axis that differs: the largest, or the smallest; None where one is not known."""
    wanted: dict[int, int] = {}
    for axis in differing(step):
        sizes = [_whole(b.shape[axis]) for b in branches_of(step) if len(b.shape) >= -axis]
        known = [size for size in sizes if size is not None]
        if len(known) != len(sizes) or not known or axis >= 0:
            return None
        wanted[axis] = max(known) if largest else min(known)
    return wanted or None


def _is_spatial(step: Step) -> bool:
    """Whether only places differ, and not channels or samples."""
    ranks = {len(branch.shape) for branch in branches_of(step)}
    rank = max(ranks, default=0)
    return len(ranks) == 1 and rank > 2 and all(axis >= 2 - rank for axis in differing(step))


def padded(case: Case) -> list[Proposal]:
    """Pad what is smaller, below and right, where little is missing."""

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        return _sized(step, largest=True)

    targets = _targets(case.step, largest=True)
    small = _misfits(case.step, targets)
    if targets is None or not _is_spatial(case.step) or len(small) != 1:
        return []
    branch = small[0]
    missing = {axis: size - _int(branch.shape[axis]) for axis, size in targets.items()}
    if max(missing.values()) > 3:
        return []
    numbers = [n for axis in range(-1, min(missing) - 1, -1) for n in (0, missing.get(axis, 0))]
    if case.is_file:
        ends = " and ".join([f"{missing[axis]} at the end of axis {axis}" for axis in sorted(missing)])
        return _proposal(case, f"a Pad of {branch.value} by {ends}", mend)
    return _proposal(case, f"pad it: F.pad({branch.called}, ({', '.join(map(str, numbers))}))", mend)


def cropped(case: Case) -> list[Proposal]:
    """Crop what is larger, around its middle."""

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        return _sized(step, largest=False)

    targets = _targets(case.step, largest=False)
    large = _misfits(case.step, targets)
    if targets is None or not _is_spatial(case.step) or len(large) != 1:
        return []
    parts = []
    for axis in range(min(targets), 0):
        size = _int(large[0].shape[axis])
        cut = size - targets.get(axis, size)
        parts.append(f"{cut // 2}:{size - (cut - cut // 2)}" if cut else ":")
    called = f"a Slice of {large[0].value}:" if case.is_file else f"crop it: {large[0].called}"
    return _proposal(case, f"{called}[..., {', '.join(parts)}]".replace(":[", ": ["), mend)


def resized(case: Case) -> list[Proposal]:
    """Resize what is smaller to what it meets."""

    def mend(evaluation: Evaluation, step: Step) -> Change | None:
        targets = _targets(step, largest=True)
        small = _misfits(step, targets)
        if targets is None or not small or not _is_spatial(step):
            return None
        axes = tuple(sorted(targets))
        sizes = tuple([targets[axis] for axis in axes])

        def change(network: Network) -> Network:
            for branch in small:
                network = put_in(step.node.name, branch.value, Resize(sizes=sizes, axes=axes))(network)
            return network

        return change

    targets = _targets(case.step, largest=True)
    small = _misfits(case.step, targets)
    if targets is None or not _is_spatial(case.step) or len(small) != 1 or len(branches_of(case.step)) != 2:
        return []
    other = next(b for b in branches_of(case.step) if b.value != small[0].value)
    rank = len(other.shape)
    if case.is_file:
        wanted = "×".join([str(targets[axis]) for axis in sorted(targets)])
        return _proposal(case, f"a Resize of {small[0].value} to {wanted}", mend)
    text = f"F.interpolate({small[0].called}, size={other.called}.shape[{2 - rank}:])"
    return _proposal(case, text, mend)


def _int(dim: Dim) -> int:
    assert isinstance(dim, int)
    return dim


def _misfits(step: Step, targets: dict[int, int] | None) -> list[Branch]:
    """The operands that are not as large as they should be."""
    if targets is None:
        return []
    return [
        b
        for b in branches_of(step)
        if all(len(b.shape) >= -axis for axis in targets) and any(b.shape[a] != s for a, s in targets.items())
    ]


def _sized(step: Step, *, largest: bool) -> Change | None:
    """Pad or cut the operands that are not as large as they should be."""
    targets = _targets(step, largest=largest)
    if targets is None or not _is_spatial(step):
        return None
    pairs: list[tuple[Branch, tuple[tuple[int, int], ...]]] = []
    for branch in _misfits(step, targets):
        sides = []
        for axis in sorted(targets):
            change = targets[axis] - _int(branch.shape[axis])
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
