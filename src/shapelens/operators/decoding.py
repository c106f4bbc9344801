"""Pictures decoded from the bytes of a file, which alone say how large they are.

>>> from shapelens.operators import DecodeImage, Tensor
>>> DecodeImage("height", "width").evaluate(Tensor((32949,), "uint8")).outputs[0].shape
(height, width, 3)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Unknown
from shapelens.operators.arguments import given, refused
from shapelens.operators.counting import counted
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link
from shapelens.records import dataclass

__all__ = ["DecodeImage"]

_ALONE = Unknown("only the picture's own bytes say how large it is")


@dataclass(frozen=True)
class DecodeImage(Operator):
    """The picture in the bytes of an image file: height × width × channels.

    Args:
        height: the symbol that counts its rows, or its name.
        width: the symbol that counts its columns, or its name.
        channels: how many it has in the format that is asked for.
    """

    word: ClassVar[str] = "decode image"
    has_gradient: ClassVar[bool] = False

    height: Any = ""
    width: Any = ""
    channels: int = 3

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        encoded = given(inputs)
        if not isinstance(encoded.shape, Unknown) and encoded.rank != 1:
            facts = {"gets": encoded.dims, "wants": (1,)}
            return refused(Requirement("rank", False, facts, spoils=None), Tensor((), "uint8"))
        sizes = [counted(name, _ALONE, least=1) for name in (self.height, self.width)]
        return Outcome((Tensor((*sizes, self.channels), "uint8"),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()
