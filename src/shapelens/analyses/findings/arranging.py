"""What a layer wants is there, and lies otherwise: in several axes, in another axis, or joined along another one."""

from __future__ import annotations

from shapelens.analyses.findings.mending import put_in, with_operator
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case
from shapelens.dims import Dim, Unknown, product
from shapelens.dims.text import axis_text
from shapelens.operators import Concatenate, Flatten, Shape, Transpose
from shapelens.records import dataclass

__all__ = ["Arrangement", "arranged"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the number that is wanted lies in what comes.

    Args:
        words: where it is: `1 × 28 × 28`.
        proposals: what puts it into the last axis.
        is_all: whether it is everything that a sample has.
    """

    words: str
    proposals: tuple[Proposal, ...]
    is_all: bool = False


def arranged(case: Case, wants: Dim) -> Arrangement | None:
    """How the features that a layer wants lie in what comes; None where they do not."""
    shape, value = case.tensor().shape, case.step.node.inputs[0]
    if isinstance(shape, Unknown) or value is None or not isinstance(wants, int) or wants < 2:
        return None
    return (
        _in_all_axes(case, shape, value, wants)
        or _in_another_axis(case, shape, value, wants)
        or _joined_elsewhere(case, shape, wants)
    )


def _in_all_axes(case: Case, shape: Shape, value: str, wants: int) -> Arrangement | None:
    """A map that nobody flattened."""
    if len(shape) < 3 or product(shape[1:]) != wants:
        return None
    factors = " × ".join([axis_text(dim) for dim in shape[1:]])
    around = case.evaluation.network.modules.get(case.step.node.path.rpartition(".")[0])
    text = "nn.Flatten() before it" if around == "Sequential" else "x.flatten(1) before it"
    text = "a Flatten before it" if case.is_file else text
    return Arrangement(
        f"all of {factors}", (Proposal(text, put_in(case.step.node.name, value, Flatten(1))),), is_all=True
    )


def _in_another_axis(case: Case, shape: Shape, value: str, wants: int) -> Arrangement | None:
    """Channels in front of the places, for a layer that reads them behind."""
    rank = len(shape)
    if rank not in {3, 4} or shape[1] != wants:
        return None
    order = (0, *range(2, rank), 1)
    written = "transpose(1, 2)" if rank == 3 else f"permute({', '.join(map(str, order))})"
    text = f"a Transpose to {list(order)} before it" if case.is_file else f"x.{written} before it"
    return Arrangement(
        f"axis 1 has {wants}", (Proposal(text, put_in(case.step.node.name, value, Transpose(order))),)
    )


def _joined_elsewhere(case: Case, shape: Shape, wants: int) -> Arrangement | None:
    """A concatenation along another axis than that of the features."""
    value = case.step.node.inputs[0]
    node = case.evaluation.network.producers.get(value or "")
    while node is not None and node.operator.keeps_shape and node.inputs[0] is not None:
        node = case.evaluation.network.producers.get(node.inputs[0])
    if node is None or not isinstance(node.operator, Concatenate):
        return None
    shapes = [t.shape for t in case.evaluation.by_node[node.name].inputs if t is not None]
    parts = [own[-1] for own in shapes if not isinstance(own, Unknown) and len(own) == len(shape)]
    last = len(shape) - 1
    if len(parts) != len(shapes) or node.operator.axis % len(shape) == last or sum(parts, 0) != wants:
        return None
    told = " + ".join([axis_text(part) for part in parts])
    text = f"{node.name}: axis={last}" if case.is_file else f"dim={last} in {node.name}"
    moved = with_operator(node.name, node.operator.with_settings(axis=last))
    return Arrangement(f"{told} along axis {last} of {node.name}", (Proposal(text, moved),))
