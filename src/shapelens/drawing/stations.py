"""What a figure shows of a network: tensors, each with the layer that makes it and what stands around it.

A station is one drawn tensor. Norms and activations are bands on it; what only renames or rearranges is not drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property

from shapelens.analyses.axes import axes_of
from shapelens.analyses.blocks import enclosing_module, grouped, is_bookkeeping
from shapelens.analyses.costs import Costs
from shapelens.analyses.samples import batch_of
from shapelens.dims import Dim, Unknown, total
from shapelens.drawing.forms import Form, drawn_as, form_of
from shapelens.network import Evaluation, Step
from shapelens.operators import (
    AdaptivePool,
    Cast,
    Concatenate,
    Elementwise,
    Identity,
    Operator,
    Reduce,
    Split,
    Tensor,
)  # fmt: skip
from shapelens.records import dataclass

__all__ = ["Graph", "Station", "flowing_values", "join_of", "kind_of", "macs_of", "stations_of"]


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
    """

    stations: tuple[Station, ...]
    silent: Mapping[str, int] = field(default_factory=dict)
    folded: tuple[str, ...] = ()

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


def stations_of(evaluation: Evaluation, costs: Costs) -> Graph:
    """The stations of a network before anything but norms and activations is folded."""
    return _Builder(evaluation, costs).graph()


@dataclass(slots=True)
class _Builder:
    evaluation: Evaluation
    costs: Costs
    stations: list[Station] = field(default_factory=list)
    home: dict[str, int] = field(default_factory=dict)
    silent: Counter[str] = field(default_factory=Counter)
    letters: dict[str, str] = field(default_factory=dict)

    def graph(self) -> Graph:
        """All of it."""
        evaluation = self.evaluation
        self.letters = axes_of(evaluation)
        wanted = flowing_values(evaluation)
        for declared in evaluation.network.inputs:
            if declared.name in wanted:
                self.home[declared.name] = len(self.stations)
                tensor = evaluation.values[declared.name]
                self.stations.append(
                    Station(
                        declared.name,
                        "input",
                        self._form(declared.name, tensor),
                        is_doubtful=tensor.has_unknown,
                    )
                )
        for step in grouped([s for s in evaluation.steps if not is_bookkeeping(s)]):
            if any(value in wanted for value in step.node.outputs):
                self._take(step)
        self._attach_weights()
        ends = {self.home[name] for name in evaluation.network.outputs if name in self.home}
        stations = [replace(s, is_open_end=place in ends) for place, s in enumerate(self.stations)]
        return _without_idle(Graph(tuple(stations), dict(self.silent)))

    def _attach_weights(self) -> None:
        """What prepares a weight counts with the station that takes it: a class token that is expanded."""
        takers: dict[str, int] = {}
        placed: set[str] = set()
        for place, station in enumerate(self.stations):
            for step in station.steps:
                placed.add(step.node.name)
                takers |= {value: place for value in step.node.inputs if value is not None}
        for step in reversed(self.evaluation.steps):
            name = step.node.name
            taker = next((takers[value] for value in step.node.outputs if value in takers), None)
            if name in placed or taker is None:
                continue
            takers |= {
                value: taker for value in step.node.inputs if value is not None and value not in takers
            }
            if self._weighs(step):
                self._attach(step, taker)
                placed.add(name)
        last = 0
        home = {s.node.name: place for place, station in enumerate(self.stations) for s in station.steps}
        for step in self.evaluation.steps:
            last = home.get(step.node.name, last)
            if step.node.name not in home and self._weighs(step):
                # Nothing that is drawn takes it: it counts where it stands.
                self._attach(step, last)

    def _weighs(self, step: Step) -> bool:
        return bool(self.costs.parameters[step.node.name] != 0 or self.costs.macs[step.node.name] != 0)

    def _attach(self, step: Step, place: int) -> None:
        station = self.stations[place]
        self.stations[place] = replace(station, steps=(step, *station.steps))

    def _form(self, name: str, tensor: Tensor) -> Form:
        return form_of(
            tensor, self.letters.get(name), self.evaluation.path.example, batch_of(self.evaluation)
        )

    def _take(self, step: Step) -> None:
        flowing = [value for value in step.node.inputs if value is not None and value in self.home]
        if not flowing:
            return
        parents = tuple([self.home[value] for value in flowing])
        form = self._form(step.node.outputs[0], step.output)
        if step.output.has_unknown:
            form = drawn_as(form, [self.stations[parent].form for parent in parents])
        before = self.stations[parents[0]]
        band = _band_of(step)
        is_alone = len(set(flowing)) == 1 and len(set(parents)) == 1 and not step.broken
        if before.kind == "input" and self._weighs(step):
            # What learns something is a layer of its own.
            self._add(step, parents, form)
        elif is_alone and band and before.kind != "input":
            self._fold(step, parents[0], band)
        elif is_alone and self._is_silent(step, before, form):
            self._fold(step, parents[0], "")
            self.silent[_silent_words(step)] += 1
        else:
            self._add(step, parents, form)

    def _fold(self, step: Step, place: int, band: str) -> None:
        station = self.stations[place]
        steps = (*station.steps, step)
        self.stations[place] = replace(
            station, steps=steps, bands=(*station.bands, band) if band else station.bands
        )
        for name in step.node.outputs:
            self.home[name] = place

    def _add(self, step: Step, parents: tuple[int, ...], form: Form) -> None:
        join, parts = join_of(step, [self.stations[p] for p in parents])
        node = step.node
        place = len(self.stations)
        only = self.stations[parents[0]]
        is_again = (
            only.kind == "reshape" and not only.join and len(parents) == 1 and self._is_taken_once(only)
        )
        if kind_of(step) == "reshape" and not join and is_again and not step.broken:
            # One rearrangement after another: what is drawn is what comes of it.
            self.stations[parents[0]] = replace(only, steps=(*only.steps, step), main=step, form=form)
            place = parents[0]
        else:
            self.stations.append(
                Station(
                    node.name, kind_of(step), form, (step,), step, parents=parents, join=join, parts=parts,
                    module=node.module, path=enclosing_module(step), broken=bool(step.broken),
                    is_doubtful=step.output.has_unknown,
                )
            )  # fmt: skip
        for name in node.outputs:
            self.home[name] = place

    def _is_taken_once(self, station: Station) -> bool:
        """Whether nobody but the next step takes what a station gives, and it is no output."""
        network = self.evaluation.network
        values = [value for step in station.steps for value in step.node.outputs]
        return not any(v in network.outputs or len(network.consumers.get(v, ())) > 1 for v in values)

    def _is_silent(self, step: Step, before: Station, form: Form) -> bool:
        operator = step.node.operator
        if operator.keeps_shape or isinstance(operator, (Split, Identity)):
            return True
        same = form.spatial == before.form.spatial and form.channels.text == before.form.channels.text
        if isinstance(operator, AdaptivePool):
            return same
        if isinstance(operator, (Elementwise, Concatenate)) or kind_of(step) in {"reshape", "other"}:
            # The flattened form of a single place is the same bar.
            return same or (
                form.is_vector and before.form.is_vector and form.channels == before.form.channels
            )
        return False


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


def _band_of(step: Step) -> str:
    """`norm`, `activation`, or nothing."""
    operator = step.node.operator
    if not operator.keeps_shape or operator.word == "dropout" or isinstance(operator, Cast):
        return ""
    if operator.family == "normalization":
        return "norm"
    return "activation" if operator.family == "activation" else ""


def _silent_words(step: Step) -> str:
    operator = step.node.operator
    if isinstance(operator, Elementwise):
        return f"{operator.function} of weights"
    words = operator.word or operator.words(step.inputs, step.outputs)
    return words.partition(",")[0].partition(" to ")[0].rstrip("0123456789×+-−, ") or operator.name.lower()


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


def _without_idle(graph: Graph) -> Graph:
    """Without rearrangements that come to the form that they began with; what was folded into them goes along."""
    stations = list(graph.stations)
    home = list(range(len(stations)))
    for place, station in enumerate(stations):
        is_alone = len(set(station.parents)) == 1 and not station.join and not station.broken
        if station.kind == "reshape" and is_alone:
            parent = home[station.parents[0]]
            before = stations[parent]
            if before.form == station.form:
                home[place] = parent
                bands = (*before.bands, *station.bands) if before.kind != "input" else ()
                stations[parent] = replace(
                    before, steps=(*before.steps, *station.steps), bands=bands,
                    is_open_end=before.is_open_end or station.is_open_end,
                )  # fmt: skip
    kept = [place for place in range(len(stations)) if home[place] == place]
    number = {place: index for index, place in enumerate(kept)}
    return replace(
        graph,
        stations=tuple([
            replace(stations[place], parents=tuple([number[home[p]] for p in stations[place].parents]))
            for place in kept
        ]),
    )  # fmt: skip
