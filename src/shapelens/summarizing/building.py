"""From the calls of a traced model to the rows of its summary, and from a model that is not called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from shapelens.dims import Dim, Expression, Unknown, dim_text
from shapelens.network import Evaluation, Step
from shapelens.operators import Tensor
from shapelens.operators.dtypes import bytes_of
from shapelens.records import dataclass
from shapelens.summarizing.calls import Branch, call_tree, macs_of
from shapelens.summarizing.layers import LayerInfo, Size

if TYPE_CHECKING:
    from shapelens.readers.torch.holdings import HeldParameter, Holdings

__all__ = ["called_layers", "held_layers", "parameter_tensor"]


def called_layers(evaluation: Evaluation, holdings: Holdings, name: str) -> list[LayerInfo]:
    """A row for every call of a module, for every function, and for each module that only holds others.

    PyTorch's own layers are one row each, whatever they call; so is a module that does but one thing.

    Args:
        evaluation: the traced network at its shape.
        holdings: what the model holds.
        name: what the model itself is called.
    """
    builder = _Builder(holdings, evaluation)
    builder.add_call(call_tree(evaluation, holdings.layers, name), None, name)
    return builder.finished()


def held_layers(holdings: Holdings, name: str) -> list[LayerInfo]:
    """A row for every module, in the order in which they are held; nothing is known of what they do.

    Args:
        holdings: what the model holds.
        name: what the model itself is called.
    """
    builder = _Builder(holdings)
    rows: dict[str, LayerInfo] = {}
    for path, module in holdings.modules.items():
        parent, _, own = path.rpartition(".")
        row = builder.add_module(path, type(module).__name__, rows[parent] if path else None, own or name)
        row.executed = False
        rows[path] = row
    return builder.finished()


@dataclass
class _Builder:
    """Rows as they are added.

    Args:
        holdings: what the model holds.
        evaluation: the traced network; None where the model is not called.
    """

    holdings: Holdings
    evaluation: Evaluation | None = None
    rows: list[LayerInfo] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    counts: dict[int, int] = field(default_factory=dict)

    def finished(self) -> list[LayerInfo]:
        """The rows in order, with what follows from those inside of each."""
        for row in self.rows:
            for outer in row.around:
                outer.children.append(row)
                outer.is_leaf_layer = False
        for row in self.rows:
            if not row.is_leaf_layer:
                row.macs = _sum([inner.macs for inner in row.children if inner.is_leaf_layer])
        return self.rows

    # modules ------------------------------------------------------------------------------------------

    def add_module(self, path: str, kind: str, parent: LayerInfo | None, name: str) -> LayerInfo:
        """A row for a module, with what it holds."""
        module = self.holdings.modules.get(path)
        depth = 0 if parent is None else parent.depth + 1
        self.counts[depth] = self.counts.get(depth, 0) + 1
        row = LayerInfo(kind, name, depth, path, module=module, parent_info=parent)
        row.depth_index = self.counts[depth]
        row.is_recursive = row.layer_id in self.seen
        self.seen.add(row.layer_id)
        row.kernel_size, row.groups = _kernel_of(module), _integer(getattr(module, "groups", None))
        self._count(row, self.holdings.within.get(path, frozenset()))
        row.own_parameters = tuple(
            [(own, parameter_tensor(p, self.evaluation)) for own, p in self.holdings.own.get(path, ())]
        )
        self.rows.append(row)
        return row

    def add_call(self, branch: Branch, parent: LayerInfo | None, name: str) -> None:
        """A row for a call of a module, and those of what it calls."""
        call = branch.call
        row = self.add_module(call.path, call.module, parent, name)
        taken = call.inputs
        if parent is None and not taken and self.evaluation is not None:
            taken = tuple([declared.name for declared in self.evaluation.network.inputs])
        row.input_size = self._size(taken[:1])
        outputs = [value for _, value in call.outputs[:1]]
        row.output_size = self._size(outputs)
        row.output_bytes = _sum([_known(bytes_of(self._value(value))) for value in outputs])
        row.macs = _sum([macs_of(step) for step in branch.steps])
        row.layers = tuple([step.node.name for step in branch.steps])
        if not _is_one_layer(branch, row):
            self._add_items(branch, row)

    def _add_items(self, branch: Branch, row: LayerInfo) -> None:
        """The rows of what a call calls, inside of the modules that only hold what is called."""
        open_rows: list[LayerInfo] = []
        for item, coming in zip(branch.items, branch.coming(), strict=True):
            holders = [] if coming is None else self._holders(branch.call.path, coming.call.path)
            open_rows = open_rows[: _common([each.path for each in open_rows], holders)]
            if isinstance(item, Step):
                # Between two layers of one list, a function stands where they stand.
                self._add_function(item, open_rows[-1] if open_rows else row)
                continue
            for path in holders[len(open_rows) :]:
                outer = open_rows[-1] if open_rows else row
                kind = type(self.holdings.modules[path]).__name__
                holder = self.add_module(path, kind, outer, path.rpartition(".")[2])
                holder.executed = False
                open_rows.append(holder)
            own = item.call.path.rpartition(".")[2]
            self.add_call(item, open_rows[-1] if open_rows else row, own)

    def _holders(self, outer: str, inner: str) -> list[str]:
        """The modules between a module and one that it calls past them: a list, a dictionary."""
        prefix = f"{outer}." if outer else ""
        if not inner.startswith(prefix):
            return []
        parts = inner.removeprefix(prefix).split(".")[:-1]
        paths = [prefix + ".".join(parts[: place + 1]) for place in range(len(parts))]
        return [path for path in paths if path in self.holdings.modules]

    # functions ----------------------------------------------------------------------------------------

    def _add_function(self, step: Step, parent: LayerInfo) -> None:
        """A row for a function."""
        node, operator = step.node, step.node.operator
        name = node.source_operator or operator.name
        row = LayerInfo(name, "", parent.depth + 1, parent.path, is_function=True, parent_info=parent)
        row.is_recursive = parent.is_recursive
        flowing = step.applied.flowing
        row.input_size = _size_of(flowing[0]) if flowing else []
        row.output_size = _size_of(step.output)
        row.output_bytes = _known(bytes_of(step.output))
        row.macs, row.layers = macs_of(step), (node.name,)
        settings = operator.attributes(step.inputs)
        kernel = settings.get("kernel")
        row.kernel_size = list(kernel) if isinstance(kernel, (list, tuple)) and kernel else None
        row.groups = _integer(settings.get("groups"))
        self._count(row, self._taken(step))
        self.rows.append(row)

    def _taken(self, step: Step) -> frozenset[int]:
        """The places of the parameters that a function takes as they are, or made into something else beside it.

        What a parametrization makes of its parameters has rows of its own.
        """
        if self.evaluation is None:
            return frozenset()
        network = self.evaluation.network
        taken = {value for value in step.node.inputs if value is not None and value in network.constants}
        behind = {network.weight_behind(value) for value in taken - network.weights.keys()}
        near = {name for name in behind if name.rpartition(".")[0] == step.node.path}
        names = (taken & network.weights.keys()) | near
        places = self.holdings.places
        return frozenset([places[name] for name in names if name in places])

    # what is known of values --------------------------------------------------------------------------

    def _count(self, row: LayerInfo, places: frozenset[int]) -> None:
        """Count the parameters that a row has."""
        row.parameters = places
        for place in places:
            parameter = self.holdings.parameters[place]
            tensor = parameter_tensor(parameter, self.evaluation)
            count = _known(tensor.elements) or 0
            row.num_params += count
            row.trainable_params += count if parameter.is_trainable else 0
            row.param_bytes += _known(bytes_of(tensor)) or 0

    def _value(self, name: str) -> Tensor:
        values = {} if self.evaluation is None else self.evaluation.values
        return values.get(name, _NOTHING)

    def _size(self, names: Iterable[str]) -> Size | None:
        return next((_size_of(self._value(name)) for name in names), [])


_NOTHING = Tensor(Unknown("nothing gives it"), "unknown")


def parameter_tensor(parameter: HeldParameter, evaluation: Evaluation | None) -> Tensor:
    """The shape and type of a parameter; what a lazy layer makes when it is called is known from the call.

    Args:
        parameter: the parameter.
        evaluation: the traced network; None where the model is not called.
    """
    if parameter.shape is not None:
        return Tensor(parameter.shape, parameter.dtype)
    weights = {} if evaluation is None else evaluation.network.weights
    made = next((weights[name] for name in parameter.names if name in weights), None)
    return Tensor(
        Unknown("a lazy layer has not made it yet") if made is None else made.shape, parameter.dtype
    )


def _is_one_layer(branch: Branch, row: LayerInfo) -> bool:
    """Whether a module's call has no rows inside."""
    if branch.branches:
        return False
    if type(row.module).__module__.partition(".")[0] == "torch":
        return True
    return row.depth > 0 and len(branch.items) <= 1


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many paths two lists begin with alike."""
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _size_of(tensor: Tensor) -> Size | None:
    if isinstance(tensor.shape, Unknown):
        return None
    return [
        dim if isinstance(dim, int) else dim_text(dim) if isinstance(dim, Expression) else None
        for dim in tensor.shape
    ]


def _known(count: Dim) -> int | None:
    return count if isinstance(count, int) else None


def _sum(counts: Sequence[int | None]) -> int | None:
    """A sum; None where a part of it is not known."""
    return None if None in counts else sum([count for count in counts if count is not None])


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _kernel_of(module: Any) -> int | Size | None:
    """A module's kernel, as it has it."""
    kernel = getattr(module, "kernel_size", None)
    if isinstance(kernel, (tuple, list)):
        return list(kernel)
    return _integer(kernel)
