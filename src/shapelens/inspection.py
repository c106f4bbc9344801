"""What users hold: `inspect()` and the `Inspection` that it gives, a thin face over all the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, Expression, Path, parse_shape, symbol
from shapelens.errors import UsageError
from shapelens.network import Evaluation, Input, Network, Step, evaluate_network
from shapelens.network.editing import edit as edit_network
from shapelens.network.feeding import fed
from shapelens.operators import Shape

if TYPE_CHECKING:
    from shapelens.analyses.costs import Costs
    from shapelens.analyses.findings import Finding
    from shapelens.analyses.receptive_field import FieldOf
    from shapelens.output.explained import Explanation
    from shapelens.table.table import Table

__all__ = ["Inspection", "Layer", "explain", "inspect"]

ShapeLike = str | Sequence[int | str | Expression]
"""A shape: `"3x224x224"`, `(3, 224, 224)`, or with symbols `(3, "H", "W")`."""


def inspect(
    source: str | Network,
    sample: ShapeLike | None = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
) -> Inspection:
    """Every shape in a network, without running it.

        >>> net = inspect("vgg16")
        >>> net["features.0"].output_shape
        (N, 64, 224, 224)
        >>> net.parameters
        138357544

    Args:
        source: the path of a file, the name of a classic, layer text, or a network.
        sample: the shape of one sample, in the model's own order; symbols stand for free sizes.
        batch: the number of samples; a symbol if not given.
        shapes: whole shapes of inputs by name, batch included, for whatever one sample does not tell.

    Raises:
        UsageError: the source or a shape cannot be read in this way.
        UnreadableError: the file holds no network.
    """
    given = None if sample is None else _dims(sample, "--input" if isinstance(sample, str) else "sample")
    if isinstance(source, Network):
        network = source
    else:
        from shapelens.readers.sources import read_source

        network = read_source(source, given)
    whole = {name: _dims(shape, f"--shape {name}") for name, shape in (shapes or {}).items()}
    return Inspection(*fed(network, given, batch, whole))


def explain(
    what: str,
    sample: ShapeLike | None = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
) -> Explanation:
    """A shape, a layer, or a layer of a model, in words and numbers.

        >>> explain("256x256x32").facts["axes"]
        {'height': 256, 'width': 256, 'channels': 32}

    Args:
        what: `256x256x32`, `Conv2d(3, 64, 3)`, `vgg16::features.0`, or a pasted model.
        sample: the shape of one sample that goes in.
        batch: the number of samples; a symbol if not given.
        shapes: whole shapes of inputs by name.

    Raises:
        UsageError: it cannot be read in this way.
        UnreadableError: a file that holds no network.
    """
    from shapelens.explanation.asking import explain_network, explain_shape_text, is_shape_text, split_layer
    from shapelens.output.explained import Explanation

    if is_shape_text(what):
        return Explanation.of(explain_shape_text(what))
    model, layer = split_layer(what)
    inspection = inspect(model, sample, batch=batch, shapes=shapes)
    return inspection.explain(layer) if layer else Explanation.of(explain_network(inspection.evaluation))


def _dims(shape: ShapeLike, at: str) -> Shape:
    """A shape as dims; sizes are checked as they are when typed."""
    if isinstance(shape, str):
        return parse_shape(shape, at)
    return tuple(
        [d if isinstance(d, Expression) else parse_shape(str(d).replace(",", " "), at)[0] for d in shape]
    )


class Inspection:
    """A network at a shape, and all that can be asked of it.

    Args:
        network: the network.
        shapes: the shape of each input, batch included.
    """

    def __init__(self, network: Network, shapes: Mapping[str, Shape]) -> None:
        self.network = network.fitted(shapes)
        self.shapes = dict(shapes)
        self._unfitted = network

    # the parts, each computed when it is asked for ----------------------------------------------------

    @cached_property
    def evaluation(self) -> Evaluation:
        """Every rule applied."""
        return evaluate_network(self.network, self.shapes, Path(self._example()))

    def _example(self) -> dict[str, int]:
        example: dict[str, int] = {}
        for declared in self.network.inputs:
            example |= declared.example
            for dim in self.shapes.get(declared.name, ()):
                if isinstance(dim, Expression):
                    example |= {s.name: example.get(s.name, _example_size(s.name)) for s in dim.symbols()}
        return example

    @cached_property
    def costs(self) -> Costs:
        """Parameters and multiply-accumulates, per layer."""
        from shapelens.analyses.costs import costs_of

        return costs_of(self.evaluation)

    @cached_property
    def fields(self) -> dict[str, FieldOf]:
        """Receptive fields, by the names of values."""
        from shapelens.analyses.receptive_field import receptive_fields

        return receptive_fields(self.evaluation)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What does not fit, in the order of the network."""
        from shapelens.analyses.findings import findings_of

        return findings_of(self.evaluation)

    @property
    def parameters(self) -> Dim:
        """The number of parameters."""
        return self.costs.total_parameters

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates for one sample."""
        return self.costs.total_macs

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every operator that computes, in order."""
        return tuple([Layer(self, step) for step in self.evaluation.steps])

    def __getitem__(self, name: str) -> Layer:
        """One layer, by the name that the table gives it."""
        step = self.evaluation.by_node.get(name)
        if step is None:
            raise self.no_such_layer(name)
        return Layer(self, step)

    def no_such_layer(self, name: str) -> UsageError:
        """The error for a layer that is not there, with the nearest that are."""
        from difflib import get_close_matches

        near = get_close_matches(name, list(self.evaluation.by_node), n=3, cutoff=0.5)
        return UsageError(
            f"{self.network.name} has no layer {name}",
            at=f"{self.network.name}::{name}",
            have=name,
            rule="a layer is named as the table names it",
            fix=f"did you mean {' or '.join(near)}?" if near else "",
            following=f"shapelens show {self.network.origin.argument} --depth all",
        )

    # other sizes, other networks ----------------------------------------------------------------------

    def at(self, sample: ShapeLike, *, batch: int | None = None) -> Inspection:
        """The same network at another size: nothing is read or run again."""
        return Inspection(*fed(self._unfitted, _dims(sample, "sample"), batch))

    def symbolic(self) -> Inspection:
        """The same network with free heights and widths, shown by the sizes that they have here."""
        shapes = dict(self.shapes)
        inputs: list[Input] = []
        for declared in self.network.inputs:
            shape, example = list(shapes.get(declared.name, ())), dict(declared.example)
            layout = declared.layout
            for axis in layout.spatial if layout is not None and len(shape) == len(layout.axes) else ():
                size, letter = shape[axis], layout.axes[axis] if layout is not None else ""
                if isinstance(size, int):
                    shape[axis], example[letter] = symbol(letter), size
            shapes[declared.name] = tuple(shape)
            inputs.append(replace(declared, example=example))
        return Inspection(replace(self.network, inputs=tuple(inputs)), shapes)

    def edit(
        self,
        layer: str,
        *,
        follow: bool = True,
        weights: Mapping[str, tuple[int, ...]] | None = None,
        **settings: Any,
    ) -> Inspection:
        """The network with one layer changed: what if.

            >>> inspect("resnet18").edit("conv1", stride=1)["layer4.1.add"].output_shape
            (N, 512, 14, 14)

        Args:
            layer: its name.
            follow: whether later weights are made to fit; if not, what breaks is found.
            weights: new shapes of its weights, by role.
            settings: new settings, by name.
        """
        plain = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
        edited = edit_network(self.evaluation, layer, plain, weights=weights, follow=follow)
        return Inspection(edited, self.shapes)

    # faces --------------------------------------------------------------------------------------------

    def table(
        self,
        *,
        width: int = 80,
        depth: int = 1,
        columns: Sequence[str] | None = None,
        ascii_only: bool = False,
    ) -> Table:
        """The table, laid out for a width."""
        from shapelens.table.table import table_of

        return table_of(
            self.evaluation,
            self.costs,
            self.fields,
            width=width,
            depth=depth,
            columns=columns,
            ascii_only=ascii_only,
        )

    def __str__(self) -> str:
        from shapelens.output.plain import table_text
        from shapelens.output.terminal import terminal_width

        return table_text(self.table(width=terminal_width()), self.findings)

    def __repr__(self) -> str:
        return f"<Inspection of {self.network.name}: {len(self.evaluation.steps)} layers>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data: the schema `shapelens/1`."""
        from shapelens.output.json import inspection_data

        return inspection_data(self.evaluation, self.costs, self.fields, self.findings)

    def explain(self, layer: str) -> Explanation:
        """One layer, or the layers of one module, explained."""
        if layer in self.evaluation.by_node:
            return self[layer].explain()
        from shapelens.explanation.model import explain_block
        from shapelens.output.explained import Explanation

        block = explain_block(self.evaluation, self.costs, self.findings, layer)
        if block is None:
            raise self.no_such_layer(layer)
        return Explanation.of(block)


def _example_size(name: str) -> int:
    from shapelens.readers.building import BATCH, EXAMPLE_SIZE

    return 2 if name == BATCH else EXAMPLE_SIZE


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
        return self.step.node.operator.words(self.step.inputs, self.step.outputs)

    @property
    def input_shapes(self) -> tuple[Any, ...]:
        """The shapes that go in, weights left out."""
        return tuple([t.shape for t in self.step.inputs if t is not None and not t.is_held])

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

    def explain(self) -> Explanation:
        """The layer in words and numbers."""
        from shapelens.explanation.layer import explain_layer
        from shapelens.output.explained import Explanation

        inspection = self.inspection
        return Explanation.of(
            explain_layer(inspection.evaluation, self.step, inspection.costs, inspection.fields)
        )

    def __repr__(self) -> str:
        return f"<Layer {self.name}: {self.words}>"
