"""Operators on texts: how many come out is often what only the texts themselves decide.

>>> from shapelens.operators import NGrams, SplitTexts, Tensor
>>> SplitTexts("k").evaluate(Tensor((2, 5), "string")).outputs[0].shape
(2, 5, k)
>>> NGrams(7).evaluate(Tensor((3, 12), "string")).outputs[0].shape
(3, 7)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from shapelens.dims import Dim, Unknown, equal, maximum
from shapelens.operators.arguments import given, refused
from shapelens.operators.counting import counted
from shapelens.operators.operator import Operator, Outcome, Requirement, Tensor
from shapelens.operators.reach import Link, identity
from shapelens.records import dataclass

__all__ = ["NGrams", "NormalizeTexts", "SplitTexts"]


@dataclass(frozen=True)
class NormalizeTexts(Operator):
    """Texts in one case, without those that are to be left out: a vector, or one row of a matrix.

    Where none is left a single empty text stands for them.

    Args:
        count: the symbol that counts those that stay, or its name.
        drops: whether any are left out.
    """

    word: ClassVar[str] = "normalize texts"
    has_gradient: ClassVar[bool] = False

    count: Any = ""
    drops: bool = False

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        texts = given(inputs)
        if texts.rank not in {1, 2}:
            facts = {"gets": texts.dims, "wants": (1, 2)}
            return refused(Requirement("rank", False, facts, spoils=None), texts)
        requirements: list[Requirement] = []
        if texts.rank == 2:
            requirements.append(
                Requirement("row", equal(texts.dims[0], 1), {"gets": texts.dims, "wants": 1}, spoils=())
            )
        here = texts.dims[-1]
        stay = counted(self.count, maximum(here, 1), least=1) if self.drops else maximum(here, 1)
        return Outcome((texts.shaped((*texts.dims[:-1], stay)),), tuple(requirements))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return ()


@dataclass(frozen=True)
class SplitTexts(Operator):
    """The parts of each text along a new last axis, as many as the text with the most has; and how many each has.

    Args:
        count: the symbol that counts them, or its name.
        splits: at how many places a text is parted at most; None for any number.
    """

    word: ClassVar[str] = "split texts"
    has_gradient: ClassVar[bool] = False

    count: Any = ""
    splits: int | None = None

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        texts = given(inputs)
        most: Dim = Unknown("only the texts decide it") if self.splits is None else max(self.splits, 0) + 1
        parts = counted(self.count, most)
        if equal(texts.elements, 0) is True:
            parts = 0
        return Outcome((texts.shaped((*texts.dims, parts)), texts.shaped(texts.shape, "int64")))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank)])


@dataclass(frozen=True)
class NGrams(Operator):
    """How often each of a list of phrases comes in each row: a vector, or batch × phrases.

    Args:
        phrases: how many there are.
    """

    word: ClassVar[str] = "n-grams"
    has_gradient: ClassVar[bool] = False

    phrases: Dim = 0

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        words = given(inputs)
        if words.rank not in {1, 2}:
            facts = {"gets": words.dims, "wants": (1, 2)}
            return refused(Requirement("rank", False, facts, spoils=None), words.shaped((), "float32"))
        return Outcome((Tensor((*words.dims[:-1], self.phrases)),))

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """The words of a row are seen whole."""
        return identity(0, [(axis, axis) for axis in range(given(inputs).rank - 1)])
