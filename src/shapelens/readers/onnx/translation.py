"""How an ONNX node becomes an operator: one function for each ONNX operator, found by its name.

A translator reads attributes and gives back an operator and the inputs that it takes, in the order of the
operator's roles. ONNX' names, defaults and versions are known here and nowhere else; shapes are not: those are
the operators' own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from shapelens.operators import Operator
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor
from shapelens.readers.onnx.visible import visible
from shapelens.records import dataclass

__all__ = ["TRANSLATORS", "AttributeKindError", "Call", "Translation", "TranslationError", "translates"]


class TranslationError(Exception):
    """A node that cannot be what it says it is: nothing is known of what it gives.

    Args:
        reason: why, as a clause that a sentence can end with.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AttributeKindError(TranslationError):
    """An attribute of another kind than its operator has."""

    def __init__(self, name: str) -> None:
        super().__init__(f"its attribute {visible(name)} is of a kind that it does not take")


@dataclass(frozen=True, slots=True)
class Translation:
    """What a node becomes.

    Args:
        operator: the operator.
        inputs: the names of the values that it takes, by the operator's roles; None where one is left out.
    """

    operator: Operator
    inputs: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A node to be translated, with what a translator may look at.

    Args:
        node: the node.
        version: the version of the operator set that the node is written for.
        held: the tensors that the file holds, by name: initializers and `Constant`s. Translators ask for them by
            `held_shape` and `constant`, so that it is known of which node they asked what.
    """

    node: OnnxNode
    version: int
    held: Mapping[str, OnnxTensor]

    def input(self, position: int) -> str | None:
        """The name of an input, or None where it is left out."""
        inputs = self.node.inputs
        return (inputs[position] or None) if position < len(inputs) else None

    def given(self, position: int) -> str:
        """The name of an input that may not be left out.

        Raises:
            TranslationError: it is.
        """
        name = self.input(position)
        if name is None:
            raise TranslationError(f"its input {position + 1} is left out")
        return name

    def leading(self, count: int, required: int = 1) -> tuple[str | None, ...]:
        """The names of the first inputs, so many of which may not be left out.

        Raises:
            TranslationError: one of them is.
        """
        positions = range(count)
        return tuple([self.given(p) if p < required else self.input(p) for p in positions])

    def all_given(self) -> tuple[str, ...]:
        """The names of all inputs, of which there is one or more and none may be left out.

        Raises:
            TranslationError: one is.
        """
        return tuple([self.given(position) for position in range(max(len(self.node.inputs), 1))])

    def attribute(self, name: str, default: Any = None, kind: type | None = None) -> Any:
        """An attribute, or its default.

        Args:
            name: its name.
            default: what it is where it is not given.
            kind: `int`, `float` or `str`; that of the default if not given.

        Raises:
            AttributeKindError: it is of another kind.
        """
        value = self.node.attributes.get(name)
        if value is None:
            return default
        wanted = kind or (None if default is None else type(default))
        allowed: tuple[type, ...] = (int, float) if wanted is float else () if wanted is None else (wanted,)
        if allowed and not isinstance(value, allowed):
            raise AttributeKindError(name)
        return value

    def word(self, name: str, default: str, known: Collection[str]) -> str:
        """One of a few words.

        Raises:
            TranslationError: it is another one.
        """
        word: str = self.attribute(name, default)
        if word not in known:
            raise TranslationError(f"its attribute {name} is {visible(repr(word))}")
        return word

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A list of integers, or None where it is not given. One integer is a list of one."""
        value = self.attribute(name)
        if value is None:
            return None
        values = (value,) if isinstance(value, int) else value
        if not isinstance(values, tuple) or not all(isinstance(number, int) for number in values):
            raise AttributeKindError(name)
        return values

    def numbers(self, name: str) -> tuple[float, ...] | None:
        """A list of numbers, or None where it is not given.

        Raises:
            AttributeKindError: it is of another kind.
        """
        value = self.attribute(name, kind=tuple)
        if value is not None and not all(isinstance(number, (int, float)) for number in value):
            raise AttributeKindError(name)
        return None if value is None else tuple(value)

    def pairs(self, name: str) -> tuple[tuple[int, int], ...] | None:
        """Numbers before and after each axis: a list of all that stand before, then of all that stand after.

        A list with a number too few or too many gives a pair too many, which no operator takes.
        """
        numbers = self.integers(name)
        if numbers is None:
            return None
        half, odd = divmod(len(numbers), 2)
        return (*zip(numbers[:half], numbers[half:], strict=False), *[(0, 0)] * (2 * odd))

    def held_shape(self, position: int) -> tuple[int, ...] | None:
        """The shape of an input that the file holds, or None."""
        tensor = self._tensor(position)
        return None if tensor is None else tensor.shape

    def constant(self, position: int) -> tuple[Any, ...] | None:
        """The elements of an input that the file holds, or None."""
        tensor = self._tensor(position)
        return None if tensor is None else tensor.values

    def _tensor(self, position: int) -> OnnxTensor | None:
        name = self.input(position)
        return self.held.get(name) if name else None


Translator = Callable[[Call], Translation]

TRANSLATORS: dict[tuple[str, str], Translator] = {}
"""The translators, by domain (empty for ONNX' own) and operator."""


def translates(*names: str, domain: str = "") -> Callable[[Translator], Translator]:
    """Enter a function as the translator of these ONNX operators."""

    def enter(translator: Translator) -> Translator:
        for name in names:
            TRANSLATORS[domain, name] = translator
        return translator

    return enter
