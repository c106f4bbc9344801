"""What users hold: `inspect()` and the `Inspection` that it gives, a thin face over all the rest."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    from shapelens.analyses.memory import Memory
    from shapelens.analyses.receptive_field import FieldOf
    from shapelens.output.explained import Explanation
    from shapelens.readers.torch.inputs import Arguments
    from shapelens.readers.torch.session import ModelAtHand
    from shapelens.table.table import Table

__all__ = ["Inspection", "Layer", "explain", "inspect"]

ShapeLike = str | Sequence[int | str | Expression]
"""A shape: `"3x224x224"`, `(3, 224, 224)`, or with symbols `(3, "H", "W")`."""


def inspect(
    source: Any,
    sample: Any = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
    inputs: Any = None,
    mode: str = "same",
) -> Inspection:
    """Every shape in a network, without running it.

        >>> net = inspect("vgg16")
        >>> net["features.0"].output_shape
        (N, 64, 224, 224)
        >>> net.parameters
        138357544

    Args:
        source: a PyTorch module; the path of a file, `package.module:name` or `file.py:name`, the name of a
            classic, layer text; or a network.
        sample: the shape of one sample, in the model's own order; symbols stand for free sizes.
        batch: the number of samples; a symbol if not given.
        shapes: whole shapes of inputs by name, batch included, for whatever one sample does not tell; of other
            types than floats with the type behind: `"2x16:int64"`.
        inputs: for a PyTorch module, examples in the place of shapes, as the module is called with: a tensor, a
            tuple of arguments, or a dictionary of keyword arguments. Only shapes and types are read.
        mode: for a PyTorch module, `train`, `eval`, or `same` as it is.

    Raises:
        UsageError: the source or a shape cannot be read in this way.
        UnreadableError: the file holds no network.
    """
    if _is_tensor(sample):
        sample, inputs = None, sample
    given = None if sample is None else _dims(sample, "--input" if isinstance(sample, str) else "sample")
    typed = {name: _typed_shape(shape, f"--shape {name}") for name, shape in (shapes or {}).items()}
    whole = {name: shape for name, (shape, _) in typed.items()}
    dtypes = {name: dtype for name, (_, dtype) in typed.items() if dtype}
    model = _model_at_hand(source, inputs, mode, dtypes)
    if model is not None:
        return _traced(model, given, batch, whole)
    if isinstance(source, Network):
        network = source
    else:
        from shapelens.readers.sources import read_source

        network = read_source(source, given)
    return Inspection(*fed(_with_types(network, dtypes), given, batch, whole))


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _model_at_hand(source: Any, inputs: Any, mode: str, dtypes: Mapping[str, str]) -> ModelAtHand | None:
    """The PyTorch model that is given or named; None where it is something else."""
    if isinstance(source, Network):
        return None
    if isinstance(source, str):
        from shapelens.readers.sources import python_source

        named = python_source(source)
        if named is None:
            return None
        from shapelens.readers.torch.code.loading import load_model
        from shapelens.readers.torch.session import ModelAtHand

        # Whoever names code wants the network that is used, not the one that is trained.
        mode = "eval" if mode == "same" else mode
        name = f"{named.name}{named.brackets}"
        return ModelAtHand(load_model(named), name, named.text, mode, inputs, dtypes)
    if "torch" not in sys.modules:
        raise UsageError(
            "this is nothing that can be inspected",
            at="source",
            have=f"of type {type(source).__name__}",
            rule="a PyTorch module, a file, a classic, layer text or a network",
        )
    from shapelens.readers.torch.session import ModelAtHand

    return ModelAtHand(source, mode=mode, inputs=inputs, dtypes=dtypes)


def _traced(
    model: ModelAtHand, sample: Shape | None, batch: int | None, whole: Mapping[str, Shape]
) -> Inspection:
    """A model traced at the shapes that are given, and shown at them."""
    network, arguments = model.network(sample, batch, whole)
    return Inspection(network, arguments.fed, _Model(model, arguments))


def _with_types(network: Network, dtypes: Mapping[str, str]) -> Network:
    """The network with its inputs of the types that are asked for."""
    if not dtypes:
        return network
    inputs = tuple([replace(i, dtype=dtypes.get(i.name, i.dtype)) for i in network.inputs])
    return replace(network, inputs=inputs)


def explain(
    what: Any,
    sample: Any = None,
    *,
    batch: int | None = None,
    shapes: Mapping[str, ShapeLike] | None = None,
) -> Explanation:
    """A shape, a layer, or a layer of a model, in words and numbers.

        >>> explain("256x256x32").facts["axes"]
        {'height': 256, 'width': 256, 'channels': 32}

    Args:
        what: `256x256x32`, `Conv2d(3, 64, 3)`, `vgg16::features.0`, a pasted model, or a PyTorch module.
        sample: the shape of one sample that goes in.
        batch: the number of samples; a symbol if not given.
        shapes: whole shapes of inputs by name.

    Raises:
        UsageError: it cannot be read in this way.
        UnreadableError: a file that holds no network.
    """
    from shapelens.explanation.asking import explain_network, explain_shape_text, is_shape_text, split_layer
    from shapelens.output.explained import Explanation

    if not isinstance(what, str):
        return Explanation.of(explain_network(inspect(what, sample, batch=batch, shapes=shapes).evaluation))
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


def _typed_shape(shape: ShapeLike, at: str) -> tuple[Shape, str]:
    """A shape, and the type that stands behind it: `2x16:int64`."""
    if not isinstance(shape, str):
        return _dims(shape, at), ""
    sizes, _, dtype = shape.partition(":")
    return _dims(sizes, at), dtype.strip()


@dataclass(frozen=True, slots=True)
class _Model:
    """The model behind a traced network, and what it was called with."""

    model: ModelAtHand
    arguments: Arguments


class Inspection:
    """A network at a shape, and all that can be asked of it.

    Args:
        network: the network.
        shapes: the shape of each input, batch included.
        model: the model that it was traced from, where that is at hand.

    Attributes:
        retraced: why the model was traced again for these shapes; empty where its formulas were enough.
    """

    def __init__(self, network: Network, shapes: Mapping[str, Shape], model: _Model | None = None) -> None:
        self.network = network.fitted(shapes)
        self.shapes = dict(shapes)
        self.retraced = ""
        self._unfitted = network
        self._model = model

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

    def memory(self, batch: int | None = None) -> Memory:
        """How much memory it takes: weights, activations in inference, and what learning keeps.

            >>> memory = inspect("resnet18").memory(batch=32)
            >>> memory.weight_bytes, memory.peak_bytes, memory.peak_at
            (46796448, 224788480, 'bn1')

        Args:
            batch: the number of samples; as inspected if not given, and then a symbol stays one.
        """
        from shapelens.analyses.memory import memory_of

        return memory_of(self.evaluation, batch)

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
        """The same network at another size: nothing is read or run again.

        A PyTorch model is traced again where its code goes another way at that size; `retraced` says why.
        """
        confirmed = self._confirmed
        network, shapes = fed(confirmed, _dims(sample, "sample"), batch)
        if self._model is None:
            return Inspection(network, shapes)
        from shapelens.readers.torch.session import way_is_left

        reason = way_is_left(network, shapes)
        if not reason:
            return Inspection(network, shapes, self._model)
        again = self._model.model.again(self._model.arguments, network, shapes)
        other = Inspection(again, shapes, replace(self._model, arguments=self._model.arguments.at(shapes)))
        other.retraced = reason
        return other

    @cached_property
    def _confirmed(self) -> Network:
        """The network as far as its formulas are known to hold at other sizes."""
        if self._model is None:
            return self._unfitted
        return self._model.model.confirmed(self._model.arguments, self._unfitted)

    def symbolic(self) -> Inspection:
        """The same network with free heights and widths, shown by the sizes that they have here."""
        shapes = dict(self.shapes)
        inputs: list[Input] = []
        network = self.network if self._model is None else self._confirmed
        for declared in network.inputs:
            shape, example = list(shapes.get(declared.name, ())), dict(declared.example)
            layout = declared.layout
            for axis in layout.spatial if layout is not None and len(shape) == len(layout.axes) else ():
                size, letter = shape[axis], layout.axes[axis] if layout is not None else ""
                if isinstance(size, int):
                    shape[axis], example[letter] = symbol(letter), size
            shapes[declared.name] = tuple(shape)
            inputs.append(replace(declared, example=example))
        return Inspection(replace(network, inputs=tuple(inputs)), shapes, self._model)

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
        if self._model is None:
            edited = edit_network(self.evaluation, layer, plain, weights=weights, follow=follow)
            return Inspection(edited, self.shapes)
        # The author's own arithmetic reads what the layer leads to: its code runs again.
        alone = edit_network(self.evaluation, layer, plain, weights=weights, follow=False)
        hand = replace(self._model.model, follow=follow)
        hand, network = hand.edited(self._model.arguments, self.network, alone, layer)
        return Inspection(network, self.shapes, replace(self._model, model=hand))

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
        from shapelens.table.fitting import usual_columns
        from shapelens.table.table import table_of

        shows_fields = {"field", "step"} & set(columns or usual_columns(width))
        return table_of(
            self.evaluation,
            self.costs,
            self.fields if shows_fields else {},
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

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        from shapelens.output.html import NOTEBOOK_WIDTH, table_html

        return table_html(self.table(width=NOTEBOOK_WIDTH), self.findings)

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
