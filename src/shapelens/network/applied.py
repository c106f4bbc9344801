"""An operator applied to tensors: once for all layers that are alike.

A deep network repeats itself: of ResNet-152's 515 layers, 55 are unlike those before. What one of them gives,
the next that takes the same gives too, and what is asked of it (its cost, its words) is answered once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from shapelens.dims import Expression
from shapelens.operators import Filters, Operator, Requirement, Tensor, apply
from shapelens.operators.likeness import first_alike
from shapelens.records import dataclass

__all__ = ["Answers", "Applications", "Applied", "one_of_each"]

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Applied:
    """An operator applied to tensors.

    Args:
        operator: the operator.
        inputs: what went in.
        outputs: what came out.
        requirements: what had to hold.
    """

    operator: Operator
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    requirements: tuple[Requirement, ...]

    @property
    def output(self) -> Tensor:
        """The first output."""
        return self.outputs[0]

    @property
    def broken(self) -> tuple[Requirement, ...]:
        """The requirements that are known not to hold."""
        return tuple([r for r in self.requirements if r.truth is False])

    @property
    def words(self) -> str:
        """The operator in the words of a table."""
        return self.operator.words(self.inputs, self.outputs)

    @property
    def filters(self) -> Filters | None:
        """The filters of a layer that has some."""
        return self.operator.filters(self.inputs)

    @property
    def flowing(self) -> tuple[Tensor, ...]:
        """The tensors that go in and are not held: weights left out."""
        return tuple([tensor for tensor in self.inputs if tensor is not None and not tensor.is_held])


class Applications:
    """The rules that were applied along one path.

    >>> from shapelens.operators import Pool
    >>> applications, image = Applications({}), Tensor((1, 3, 224, 224))
    >>> first = applications.applied(Pool("max", (2, 2)), (image,), 1, "pool1", is_held=False)
    >>> first is applications.applied(Pool("max", (2, 2)), (image,), 1, "pool2", is_held=False)
    True

    Args:
        alike: of operators that others are one with, by their identity, the first of these; they outlive this.
    """

    def __init__(self, alike: Mapping[int, Operator]) -> None:
        # What is known by its place in memory is held, so that nothing else can stand there.
        self._applied: dict[tuple[int, ...], Applied] = {}
        self._alike = alike
        self._operators: dict[Operator, Operator] = {}
        self._tensors: dict[Tensor, Tensor] = {}

    def applied(
        self, operator: Operator, inputs: tuple[Tensor | None, ...], count: int, blame: str, *, is_held: bool
    ) -> Applied:
        """A rule applied, or what came of it when it was applied to the same.

        Args:
            operator: the operator.
            inputs: what goes in.
            count: how many outputs its node has.
            blame: the name to give as the reason of what a broken requirement leaves unknown.
            is_held: whether what comes out hangs on no input of the network.
        """
        operator = self._alike.get(id(operator)) or first_alike(operator, self._operators)
        key = (id(operator), count, is_held, *map(id, inputs))
        known = self._applied.get(key)
        if known is not None:
            return known
        outcome = apply(operator, inputs, count, blame)
        outputs = outcome.outputs[:count]
        if is_held:
            outputs = tuple([replace(tensor, is_held=True) for tensor in outputs])
        outputs = tuple([_one(tensor, self._tensors) for tensor in outputs])
        applied = Applied(operator, inputs, outputs, outcome.requirements)
        if not (applied.broken and any(tensor.has_unknown for tensor in outputs)):
            # What is unknown because of a layer names that layer, and is not known of others.
            self._applied[key] = applied
        return applied


def one_of_each(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors by name, those of which the same is known as one: rules are applied to them once."""
    firsts: dict[Tensor, Tensor] = {}
    return {name: _one(tensor, firsts) for name, tensor in tensors.items()}


def _one(tensor: Tensor, firsts: dict[Tensor, Tensor]) -> Tensor:
    """The first tensor of which the same is known."""
    shape = tensor.shape
    if tensor.contents is not None or not isinstance(shape, tuple):
        return tensor
    for dim in shape:
        if type(dim) is not int and type(dim) is not Expression:
            return tensor
    return firsts.setdefault(tensor, tensor)


class Answers(Generic[Answer]):
    """What is asked of each layer, answered once for those that are alike.

    Args:
        ask: the question.
    """

    def __init__(self, ask: Callable[[Applied], Answer]) -> None:
        self._ask = ask
        self._found: dict[int, tuple[Applied, Answer]] = {}

    def __call__(self, applied: Applied) -> Answer:
        """The answer."""
        found = self._found.get(id(applied))
        if found is None:
            found = self._found[id(applied)] = applied, self._ask(applied)
        return found[1]
