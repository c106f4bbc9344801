"""SL116: paddings that are not allowed: `same` with a stride, more than half of a window, more than an axis has."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.findings.feeding import sizes_that_fit
from shapelens.analyses.findings.layers import as_typed, changed_layer
from shapelens.analyses.findings.mending import all_of_them, refusal_gone, with_operator
from shapelens.analyses.findings.proposing import Argument, Proposal
from shapelens.analyses.findings.telling import Case, Told, number, sample_text, tells
from shapelens.dims import Unknown
from shapelens.operators import Convolution, Pad, Pool

__all__ = ["tell_output_padding", "tell_pad_limit", "tell_pool_padding", "tell_same"]


def tell_same(case: Case, words: str) -> Told:
    """`same` with a stride, which PyTorch does not take."""
    operator, weight = case.step.node.operator, case.step.inputs[1]
    assert isinstance(operator, Convolution)
    proposals: list[Proposal] = []
    if weight is not None and not isinstance(weight.shape, Unknown):
        slidings = operator.slidings(operator.kernel_of(weight))
        extents = [sliding.extent for sliding in slidings]
        if all(isinstance(extent, int) and extent % 2 for extent in extents):
            sides = [extent // 2 for extent in extents]
            plain = operator.with_settings(padding=tuple([(side, side) for side in sides]))
            said = str(sides[0]) if len(set(sides)) == 1 else f"({', '.join(map(str, sides))})"
            change = all_of_them(with_operator(case.step.node.name, plain), refusal_gone(case.step.node.name))
            typed = as_typed(case, plain, {})
            path = case.step.node.path
            argument = Argument(path, {"padding": said}) if path else None
            proposals.append(Proposal(f"padding={said}: {typed}", change, argument=argument))
    strides = (operator.stride,) if isinstance(operator.stride, int) else operator.stride
    stride = str(strides[0]) if len(set(strides)) == 1 else "×".join(map(str, strides))
    return case.told(
        "SL116",
        f"padding='same' and stride {stride}, on {sample_text(case.tensor().shape, case.evaluation)}",
        "PyTorch pads for the same size only where the stride is 1",
        proposals=proposals,
        framework=("torch", words),
    )


@tells("pool_padding")
def tell_pool_padding(case: Case) -> Told:
    """More padding than a pooling may have."""
    padding, most, kernel = case.facts["padding"], case.facts["most"], case.facts["kernel"]
    operator = case.step.node.operator
    assert isinstance(operator, Pool)
    sides = tuple([tuple([min(side, most) for side in pair]) for pair in _pairs(operator, most)])
    half = f"half of its window, {number(most)}" if operator.half_padding else f"{number(most)}"
    return case.told(
        "SL116",
        f"padding {number(padding)} and a window of {number(kernel)}",
        f"a pooling is padded by {half} at most: no window may lie in padding alone",
        proposals=[
            changed_layer(
                case,
                settings={"padding": sides},
                text=f"padding={number(most)}",
                arguments={"padding": number(most)},
            )
        ],
    )


def _pairs(operator: Pool, most: int) -> list[tuple[int, int]]:
    """The paddings of each axis."""
    found: list[tuple[int, int]] = []
    for sliding in operator.slidings():
        before, after = sliding.sides(0)
        found.append((before, after) if isinstance(before, int) and isinstance(after, int) else (most, most))
    return found


@tells("pad_limit")
def tell_pad_limit(case: Case) -> Told:
    """A reflection or a circle that asks for more cells than there are."""
    size, before, after = case.facts["size"], case.facts["before"], case.facts["after"]
    mode = case.facts.get("mode", "reflect")
    least = "one cell less than the axis" if mode == "reflect" else "as many cells as the axis"
    operator = case.step.node.operator
    proposals: list[Proposal] = []
    if isinstance(operator, Pad) and operator.pads is not None and isinstance(size, int):
        most = size - 1 if mode == "reflect" else size
        pads = tuple(
            [
                tuple([min(side, most) if isinstance(side, int) else side for side in pair])
                for pair in operator.pads
            ]
        )
        less = with_operator(case.step.node.name, replace(operator, pads=pads))  # type: ignore[arg-type]
        proposals.append(Proposal(f"a padding of {number(most)} at most", less))
        same = with_operator(case.step.node.name, replace(operator, mode="replicate"))
        proposals.append(Proposal("mode='replicate'", same))
    return case.told(
        "SL116",
        f"{mode} by {number(before)} and {number(after)} on an axis of {number(size)}",
        f"mode='{mode}' has {least} to give",
        proposals=[*proposals[:1], *sizes_that_fit(case), *proposals[1:]],
    )


@tells("output_padding")
def tell_output_padding(case: Case) -> Told:
    """Output padding as large as the stride and the dilation."""
    facts = case.facts
    extra = facts.get("output_padding", facts.get("extra"))
    operator = case.step.node.operator
    own = operator.settings().get("output_padding")
    stride, dilation = (_largest(operator.settings().get(name, 1)) for name in ("stride", "dilation"))
    legal = dict.fromkeys([max(stride, dilation) - 1, 0])
    return case.told(
        "SL116",
        f"output_padding {own if extra is None else number(extra)}, stride {stride}, dilation {dilation}",
        "output padding tells apart the sizes that a convolution takes to one: it is smaller than the stride or the "
        "dilation",
        proposals=[
            changed_layer(
                case,
                settings={"output_padding": size},
                text=f"output_padding={size}",
                arguments={"output_padding": str(size)},
            )
            for size in legal
        ],
    )


def _largest(setting: object) -> int:
    """A setting of a window along the axis where it is largest."""
    sizes = setting if isinstance(setting, (tuple, list)) else (setting,)
    return max([size for size in sizes if isinstance(size, int)], default=1)
