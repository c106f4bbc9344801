"""Sequences of different lengths without their padding: all first steps, then all second steps, and so on.

>>> from shapelens.operators import PackSequences, Tensor
>>> lengths = Tensor((2,), "int64", (4, 2))
>>> steps, sizes = PackSequences().evaluate(Tensor((2, 5, 10)), lengths).outputs
>>> steps.shape, sizes.contents
((6, 10), (2, 2, 1, 1))

The lengths come sorted, the longest first.

Source: the documentation of `torch.nn.utils.rnn`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, at_least, equal
from shapelens.operators.arguments import given, refused
from shapelens.operators.counting import fixed_numbers
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["PackSequences", "PadSequences"]

_BY_DATA = "the lengths of the sequences are data"


@dataclass(frozen=True)
class PackSequences(Operator):
    """The steps of all sequences one after another, and how many sequences each step has.

    Inputs: the padded sequences (batch × steps × …) and their lengths.

    Args:
        batch_first: whether the batch stands before the steps.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "lengths")
    word: ClassVar[str] = "pack sequences"
    family: ClassVar[str] = "reshape"

    batch_first: bool = True

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, lengths = given(inputs), given(inputs, 1)
        if tensor.rank < 2 or lengths.rank != 1:
            facts = {"gets": tensor.dims, "lengths": lengths.dims, "wants": "at least 2"}
            broken = Requirement("rank", False, facts, spoils=None)
            return refused(broken, tensor, Tensor((), "int64"))
        samples, steps = tensor.dims[:2] if self.batch_first else tensor.dims[1::-1]
        facts = {"gets": lengths.dims[0], "wants": samples}
        requirements = [Requirement("lengths", equal(lengths.dims[0], samples), facts)]
        numbers = fixed_numbers(lengths)
        if not numbers:
            nothing = Unknown(_BY_DATA)
            outputs = tensor.shaped((nothing, *tensor.dims[2:])), Tensor((nothing,), "int64")
            return Outcome(outputs, tuple(requirements))
        longest = max(numbers)
        facts = {"gets": steps, "wants": longest, "lengths": numbers}
        requirements.append(Requirement("lengths", at_least(steps, longest), facts))
        sizes = tuple([sum(length > step for length in numbers) for step in range(longest)])
        packed = tensor.shaped((sum(numbers), *tensor.dims[2:]))
        return Outcome((packed, Tensor((longest,), "int64", sizes)), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Which step of which sequence stands where hangs on the lengths."""
        return identity(0, [(axis, axis - 1) for axis in range(2, given(inputs).rank)])


@dataclass(frozen=True)
class PadSequences(Operator):
    """Packed sequences filled up to one length again, and their lengths.

    Inputs: the steps one after another, and how many sequences each step has.

    Args:
        batch_first: whether the batch stands before the steps.
        steps: the length that they are filled up to; the longest one's if not given.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", "sizes")
    word: ClassVar[str] = "pad sequences"
    family: ClassVar[str] = "reshape"

    batch_first: bool = True
    steps: Dim | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor, sizes = given(inputs), given(inputs, 1)
        if tensor.rank < 1 or sizes.rank != 1:
            facts = {"gets": tensor.dims, "sizes": sizes.dims, "wants": "at least 1"}
            broken = Requirement("rank", False, facts, spoils=None)
            return refused(broken, tensor, Tensor((), "int64"))
        numbers = fixed_numbers(sizes)
        longest = sizes.dims[0]
        steps = longest if self.steps is None else self.steps
        samples: Dim = numbers[0] if numbers else Unknown(_BY_DATA)
        contents: tuple[Any, ...] | None = None
        if numbers:
            contents = tuple([sum(size > sample for size in numbers) for sample in range(numbers[0])])
        facts = {"gets": steps, "wants": longest}
        leading = (samples, steps) if self.batch_first else (steps, samples)
        padded = tensor.shaped((*leading, *tensor.dims[1:]))
        requirements = (
            (Requirement("lengths", at_least(steps, longest), facts),) if self.steps is not None else ()
        )
        return Outcome((padded, Tensor((samples,), "int64", contents)), requirements)

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """Which step of which sequence stands where hangs on the lengths."""
        return identity(0, [(axis, axis + 1) for axis in range(1, given(inputs).rank)])
