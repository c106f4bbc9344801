"""A causal convolution along a sequence, each channel by itself, with the last cells carried on to the next call.

Nothing after a cell is seen, so that the length stays; `kernel - 1` cells are kept for the next call:

    >>> from shapelens.operators import CausalConvolution, Tensor
    >>> given = CausalConvolution().evaluate(Tensor((1, 64, 5)), Tensor((64, 1, 4)), None, None)
    >>> [tensor.shape for tensor in given.outputs]
    [(1, 64, 5), (1, 64, 3)]

Source: the operator `CausalConvWithState` of ONNX.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shapelens.dims import Dim, Unknown, at_least, equal
from shapelens.operators.arguments import given, optional, refused
from shapelens.operators.convolution import bias_requirement
from shapelens.operators.operator import Filters, Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity, window
from shapelens.records import dataclass

__all__ = ["CausalConvolution"]

_RANK = 3


@dataclass(frozen=True)
class CausalConvolution(Operator):
    """A depthwise convolution that looks back alone: batch × channels × length.

    Inputs: the sequence, the weight (channels × 1 × kernel), the bias, and the cells that the last call kept.
    Outputs: the sequence, and the cells to keep.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "weight", "bias", "past")
    learned: ClassVar[frozenset[str]] = frozenset({"weight", "bias"})
    family: ClassVar[str] = "convolution"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        sequence, weight = given(inputs), given(inputs, 1)
        bias, past = optional(inputs, 2), optional(inputs, 3)
        for tensor in (sequence, weight):
            if tensor.rank != _RANK:
                broken = Requirement("rank", False, {"gets": tensor.dims, "wants": (_RANK,)}, spoils=None)
                return refused(broken, sequence, sequence)
        filters, each, kernel = weight.dims
        batch, channels, _ = sequence.dims
        kept = (batch, channels, kernel - 1)
        told = {"gets": channels, "wants": filters, "groups": filters, "weight": weight.dims, "axis": 1}
        requirements = [
            Requirement("channels", equal(channels, filters), told),
            Requirement("filter", equal(each, 1), {"gets": weight.dims, "wants": 1}),
            Requirement("kernel", at_least(kernel, 1), {"gets": weight.dims, "kernel": kernel}, spoils=(2,)),
            *bias_requirement(bias, filters),
        ]
        if past is not None and not isinstance(past.shape, Unknown):
            fits = len(past.shape) == _RANK
            pairs = zip(past.shape, kept, strict=True) if fits else [(len(past.shape), _RANK)]
            facts = {"gets": past.shape, "wants": kept}
            requirements += [Requirement("state", equal(own, wanted), facts) for own, wanted in pairs]
        return Outcome((sequence.shaped(sequence.shape), sequence.shaped(kept)), tuple(requirements))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Every output cell takes one multiply-accumulate for each cell of its filter."""
        return outputs[0].elements * given(inputs, 1).dims[-1]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        kernel = given(inputs, 1).dims[-1]
        return (*identity(0, [(0, 0), (1, 1)]), window(0, 2, 2, kernel, 1, kernel - 1))

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        weight = given(inputs, 1)
        if isinstance(weight.shape, Unknown) or weight.rank != _RANK:
            return None
        return Filters(weight.dims[0], weight.dims[1:], weight.dims[2:])

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        weight = given(inputs, 1)
        kernel = "" if isinstance(weight.shape, Unknown) else f" {weight.dims[-1]}"
        return f"causal depthwise{kernel}"
