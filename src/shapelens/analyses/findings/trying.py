"""Fixes that are tried before they are told: each is replayed through the whole network."""

from __future__ import annotations

from shapelens.analyses.findings.finding import Fix
from shapelens.analyses.findings.telling import Case
from shapelens.analyses.samples import batch_of, sample_of, typed_sample
from shapelens.dims import Dim, Expression, shape_text
from shapelens.network import Evaluation, Input, evaluate_network
from shapelens.network.editing import edit
from shapelens.operators import Shape
from shapelens.readers.notation.words import to_pytorch

__all__ = ["fed_image", "given_by", "input_fixes", "weight_fix"]


def fed_image(case: Case) -> Input | None:
    """The network's input, where that is what the layer takes."""
    value = case.step.node.inputs[0]
    return next((declared for declared in case.evaluation.network.inputs if declared.name == value), None)


def input_fixes(case: Case, sample: Shape, in_code: str = "", samples: Dim | None = None) -> list[Fix]:
    """Feed another sample to the network: as it is typed, and what does it in code.

    Args:
        case: what does not fit.
        sample: the sample to feed instead.
        in_code: what makes it of the one that was fed, in PyTorch's words.
        samples: how many of them, where that changes too.
    """
    declared = fed_image(case)
    if declared is None:
        return []
    before = case.evaluation.shapes.get(declared.name, declared.shape) or ()
    batch = before[:1] if len(before) > len(sample) or not declared.batched else (batch_of(case.evaluation),)
    if samples is not None:
        batch = (samples,)
    fed = {**case.evaluation.shapes, declared.name: (*(batch if declared.batched else ()), *sample)}
    gives = given_by(evaluate_network(case.evaluation.network, fed, case.evaluation.path))
    if gives is None:
        return []
    counted = f" --batch {samples}" if samples not in {None, 1} else ""
    typed = Fix(f"--input {typed_sample(sample)}{counted}", verified=True, gives=gives[0])
    return [typed, Fix(f"in code  {in_code}", verified=True, gives=gives[1])] if in_code else [typed]


def weight_fix(case: Case, role: str, shape: Shape) -> Fix:
    """Make the layer fit what comes in: the layer as one would type it then."""
    edited = edit(case.evaluation, case.step.node.name, weights={role: shape}, follow=False)
    tried = evaluate_network(edited, case.evaluation.shapes, case.evaluation.path)
    step = tried.by_node[case.step.node.name]
    written = to_pytorch(step.node.operator, step.inputs) or f"make its {role} {shape_text(shape)}"
    gives = given_by(tried)
    return Fix(written) if gives is None else Fix(written, verified=True, gives=gives[1])


def given_by(tried: Evaluation) -> tuple[str, str] | None:
    """What the network gives, for one sample and with its batch; None if something still does not fit."""
    batch = batch_of(tried)
    outputs = [tensor for _, tensor in tried.outputs[:2]]
    if tried.broken or any(tensor.has_unknown for tensor in outputs):
        return None
    whole = ", ".join([shape_text(tensor.shape) for tensor in outputs])
    sample = ", ".join([shape_text(sample_of(tensor, batch)) for tensor in outputs])
    return sample, whole if isinstance(batch, Expression) else sample
