"""Every operator as a station of its own: nothing is folded, and nothing is left out that leads to an output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.analyses.axes import axes_of
from shapelens.analyses.blocks import enclosing_module, is_bookkeeping
from shapelens.analyses.samples import batch_of
from shapelens.drawing.forms import Form, form_of
from shapelens.drawing.stations import Graph, Station, flowing_values, join_of, kind_of
from shapelens.network import Evaluation, Step

__all__ = ["gives_apart", "operators_of"]


def operators_of(evaluation: Evaluation) -> Graph:
    """The stations of a network, one for each step.

    A step that gives several tensors of different shapes is followed by one station for each that is taken.
    """
    wanted = flowing_values(evaluation)
    letters, batch = axes_of(evaluation), batch_of(evaluation)
    stations: list[Station] = []
    home: dict[str, int] = {}

    def form(value: str) -> Form:
        return form_of(evaluation.values[value], letters.get(value), evaluation.path.example, batch)

    for declared in evaluation.network.inputs:
        if declared.name in wanted:
            home[declared.name] = len(stations)
            is_doubtful = evaluation.values[declared.name].has_unknown
            stations.append(Station(declared.name, "input", form(declared.name), is_doubtful=is_doubtful))
    for step in evaluation.steps:
        given = [value for value in step.node.outputs if value in wanted]
        flowing = [value for value in step.node.inputs if value is not None and value in home]
        if not given or not flowing or is_bookkeeping(step):
            continue
        place = len(stations)
        stations.append(_station(step, [home[value] for value in flowing], form(given[0]), stations))
        home.update(dict.fromkeys(step.node.outputs, place))
        if len({form(value).text() for value in given}) > 1:
            for value in given:
                home[value] = len(stations)
                stations.append(_output(step, value, place, form(value)))
    ends = {home[name] for name in evaluation.network.outputs if name in home}
    return Graph(tuple([replace(s, is_open_end=place in ends) for place, s in enumerate(stations)]))


def _station(step: Step, parents: Sequence[int], form: Form, before: Sequence[Station]) -> Station:
    join, parts = join_of(step, [before[parent] for parent in parents])
    return Station(
        step.node.name, kind_of(step), form, (step,), step, parents=tuple(parents), join=join, parts=parts,
        module=step.node.module, path=enclosing_module(step), broken=bool(step.broken),
        is_doubtful=step.output.has_unknown,
    )  # fmt: skip


def _output(step: Step, value: str, place: int, form: Form) -> Station:
    """One of several tensors that a step gives."""
    number = step.node.outputs.index(value)
    return Station(
        value, "other", form, parents=(place,), module=f"output {number + 1} of {len(step.node.outputs)}",
        path=enclosing_module(step), is_doubtful=step.outputs[number].has_unknown,
    )  # fmt: skip


def gives_apart(graph: Graph, place: int) -> bool:
    """Whether what a station gives is told by the stations after it, one for each tensor."""
    return any(
        not graph.stations[child].steps and graph.stations[child].kind == "other"
        for child in graph.children[place]
    )
