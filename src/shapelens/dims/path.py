"""The path along which a rule with symbols was evaluated: an example of every size, and what it decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field

from shapelens.dims.condition import All, Comparison, Condition, Either
from shapelens.dims.expression import Expression
from shapelens.errors import DimensionError
from shapelens.records import dataclass

__all__ = ["Path", "WalkedPath", "choose", "following"]


@dataclass(slots=True)
class Path:
    """What was decided so far, and by which example.

    Args:
        example: a size for each symbol, by name. A symbol that it lacks takes its least value.
        conditions: what must hold for the formulas found on this path, in the order of their decision.
    """

    example: Mapping[str, int] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)

    def choose(self, condition: Condition) -> bool:
        """Answer as the example does, and keep the answer as a condition of the path."""
        answer = self.holds(condition)
        kept = condition if answer else condition.negated()
        if kept not in self.conditions:
            self.conditions.append(kept)
        return answer

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds at the example."""
        if isinstance(condition, Comparison):
            value = self.size(condition.difference)
            if condition.strictness == ">=":
                return value >= 0
            return (value == 0) == (condition.strictness == "==")
        if isinstance(condition, Either):
            return any(self.holds(member) for member in condition.members)
        if isinstance(condition, All):
            return all(self.holds(member) for member in condition.members)
        raise DimensionError(f"{type(condition).__name__} is no condition of a path")

    def size(self, expression: Expression) -> int:
        """An expression at the example."""
        from shapelens.dims.evaluation import evaluate

        environment = {s.name: self.example.get(s.name, s.minimum) for s in expression.symbols()}
        value = evaluate(expression, environment)
        assert isinstance(value, int)
        return value


class WalkedPath(Path):
    """A path that was walked: it answers what was decided on it, and nothing else."""

    __slots__ = ()

    def choose(self, condition: Condition) -> bool:
        """The answer that was given.

        Raises:
            DimensionError: nobody asked.
        """
        if condition in self.conditions:
            return True
        if condition.negated() in self.conditions:
            return False
        raise DimensionError(f"{condition} depends on the size", rule="it was not decided on this path")


_current: ContextVar[Path | None] = ContextVar("shapelens_path", default=None)


@contextmanager
def following(path: Path) -> Iterator[Path]:
    """Decide along this path inside the block; blocks nest, and threads do not see each other's."""
    token = _current.set(path)
    try:
        yield path
    finally:
        _current.reset(token)


def choose(condition: Condition) -> bool:
    """The current path's answer.

    Raises:
        DimensionError: no path is being followed, so nothing says which answer to take.
    """
    path = _current.get()
    if path is None:
        raise DimensionError(
            f"{condition} depends on the size",
            rule="a decision about symbols is taken along a path",
            fix="with following(Path({'H': 224})): …",
        )
    return path.choose(condition)
