"""One way to do it: the layer as one would type it, read and evaluated."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from shapelens.analyses.costs import Costs, costs_of
from shapelens.analyses.receptive_field import Everything, Field, receptive_fields
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.setting import Setting
from shapelens.analyses.solving.sliding import slidings_of_step
from shapelens.analyses.solving.trying import read_at
from shapelens.dims import Dim
from shapelens.network import Evaluation, Step
from shapelens.operators import Shape, TransposedConvolution
from shapelens.operators.windows import Sliding
from shapelens.records import dataclass

__all__ = ["Solution"]


@dataclass(frozen=True, eq=False)
class Solution:
    """A layer that gives what is wanted.

    Args:
        text: the layer as one would type it.
        question: what was asked.
        each: the setting of each spatial axis.
        source: the sample that goes in.
    """

    text: str
    question: Question
    each: tuple[Setting, ...]
    source: Shape

    @classmethod
    def of(cls, question: Question, each: tuple[Setting, ...], source: Shape | None = None) -> Solution:
        """The layer with settings that were tried, at the sample that was asked about or another one."""
        taken = question.source if source is None else source
        assert taken is not None
        return cls(question.text(each), question, each, tuple(taken))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Solution: {self.text}>"

    @property
    def settings(self) -> dict[str, tuple[Any, ...]]:
        """The settings of its window, by name, for each spatial axis."""
        return {
            role: tuple([getattr(setting, role) for setting in self.each]) for role in self.question.names
        }

    @cached_property
    def evaluation(self) -> Evaluation:
        """The layer, read from its text and evaluated at the sample."""
        return read_at(self.text, self.source)

    @property
    def step(self) -> Step:
        """The operator with the window; an activation may come after it."""
        return self.evaluation.steps[0]

    @property
    def output(self) -> tuple[int, ...]:
        """What comes out: one sample."""
        return self.question.target

    @cached_property
    def slidings(self) -> tuple[Sliding, ...]:
        """How its window slides along each spatial axis."""
        return slidings_of_step(self.step)

    @cached_property
    def _costs(self) -> Costs:
        return costs_of(self.evaluation)

    @property
    def parameters(self) -> Dim:
        """How many parameters it has."""
        return self._costs.total_parameters

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates for one sample."""
        return self._costs.total_macs

    @cached_property
    def receptive_field(self) -> tuple[int, ...]:
        """How many input cells one output cell sees along each spatial axis."""
        fields = receptive_fields(self.evaluation)[self.step.node.outputs[0]]
        return tuple([_size(field, size) for field, size in zip(fields.values(), self.sizes, strict=True)])

    @property
    def sizes(self) -> tuple[int, ...]:
        """What goes in along each spatial axis."""
        return tuple([self.source[axis] for axis in self.question.layout.spatial])

    @cached_property
    def unread(self) -> str:
        """What of the input and its padding no window reaches: `nothing`, `1 px of padding`, `the last row`."""
        from shapelens.analyses.solving.unread import unread_words

        if isinstance(self.step.node.operator, TransposedConvolution):
            return "nothing"
        return unread_words(self.slidings, self.sizes, self.question.layout)

    @cached_property
    def overlap(self) -> str:
        """For a transposed convolution, how its stamps overlap: evenly, unevenly, with gaps; else empty."""
        from shapelens.analyses.solving.stamps import overlap_words

        if not isinstance(self.step.node.operator, TransposedConvolution):
            return ""
        return overlap_words(self.slidings, self.sizes)

    @cached_property
    def inputs(self) -> tuple[range, ...]:
        """The sizes that go in and give the same output, along each spatial axis."""
        from shapelens.analyses.solving.inputs import inputs_of_step

        return inputs_of_step(self.step, self.question.wanted)

    @property
    def words(self) -> dict[str, str]:
        """The very same layer in each framework's words, where it has some."""
        from shapelens.readers.notation.words import to_keras, to_pytorch

        own, operator, inputs = self.question.layer.layer.framework, self.step.node.operator, self.step.inputs
        if len(self.evaluation.steps) > 1:
            return {own: self.text}
        found = {"PyTorch": to_pytorch(operator, inputs), "Keras": to_keras(operator, inputs)}
        return {name: words for name, words in {**found, own: self.text}.items() if words}


def _size(field: object, size: int) -> int:
    return field.size if isinstance(field, Field) else size if isinstance(field, Everything) else 0
