"""An inspected network: all that can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, Expression, Path, symbol
from shapelens.garbage import collections_paused
from shapelens.inspection.freeing import with_free_sizes
from shapelens.inspection.given import ShapeLike, checked_batch, dims_of
from shapelens.inspection.layer import Layer
from shapelens.inspection.shown import Shown
from shapelens.network import Evaluation, Input, Network, evaluate_network
from shapelens.network.cutting import cut_after
from shapelens.network.editing import edit as edit_network
from shapelens.network.feeding import fed
from shapelens.operators import Shape
from shapelens.records import dataclass

if TYPE_CHECKING:
    from shapelens.analyses.costs import Costs
    from shapelens.analyses.findings import Beyond, Finding
    from shapelens.analyses.memory import Memory
    from shapelens.analyses.receptive_field import FieldOf
    from shapelens.analyses.sizes import Sizes
    from shapelens.readers.torch.inputs import Arguments
    from shapelens.readers.torch.session import ModelAtHand

__all__ = ["Inspection", "ModelBehind"]

_BATCH = "N"
"""The symbol of a batch that is free: by itself it makes no size free."""


@dataclass(frozen=True, slots=True)
class ModelBehind:
    """The model behind a traced network, and what it was called with."""

    model: ModelAtHand
    arguments: Arguments


class Inspection(Shown):
    """A network at a shape, and all that can be asked of it.

    Args:
        network: the network.
        shapes: the shape of each input, batch included.
        model: the model that it was traced from, where that is at hand.

    Attributes:
        retraced: why the model was traced again for these shapes; empty where its formulas were enough.
    """

    def __init__(
        self, network: Network, shapes: Mapping[str, Shape], model: ModelBehind | None = None
    ) -> None:
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
        """What does not fit, in the order of the network, with fixes that were tried."""
        from shapelens.analyses.findings import findings_of

        with collections_paused():
            return findings_of(self.evaluation, self.beyond)

    @cached_property
    def beyond(self) -> Beyond:
        """What can be asked beyond the evaluation: other sizes, formulas, the author's lines."""
        from shapelens.inspection.beyond import beyond_of

        return beyond_of(self)

    def raise_for_findings(self, *, strict: bool = False, ignore: Sequence[str] = ()) -> None:
        """Raise where something does not fit; where all is well, do nothing.

        Args:
            strict: whether warnings raise too.
            ignore: codes that do not: `["SL201"]`.

        Raises:
            MisfitError: with the whole text of what was found.
        """
        from shapelens.inspection.checking import raise_for

        raise_for(self, strict=strict, ignore=ignore)

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

            >>> from shapelens import inspect
            >>> memory = inspect("resnet18").memory(batch=32)
            >>> memory.weight_bytes, memory.peak_bytes, memory.peak_at
            (46796448, 224788480, 'bn1')

        Args:
            batch: the number of samples; as inspected if not given, and then a symbol stays one.
        """
        from shapelens.analyses.memory import memory_of

        return memory_of(self.evaluation, checked_batch(batch))

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

    def up_to(self, layer: str) -> Inspection:
        """The network as far as a layer: what comes out of it is what the layer gives."""
        return Inspection(cut_after(self.network, layer), self.shapes)

    # other sizes, other networks ----------------------------------------------------------------------

    def at(self, sample: ShapeLike, *, batch: int | None = None) -> Inspection:
        """The same network at another size: nothing is read or run again.

        A PyTorch model is traced again where its code goes another way at that size; `retraced` says why.
        """
        batch = checked_batch(batch)
        if self._model is None:
            return Inspection(*fed(self._unfitted, dims_of(sample, "sample"), batch))
        from shapelens.readers.torch.session import may_differ, way_is_left

        wanted = dims_of(sample, "sample")
        has_symbols = any(isinstance(dim, Expression) for dim in wanted)
        formulas = self._confirmed if has_symbols else self._symbolic
        network, shapes = fed(formulas, wanted, batch)
        reason = way_is_left(network, shapes)
        if not reason and (has_symbols or not may_differ(network)):
            return Inspection(network, shapes, self._model)
        again, arguments = self._model.model.again(self._model.arguments, network, shapes)
        other = Inspection(again, shapes, replace(self._model, arguments=arguments))
        other.retraced = reason
        return other

    @property
    def model(self) -> ModelBehind | None:
        """The model that it was traced from, where that is at hand."""
        return self._model

    def at_shapes(self, shapes: Mapping[str, Shape]) -> Evaluation:
        """The same network at whole shapes of its inputs: traced again where it is a PyTorch model's."""
        if self._model is None:
            return evaluate_network(self._unfitted.fitted(shapes), shapes, Path(self._example()))
        again, _ = self._model.model.again(self._model.arguments, self._unfitted, shapes)
        return Inspection(again, shapes, self._model).evaluation

    @property
    def formulas(self) -> Network:
        """The network with formulas for every size, as far as they are known to hold at other sizes."""
        return self.network if self._model is None else self._confirmed

    @property
    def likely(self) -> Network:
        """The network with formulas for every size, as one trace tells them."""
        return self._symbolic

    @cached_property
    def _symbolic(self) -> Network:
        """The network with formulas, where they can be had."""
        if self._model is None:
            return self._unfitted
        return self._model.model.symbolic(self._model.arguments, self._unfitted)

    @cached_property
    def _confirmed(self) -> Network:
        """The network with formulas, as far as they are known to hold at other sizes."""
        if self._model is None:
            return self._unfitted
        return self._model.model.confirmed(self._model.arguments, self._symbolic)

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

    def sizes(self, *, maximum: int = 1024, budget: int = 100) -> Sizes:
        """The set of input sizes that work: which heights and widths, exactly.

            >>> from shapelens import inspect
            >>> sizes = inspect("unet_padded").sizes()
            >>> print(sizes)
            H and W: multiples of 16
            >>> sizes.contains(700, 700), sizes.nearest(700, 700)
            (False, [(688, 688), (704, 704)])

        Where the network was inspected with symbols, these are what is free; else its heights and widths are. A
        PyTorch model is traced again where its code goes another way.

        Args:
            maximum: up to which size is looked along each axis.
            budget: how many traces it may take; what is not known then stays unknown.
        """
        from shapelens.analyses.sizes import sizes_of

        with collections_paused():
            network, shapes, example = self._with_free_sizes()
            tracing = None
            if self._model is not None:
                from shapelens.readers.torch.retracing import Retracing

                tracing = Retracing(self._model.model, self._model.arguments, network, shapes)
            return sizes_of(network, shapes, example, maximum=maximum, budget=budget, tracing=tracing)

    @property
    def has_free_sizes(self) -> bool:
        """Whether a size of what goes in is a symbol, and not only the number of samples."""
        dims = [dim for shape in self.shapes.values() for dim in shape if isinstance(dim, Expression)]
        return any(symbol.name != _BATCH for dim in dims for symbol in dim.symbols())

    def _with_free_sizes(self) -> tuple[Network, dict[str, Shape], dict[str, int]]:
        """The network with its sizes free, what is fed to it, and an example of each size."""
        example = self._example()
        if self.has_free_sizes:
            return self.network, self.shapes, example
        shapes, sizes = with_free_sizes(self.network, self.shapes, lengths=self._model is not None)
        return self.network, shapes, example | sizes

    def edit(
        self,
        layer: str,
        *,
        follow: bool = True,
        weights: Mapping[str, tuple[int, ...]] | None = None,
        **settings: Any,
    ) -> Inspection:
        """The network with one layer changed: what if.

            >>> from shapelens import inspect
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


def _example_size(name: str) -> int:
    from shapelens.readers.building import BATCH, EXAMPLE_SIZE

    return 2 if name == BATCH else EXAMPLE_SIZE
