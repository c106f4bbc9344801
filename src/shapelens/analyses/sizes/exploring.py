"""The ways through a network, looked for until every size is on one of them.

A network that is traced at one size is known for the sizes that lead the same way. So one of the sizes that are not
known yet is taken, the network is traced there, and so on. A file or a layer text is not traced but evaluated anew,
which leads another way only where the structure of what an operator gives hangs on the size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shapelens.analyses.sizes.domain import Domain, domain_of
from shapelens.analyses.sizes.patience import EACH_ITS_OWN, is_lost
from shapelens.analyses.sizes.points import Places, Points
from shapelens.analyses.sizes.way import ELSEWHERE, FITS, REFUSED, REQUIRED, Way
from shapelens.dims import Path, Truth
from shapelens.network import Network, evaluate_network
from shapelens.operators import Shape
from shapelens.records import dataclass

__all__ = ["Exploration", "Tracing", "explore"]

FITTING_CHECKED = (1 / 16, 3 / 4)
"""At which of the other sizes that fit, from the smallest to the largest, is the first trace compared with the code;
later ones at the first of them: what slips through does so at small sizes too, where a trace takes less long."""

REFUSALS_CHECKED = 2
"""So many of the requirements before a difference are compared with what the code refuses."""

SPREAD = 256
"""So many sizes that are spread over all may be compared at."""

_STRIDES = (0.6180339887498949, 0.7548776662466927, 0.8191725133961645)
"""By these sizes spread without a pattern, and alike every time."""


class Tracing(Protocol):
    """Whoever traces a network anew."""

    def traced(self, sizes: Mapping[str, int]) -> Network:
        """The network with formulas, as its code goes at some sizes."""
        ...

    def may_differ(self, network: Network) -> bool:
        """Whether its code may do otherwise than the formulas say, unseen."""
        ...

    def refuses(self, sizes: Mapping[str, int]) -> bool:
        """Whether PyTorch, or the code itself, refuses some sizes; where it does not, its kernels still may."""
        ...

    def difference(self, network: Network, sizes: Mapping[str, int]) -> int | None:
        """The first node that is not what the code does at other sizes; None where all are."""
        ...

    def held(self, network: Network, place: int, sizes: Mapping[str, int]) -> Network:
        """The network, held to these sizes from a node on."""
        ...


@dataclass(frozen=True)
class Exploration:
    """What was found.

    Args:
        ways: the ways, in the order in which they were found.
        domain: the sizes that were looked at.
        status: what is known of each point of the domain.
        traces: how many traces it took.
        reason: why no more was looked for; empty where no trace would tell more.
    """

    ways: tuple[Way, ...]
    domain: Domain
    status: NDArray[np.int8]
    traces: int
    reason: str = ""

    @property
    def share_unknown(self) -> float:
        """The share of all sizes that were looked at of which nothing is known."""
        weights = self.domain.weights()
        return float(weights[self.status < REFUSED].sum() / weights.sum())


def explore(
    network: Network,
    shapes: Mapping[str, Shape],
    names: Sequence[str],
    example: Mapping[str, int],
    *,
    maximum: int,
    budget: int,
    tracing: Tracing | None = None,
) -> Exploration:
    """Look for ways until all sizes are known or the budget is spent.

    Args:
        network: the network, with formulas where it was traced.
        shapes: the shape of each input, with symbols for what is free.
        names: the free symbols; others have their size in the example.
        example: a size for each symbol, at which the network was traced.
        maximum: up to which size is looked.
        budget: how many traces it may take.
        tracing: traces the network anew; None where evaluating it is enough.
    """
    return _Explorer(shapes, names, example, maximum, budget, tracing).explored(network)


class _Explorer:
    def __init__(
        self,
        shapes: Mapping[str, Shape],
        names: Sequence[str],
        example: Mapping[str, int],
        maximum: int,
        budget: int,
        tracing: Tracing | None,
    ) -> None:
        self.shapes = shapes
        self.names = names
        self.example = dict(example)
        self.fixed = {name: size for name, size in example.items() if name not in names}
        self.maximum = maximum
        self.budget = budget
        self.tracing = tracing
        self.ways: list[Way] = []
        self.traces = 1
        self.refusals: set[tuple[str, Truth]] = set()
        self.slipped: set[str] = set()
        self.domain: Domain = domain_of(names, (), maximum, self.fixed)

    def explored(self, network: Network) -> Exploration:
        self._take(network, self.example)
        points, status = self._judged()
        left = self._share_left(status)
        told, reason = [1 - left], ""
        while (place := self._next(points, status)) is not None:
            if self.traces >= self.budget:
                reason = f"after {self.traces} traces the budget is spent"
                break
            if self.tracing is not None and is_lost(
                told, left=left, most=1 / self.maximum, traces=self.budget - self.traces
            ):
                reason = EACH_ITS_OWN
                break
            sizes = points.at(place)
            if self.tracing is not None and not self._is_for_every_size(network):
                network = self.tracing.traced(sizes)
            self.traces += 1
            known = len(self.ways)
            self._take(network, sizes)
            points, status = self._judged(points, status, known)
            told.append(left - self._share_left(status))
            left -= told[-1]
        return Exploration(tuple(self.ways), self.domain, status, self.traces, reason)

    def _share_left(self, status: NDArray[np.int8]) -> float:
        """The share of all sizes of which no way says anything."""
        weights = self.domain.weights()
        return float(weights[status == ELSEWHERE].sum() / weights.sum())

    def _is_for_every_size(self, network: Network) -> bool:
        """Whether the code never saw a size, and nothing was asked of one, so that it does the same at all of them."""
        is_whole = not network.refusals and not network.guards and "stopped" not in network.facts
        return is_whole and self.tracing is not None and not self.tracing.may_differ(network)

    def _take(self, network: Network, sizes: Mapping[str, int]) -> None:
        """Add the way that leads through a network at some sizes, as far as it is confirmed."""
        if self.tracing is None or not self.tracing.may_differ(network):
            self.ways.append(self._way(network, sizes))
            return
        way = self._way(self._held(network, sizes, self.tracing), sizes)
        self.ways.append(self._confirmed(way, sizes, self.tracing))

    def _held(self, network: Network, sizes: Mapping[str, int], tracing: Tracing) -> Network:
        """The network, held to sizes that slipped through on another way.

        What slipped through once may do so everywhere: no few sizes show that it does not.
        """
        own = {name: sizes[name] for name in self.names if name in self.slipped}
        return tracing.held(network, 0, own) if own else network

    def _way(self, network: Network, sizes: Mapping[str, int]) -> Way:
        return Way(evaluate_network(network, self.shapes, Path(dict(sizes))))

    # confirming ---------------------------------------------------------------------------------------

    def _confirmed(self, way: Way, sizes: Mapping[str, int], tracing: Tracing) -> Way:
        """A way as far as it is what the code does at other sizes too; from there on it is held to its own."""
        for other in self._compared(way, sizes):
            place = self._difference(way, other, tracing)
            if place is None:
                continue
            network = way.evaluation.network
            held = {name: sizes[name] for name in self.names if other[name] != sizes[name]}
            for name in reversed(list(held)):
                if len(held) == 1:
                    break
                # What the code does hangs on some of the sizes: one that it does not hang on stays free.
                alone = {**other, **{n: size for n, size in held.items() if n != name}}
                if self._difference(way, alone, tracing) is None:
                    del held[name]
            self.slipped |= held.keys()
            from_there = self._way(tracing.held(network, place, held or dict(sizes)), sizes)
            if all(tracing.refuses(refused) for refused in self._refused(from_there, sizes)):
                return from_there
            # What comes before the difference is not done everywhere either: a loop over a size ends earlier.
            return self._way(tracing.held(network, 0, held or dict(sizes)), sizes)
        self.refusals |= {
            self._refusal(way, index) for index, event in enumerate(way.events) if event.kind == REQUIRED
        }
        return way

    def _compared(self, way: Way, sizes: Mapping[str, int]) -> list[dict[str, int]]:
        """Other sizes at which a way is compared with the code: some that fit, and one for all that refuses some."""
        points = self._samples(way)
        everywhere = np.arange(points.count)
        judged = way.judge(points, everywhere)
        is_other = np.zeros(points.count, dtype=np.bool_)
        for name in self.names:
            is_other |= points.varied[name] != sizes[name]
        fitting = np.flatnonzero((judged.status == FITS) & is_other)
        total = np.sum([points.varied[name][fitting] for name in self.names], axis=0)
        fitting = fitting[np.argsort(total, kind="stable")]
        parts = FITTING_CHECKED[: None if not self.ways else 1] if len(fitting) else ()
        chosen = list(dict.fromkeys([int(fitting[int(part * len(fitting))]) for part in parts]))
        for event in np.unique(judged.event[judged.status == REFUSED]):
            # What refuses sizes on one way often does so on others: the first time is enough.
            refusal = self._refusal(way, int(event))
            if event < 0 or refusal not in self.refusals:
                refused = np.flatnonzero((judged.status == REFUSED) & (judged.event == event) & is_other)
                chosen += list(refused[len(refused) // 2 :][:1])
        return [points.at(int(place)) for place in chosen]

    def _refused(self, way: Way, sizes: Mapping[str, int]) -> list[dict[str, int]]:
        """A few sizes that a way refuses, by requirements that are spread over it."""
        points = self._samples(way)
        judged = way.judge(points, np.arange(points.count))
        events = np.unique(judged.event[judged.status == REFUSED])
        chosen = events[:: max(len(events) // REFUSALS_CHECKED, 1)]
        places = [np.flatnonzero((judged.status == REFUSED) & (judged.event == event)) for event in chosen]
        return [points.at(int(own[len(own) // 2])) for own in places]

    def _samples(self, way: Way) -> Points:
        """Sizes of every kind that a way tells apart, and others spread over all and beside what it is held to."""
        points = domain_of(self.names, way.conditions, self.maximum, self.fixed).points()
        own = way.evaluation.path.example
        steps = np.arange(1, SPREAD + 1)
        varied = {}
        for place, name in enumerate(self.names):
            spread = (steps * _STRIDES[place % len(_STRIDES)] % 1 * self.maximum).astype(np.int64) + 1
            beside = np.full_like(spread, own[name]) if name in self.slipped else spread
            varied[name] = np.concatenate([points.varied[name], spread, *([beside] if self.slipped else [])])
        return Points({**self.fixed, **varied})

    @staticmethod
    def _refusal(way: Way, event: int) -> tuple[str, Truth]:
        if event < 0:
            return way.raises, False
        met = way.events[event]
        return way.evaluation.steps[met.place].node.name, met.truth

    def _difference(self, way: Way, sizes: Mapping[str, int], tracing: Tracing) -> int | None:
        """From which node on a way is not what the code does at other sizes."""
        point = Points(dict(sizes))
        only = np.arange(1)
        said = way.judge(point, only)
        network = way.evaluation.network
        if said.status[0] == FITS:
            return tracing.difference(network, sizes)
        if tracing.refuses(sizes):
            return None
        self.traces += 1
        again = self._way(self._held(tracing.traced(sizes), sizes, tracing), sizes)
        if again.judge(point, only).status[0] == REFUSED:
            self.ways.append(again)
            return None
        return 0

    # looking ------------------------------------------------------------------------------------------

    def _judged(
        self, points: Points | None = None, status: NDArray[np.int8] | None = None, known: int = 0
    ) -> tuple[Points, NDArray[np.int8]]:
        """What all ways say of all points that have to be looked at.

        Args:
            points: the points that were looked at before.
            status: what was known of them.
            known: how many ways said that.
        """
        conditions = [condition for way in self.ways for condition in way.conditions]
        domain = domain_of(self.names, conditions, self.maximum, self.fixed)
        is_old = points is not None and status is not None and domain.is_like(self.domain)
        if points is None or status is None or not is_old:
            points, known = domain.points(), 0
            status = np.full(points.count, ELSEWHERE, dtype=np.int8)
        self.domain = domain
        for way in self.ways[known:]:
            left: Places = np.flatnonzero(status == ELSEWHERE)
            status[left] = way.judge(points, left).status
        return points, status

    def _next(self, points: Points, status: NDArray[np.int8]) -> int | None:
        """A point of which nothing is known; one with equal sizes if there is one."""
        left = np.flatnonzero(status == ELSEWHERE)
        if not len(left):
            return None
        vectors = list(points.varied.values())
        if len(vectors) > 1:
            is_square = np.logical_and.reduce([vectors[0][left] == other[left] for other in vectors[1:]])
            left = left[is_square] if is_square.any() else left
        return int(left[len(left) // 2 if self.traces % 2 else 0])
