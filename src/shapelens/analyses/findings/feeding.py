"""Proposals to feed something else to the network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shapelens.analyses.findings.beyond import Beyond
from shapelens.analyses.findings.finding import Finding
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.smallest import Alike, Fitting, fitting_sizes
from shapelens.analyses.findings.telling import Case
from shapelens.analyses.findings.verifying import given_by
from shapelens.analyses.samples import batch_of, sample_of, typed_sample
from shapelens.dims import Dim, UndecidedError, Unknown, shape_text
from shapelens.errors import ShapelensError
from shapelens.operators import Shape, Tensor

__all__ = ["fed_instead", "near_sizes", "nearest_samples", "sizes_named", "sizes_that_fit", "smallest_image"]

_MOST_NAMED = 3
"""So many of the numbers in an exception are tried."""


def fed_instead(case: Case, sample: Shape, in_code: str = "", samples: Dim | None = None) -> list[Proposal]:
    """Feed another sample to the network: as it is typed, and what does it in code.

    Args:
        case: what does not fit.
        sample: the sample to feed instead.
        in_code: what makes it of the one that was fed, in PyTorch's words.
        samples: how many of them, where that changes too.
    """
    declared = case.fed_input
    if declared is None:
        return []
    before = case.evaluation.shapes.get(declared.name, declared.shape) or ()
    batch = before[:1] if len(before) > len(sample) or not declared.batched else (batch_of(case.evaluation),)
    if samples is not None:
        batch = (samples,)
    shape = (*(batch if declared.batched else ()), *sample)
    fed = {**case.evaluation.shapes, declared.name: shape}
    counted = f" --batch {samples}" if samples not in {None, 1} else ""
    typed = Proposal(f"--input {typed_sample(sample)}{counted}", fed=fed, per_sample=True, must_work=True)
    if not in_code:
        return [typed]
    return [typed, Proposal(f"in code  {in_code}", fed=fed, must_work=True, in_code=True)]


def sizes_that_fit(case: Case, alike: Alike = ()) -> list[Proposal]:
    """Feed an image of another size: the nearest that the whole network takes.

    Args:
        case: what does not fit.
        alike: pairs of values that must be as large along an axis, and not 1.
    """
    found = fitting_sizes(case.beyond, alike)
    if found is None:
        return []
    if not found.near:
        return _what_it_is_made_for(case, found)
    near = sorted(found.near)
    fed = [{**case.evaluation.shapes, found.declared.name: found.fed(sizes)} for sizes in near]
    run = found.run
    if run is not None and run[0] < run[1] and len(near) == 1:
        ends = [found.fed(found.square(size)) for size in run]
        shapes = [{**case.evaluation.shapes, found.declared.name: end} for end in ends]
        first, last = (sample_words(found, end) for end in ends)
        is_open = run[1] >= 1024
        text = f"feed at least {first}" if is_open else f"feed {first} to {last}"
        also = () if is_open else (shapes[1],)
        return [Proposal(text, fed=shapes[0], also=also, per_sample=True, must_work=True)]
    words = [sample_words(found, found.fed(sizes)) for sizes in near]
    return [
        Proposal(
            f"feed {' or '.join(words)}", fed=fed[0], also=tuple(fed[1:]), per_sample=True, must_work=True
        )
    ]


def smallest_image(case: Case) -> list[Proposal]:
    """Feed at least the smallest square that the whole network takes."""
    found = fitting_sizes(case.beyond)
    if found is None:
        return []
    if found.smallest is None:
        return _what_it_is_made_for(case, found)
    shape = found.fed(found.square(found.smallest))
    is_smallest = _is_smallest(case, found, found.smallest)
    scope = ": the smallest input of the whole network" if len(case.evaluation.steps) > 1 else ""
    words = sample_words(found, shape)
    text = f"feed at least {words}{scope}" if is_smallest else f"feed {words}"
    fed = {**case.evaluation.shapes, found.declared.name: shape}
    return [Proposal(text, fed=fed, per_sample=True, must_work=True)]


def near_sizes(case: Case, alike: Alike = ()) -> list[Proposal]:
    """The same, where it is not much smaller: nearly everything comes to one size in the end.

    Args:
        case: what does not fit.
        alike: pairs of values that must be as large along an axis.
    """
    found = fitting_sizes(case.beyond, alike)
    for sizes in () if found is None else found.near:
        now = [found.shape[axis] for axis in found.spatial] if found is not None else []
        if any(isinstance(own, int) and 2 * size < own for size, own in zip(sizes, now, strict=True)):
            return []
    return sizes_that_fit(case, alike)


def _what_it_is_made_for(case: Case, found: Fitting) -> list[Proposal]:
    """Feed the sample that the model itself says it is made for: its code may go another way there."""
    sample, layout = case.beyond.made_for, found.declared.layout
    sizes = () if layout is None or sample is None else sample[-len(layout.spatial) :]
    if sample is None or len(sizes) != len(found.spatial):
        return []
    shape = found.fed(sizes)
    if shape == found.shape or sample_words(found, shape) != shape_text(sample):
        return []
    fed = {**case.evaluation.shapes, found.declared.name: shape}
    text = f"feed {shape_text(sample)}, which the model says it is made for"
    return [Proposal(text, fed=fed, per_sample=True, must_work=True)]


def _is_smallest(case: Case, found: Fitting, size: int) -> bool:
    """Whether something that fits a square does not fit one that is one smaller: code may go another way there."""
    if size == 1:
        return True
    fed = [found.fed(found.square(side)) for side in (size, size - 1)]
    try:
        own, smaller = (case.beyond.at({**case.evaluation.shapes, found.declared.name: each}) for each in fed)
    except (UndecidedError, ShapelensError):
        return False
    fits = {step.node.name for step in own.steps} - {step.node.name for step, _ in own.broken}
    is_known = "stopped" not in smaller.network.facts and smaller.ending is None
    return not is_known or any(step.node.name in fits for step, _ in smaller.broken)


def sample_words(found: Fitting, shape: Shape) -> str:
    """The shape of one sample of the image that is fed."""
    layout = found.declared.layout
    axes = "" if layout is None else layout.axes
    return shape_text(tuple([dim for dim, letter in zip(shape, axes, strict=True) if letter != "N"]))


def sizes_named(beyond: Beyond, words: str) -> list[Proposal]:
    """Feed a square of a size that an exception names: `expected 224 but got 192`."""
    evaluation = beyond.evaluation
    images = [declared for declared in evaluation.network.inputs if declared.layout is not None]
    if len(images) != 1 or images[0].layout is None:
        return []
    declared, layout = images[0], images[0].layout
    shape = evaluation.shapes.get(declared.name, ())
    if len(shape) != len(layout.axes) or not layout.spatial:
        return []
    found = Fitting(declared, shape, tuple(layout.spatial))
    here = {shape[axis] for axis in layout.spatial}
    named = [int(size) for size in dict.fromkeys(re.findall(r"\b\d{1,4}\b", words))]
    if not here & set(named):
        return []  # it speaks of something else than of the size that is fed
    proposals: list[Proposal] = []
    for size in [size for size in named if size and size not in here][:_MOST_NAMED]:
        other = found.fed(found.square(size))
        fed = {**evaluation.shapes, declared.name: other}
        text = f"feed {sample_words(found, other)}"
        proposals.append(Proposal(text, fed=fed, per_sample=True, must_work=True))
    return proposals


def nearest_samples(beyond: Beyond, findings: Sequence[Finding]) -> list[str]:
    """The nearest samples that everything in the network takes, as they are typed; what is fed, where that is one."""
    evaluation = beyond.evaluation
    found = fitting_sizes(beyond)
    if not any(finding.severity == "error" for finding in findings):
        images = [d for d in evaluation.network.inputs if d.layout is not None] or evaluation.network.inputs
        shapes = [evaluation.shapes.get(image.name, image.shape or ()) for image in images[:1]]
        batch = batch_of(evaluation)
        samples = [sample_of(Tensor(shape), batch) for shape in shapes]
        return [typed_sample(sample) for sample in samples if not isinstance(sample, Unknown)]
    if found is None:
        return []
    typed: list[str] = []
    for sizes in sorted(found.near):
        shape = found.fed(sizes)
        if given_by(beyond.at({**evaluation.shapes, found.declared.name: shape})) is not None:
            layout = found.declared.layout
            axes = "" if layout is None else layout.axes
            kept = [dim for dim, letter in zip(shape, axes, strict=True) if letter != "N"]
            typed.append(typed_sample(tuple(kept)))
    return typed
