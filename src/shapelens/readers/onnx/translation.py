"""How an ONNX node becomes an operator: one function for each ONNX operator, found by its name.

A translator reads attributes and gives back an operator and the inputs that it takes, in the order of the
operator's roles. ONNX' names, defaults and versions are known here and nowhere else; shapes are not: those are
the operators' own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shapelens.operators import Operator
from shapelens.readers.onnx.model import OnnxNode, OnnxTensor

__all__ = ["TRANSLATORS", "AttributeKindError", "Call", "Translation", "translates"]


class AttributeKindError(Exception):
    """An attribute of another kind than its operator has: its node has no rule."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


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
        constants: small tensors of numbers that the file holds, by name: initializers and `Constant`s.
        ranks: the ranks of values that are known before anything is evaluated (initializers, declared inputs).
    """

    node: OnnxNode
    version: int
    constants: Mapping[str, OnnxTensor]
    ranks: Mapping[str, int]

    def input(self, position: int) -> str | None:
        """The name of an input, or None where it is left out."""
        inputs = self.node.inputs
        return (inputs[position] or None) if position < len(inputs) else None

    @property
    def inputs(self) -> tuple[str | None, ...]:
        """The names of all inputs, None where one is left out."""
        return tuple([name or None for name in self.node.inputs])

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

    def constant(self, position: int) -> tuple[Any, ...] | None:
        """The elements of an input that the file holds, or None."""
        name = self.input(position)
        tensor = self.constants.get(name) if name else None
        return None if tensor is None else tensor.values


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
