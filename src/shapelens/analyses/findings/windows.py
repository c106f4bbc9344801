"""SL105 and what it shares with SL106: windows larger than what they slide over."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.analyses.findings.chains import chain_text, size_chain
from shapelens.analyses.findings.feeding import smallest_image
from shapelens.analyses.findings.layers import changed_layer
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.analyses.samples import typed_sample
from shapelens.dims import Unknown
from shapelens.operators import Convolution, Pool, Requirement

__all__ = ["chain_line", "fed_words", "tell_transposed", "tell_window", "turned"]

_BATCHED_IMAGE = 4


@tells("window")
def tell_window(case: Case) -> Told:
    """No window fits: the kernel is larger than the padded input, or pooling has shrunk it to nothing."""
    if isinstance(case.step.node.operator, Pool):
        from shapelens.analyses.findings.shrunk import tell_shrunk

        return tell_shrunk(case)
    return case.told(
        "SL105",
        f"{window_words(case)}{chain_line(case)}",
        f"at least one window must fit: the padded size is at least {number(case.facts.get('extent', 1))}",
        proposals=turned(case) or [*smallest_image(case), *_padded(case)],
        framework=("torch", _convolution_words(case)),
    )


@tells("transposed_size", "unpooled_size")
def tell_transposed(case: Case) -> Told:
    """Nothing is left of what a transposed convolution makes: its padding takes more away than there is."""
    size, out = case.facts["size"], case.facts["out"]
    return case.told(
        "SL105",
        f"{fed_words(case)}: {number(size)} grows to {number(out)}{chain_line(case)}",
        "(in - 1)·stride - pad - pad + dilation·(kernel - 1) + output_padding + 1 is at least 1",
        summary="nothing is left of the output",
        proposals=smallest_image(case),
    )


def turned(case: Case) -> list[Proposal]:
    """The sample with its channels last, where it looks as if they stood first and the layer reads them last."""
    operator, image, few = case.step.node.operator, case.step.inputs[0], {1, 3, 4}
    is_last = isinstance(operator, (Convolution, Pool)) and operator.channels_last
    if not is_last or image is None or isinstance(image.shape, Unknown) or image.rank != _BATCHED_IMAGE:
        return []
    channels, *sizes = image.shape[1:]
    larger = [isinstance(size, int) and size > 4 for size in sizes]
    if channels not in few or not all(larger) or case.fed_input is None:
        return []
    # Its weights were made for what was fed, so that nothing else can be tried.
    return [Proposal(f"--input {typed_sample((*sizes, channels))}: the channels last")]


def window_words(case: Case) -> str:
    """`3×3×3: height and width 3, and windows of 4`."""
    padding = case.facts.get("before", 0) + case.facts.get("after", 0)
    around = "" if padding == 0 else f" with {number(padding)} of padding"
    told = f"{number(case.facts['size'])}{around}, and windows of {_extent_words(case)}"
    axes = [r.facts.get("axis") for r in case.step.broken if _is_alike(case, r)]
    return f"{fed_words(case)}: {_axes_words(case, axes)}{told}"


def _is_alike(case: Case, other: Requirement) -> bool:
    """Whether a window does not fit along another axis for the same numbers."""
    told = [name for name in case.facts if name != "axis"]
    return other.kind == case.requirement.kind and all(other.facts.get(n) == case.facts[n] for n in told)


def _axes_words(case: Case, axes: Sequence[object]) -> str:
    """`height and width `; empty where nothing tells which axes they are."""
    operator, (image, weight, *_) = case.step.node.operator, (*case.step.inputs, None)
    if image is None or isinstance(image.shape, Unknown) or getattr(operator, "channels_last", False):
        return ""
    spatial = (
        operator.spatial_rank(weight) if isinstance(operator, Convolution) and weight is not None else None
    )
    spatial = len(operator.kernel) if isinstance(operator, Pool) else spatial
    names = _NAMES.get(spatial or 0, ())
    places = [axis - image.rank for axis in axes if isinstance(axis, int)]
    found = [names[place] for place in places if -len(names) <= place < 0]
    return f"{' and '.join(dict.fromkeys(found))} " if found else ""


_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""The axes of a map, by how many there are."""


def fed_words(case: Case) -> str:
    """One sample of what goes in."""
    image = case.step.inputs[0]
    return "?" if image is None else sample_text(image.shape, case.evaluation)


def chain_line(case: Case) -> str:
    """How the size came about, on a line of its own."""
    chain = chain_text(size_chain(case.evaluation, case.step.node.inputs[0], case.facts["axis"]))
    axes = _axes_words(case, [r.facts.get("axis") for r in case.step.broken if _is_alike(case, r)]).strip()
    label = f"{axes}: " if axes else ""
    return f"\n{label}{chain}" if chain and "→" in chain else ""


def _extent_words(case: Case) -> str:
    kernel, extent = case.facts.get("kernel", 1), case.facts.get("extent", 1)
    dilation = case.facts.get("dilation", 1)
    if dilation == 1 or kernel == extent:
        return number(kernel)
    return f"{number(extent)} ({number(kernel)} cells, {dilation} apart)"


def _padded(case: Case) -> list[Proposal]:
    """Padding that keeps the size, where the network goes on with that; inside a network alone."""
    operator, step = case.step.node.operator, case.step
    if type(operator) is not Convolution or len(case.evaluation.steps) < 2 or operator.channels_last:
        return []
    weight = step.inputs[1]
    if weight is None or isinstance(weight.shape, Unknown) or isinstance(operator.padding, str):
        return []
    extents = [sliding.extent for sliding in operator.slidings(operator.kernel_of(weight))]
    if not all(isinstance(extent, int) for extent in extents):
        return []
    around = tuple([(extent // 2, extent // 2) for extent in extents])
    sides = [before for before, _ in around]
    written = str(sides[0]) if len(set(sides)) == 1 else str(tuple(sides))
    return [changed_layer(case, settings={"padding": around}, arguments={"padding": written})]


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
