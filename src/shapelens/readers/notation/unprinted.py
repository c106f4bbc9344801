"""What a print does not tell: the code between the layers of a module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Unknown
from shapelens.operators import Opaque, Outcome, Tensor
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["MOST_PARAMETERS", "Unprinted"]

MOST_PARAMETERS = 1_024
"""A module holds at most so many parameters in lists."""


@dataclass(frozen=True)
class Unprinted(Opaque):
    """The forward of a module, which its print does not show.

    The first output is the module's; the others are what its children take.

    Args:
        called: `Net.forward`.
        reason: why its outputs are not known.
        shapes: of each output, what is known: its sizes, None where one is not; None where its rank is not.
        dtypes: the type of each output's elements.
    """

    roles: ClassVar[tuple[str, ...]] = ("input", *[f"parameter{i}" for i in range(MOST_PARAMETERS)])
    learned: ClassVar[frozenset[str]] = frozenset(roles[1:])

    shapes: tuple[tuple[int | None, ...] | None, ...] = (None,)
    dtypes: tuple[str, ...] = ("float32",)

    @property
    def name(self) -> str:
        """The name of what it is: an operator of which nothing is known."""
        return "Opaque"

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        because = Unknown(self.reason)
        outputs = [
            Tensor(
                because if shape is None else tuple([because if size is None else size for size in shape]),
                dtype,
            )
            for shape, dtype in zip(self.shapes, self.dtypes, strict=True)
        ]
        return Outcome(tuple(outputs))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """What a cell sees is not known either."""
        tensor = inputs[0]
        if tensor is None or isinstance(tensor.shape, Unknown):
            return ()
        return tuple([Link(0, axis, 0, spans=None) for axis in range(tensor.rank)])

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {"called": self.called, "reason": self.reason}
