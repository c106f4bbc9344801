"""SL121: scores and labels that do not fit."""

from __future__ import annotations

from shapelens.analyses.findings.branches import branches_of
from shapelens.analyses.findings.mending import put_in
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, tells
from shapelens.dims import product, shape_text
from shapelens.operators import Flatten, Reduce, Shape, Squeeze, Tensor, Unsqueeze

__all__ = ["tell_labels", "tell_shares"]


@tells("labels", "classes")
def tell_labels(case: Case) -> Told:
    """Labels that are not one for each sample, or each pixel."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    if not isinstance(gets, tuple) or not isinstance(wants, tuple):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    scores, labels = case.tensor(), case.tensor(1)
    places = " and place" if scores.rank > 2 else ""
    whole = " of whole numbers" if gets == scores.shape and "int" in labels.dtype else ""
    return case.told(
        "SL121",
        f"scores {shape_text(scores.shape)}, labels {shape_text(gets)}{whole}",
        f"one class, a whole number, for each sample{places}: labels {shape_text(wants)}",
        proposals=_as_classes(case, gets),
        framework=("torch", _words(scores, labels)),
    )


def _words(scores: Tensor, labels: Tensor) -> str:
    """PyTorch's words, where it has the same ones for all sizes."""
    if labels.shape == scores.shape:
        told = {"int64": "Long", "int32": "Int", "uint8": "Byte"}.get(labels.dtype, "")
        words = f"Expected floating point type for target with class probabilities, got {told}"
        return words if told else ""
    if scores.rank == 2 and labels.rank > 1:
        return "0D or 1D target tensor expected, multi-target not supported"
    if scores.rank == 4 and labels.rank != 3:
        return f"only batches of spatial targets supported (3D tensors) but got targets of dimension: {labels.rank}"
    return ""


def tell_shares(case: Case) -> Told:
    """Labels in another shape than the scores have, of a loss that compares element by element."""
    scores, labels = case.tensor(), case.tensor(1)
    return case.told(
        "SL121",
        f"scores {shape_text(scores.shape)}, labels {shape_text(labels.shape)}",
        f"{case.words} compares element with element: both have one shape, and none is broadcast",
        proposals=_as_the_scores(case),
    )


def _as_the_scores(case: Case) -> list[Proposal]:
    """The axis of size 1 that one lacks; or as many elements in the other's axes."""
    node = case.step.node
    (one, other), found = branches_of(case.step)[:2], []
    lower, higher = sorted((one, other), key=lambda branch: len(branch.shape))
    for axis in range(1, len(higher.shape)):
        if (
            len(lower.shape) + 1 == len(higher.shape)
            and higher.shape[:axis] + higher.shape[axis + 1 :] == lower.shape
        ):
            less, more = (f"{higher.called}.squeeze({axis})", f"{lower.called}.unsqueeze({axis})")
            found.append(Proposal(less, put_in(node.name, higher.value, Squeeze((axis,)))))
            found.append(Proposal(more, put_in(node.name, lower.value, Unsqueeze((axis,)))))
            return found
    if (
        len(lower.shape) < len(higher.shape)
        and product(lower.shape) == product(higher.shape)
        and len(lower.shape) > 1
    ):
        start = len(lower.shape) - 1
        return [
            Proposal(
                f"{higher.called}.flatten({start})",
                put_in(node.name, higher.value, Flatten(start)),
                must_work=True,
            )
        ]
    return found


def _as_classes(case: Case, gets: Shape) -> list[Proposal]:
    """Labels without an axis of size 1, or one class in the place of a vector that marks it."""
    scores, value = case.tensor(), case.step.node.inputs[1] if len(case.step.node.inputs) > 1 else None
    if value is None:
        return []
    ones = [axis for axis, dim in enumerate(gets) if type(dim) is int and dim == 1 and axis]
    if ones:
        change = put_in(case.step.node.name, value, Squeeze((ones[0],)))
        return [Proposal(f"labels.squeeze({ones[0]})", change)]
    if gets != scores.shape or len(gets) < 2:
        return []
    largest = Reduce("argmax", (1,), keeps_axes=False, dtype="int64")
    return [Proposal("labels.argmax(1), of one-hot labels", put_in(case.step.node.name, value, largest))]
