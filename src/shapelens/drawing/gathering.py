"""Which tensors of a network are drawn: layers and what joins them, with norms and activations as bands on them."""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace

from shapelens.analyses.axes import axes_of
from shapelens.analyses.blocks import enclosing_module, grouped, is_bookkeeping
from shapelens.analyses.costs import Costs
from shapelens.analyses.samples import batch_of
from shapelens.drawing.forms import Form, drawn_as, form_of
from shapelens.drawing.stations import Graph, Station, flowing_values, join_of, kind_of
from shapelens.network import Evaluation, Step
from shapelens.operators import (
    AdaptivePool,
    Cast,
    Concatenate,
    Elementwise,
    Identity,
    Split,
    Tensor,
)
from shapelens.records import dataclass

__all__ = ["stations_of"]


def stations_of(evaluation: Evaluation, costs: Costs) -> Graph:
    """The stations of a network before anything but norms and activations is folded."""
    return _Builder(evaluation, costs).graph()


@dataclass(slots=True)
class _Builder:
    evaluation: Evaluation
    costs: Costs
    stations: list[Station] = field(default_factory=list)
    home: dict[str, int] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    silent: Counter[str] = field(default_factory=Counter)
    letters: dict[str, str] = field(default_factory=dict)
    leaves_early: bool = False

    def graph(self) -> Graph:
        """All of it."""
        evaluation = self.evaluation
        self.letters = axes_of(evaluation)
        self.wanted = flowing_values(evaluation)
        for declared in evaluation.network.inputs:
            if declared.name in self.wanted:
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
            if any(value in self.wanted for value in step.node.outputs):
                self._take(step)
        aside = self._attach_weights()
        ends = {self.home[name] for name in evaluation.network.outputs if name in self.home}
        stations = [replace(s, is_open_end=place in ends) for place, s in enumerate(self.stations)]
        return _without_idle(
            Graph(tuple(stations), dict(self.silent), aside=aside, leaves_early=self.leaves_early)
        )

    def _attach_weights(self) -> tuple[Step, ...]:
        """What prepares a weight counts with the station that takes it: a class token that is expanded.

        Returns:
            What costs something, and nothing that is drawn takes.
        """
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
        aside = []
        held = self.evaluation.network.constants
        for step in self.evaluation.steps:
            if step.node.name in placed or not self._weighs(step):
                continue
            # A weight that is looked at before the layer that it belongs to takes it counts with that layer.
            taker = next((takers[v] for v in step.node.inputs if v in held and v in takers), None)
            if taker is None:
                aside.append(step)
            else:
                self._attach(step, taker)
        return tuple(aside)

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
        forms = self._forms(step, parents)
        form = next(iter(forms.values()))
        before = self.stations[parents[0]]
        band = _band_of(step)
        is_whole = len(forms) == 1 or self._goes_on_whole(step)
        is_alone = len(set(flowing)) == 1 and len(set(parents)) == 1 and not step.broken and is_whole
        if before.kind == "input" and self._weighs(step):
            # What learns something is a layer of its own.
            self._add(step, parents, forms)
        elif is_alone and band and before.kind != "input":
            self._fold(step, parents[0], band)
        elif is_alone and self._is_silent(step, before, form):
            self._fold(step, parents[0], "")
            self.silent[_silent_words(step)] += 1
        else:
            self._add(step, parents, forms)

    def _forms(self, step: Step, parents: tuple[int, ...]) -> dict[str, Form]:
        """The form of each output that leads somewhere; of the first where none does."""
        given = [value for value in step.node.outputs if value in self.wanted] or step.node.outputs[:1]
        forms: dict[str, Form] = {}
        for value in given:
            tensor = self.evaluation.values[value]
            form = self._form(value, tensor)
            if tensor.has_unknown:
                form = drawn_as(form, [self.stations[parent].form for parent in parents])
            forms[value] = form
        return forms

    def _goes_on_whole(self, step: Step) -> bool:
        """Whether what is split goes on together: one operator takes every part, as attention its queries and keys."""
        network = self.evaluation.network
        takers = [{taker.name for taker in network.consumers.get(v, ())} for v in step.node.outputs]
        is_given_out = any(value in network.outputs for value in step.node.outputs)
        return (
            isinstance(step.node.operator, Split)
            and len(set().union(*takers)) == 1
            and all(takers)
            and not is_given_out
        )

    def _fold(self, step: Step, place: int, band: str) -> None:
        station = self.stations[place]
        steps = (*station.steps, step)
        network, taken = self.evaluation.network, step.node.inputs[0]
        if band and taken is not None:
            is_shared = len(network.consumers.get(taken, ())) > 1 or taken in network.outputs
            self.leaves_early = self.leaves_early or is_shared
        self.stations[place] = replace(
            station, steps=steps, bands=(*station.bands, band) if band else station.bands
        )
        for name in step.node.outputs:
            self.home[name] = place

    def _add(self, step: Step, parents: tuple[int, ...], forms: dict[str, Form]) -> None:
        (value, form), *others = forms.items()
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
                    is_doubtful=self.evaluation.values[value].has_unknown,
                )
            )  # fmt: skip
        for name in node.outputs:
            self.home[name] = place
        for name, other in others:
            self._add_output(step, name, other, parents if isinstance(node.operator, Split) else (place,))

    def _add_output(self, step: Step, value: str, form: Form, parents: tuple[int, ...]) -> None:
        """Another output of a layer that is drawn: a part of what is split, the state of a recurrent layer."""
        if form == self.stations[self.home[value]].form and not isinstance(step.node.operator, Split):
            return
        self.home[value] = len(self.stations)
        self.stations.append(
            Station(
                step.node.name, "reshape", form, (), step, parents=parents, path=enclosing_module(step),
                broken=bool(step.broken), is_doubtful=self.evaluation.values[value].has_unknown,
            )
        )  # fmt: skip

    def _is_taken_once(self, station: Station) -> bool:
        """Whether nobody but the next step takes what a station gives, and it is no output."""
        network = self.evaluation.network
        values = [value for step in station.steps for value in step.node.outputs]
        return not any(v in network.outputs or len(network.consumers.get(v, ())) > 1 for v in values)

    def _is_silent(self, step: Step, before: Station, form: Form) -> bool:
        operator = step.node.operator
        if operator.keeps_shape or isinstance(operator, Identity):
            return True
        if isinstance(operator, Split):
            return self._goes_on_whole(step)
        same = form.spatial == before.form.spatial and form.channels.text == before.form.channels.text
        if isinstance(operator, AdaptivePool):
            return same
        if isinstance(operator, (Elementwise, Concatenate)) or kind_of(step) in {"reshape", "other"}:
            # The flattened form of a single place is the same bar.
            return same or (
                form.is_vector and before.form.is_vector and form.channels == before.form.channels
            )
        return False


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
    words = operator.word or step.applied.words
    return words.partition(",")[0].partition(" to ")[0].rstrip("0123456789×+-−, ") or operator.name.lower()


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
