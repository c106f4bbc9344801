"""SL121: scores and labels that do not fit."""

from __future__ import annotations

from shapelens.analyses.findings.mending import Change, put_in, refusal_gone
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, tells
from shapelens.dims import Unknown, shape_text
from shapelens.network import Network
from shapelens.operators import Squeeze

__all__ = ["tell_labels", "tell_refused_labels"]


@tells("labels", "classes")
def tell_labels(case: Case) -> Told:
    """Labels that are not one for each sample, or each pixel."""
    gets, wants = case.facts.get("gets"), case.facts.get("wants")
    if not isinstance(gets, tuple) or not isinstance(wants, tuple):
        from shapelens.analyses.findings.other import tell_other

        return tell_other(case)
    scores = case.tensor()
    return case.told(
        "SL121",
        f"scores {shape_text(scores.shape)}, labels {shape_text(gets)}",
        f"a class for each place of the scores: labels {shape_text(wants)}",
        proposals=_squeezed(case, gets),
    )


def tell_refused_labels(case: Case, words: str) -> Told:
    """Labels as whole numbers in the shape of the scores."""
    network = case.evaluation.network
    loss = case.step.node
    first = next(
        (n for n in network.nodes if n.where == loss.where and n.source_operator == loss.source_operator),
        loss,
    )
    step = case.evaluation.by_node[first.name]
    tensors = [t for t in step.inputs if t is not None]
    shapes = [shape_text(t.shape) for t in tensors[:2]]
    labels = tensors[1] if len(tensors) > 1 else None
    types = f" of {labels.dtype}" if labels is not None else ""
    proposals = []
    known = labels is not None and not isinstance(labels.shape, Unknown) and labels.shape
    if labels is not None and known:
        last = labels.dims[-1]
        text = "labels.squeeze(1)" if last == 1 else "labels.float(), as shares of the classes"
        if last != 1:
            proposals = [Proposal("labels.argmax(1), of one-hot labels"), Proposal(text)]
        else:
            proposals = [Proposal(text, _as_classes(case))]
    return case.told(
        "SL121",
        f"scores {shapes[0]}, labels {' and '.join(shapes[1:])}{types}" if len(shapes) > 1 else "no labels",
        "whole numbers are classes, one for each sample: N. Shares of the classes are floats, N×classes",
        proposals=proposals,
        framework=("torch", words),
    )


def _squeezed(case: Case, gets: tuple[object, ...]) -> list[Proposal]:
    """Labels without an axis of size 1."""
    ones = [axis for axis, dim in enumerate(gets) if type(dim) is int and dim == 1 and axis]
    value = case.step.node.inputs[1] if len(case.step.node.inputs) > 1 else None
    if not ones or value is None:
        return []
    change = put_in(case.step.node.name, value, Squeeze((ones[0],)))
    return [Proposal(f"labels.squeeze({ones[0]})", change)]


def _as_classes(case: Case) -> Change:
    """The loss over classes, with labels that lost their last axis."""
    from dataclasses import replace

    from shapelens.operators import ClassLoss

    node, network = case.step.node, case.evaluation.network
    chain = [n for n in network.nodes if n.where == node.where and n.source_operator == node.source_operator]

    def change(before: Network) -> Network:
        scores, labels = chain[0].inputs[:2]
        mended = refusal_gone(node.name)(before)
        loss = replace(chain[-1], operator=ClassLoss("mean"), inputs=(scores, labels))
        gone = {n.name for n in chain[:-1]}
        nodes = tuple([loss if n.name == chain[-1].name else n for n in mended.nodes if n.name not in gone])
        return put_in(loss.name, labels or "", Squeeze((-1,)))(replace(mended, nodes=nodes, guards=()))

    return change
