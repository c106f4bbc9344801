"""Whether settings do it, in a whole layer: with its channels, its groups, and all that must hold.

A layer is read from its text once. PyTorch's other settings are then put into the operator that was read, as there each
setting is an attribute; whatever is said in words is read again, as only its reader knows what the words come to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.setting import Setting
from shapelens.errors import LayerTextError
from shapelens.network import Evaluation, Step, evaluate_network
from shapelens.operators import Convolution, Outcome, Pool, Tensor, TransposedConvolution
from shapelens.operators.operator import Operator
from shapelens.readers.notation.reading import read_notation

__all__ = ["Trial", "read_at"]

_ONE_SAMPLE = 1
"""Layers are evaluated for a batch of one."""

Each = Sequence[Setting]
"""A setting for each spatial axis."""


def read_at(text: str, source: Sequence[Any]) -> Evaluation:
    """A layer that is read and evaluated at a sample.

    Raises:
        LayerTextError: the framework has no such layer.
    """
    network = read_notation(text, tuple(source))
    return evaluate_network(network, {network.inputs[0].name: (_ONE_SAMPLE, *source)})


class Trial:
    """Tries settings.

    Args:
        question: what is asked.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.refusal: LayerTextError | None = None
        self.was_read = False
        self._read: Step | None = None

    def does_it(self, each: Each) -> bool:
        """Whether a layer with these settings gives what is wanted, and nothing is broken."""
        if not self._is_sayable(each):
            return False
        if self.question.is_keras or any(isinstance(setting.padding, str) for setting in each):
            evaluation = self._reading(each)
            if evaluation is None or evaluation.broken:
                return False
            return bool(evaluation.outputs[0][1].shape == (_ONE_SAMPLE, *self.question.target))
        outcome = self._outcome(each)
        if outcome is None or outcome.broken:
            return False
        return bool(outcome.outputs[0].shape == (_ONE_SAMPLE, *self.question.target))

    def holds_along(self, place: int, setting: Setting, out: int) -> bool:
        """Whether a setting gives a size along one axis and breaks nothing there, whatever the other axes do."""
        each = [setting] * len(self.question.choices)
        axis = 1 + self.question.layout.spatial[place]
        if not self._is_sayable(each):
            return False
        if self.question.is_keras or isinstance(setting.padding, str):
            evaluation = self._reading(each)
            if evaluation is None:
                return False
            outcome = Outcome(evaluation.steps[0].outputs, evaluation.steps[0].requirements)
        else:
            tried = self._outcome(each)
            if tried is None:
                return False
            outcome = tried
        is_broken = any(r.facts.get("axis") in {axis, None} for r in outcome.broken)
        return not is_broken and bool(outcome.outputs[0].dims[axis] == out)

    def _is_sayable(self, each: Each) -> bool:
        """Whether one layer can have them: a word is for all axes, and Keras dilates at a stride of 1 alone."""
        if isinstance(each[0].padding, str) and len({setting.padding for setting in each}) > 1:
            return False
        is_open = not {"stride", "dilation"}.isdisjoint(self.question.free)
        strides, dilations = max(s.stride for s in each), max(s.dilation for s in each)
        return not (self.question.is_keras and is_open and strides > 1 and dilations > 1)

    def _reading(self, each: Each) -> Evaluation | None:
        """The layer with these settings, read from its text; None where the framework refuses it."""
        assert self.question.source is not None
        try:
            evaluation = read_at(self.question.text(each), self.question.source)
        except LayerTextError as refusal:
            self.refusal = self.refusal or refusal
            return None
        self.was_read = True
        return evaluation

    def _outcome(self, each: Each) -> Outcome | None:
        """What the operator that was read gives with these settings; None where the framework refuses the layer."""
        if self._read is None:
            evaluation = None if self.refusal is not None else self._reading(each)
            if evaluation is None:
                return None
            self._read = evaluation.steps[0]
        step = self._read
        return with_settings(step.node.operator, each).evaluate(*_inputs(step, each))


def with_settings(operator: Operator, each: Each) -> Operator:
    """An operator with PyTorch's settings for each axis."""
    settings: dict[str, Any] = {
        "stride": tuple([setting.stride for setting in each]),
        "padding": tuple([(setting.padding, setting.padding) for setting in each]),
        "dilation": tuple([setting.dilation for setting in each]),
    }
    if isinstance(operator, TransposedConvolution):
        settings["output_padding"] = tuple([setting.output_padding for setting in each])
    if isinstance(operator, Pool):
        settings["kernel"] = tuple([setting.kernel for setting in each])
    return operator.with_settings(**settings)


def _inputs(step: Step, each: Each) -> list[Tensor | None]:
    """The inputs of a layer, with a weight of the kernel's extent."""
    inputs, operator = list(step.inputs), step.node.operator
    if isinstance(operator, Convolution):
        weight = inputs[1]
        assert weight is not None
        filters, channels, _ = operator.weight_parts(weight)
        kernel = tuple([setting.kernel for setting in each])
        inputs[1] = replace(weight, shape=operator.weight_shape(filters, channels, kernel))
    return inputs
