"""A layer at each step of a sequence, each by itself.

>>> from shapelens.operators import Convolution, Tensor
>>> video, kernel = Tensor((8, 10, 64, 64, 3)), Tensor((3, 3, 3, 32), is_held=True)
>>> operator = AtEachStep(Convolution(channels_last=True, filters_last=True))
>>> operator.evaluate(video, kernel).outputs[0].shape
(8, 10, 62, 62, 32)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from shapelens.dims import Dim, Unknown
from shapelens.operators import Filters, Follow, Identity, Operator, Outcome, Requirement, Shape, Tensor
from shapelens.operators.arguments import given, refused
from shapelens.operators.reach import Link
from shapelens.readers.notation.placing import Place
from shapelens.records import dataclass

__all__ = ["AtEachStep", "StepPlace"]

_STEPS = 1
"""The axis of the steps, after the batch."""

_LEAST_RANK = 3


@dataclass(frozen=True)
class AtEachStep(Operator):
    """An operator that is given each step by itself, with the same weights: `N × steps × …` as `N × …`.

    Args:
        operator: what is done at a step.
    """

    operator: Operator = field(default_factory=Identity)

    # What a class says of itself is said of the operator inside.
    @property
    def roles(self) -> tuple[str, ...]:  # type: ignore[override]
        """The inputs of the operator inside."""
        return self.operator.roles

    @property
    def learned(self) -> frozenset[str]:  # type: ignore[override]
        """Those of them whose weights count as parameters."""
        return self.operator.learned

    @property
    def keeps_shape(self) -> bool:  # type: ignore[override]
        """Whether the output always has the input's shape."""
        return self.operator.keeps_shape

    @property
    def family(self) -> str:  # type: ignore[override]
        """The kind that figures colour it by."""
        return self.operator.family

    # the rule -----------------------------------------------------------------------------------------

    def evaluate(self, *inputs: Tensor | None) -> Outcome:
        tensor = given(inputs)
        if isinstance(tensor.shape, Unknown):
            outcome = self.operator.evaluate(*inputs)
            return Outcome(tuple([output.shaped(tensor.shape) for output in outcome.outputs]))
        if tensor.rank < _LEAST_RANK:
            facts = {"gets": tensor.dims, "wants": (_LEAST_RANK, _LEAST_RANK + 1, _LEAST_RANK + 2)}
            return refused(Requirement("rank", False, facts, spoils=None), tensor)
        outcome = self.operator.evaluate(*_steps(inputs))
        steps = tensor.dims[_STEPS]
        outputs = tuple([_with_steps(output, steps) for output in outcome.outputs])
        return Outcome(outputs, tuple([_moved(requirement) for requirement in outcome.requirements]))

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Dim:
        """Those of a step, as often as there are steps."""
        return self.operator.macs(_steps(inputs), _steps_given(outputs)) * given(inputs).dims[_STEPS]

    def links(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> tuple[Link, ...]:
        """A step sees itself alone."""
        flowing = [place for place, tensor in enumerate(inputs) if tensor is not None and not tensor.is_held]
        links = [
            replace(
                link,
                input_axis=_axis(link.input_axis) if link.input in flowing else link.input_axis,
                output_axis=_axis(link.output_axis),
            )
            for link in self.operator.links(_steps(inputs), _steps_given(outputs))
        ]
        return (*links, *[Link(place, _STEPS, _STEPS) for place in flowing])

    # views --------------------------------------------------------------------------------------------

    def words(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> str:
        return f"{self.operator.words(_steps(inputs), _steps_given(outputs))}, each step"

    def filters(self, inputs: Sequence[Tensor | None]) -> Filters | None:
        return self.operator.filters(_steps(inputs))

    def attributes(self, inputs: Sequence[Tensor | None]) -> dict[str, Any]:
        return {"operator": self.operator.name, **self.operator.attributes(_steps(inputs))}

    def follow(self, before: Sequence[Tensor | None], after: Sequence[Tensor | None]) -> Follow:
        followed = self.operator.follow(_steps(before), _steps(after))
        return Follow(replace(self, operator=followed.operator), followed.shapes)

    def settings(self) -> dict[str, Any]:
        return self.operator.settings()

    def with_settings(self, **settings: Any) -> Operator:
        return replace(self, operator=self.operator.with_settings(**settings))


def _steps(tensors: Sequence[Tensor | None]) -> list[Tensor | None]:
    """What flows, without the axis of the steps; weights as they are."""
    return [None if tensor is None else _step(tensor) for tensor in tensors]


def _steps_given(tensors: Sequence[Tensor]) -> list[Tensor]:
    """What comes out, without the axis of the steps."""
    return [_step(tensor) for tensor in tensors]


def _step(tensor: Tensor) -> Tensor:
    if tensor.is_held or isinstance(tensor.shape, Unknown):
        return tensor
    return tensor.shaped((*tensor.shape[:_STEPS], *tensor.shape[_STEPS + 1 :]))


def _with_steps(tensor: Tensor, steps: Dim) -> Tensor:
    if isinstance(tensor.shape, Unknown):
        return tensor
    return tensor.shaped((*tensor.shape[:_STEPS], steps, *tensor.shape[_STEPS:]))


def _axis(axis: int) -> int:
    """An axis counted with that of the steps."""
    return axis + 1 if axis >= _STEPS else axis


def _moved(requirement: Requirement) -> Requirement:
    """A requirement of a step, told of the whole."""
    facts: Mapping[str, Any] = requirement.facts
    if isinstance(facts.get("axis"), int):
        facts = {**facts, "axis": _axis(facts["axis"])}
    spoils = requirement.spoils
    return replace(
        requirement, facts=facts, spoils=spoils if spoils is None else tuple([_axis(axis) for axis in spoils])
    )


class StepPlace(Place):
    """A place where a layer is put at each step of what comes in.

    Args:
        place: where the steps are; one of these, where each step has steps itself.
    """

    def __init__(self, place: Place) -> None:
        super().__init__(place.builder, place.label, place.layer)
        self.depth: int = place.depth + 1 if isinstance(place, StepPlace) else 1

    @property
    def tensor(self) -> Tensor:
        """One step of what comes in."""
        tensor = super().tensor
        for _ in range(self.depth):
            if isinstance(tensor.shape, Unknown):
                return tensor
            if tensor.rank < _LEAST_RANK:
                return tensor.shaped(Unknown("there is no axis of steps in what comes in"))
            tensor = _step(tensor)
        return tensor

    def _at_each(self, operator: Operator) -> Operator:
        for _ in range(self.depth):
            operator = AtEachStep(operator)
        return operator

    def add(
        self,
        operator: Operator,
        weights: Mapping[str, Shape] | None = None,
        *,
        called: Mapping[str, str] | None = None,
        outputs: int = 1,
        inputs: Sequence[str | None] | None = None,
    ) -> str:
        return super().add(self._at_each(operator), weights, called=called, outputs=outputs, inputs=inputs)

    def then(
        self,
        operator: Operator,
        part: str,
        weights: Mapping[str, Shape] | None = None,
        *,
        called: Mapping[str, str] | None = None,
        inputs: Sequence[str | None] | None = None,
    ) -> str:
        return super().then(self._at_each(operator), part, weights, called=called, inputs=inputs)
