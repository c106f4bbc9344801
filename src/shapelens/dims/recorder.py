"""Rules as a straight-line integer program, which anything that can add and divide integers replays.

Whoever runs rules on recorded dims gets back the list of steps that they took:

    >>> recorder = Recorder({"H": 224})
    >>> H = recorder.input("H")
    >>> program = recorder.program({"out": (H + 2 * 3 - 7) // 2})
    >>> program["steps"]
    [['input', 'H'], ['constant', -1], ['add', 0, 1], ['constant', 2], ['floordiv', 2, 3]]
    >>> replay(program, {"H": 225})
    {'out': 112}

Every step is `[operation, operand, …]`; an operand is the number of an earlier step. A decision about
structure becomes a *guard*: a step that must be as it was, or the sizes lead along another path, which is no
part of this program. The same step is never recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from shapelens.dims.arithmetic import Dim, relate
from shapelens.dims.expression import Expression
from shapelens.dims.rounding import multiply, round_number
from shapelens.dims.unknown import Unknown
from shapelens.errors import DimensionError

__all__ = ["AnotherPathError", "Program", "Recorded", "RecordedCondition", "Recorder", "replay"]

Program = dict[str, Any]
"""`inputs` (example by name), `steps`, `guards` (step and its truth), `outputs` (step by name)."""


class AnotherPathError(DimensionError):
    """Sizes for which a recorded decision would have been taken otherwise."""


class Recorder:
    """Collects the steps of one run.

    Args:
        example: a size for each input, by name; decisions are taken as it says.
    """

    def __init__(self, example: Mapping[str, int]) -> None:
        self.example = dict(example)
        self.steps: list[list[Any]] = []
        self.guards: dict[int, bool] = {}
        self._number_of: dict[tuple[Any, ...], int] = {}

    def input(self, name: str) -> Recorded:
        """The recorded dim of one input."""
        return Recorded(self, self.step("input", name), self.example[name])

    def step(self, *parts: Any) -> int:
        """The number of a step, recorded if it was not yet."""
        number = self._number_of.get(parts)
        if number is None:
            number = self._number_of[parts] = len(self.steps)
            self.steps.append(list(parts))
        return number

    def number(self, dim: Dim) -> int:
        """The step that holds a recorded dim or an integer."""
        return dim.number if isinstance(dim, Recorded) else self.step("constant", int(dim))

    def guard(self, number: int, truth: bool) -> None:
        """The program is only right where this step has this truth."""
        self.guards[number] = truth

    def program(self, outputs: Mapping[str, Dim]) -> Program:
        """All that was recorded, as plain data that JSON can hold."""
        wanted = {
            name: None if isinstance(dim, (Unknown, Expression)) else self.number(dim)
            for name, dim in outputs.items()
        }
        used = self._used({*self.guards, *(number for number in wanted.values() if number is not None)})
        renumbered = {number: place for place, number in enumerate(used)}
        return {
            "inputs": self.example,
            "steps": [
                [
                    operation,
                    *(renumbered[o] if i in _OPERANDS.get(operation, ()) else o for i, o in enumerate(rest)),
                ]
                for operation, *rest in (self.steps[number] for number in used)
            ],
            "guards": [[renumbered[number], truth] for number, truth in self.guards.items()],
            "outputs": {n: None if number is None else renumbered[number] for n, number in wanted.items()},
        }

    def _used(self, wanted: set[int]) -> list[int]:
        """The steps that the wanted ones are made of, in order: what was folded on the way is left out."""
        used = set(wanted)
        for number in range(len(self.steps) - 1, -1, -1):
            if number in used:
                operation, *rest = self.steps[number]
                used.update(rest[i] for i in _OPERANDS.get(operation, ()))
        return sorted(used)


class Recorded:
    """A dim whose arithmetic is recorded. It knows its value at the example."""

    __slots__ = ("example", "number", "recorder")

    def __init__(self, recorder: Recorder, number: int, example: int) -> None:
        self.recorder = recorder
        self.number = number
        self.example = example

    def __repr__(self) -> str:
        return f"Recorded(step {self.number}, {self.example})"

    def __bool__(self) -> NoReturn:
        raise DimensionError("a recorded dim has no truth value", rule="use select() or decide()")

    def _record(self, operation: str, left: Dim, right: Dim) -> Dim:
        for side in (left, right):
            if isinstance(side, Unknown):
                return side
        example = _OPERATIONS[operation](_example(left), _example(right))
        number = self.recorder.step(operation, self.recorder.number(left), self.recorder.number(right))
        return Recorded(self.recorder, number, example)

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, int):
            # Sums of constants are folded on the way: (H + 6) - 7 is one step.
            base, constant = self._sum_parts()
            if base is not None:
                other += constant
                return base + other
            return self._record("add", self, other) if other else self
        return self._record("add", self, other)

    def _sum_parts(self) -> tuple[Recorded | None, int]:
        operation, *operands = self.recorder.steps[self.number]
        if operation == "add" and self.recorder.steps[operands[1]][0] == "constant":
            constant = self.recorder.steps[operands[1]][1]
            return Recorded(self.recorder, operands[0], self.example - constant), constant
        return None, 0

    __radd__ = __add__

    def __sub__(self, other: Dim) -> Dim:
        return self + -other if isinstance(other, int) else self._record("sub", self, other)

    def __rsub__(self, other: Dim) -> Dim:
        return self._record("sub", other, self)

    def __neg__(self) -> Dim:
        return self._record("sub", 0, self)

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, int) and other in {0, 1}:
            return self if other else 0
        return self._record("mul", self, other)

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        return self if isinstance(other, int) and other == 1 else self._record("floordiv", self, other)

    def __rfloordiv__(self, other: Dim) -> Dim:
        return self._record("floordiv", other, self)

    def __mod__(self, other: Dim) -> Dim:
        return self - (self // other) * other

    def __rmod__(self, other: Dim) -> Dim:
        return other - (other // self) * self

    # what the arithmetic asks of a reading ------------------------------------------------------------

    def extremum(self, kind: str, other: Dim) -> Dim:
        return self._record(kind, self, other)

    def compare(self, relation: str, other: Dim) -> RecordedCondition:
        number = self.recorder.step(relation, self.number, self.recorder.number(other))
        return RecordedCondition(self.recorder, number, relate(self.example, relation, _example(other)))

    def rounded_product(self, factor: float, precision: str, rounding: str) -> Recorded:
        number = self.recorder.step("rounded", self.number, factor, precision, rounding)
        return Recorded(self.recorder, number, _rounded(self.example, factor, precision, rounding))


class RecordedCondition:
    """A condition whose truth is a recorded step, 0 or 1. It knows its truth at the example."""

    __slots__ = ("example", "number", "recorder")

    def __init__(self, recorder: Recorder, number: int, example: bool) -> None:
        self.recorder = recorder
        self.number = number
        self.example = example

    def __bool__(self) -> NoReturn:
        raise DimensionError("a recorded condition has no truth value", rule="use select() or decide()")

    def both(self, other: RecordedCondition) -> RecordedCondition:
        number = self.recorder.step("min", self.number, other.number)
        return RecordedCondition(self.recorder, number, self.example and other.example)

    def either(self, other: RecordedCondition) -> RecordedCondition:
        number = self.recorder.step("max", self.number, other.number)
        return RecordedCondition(self.recorder, number, self.example or other.example)

    def opposite(self) -> RecordedCondition:
        number = self.recorder.step("==", self.number, self.recorder.number(0))
        return RecordedCondition(self.recorder, number, not self.example)

    def select(self, when_true: Dim, when_false: Dim) -> Dim:
        for value in (when_true, when_false):
            if isinstance(value, Unknown):
                return value
        numbers = (self.recorder.number(when_true), self.recorder.number(when_false))
        example = _example(when_true if self.example else when_false)
        return Recorded(self.recorder, self.recorder.step("select", self.number, *numbers), example)

    def decide(self) -> bool:
        self.recorder.guard(self.number, self.example)
        return self.example


def _example(dim: Dim) -> int:
    return dim.example if isinstance(dim, Recorded) else int(dim)


def _rounded(size: int, factor: float, precision: str, rounding: str) -> int:
    return round_number(multiply(size, factor, precision), rounding)


_OPERATIONS: dict[str, Callable[..., int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "floordiv": lambda a, b: a // b,
    "min": min,
    "max": max,
    "select": lambda c, a, b: a if c else b,
}


_RELATIONS = ("==", "!=", ">=", ">", "<=", "<")

_OPERANDS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("add", "sub", "mul", "floordiv", "min", "max", *_RELATIONS), (0, 1)),
    "select": (0, 1, 2),
    "rounded": (0,),
}
"""Which parts of a step are numbers of earlier steps."""


def replay(program: Program, sizes: Mapping[str, int]) -> dict[str, int | None]:
    """Run a recorded program at other sizes.

    Args:
        program: what `Recorder.program` gave, or its JSON read back.
        sizes: a size for each input, by name.

    Returns:
        The outputs by name; None for one that was unknown when it was recorded.

    Raises:
        AnotherPathError: a guard does not hold at these sizes.
    """
    values: list[int] = []
    guards: dict[int, bool] = dict(program["guards"])
    for number, (operation, *operands) in enumerate(program["steps"]):
        if operation == "input":
            values.append(sizes[operands[0]])
        elif operation == "constant":
            values.append(operands[0])
        elif operation == "rounded":
            values.append(_rounded(values[operands[0]], *operands[1:]))
        elif operation in _OPERATIONS:
            values.append(_OPERATIONS[operation](*[values[operand] for operand in operands]))
        else:
            values.append(int(relate(values[operands[0]], operation, values[operands[1]])))
        # A guard is kept before the steps that rely on it are taken: they may divide by what it guards.
        if number in guards and bool(values[number]) != guards[number]:
            raise AnotherPathError(
                "these sizes lead along another path",
                have=", ".join(f"{name} = {size}" for name, size in sizes.items()),
                rule="a program holds where every recorded decision comes out as it did",
            )
    outputs = program["outputs"].items()
    return {name: None if place is None else values[place] for name, place in outputs}
