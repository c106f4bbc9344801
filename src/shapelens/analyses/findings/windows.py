"""Windows larger than what they slide over."""

from __future__ import annotations

from shapelens.analyses.findings.chains import chain_text, size_chain
from shapelens.analyses.findings.finding import Finding, Fix
from shapelens.analyses.findings.smallest import smallest_input
from shapelens.analyses.findings.telling import Case, number, sample_text, tells
from shapelens.analyses.findings.trying import given_by
from shapelens.dims import Unknown, shape_text
from shapelens.operators import Convolution, Pool

__all__ = ["tell_transposed", "tell_window"]

_BATCHED_IMAGE = 4


@tells("window")
def tell_window(case: Case) -> Finding:
    """No window fits: the kernel is larger than the padded input, or pooling has shrunk it to nothing."""
    is_pool = isinstance(case.step.node.operator, Pool)
    size, extent = case.facts["size"], case.facts.get("extent", 1)
    padding = case.facts.get("before", 0) + case.facts.get("after", 0)
    around = "" if padding == 0 else f" with {number(padding)} of padding"
    return case.finding(
        "SL106" if is_pool else "SL105",
        "shrunk to nothing" if is_pool else "the kernel is larger than the padded input",
        f"{_fed(case)}: {number(size)}{around}, and windows of {_extent_words(case)}{_chain(case)}",
        f"at least one window must fit: the padded size is at least {number(extent)}",
        fixes=_fixes(case),
        framework=("torch", _pool_words(case) if is_pool else _convolution_words(case)),
    )


@tells("transposed_size")
def tell_transposed(case: Case) -> Finding:
    """Nothing is left of what a transposed convolution makes: its padding takes more away than there is."""
    size, out = case.facts["size"], case.facts["out"]
    return case.finding(
        "SL105",
        "nothing is left of the output",
        f"{_fed(case)}: {number(size)} grows to {number(out)}{_chain(case)}",
        "(in - 1)·stride - pad - pad + dilation·(kernel - 1) + output_padding + 1 is at least 1",
        fixes=_fixes(case),
    )


def _fed(case: Case) -> str:
    image = case.step.inputs[0]
    return "?" if image is None else sample_text(image.shape, case.evaluation)


def _chain(case: Case) -> str:
    """How the size came about, on a line of its own."""
    chain = chain_text(size_chain(case.evaluation, case.step.node.inputs[0], case.facts["axis"]))
    return f"\n{chain}" if chain and "→" in chain else ""


def _extent_words(case: Case) -> str:
    kernel, extent = case.facts.get("kernel", 1), case.facts.get("extent", 1)
    dilation = case.facts.get("dilation", 1)
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
    text = f"feed at least {shape_text(sample)}{scope}"
    return (Fix(text) if gives is None else Fix(text, verified=True, gives=gives[0]),)


def _pool_words(case: Case) -> str:
    image = case.step.inputs[0]
    if image is None or isinstance(image.shape, Unknown) or image.rank != _BATCHED_IMAGE:
        return ""
    channels, height, width = (number(dim) for dim in image.shape[1:])
    return f"Given input size: ({channels}x{height}x{width}). … Output size is too small"


def _convolution_words(case: Case) -> str:
    operator = case.step.node.operator
    if not isinstance(operator, Convolution) or operator.channels_last:
        return ""
    image, weight = case.step.inputs[:2]
    if image is None or weight is None:
        return ""
    slidings = operator.slidings(operator.kernel_of(weight))
    sides = operator.sides(image, weight)
    sizes = [image.dims[axis] for axis in operator.axes(image, weight).spatial]
    padded = [number(size + before + after) for size, (before, after) in zip(sizes, sides, strict=True)]
    return (
        f"Calculated padded input size per channel: ({' x '.join(padded)}). "
        f"Kernel size: ({' x '.join([number(sliding.extent) for sliding in slidings])}). "
        "Kernel size can't be greater than actual input size"
    )
