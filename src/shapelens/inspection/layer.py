"""One layer of an inspected network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim
from shapelens.network import Step

if TYPE_CHECKING:
    from shapelens.analyses.receptive_field import FieldOf
    from shapelens.explanation.grids.asked import Asked
    from shapelens.inspection.held import Inspection
    from shapelens.output.explained import Explanation

__all__ = ["Layer"]


class Layer:
    """One layer of an inspected network."""

    def __init__(self, inspection: Inspection, step: Step) -> None:
        self.inspection = inspection
        self.step = step

    @property
    def name(self) -> str:
        """Its name."""
        return self.step.node.name

    @property
    def words(self) -> str:
        """The operator in words: `conv 3×3, pad 1`."""
        return self.step.applied.words

    @property
    def input_shapes(self) -> tuple[Any, ...]:
        """The shapes that go in, weights left out."""
        return tuple([t.shape for t in self.step.applied.flowing])

    @property
    def output_shape(self) -> Any:
        """The shape of its first output."""
        return self.step.output.shape

    @property
    def weights(self) -> dict[str, Any]:
        """The shapes of its weights, by name."""
        return {w.name: w.shape for w in self.inspection.network.weights_of(self.step.node)}

    @property
    def parameters(self) -> Dim:
        """The number of its parameters; shared ones count at the first layer that has them."""
        return self.inspection.costs.parameters[self.name]

    @property
    def macs(self) -> Dim:
        """Its multiply-accumulates for one sample."""
        return self.inspection.costs.macs[self.name]

    @property
    def receptive_field(self) -> FieldOf:
        """What one cell of its output sees of the input, for each spatial axis."""
        return self.inspection.fields.get(self.step.node.outputs[0], {})

    def explain(self, **numbers: Any) -> Explanation:
        """The layer in words and numbers.

        Args:
            numbers: which numbers are shown of it: `cell`, `filter`, `values`, `weights`, `bias`, `image`, `seed`,
                `flipped`, as `shapelens.explain` has them.
        """
        from shapelens.explanation.grids.asked import Asked

        return self.explained(Asked.of(numbers))

    def explained(self, asked: Asked) -> Explanation:
        """The layer with the numbers that are asked for."""
        from shapelens.explanation.layer import explain_layer
        from shapelens.output.explained import Explanation

        inspection = self.inspection
        return Explanation.of(
            explain_layer(inspection.evaluation, self.step, inspection.costs, inspection.fields, asked)
        )

    def __repr__(self) -> str:
        return f"<Layer {self.name}: {self.words}>"
