"""Many sizes at once, and for which of them a condition holds.

    >>> import numpy as np
    >>> from shapelens.dims import at_least, symbol
    >>> points = Points({"H": np.array([7, 8, 9]), "W": np.array([8, 8, 8])})
    >>> points.where(at_least(symbol("H"), symbol("W")), np.arange(3))
    array([False,  True,  True])

A condition on one symbol is asked once for each size of that symbol, however many points share it, and a condition
that comes again is not asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapelens.dims import Condition, Truth, Unknown
from shapelens.dims.evaluation import evaluate_condition
from shapelens.dims.lanes import LaneCondition, Lanes

__all__ = ["Mask", "Places", "Points", "symbols_of"]

Mask = NDArray[np.bool_]
Places = NDArray[np.intp]
"""Which of the points are meant, by their index."""


class Points:
    """Points: a size of every symbol for each.

    Args:
        sizes: a vector for each symbol, all of one length; a number that stands for all of them.
    """

    def __init__(self, sizes: Mapping[str, NDArray[Any] | int]) -> None:
        self.fixed = {name: size for name, size in sizes.items() if isinstance(size, int)}
        self.varied = {name: size for name, size in sizes.items() if not isinstance(size, int)}
        self.count = len(next(iter(self.varied.values()))) if self.varied else 1
        self._distinct: dict[str, tuple[NDArray[Any], Places]] = {}
        self._known: dict[Condition, Mask | None] = {}

    def at(self, place: int) -> dict[str, int]:
        """The sizes of one point."""
        return {**self.fixed, **{name: int(vector[place]) for name, vector in self.varied.items()}}

    def where(self, truth: Truth, places: Places) -> Mask | None:
        """For each of some points, whether something holds; None where that cannot be told.

        Args:
            truth: a condition on the symbols, or an answer that does not hang on them.
            places: the points.
        """
        if isinstance(truth, bool):
            return np.full(len(places), truth)
        if not isinstance(truth, Condition):
            return None
        names = symbols_of(truth)
        varied = [name for name in names if name in self.varied]
        if any(name not in self.varied and name not in self.fixed for name in names):
            return None
        if len(varied) != 1:
            return self._asked(truth, {name: self.varied[name][places] for name in varied}, len(places))
        name = varied[0]
        distinct, inverse = self.distinct(name)
        if truth not in self._known:
            self._known[truth] = self._asked(truth, {name: distinct}, len(distinct))
        mask = self._known[truth]
        return None if mask is None else mask[inverse[places]]

    def distinct(self, name: str) -> tuple[NDArray[Any], Places]:
        """The different sizes of a symbol, and which of them each point has."""
        if name not in self._distinct:
            distinct, inverse = np.unique(self.varied[name], return_inverse=True)
            self._distinct[name] = distinct, inverse
        return self._distinct[name]

    def _asked(self, condition: Condition, sizes: Mapping[str, NDArray[Any]], count: int) -> Mask | None:
        if not count:
            return np.zeros(0, dtype=np.bool_)
        environment = {**self.fixed, **{name: Lanes(vector) for name, vector in sizes.items()}}
        try:
            truth = evaluate_condition(condition, environment)
        except ZeroDivisionError:
            return None
        if isinstance(truth, LaneCondition):
            return truth.mask
        return None if isinstance(truth, (Unknown, Condition)) else np.full(count, bool(truth))


def symbols_of(condition: Condition) -> tuple[str, ...]:
    """The names of the symbols in a condition."""
    names: dict[str, None] = {}
    for expression in condition.expressions():
        names.update(dict.fromkeys([symbol.name for symbol in expression.symbols()]))
    return tuple(names)
