"""The layer that is explained, with what is around it."""

from __future__ import annotations

from collections.abc import Mapping

from shapelens.analyses.costs import Costs
from shapelens.analyses.receptive_field import FieldOf
from shapelens.analyses.samples import batch_of, sample_of
from shapelens.dims import Dim, Unknown
from shapelens.dims.layout import Layout, layout_of
from shapelens.explanation.document import Text, shape_spans, text
from shapelens.network import Evaluation, Step
from shapelens.operators import Filters, Linear, Shape, Tensor
from shapelens.records import dataclass

__all__ = ["Subject"]

_NO_INPUT = Tensor(Unknown("nothing goes in"), "unknown")


@dataclass(frozen=True, slots=True)
class Subject:
    """The layer that is explained, with what is around it.

    Args:
        evaluation: the network.
        step: the layer.
        costs: the network's costs.
        fields: the network's receptive fields.
    """

    evaluation: Evaluation
    step: Step
    costs: Costs
    fields: Mapping[str, FieldOf]

    @property
    def is_alone(self) -> bool:
        """Whether the network is this layer and nothing else."""
        return len(self.evaluation.steps) == 1

    @property
    def batch(self) -> Dim:
        """The number of samples."""
        return batch_of(self.evaluation)

    @property
    def image(self) -> Tensor:
        """The first input."""
        return next((t for t in self.step.inputs if t is not None), _NO_INPUT)

    @property
    def source(self) -> Shape | Unknown:
        """One sample of the first input."""
        return sample_of(self.image, self.batch)

    @property
    def target(self) -> Shape | Unknown:
        """One sample of the output."""
        return sample_of(self.step.output, self.batch)

    @property
    def layout(self) -> Layout | None:
        """The layout of one sample that goes in, where it is an image's."""
        operator = self.step.node.operator
        channels_last = bool(getattr(operator, "channels_last", False))
        known = self.evaluation.network.layout
        if not channels_last and known is not None and known.channels_last and self.is_alone:
            channels_last = True
        source = self.source
        if isinstance(source, Unknown) or not 2 <= len(source) <= 4 or self._is_vectors:
            return None
        return layout_of(len(source) - 1, channels_last=channels_last, batched=False)

    @property
    def filters(self) -> Filters | None:
        """The layer's filters, if it has some."""
        return self.step.applied.filters

    @property
    def bias(self) -> Tensor | None:
        """The layer's bias, if it has one."""
        roles = self.step.node.operator.roles
        place = roles.index("bias") if "bias" in roles else len(self.step.inputs)
        return self.step.inputs[place] if place < len(self.step.inputs) else None

    @property
    def is_broken(self) -> bool:
        """Whether something that it needs does not hold."""
        return bool(self.step.broken)

    @property
    def has_image(self) -> bool:
        """Whether what goes in has the axes that it slides over."""
        return self.layout is not None and not any(r.kind == "rank" for r in self.step.broken)

    @property
    def origin(self) -> Text:
        """Where the input comes from; nothing where the layer stands alone."""
        network, value = self.evaluation.network, self.step.node.inputs[0]
        if self.is_alone or value is None:
            return ()
        own = ", the network's own" if value in {declared.name for declared in network.inputs} else ""
        return text(f"from {value}{own}")

    @property
    def destination(self) -> Text:
        """Where the output goes; nothing where the layer stands alone."""
        takers = self.evaluation.network.consumers.get(self.step.node.outputs[0], ())
        names = ", ".join([taker.name for taker in takers[:3]]) + (", …" if len(takers) > 3 else "")
        return text(f", to {names}") if takers and not self.is_alone else ()

    @property
    def _is_vectors(self) -> bool:
        """Whether the layer alone says that what goes in is no image: its features stand last."""
        return isinstance(self.step.node.operator, Linear)

    def shape(self, shape: Shape | Unknown) -> Text:
        """A shape with its channels told from its positions."""
        layout = self.layout
        last = layout is not None and layout.channels_last
        return shape_spans(shape, -1 if last else 0)
