"""Windows larger than what they slide over."""

from __future__ import annotations

from shapelens.analyses.findings.chains import chain_text, size_chain
from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.analyses.findings.smallest import smallest_input
from shapelens.analyses.findings.telling import Case, number, sample_text, tells
from shapelens.analyses.findings.trying import given_by
from shapelens.dims import Unknown, shape_text
from shapelens.operators import Pool

__all__ = ["tell_window"]


@tells("window", "transposed_size")
def tell_window(case: Case) -> Finding:
    """No window fits: the kernel is larger than the padded input, or pooling has shrunk it to nothing."""
    is_pool = isinstance(case.step.node.operator, Pool)
    size, extent = case.facts.get("size"), case.facts.get("extent")
    padded = case.facts.get("padded", size)
    chain = chain_text(size_chain(case.evaluation, case.step.node.inputs[0], case.facts["axis"]))
    image = case.step.inputs[0]
    shape = "?" if image is None else sample_text(image.shape, case.evaluation)
    around = "" if padded == size else f" with {number(padded - size)} of padding"
    have = f"{shape}: {number(size)}{around}, and windows of {_extent_words(case)}"
    if chain and "→" in chain:
        have += f"\n{chain}"
    summary = "shrunk to nothing" if is_pool else "the kernel is larger than the padded input"
    return case.finding(
        "SL106" if is_pool else "SL105",
        summary,
        have,
        f"at least one window must fit: the padded size is at least {number(extent)}"
        if extent is not None
        else "every size is at least 1",
        fixes=_fixes(case),
        framework=("torch", _words(case, is_pool=is_pool)),
    )


def _extent_words(case: Case) -> str:
    kernel, extent, dilation = (
        case.facts.get("kernel"),
        case.facts.get("extent"),
        case.facts.get("dilation", 1),
    )
    if dilation == 1 or kernel == extent:
        return number(kernel)
    return f"{number(extent)} ({number(kernel)} cells, {dilation} apart)"


def _fixes(case: Case) -> tuple[Fix, ...]:
    found = smallest_input(case.evaluation)
    if found is None:
        return ()
    sample, tried = found
    gives = given_by(tried)
    scope = ": the smallest input of the whole network" if len(tried.steps) > 1 else ""
    return (
        Fix(f"feed at least {shape_text(sample)}{scope}", verified=True, gives=gives[0] if gives else ""),
    )


def _words(case: Case, *, is_pool: bool) -> str:
    image = case.step.inputs[0]
    if image is None or isinstance(image.shape, Unknown) or image.rank != 4:
        return ""
    height, width = (number(dim) for dim in image.shape[2:])
    if is_pool:
        return f"Given input size: ({number(image.shape[1])}x{height}x{width}). … Output size is too small"
    weight = case.step.inputs[1] if len(case.step.inputs) > 1 else None
    if weight is None or isinstance(weight.shape, Unknown):
        return ""
    padded = [number(dim + case.facts["padded"] - case.facts["size"]) for dim in image.shape[2:]]
    kernel = " x ".join(number(k) for k in weight.shape[2:])
    return (
        f"Calculated padded input size per channel: ({' x '.join(padded)}). Kernel size: ({kernel}). "
        "Kernel size can't be greater than actual input size"
    )
