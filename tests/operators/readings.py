"""The one check that every operator passes: its rule says the same whatever it is fed.

    symbols = {"N": (1, 2, 3), "H": (7, 8, 224)}
    assert_readings_agree(Pool(), [Tensor((symbol("N"), 3, symbol("H"), 9))], symbols)

The sizes are taken together, lane by lane: (1, 7), (2, 8), (3, 224). At each of them integers are the reference,
and they are compared with

- the formulas found along the path of that size, evaluated there and wherever else the path's conditions hold;
- vectors of all sizes, parted where the structure differs;
- the program that was recorded at that size, replayed there and wherever else its guards hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from shapelens.dims import Condition, Dim, Path, Unknown, evaluate, evaluate_condition, following
from shapelens.dims.lanes import LaneCondition, Lanes, LanesPartError
from shapelens.dims.recorder import AnotherPathError, Recorded, RecordedCondition, Recorder, replay
from shapelens.dims.rounding import single
from shapelens.operators import Operator, Outcome, Tensor, apply
from shapelens.operators.contents import Real
from shapelens.operators.spans import Span

Point = dict[str, int]


@dataclass(frozen=True)
class Answer:
    """What a rule says at one size: what is broken, and if nothing is, the outputs and their cost."""

    broken: tuple[str, ...]
    shapes: tuple[tuple[int | None, ...] | None, ...] = ()
    contents: tuple[tuple[Any, ...] | None, ...] = ()
    macs: Any = None


def assert_readings_agree(
    operator: Operator,
    inputs: Sequence[Tensor | None],
    symbols: Mapping[str, Sequence[int]],
    output_count: int = 1,
) -> list[Answer]:
    """Feed integers, expressions, lanes and recorders to an operator, and compare.

    Args:
        operator: the operator.
        inputs: its inputs; their dims and contents may be expressions over the symbols.
        symbols: for each symbol, by name, the sizes to try; all of one length.
        output_count: how many outputs are looked at.

    Returns:
        The answers of the integers, one for each size, for further checks.
    """
    points = [dict(zip(symbols, sizes, strict=True)) for sizes in zip(*symbols.values(), strict=True)]
    assert points, "there is nothing to compare"
    answers = [(point, _answer_of_integers(operator, inputs, point, output_count)) for point in points]
    for point in points:
        _compare_expressions(operator, inputs, output_count, point, answers)
        _compare_recorded(operator, inputs, output_count, point, answers)
    lanes = _answers_of_lanes(operator, inputs, points, output_count)
    for (point, expected), answer in zip(answers, lanes, strict=True):
        told = f"lanes say {answer}, integers {expected} at {point}"
        assert answer == expected, f"{told}: {operator} of {inputs}"
    return [answer for _, answer in answers]


# the four readings --------------------------------------------------------------------------------------


def _answer_of_integers(
    operator: Operator, inputs: Sequence[Tensor | None], point: Point, output_count: int
) -> Answer:
    fed = _fed(inputs, lambda dim: evaluate(dim, point))
    return _answer(operator, fed, apply(operator, fed, output_count), _itself)


def _compare_expressions(
    operator: Operator,
    inputs: Sequence[Tensor | None],
    output_count: int,
    example: Point,
    answers: Sequence[tuple[Point, Answer]],
) -> None:
    path = Path(example)
    with following(path):
        outcome = apply(operator, inputs, output_count)
        _describe(operator, inputs, outcome)
        settled = {id(point): _answer(operator, inputs, outcome, partial(_at, point)) for point, _ in answers}
    for point, expected in answers:
        if point is example or all(evaluate_condition(c, point) is True for c in path.conditions):
            told = f"along {example}, at {point}: expressions say {settled[id(point)]}, integers {expected}"
            assert settled[id(point)] == expected, f"{told}: {operator} of {inputs}"


def _compare_recorded(
    operator: Operator,
    inputs: Sequence[Tensor | None],
    output_count: int,
    example: Point,
    answers: Sequence[tuple[Point, Answer]],
) -> None:
    recorder = Recorder(example)
    environment = {name: recorder.input(name) for name in example}
    fed = _fed(inputs, lambda dim: evaluate(dim, environment))
    outcome = apply(operator, fed, output_count)
    outputs: dict[str, Dim] = {}

    def keep(value: Any) -> Any:
        if isinstance(value, Recorded):
            outputs[f"step {value.number}"] = value
        if isinstance(value, RecordedCondition):
            outputs[f"step {value.number}"] = Recorded(recorder, value.number, int(value.example))
        return value

    _walk(operator, fed, outcome, keep)
    program = recorder.program(outputs)
    for point, expected in answers:
        try:
            values = replay(program, point)
        except AnotherPathError:
            assert point is not example, "a recorded program holds where it was recorded"
            continue
        answer = _answer(operator, fed, outcome, partial(_replayed, values))
        told = f"recorded at {example}, replayed at {point}: {answer}, integers say {expected}"
        assert answer == expected, f"{told}: {operator} of {inputs}"


def _answers_of_lanes(
    operator: Operator, inputs: Sequence[Tensor | None], points: Sequence[Point], output_count: int
) -> list[Answer]:
    environment = {name: Lanes(np.array([p[name] for p in points], dtype=np.int64)) for name in points[0]}
    fed = _fed(inputs, lambda dim: evaluate(dim, environment))
    try:
        outcome = apply(operator, fed, output_count)
        return [_answer(operator, fed, outcome, partial(_in_lane, lane)) for lane in range(len(points))]
    except LanesPartError as parting:
        answers: dict[int, Answer] = {}
        for side in (True, False):
            lanes = [i for i, truth in enumerate(parting.mask) if bool(truth) is side]
            part = _answers_of_lanes(operator, inputs, [points[i] for i in lanes], output_count)
            answers.update(zip(lanes, part, strict=True))
        return [answers[i] for i in range(len(points))]


# how each of them is read -------------------------------------------------------------------------------


def _itself(value: Any) -> Any:
    return value


def _at(point: Point, value: Any) -> Any:
    if isinstance(value, Condition):
        return evaluate_condition(value, point)
    return evaluate(value, point)


def _replayed(values: Mapping[str, int | None], value: Any) -> Any:
    if isinstance(value, Recorded):
        return values[f"step {value.number}"]
    return bool(values[f"step {value.number}"]) if isinstance(value, RecordedCondition) else value


def _in_lane(lane: int, value: Any) -> Any:
    if isinstance(value, LaneCondition):
        return bool(value.mask[lane])
    return int(value.values[lane]) if isinstance(value, Lanes) else value


# what they share ----------------------------------------------------------------------------------------


def _fed(inputs: Sequence[Tensor | None], feed: Callable[[Any], Any]) -> list[Tensor | None]:
    return [None if tensor is None else _fed_tensor(tensor, feed) for tensor in inputs]


def _fed_tensor(tensor: Tensor, feed: Callable[[Any], Any]) -> Tensor:
    shape = tensor.shape if isinstance(tensor.shape, Unknown) else tuple([feed(dim) for dim in tensor.shape])
    contents = None if tensor.contents is None else tuple([feed(element) for element in tensor.contents])
    own = tensor.span
    span = None if own is None else Span(feed(own.least), feed(own.most), own.is_reached)
    return replace(tensor, shape=shape, contents=contents, span=span)


def _walk(
    operator: Operator, inputs: Sequence[Tensor | None], outcome: Outcome, visit: Callable[[Any], Any]
) -> None:
    """Show every value of an outcome."""
    for requirement in outcome.requirements:
        visit(requirement.truth)
    if outcome.broken:
        return
    for tensor in outcome.outputs:
        for value in (*(() if isinstance(tensor.shape, Unknown) else tensor.shape), *(tensor.contents or ())):
            visit(value.size if isinstance(value, Real) else value)
    visit(operator.macs(inputs, outcome.outputs))


def _answer(
    operator: Operator, inputs: Sequence[Tensor | None], outcome: Outcome, read: Callable[[Any], Any]
) -> Answer:
    broken = tuple([r.kind for r in outcome.requirements if read(r.truth) is False])
    if broken:
        return Answer(broken)
    shapes = tuple(
        [
            None if isinstance(tensor.shape, Unknown) else tuple([_number(dim, read) for dim in tensor.shape])
            for tensor in outcome.outputs
        ]
    )
    contents = tuple(
        [
            None if tensor.contents is None else tuple([_number(e, read) for e in tensor.contents])
            for tensor in outcome.outputs
        ]
    )
    return Answer((), shapes, contents, _number(operator.macs(inputs, outcome.outputs), read))


def _number(value: Any, read: Callable[[Any], Any]) -> Any:
    """A number or a truth value; None for an unknown."""
    if isinstance(value, Real):
        number = read(value.size) * value.factor / value.divisor
        return single(number) if value.precision == "single" else number
    value = read(value)
    return None if isinstance(value, Unknown) else value


def _describe(operator: Operator, inputs: Sequence[Tensor | None], outcome: Outcome) -> None:
    """Whatever a view asks of an operator that fits, it answers with symbols too."""
    if outcome.broken or any(isinstance(tensor.shape, Unknown) for tensor in outcome.outputs):
        return
    assert operator.words(inputs, outcome.outputs)
    for link in operator.links(inputs, outcome.outputs):
        seen = inputs[link.input]
        assert seen is not None
        assert 0 <= link.input_axis < seen.rank
        assert 0 <= link.output_axis < outcome.outputs[0].rank
    operator.filters(inputs)
    json.dumps(operator.attributes(inputs))
    operator.follow(inputs, inputs)
