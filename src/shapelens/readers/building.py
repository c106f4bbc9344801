"""Building a network layer by layer: what stands where, under which name, and what it gives.

A reader that knows layers and not graphs (layer text, the classics) adds them one after another:

    >>> from shapelens.network import Origin
    >>> from shapelens.operators import Activation
    >>> net = Builder(Origin("notation", "example"))
    >>> net.image((3, 224, 224))
    'input'
    >>> net.add(Activation("relu"), module="ReLU")
    '0'
    >>> net.tensor().shape
    (N, 3, 224, 224)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, Path, Unknown, following, symbol
from shapelens.dims.layout import Layout, layout_of
from shapelens.network import Input, Network, Node, Origin, Weight
from shapelens.operators import Operator, Shape, Tensor, apply

if TYPE_CHECKING:
    from shapelens.operators.windows import Padding

__all__ = ["BATCH", "EXAMPLE_SIZE", "Builder", "symmetric"]

BATCH = "N"
"""The symbol of the batch."""

EXAMPLE_SIZE = 224
"""The height and width that symbolic sizes are shown with where nothing else is said."""


def symmetric(padding: int | Sequence[int] | str, axes: int) -> Padding:
    """A padding alike on both sides, from one number or one for each axis; a text stays."""
    if isinstance(padding, str):
        return padding
    each = (padding,) * axes if isinstance(padding, int) else tuple(padding)
    return tuple([(side, side) for side in each])


class Builder:
    """A network that grows.

    Args:
        origin: where it comes from.
        channels_last: whether its images have their channels last.
        module: the class of the whole network, in the source's words.

    Attributes:
        here: the value that the next layer takes.
    """

    def __init__(self, origin: Origin, *, channels_last: bool = False, module: str = "") -> None:
        self.origin = origin
        self.channels_last = channels_last
        self.nodes: list[Node] = []
        self.weights: dict[str, Weight] = {}
        self.modules: dict[str, str] = {"": module} if module else {}
        self.inputs: list[Input] = []
        self.values: dict[str, Tensor] = {}
        self.facts: dict[str, str] = {}
        self.path = Path({BATCH: 2})
        self.here = ""
        self._scopes: list[str] = []
        self._counts: dict[str, int] = {}
        self._used: set[str] = set()

    # what it stands on --------------------------------------------------------------------------------

    def input(
        self,
        sample: Shape,
        *,
        name: str = "input",
        dtype: str = "float32",
        layout: Layout | None = None,
        example: Mapping[str, int] | None = None,
        batched: bool = True,
    ) -> str:
        """Declare an input by the shape of one sample, and stand on it.

        Args:
            sample: the shape of one sample.
            name: its name.
            dtype: the type of its elements.
            layout: the names of its axes, the batch's included, where they are an image's or a sequence's.
            example: the sizes that symbols are shown with; 224 if none are given.
            batched: whether a batch stands before the sample.
        """
        shape = (symbol(BATCH), *sample) if batched else sample
        known = {s.name: EXAMPLE_SIZE for dim in sample if not isinstance(dim, int) for s in dim.symbols()}
        known.update(example or {})
        self.path = Path({**self.path.example, **known})
        self._declare(Input(name, shape, dtype, layout, known, batched))
        self.here = name
        return name

    def image(self, sample: Shape, *, name: str = "input") -> str:
        """Declare an image by the shape of one sample, or a vector, and stand on it."""
        is_image = 2 <= len(sample) <= 4
        layout = layout_of(len(sample) - 1, channels_last=self.channels_last) if is_image else None
        return self.input(sample, name=name, layout=layout)

    def input_like(self, name: str, dtype: str) -> str:
        """Declare an input of the shape of what the builder stands on, and stay there."""
        tensor = self.tensor()
        self._declare(Input(name, None if isinstance(tensor.shape, Unknown) else tensor.shape, dtype))
        return name

    def input_of_unknown_rank(self, name: str) -> str:
        """Declare an input of which nothing is known, and stand on it."""
        self._declare(Input(name, None))
        self.here = name
        return name

    def _declare(self, declared: Input) -> None:
        self.inputs.append(declared)
        unknown = Unknown("the input's rank is not declared")
        self.values[declared.name] = Tensor(
            unknown if declared.shape is None else declared.shape, declared.dtype
        )
        self._used.add(declared.name)

    def tensor(self, value: str | None = None) -> Tensor:
        """A value's tensor; that of the last layer if none is named."""
        return self.values[value or self.here]

    def channels(self, value: str | None = None) -> Dim:
        """How deep a value is: its channels, or the features of a vector."""
        tensor = self.tensor(value)
        if isinstance(tensor.shape, Unknown):
            return tensor.shape
        return tensor.shape[-1 if self.channels_last or tensor.rank == 2 else 1]

    # scopes and names ---------------------------------------------------------------------------------

    @contextmanager
    def scope(self, name: str | None = None, module: str = "Sequential") -> Iterator[None]:
        """Layers inside are named after a module: `layer1.0`; what has no name is numbered from 0."""
        self._scopes.append(self.next_name() if name is None else name)
        self.modules.setdefault(self.scope_path, module)
        try:
            yield
        finally:
            self._scopes.pop()

    @property
    def scope_path(self) -> str:
        """The path of the innermost module."""
        return ".".join(self._scopes)

    def next_name(self) -> str:
        """The number of the next unnamed layer in this scope."""
        count = self._counts.get(self.scope_path, 0)
        self._counts[self.scope_path] = count + 1
        return str(count)

    def numbered(self, name: str) -> str:
        """A name, or with a number behind it where it is taken: `conv2d`, `conv2d_1`, as Keras counts."""
        count = self._counts.get(f"{name}_", 0)
        self._counts[f"{name}_"] = count + 1
        return f"{name}_{count}" if count else name

    def _inside(self, name: str) -> str:
        return ".".join([*self._scopes, name])

    def _unique(self, path: str) -> str:
        name, times = path, 1
        while name in self._used:
            times += 1
            name = f"{path}:{times}"
        self._used.add(name)
        return name

    # adding -------------------------------------------------------------------------------------------

    def add(
        self,
        operator: Operator,
        inputs: Sequence[str | None] | None = None,
        *,
        name: str | None = None,
        module: str = "",
        source_operator: str = "",
        weights: Mapping[str, Shape] | None = None,
        called: Mapping[str, str] | None = None,
        outputs: int = 1,
    ) -> str:
        """Add a layer, and stand on it.

        A layer without a class of its own is a function that the module around it calls.

        Args:
            operator: what it computes.
            inputs: the values that it takes; what the builder stands on if none are given.
            name: its name in its scope; the next number if none is given.
            module: its class, in the source's words.
            source_operator: the function, where it is no module.
            weights: the shapes of its weights, by role.
            called: what the source calls a weight, by role, where it is another word: `running_mean`.
            outputs: how many values it gives.

        Returns:
            The name of the layer, which is the name of its first output.
        """
        path = self._inside(self.next_name() if name is None else name)
        unique = self._unique(path)
        taken: list[str | None] = list([self.here] if inputs is None else inputs)
        for role, shape in (weights or {}).items():
            place = operator.roles.index(role)
            taken += [None] * (place + 1 - len(taken))
            weight = f"{unique}.{called.get(role, role) if called else role}"
            self._hold(Weight(weight, shape, learned=role in operator.learned))
            taken[place] = weight
        names = (unique, *[f"{unique}.{i}" for i in range(1, outputs)])
        source_operator = source_operator or module
        if module:
            self.modules.setdefault(path, module)
        else:
            path, module = self.scope_path, self.modules.get(self.scope_path, "")
        node = Node(unique, operator, tuple(taken), names, source_operator, module, path)
        with following(self.path):
            outcome = apply(operator, [None if v is None else self.values[v] for v in taken], outputs, unique)
        self.nodes.append(node)
        self.values.update(zip(names, outcome.outputs, strict=False))
        self.here = unique
        return unique

    def function(
        self,
        operator: Operator,
        function: str,
        inputs: Sequence[str | None] | None = None,
        *,
        name: str | None = None,
        weights: Mapping[str, Shape] | None = None,
        called: Mapping[str, str] | None = None,
    ) -> str:
        """Add a function that the module around it calls; named as it is called, if not otherwise: `relu`."""
        name = name or function
        return self.add(operator, inputs, name=name, source_operator=function, weights=weights, called=called)

    def constant(
        self, name: str, shape: Shape, *, dtype: str = "float32", contents: tuple[Any, ...] | None = None
    ) -> str:
        """A tensor that the network holds and does not learn."""
        path = self._inside(name)
        self._hold(Weight(path, shape, dtype, contents, learned=False))
        return path

    def _hold(self, weight: Weight) -> None:
        self.weights[weight.name] = weight
        self.values[weight.name] = weight.tensor

    # the end ------------------------------------------------------------------------------------------

    def network(self, outputs: Sequence[str] | None = None, **facts: Any) -> Network:
        """The network as built."""
        return Network(
            self.origin,
            tuple(self.inputs),
            tuple(outputs or [self.here]),
            tuple(self.nodes),
            dict(self.weights),
            dict(self.modules),
            {**self.facts, **facts},
        )
