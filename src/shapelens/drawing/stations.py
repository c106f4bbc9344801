"""What a figure shows of a network: tensors, each with the layer that makes it and what stands around it.

A station is one drawn tensor. Norms and activations are bands on it; what only renames or rearranges is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

from shapelens.analyses.costs import Costs
from shapelens.dims import Dim, Unknown, total
from shapelens.drawing.forms import Form
from shapelens.network import Evaluation, Step
from shapelens.operators import (
    Concatenate,
    Elementwise,
    Operator,
    Reduce,
)  # fmt: skip
from shapelens.records import dataclass

__all__ = ["Graph", "Station", "flowing_values", "join_of", "kind_of", "macs_of"]


@dataclass(frozen=True, slots=True)
class Station:
    """A tensor in a figure.

    Args:
        name: of the layer, or of the block, that makes it; of the input.
        kind: what made it, as figures colour it.
        form: its measures.
        steps: every step that it stands for; none for an input.
        main: the step that gives it its filters; None for an input and for a block.
        bands: what is folded into it: `norm`, `activation`, in order.
        parents: the stations whose tensors it takes, by index.
        join: what brings several together: `+`, `·`, `concat`; empty for none.
        parts: what a concatenation is made of: the kind and the channels of each operand.
        times: how many identical layers or blocks it stands for.
        members: the stations inside, where it is a block; their parents are counted from the first of `entries` on.
        entries: what a block takes, as inputs.
        module: the class of the module that it is.
        path: the module that it stands in.
        is_open_end: whether it is one of the network's outputs.
        broken: whether something in it does not hold.
        is_doubtful: whether something of its shape is not known.
    """

    name: str
    kind: str
    form: Form
    steps: tuple[Step, ...] = ()
    main: Step | None = None
    bands: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    join: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    times: int = 1
    members: tuple[Station, ...] = ()
    entries: tuple[Station, ...] = ()
    module: str = ""
    path: str = ""
    is_open_end: bool = False
    broken: bool = False
    is_doubtful: bool = False

    @property
    def inside(self) -> Graph:
        """The graph of a block: what it takes, and the stations in it."""
        return Graph((*self.entries, *self.members))

    @property
    def operator(self) -> Operator | None:
        """What makes it, where it is one layer."""
        return None if self.main is None else self.main.node.operator


@dataclass(frozen=True)
class Graph:
    """The stations of a figure, each after those that it takes from.

    Args:
        stations: in order.
        silent: what is not drawn, and how often, by the words of it.
        folded: what was folded on the way, each a sentence without its full stop.
        aside: layers that cost something, and of which nothing that is drawn is made.
        leaves_early: whether something else takes what a layer gives before a band on it.
    """

    stations: tuple[Station, ...]
    silent: Mapping[str, int] = field(default_factory=dict)
    folded: tuple[str, ...] = ()
    aside: tuple[Step, ...] = ()
    leaves_early: bool = False

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """For each station those that take from it."""
        found: list[list[int]] = [[] for _ in self.stations]
        for place, station in enumerate(self.stations):
            for parent in dict.fromkeys(station.parents):
                found[parent].append(place)
        return tuple([tuple(places) for places in found])

    def contracted(self, groups: Iterable[tuple[Sequence[int], Station]]) -> Graph:
        """The graph with each group of stations made one, which stands where the last of them stood.

        Args:
            groups: the places of its members in order, and the station in their place, whose parents are made here.
        """
        home = list(range(len(self.stations)))
        made: dict[int, Station] = {}
        inside: dict[int, set[int]] = {}
        for members, station in groups:
            last = members[-1]
            made[last] = station
            inside[last] = set(members)
            for member in members:
                home[member] = last
        kept = [place for place in range(len(self.stations)) if home[place] == place]
        number = {place: index for index, place in enumerate(kept)}
        stations = []
        for place in kept:
            within = inside.get(place, {place})
            parents = dict.fromkeys(
                number[home[p]] for m in sorted(within) for p in self.stations[m].parents if p not in within
            )
            station = made.get(place, self.stations[place])
            own = self.stations[place].parents
            same = place not in inside and len(parents) == len(own)
            stations.append(
                replace(station, parents=tuple([number[home[p]] for p in own]) if same else tuple(parents))
            )
        return replace(self, stations=tuple(stations))


def kind_of(step: Step) -> str:
    """What figures colour a layer by."""
    operator = step.node.operator
    if isinstance(operator, Concatenate):
        return "concat"
    if isinstance(operator, Reduce):
        return "pool" if operator.kind in {"mean", "max", "sum", "amax"} else "other"
    family = operator.family
    return {"normalization": "other", "activation": "other", "loss": "other", "quantisation": "other"}.get(
        family, family
    )


def macs_of(steps: Iterable[Step], costs: Costs) -> Dim:
    """The multiply-accumulates of steps."""
    return total(costs.macs[step.node.name] for step in steps)


def join_of(step: Step, parents: Sequence[Station]) -> tuple[str, tuple[tuple[str, int], ...]]:
    """What brings tensors together, and the parts of a concatenation."""
    operator = step.node.operator
    if len(parents) < 2:
        return "", ()
    if isinstance(operator, Concatenate):
        given = [t for t in step.inputs if t is not None]
        sizes = [0 if isinstance(t.shape, Unknown) else t.shape[operator.axis] for t in given]
        # What is made on the spot, zeros or weights, is a part like any other.
        kinds = [parent.kind for parent in parents] if len(given) == len(parents) else ["other"] * len(given)
        return "concat", tuple([
            (kind, size if isinstance(size, int) else 0) for kind, size in zip(kinds, sizes, strict=True)
        ])  # fmt: skip
    if isinstance(operator, Elementwise):
        return {"add": "+", "multiply": "·", "subtract": "−"}.get(operator.function, operator.function), ()
    return "", ()


def flowing_values(evaluation: Evaluation) -> set[str]:
    """The values that hang on an input and lead to an output."""
    network = evaluation.network
    flowing = {declared.name for declared in network.inputs}
    for node in network.nodes:
        if any(value in flowing for value in node.inputs):
            flowing.update(node.outputs)
    leading = set(network.outputs)
    for node in reversed(network.nodes):
        if any(value in leading for value in node.outputs):
            leading.update(value for value in node.inputs if value is not None)
    both = flowing & leading
    return both or flowing
