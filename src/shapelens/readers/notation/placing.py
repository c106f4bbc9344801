"""The place in a network where a layer is put: what comes in there, and under which name it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shapelens.dims import Dim, Expression, Unknown, symbol
from shapelens.network import Weight
from shapelens.operators import Operator, Shape, Tensor
from shapelens.readers.building import BATCH, EXAMPLE_SIZE, Builder
from shapelens.readers.notation.samples import Sample
from shapelens.readers.notation.syntax import Held

__all__ = ["Place", "declare", "hold"]


def declare(builder: Builder, name: str, sample: Sample) -> str:
    """Declare an input of a network by what is said of one sample, and stand on it."""
    shape = tuple([symbol(dim) if isinstance(dim, str) else dim for dim in sample.dims])
    example = {dim: sample.example.get(dim, EXAMPLE_SIZE) for dim in sample.dims if isinstance(dim, str)}
    return builder.input(
        shape, name=name, dtype=sample.dtype, layout=sample.layout, example=example, batched=sample.is_batched
    )


def hold(builder: Builder, name: str, held: Held) -> str:
    """Hold a parameter by its name in the module where the builder stands, and give its whole name."""
    path = f"{builder.scope_path}.{name}" if builder.scope_path else name
    weight = Weight(path, held.shape or (), learned=held.learned)
    builder.weights[path] = weight
    builder.values[path] = weight.tensor
    return path


class Place:
    """Where one layer of the text is put.

    Args:
        builder: the network as it stands.
        label: the layer's name in its module.
        layer: its class.
        beside: the value that stands for whatever it takes besides, where that is no input of the network.
    """

    def __init__(self, builder: Builder, label: str, layer: str, beside: str = "") -> None:
        self.builder = builder
        self.label = label
        self.layer = layer
        self.other = beside
        self.nodes: list[str] = []

    # what comes in ------------------------------------------------------------------------------------

    @property
    def here(self) -> str:
        """The value that comes in."""
        return self.builder.here

    @property
    def tensor(self) -> Tensor:
        """What comes in."""
        return self.builder.tensor()

    @property
    def rank(self) -> int | None:
        """How many axes it has, the batch included; None where that is not known."""
        return None if isinstance(self.tensor.shape, Unknown) else self.tensor.rank

    def size(self, axis: int) -> Dim:
        """The size of an axis, counted from the end if negative."""
        shape = self.tensor.shape
        if isinstance(shape, Unknown):
            return shape
        if not -len(shape) <= axis < len(shape):
            return Unknown(f"what comes in has {len(shape)} axes")
        return shape[axis]

    def input(self, name: str, shape: Shape, dtype: str = "float32") -> str:
        """Another input of the network, which the layer takes besides.

        Args:
            name: its name.
            shape: its whole shape, a batch included.
            dtype: the type of its elements.
        """
        if self.other:
            return self.other
        here, batched = (
            self.here,
            bool(shape) and isinstance(shape[0], Expression) and shape[0] == symbol(BATCH),
        )
        symbols = {s.name for dim in shape if isinstance(dim, Expression) for s in dim.symbols()}
        example = {name: self.builder.path.example.get(name, EXAMPLE_SIZE) for name in symbols}
        sample = shape[1:] if batched else shape
        self.builder.input(sample, name=name, dtype=dtype, example=example, batched=batched)
        self.builder.here = here
        return name

    def beside(self, name: str, dtype: str) -> str:
        """Another input of the network, of the shape of what comes in."""
        return self.other or self.builder.input_like(name, dtype)

    def constant(self, name: str, shape: Shape) -> str:
        """A tensor of the layer's that is not learned."""
        return self.builder.constant(f"{self.label}.{name}", shape)

    # what is put there --------------------------------------------------------------------------------

    def add(
        self,
        operator: Operator,
        weights: Mapping[str, Shape] | None = None,
        *,
        called: Mapping[str, str] | None = None,
        outputs: int = 1,
        inputs: Sequence[str | None] | None = None,
    ) -> str:
        """Put the layer there.

        Args:
            operator: what it computes.
            weights: the shapes of its weights, by role.
            called: what its framework calls them.
            outputs: how many values it gives.
            inputs: what it takes, if that is not what comes in.
        """
        name = self.builder.add(
            operator,
            inputs,
            name=self.label,
            module=self.layer,
            weights=weights,
            called=called,
            outputs=outputs,
        )
        self.nodes.append(name)
        return name

    def then(
        self,
        operator: Operator,
        part: str,
        weights: Mapping[str, Shape] | None = None,
        *,
        called: Mapping[str, str] | None = None,
        inputs: Sequence[str | None] | None = None,
    ) -> str:
        """Put a further part of the layer there: `conv2d.relu`."""
        with self.builder.scope(self.label, self.layer):
            name = self.builder.function(operator, part, inputs, weights=weights, called=called)
        self.nodes.append(name)
        return name
