"""The set of input sizes that a network accepts, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapelens.analyses.sizes.describing import NOT_KNOWN, Description, described, share_text
from shapelens.analyses.sizes.domain import domain_of
from shapelens.analyses.sizes.exploring import Exploration
from shapelens.analyses.sizes.grid import Box, Grid, judged_by
from shapelens.analyses.sizes.looking import grid_of
from shapelens.analyses.sizes.outcome import Outcome, outcomes_of
from shapelens.analyses.sizes.points import Points, symbols_of
from shapelens.analyses.sizes.proving import proof_of
from shapelens.analyses.sizes.refusing import Refusal, refusal_at
from shapelens.analyses.sizes.way import ELSEWHERE, FITS, REFUSED
from shapelens.dims import evaluate
from shapelens.errors import UsageError
from shapelens.network import Network
from shapelens.operators import Shape
from shapelens.records import dataclass

__all__ = ["Axis", "Sizes"]

_BATCHES_TRIED_TO = 128
"""Up to this size are other numbers of samples tried."""

Answers = NDArray[np.object_]
"""For each size True, False, or None where it is not known."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis whose size is free.

    Args:
        name: its symbol.
        word: what it is: `height`.
    """

    name: str
    word: str


@dataclass(frozen=True)
class Sizes:
    """The sizes that a network accepts. It prints as `H and W: multiples of 16`.

        >>> from shapelens import inspect
        >>> sizes = inspect("unet_padded").sizes()
        >>> print(sizes)
        H and W: multiples of 16
        >>> sizes.contains(512, 512), sizes.contains(700, 704), sizes.nearest(700, 704)
        (True, False, [(688, 704), (704, 704)])
        >>> sizes.refusal(700, 700)
        'cat4 joins 87 and 86'

    Args:
        network: the network as it was asked for.
        shapes: the shape of each input, with a symbol for each free axis.
        axes: the free axes, in the order in which their sizes are given.
        exploration: the ways that were found.
        batch: the symbol of the batch, where that is free.
        inspected: the sizes that the network was inspected at.
    """

    network: Network
    shapes: Mapping[str, Shape]
    axes: tuple[Axis, ...]
    exploration: Exploration
    batch: str = ""
    inspected: tuple[int, ...] = ()

    # asking -------------------------------------------------------------------------------------------

    def contains(self, *sizes: Any, batch: int | None = None) -> Any:
        """Whether sizes fit: True, False, or None where it is not known.

        Args:
            sizes: a size for each axis, in the order of `axes`; one for all of them. A NumPy vector of sizes gives
                a vector of objects: True, False and None.
            batch: the number of samples, where that is free; two if not given.
        """
        given = self._given(sizes)
        if all(np.ndim(size) == 0 for size in given):
            answer = int(self._judged([np.asarray([int(size)]) for size in given], batch)[0][0])
            return None if answer < REFUSED else answer == FITS
        vectors = np.broadcast_arrays(*given)
        status, _ = self._judged([vector.ravel() for vector in vectors], batch)
        answers: Answers = np.array([None, None, False, True], dtype=object)
        return answers[status.astype(np.intp) - ELSEWHERE].reshape(vectors[0].shape)

    def nearest(self, *sizes: int) -> list[tuple[int, ...]]:
        """The nearest sizes that fit: the sizes themselves, or what is below and above them.

        Below and above means on every axis; where nothing that fits lies there, the nearest of all is given. Equal
        sizes are brought to equal ones where some fit.
        """
        given = [int(size) for size in self._given(sizes)]
        if self.contains(*given):
            return [tuple(given)]
        found: list[tuple[int, ...]] = []
        is_square = len(set(given)) == 1
        near = sorted(self._near(given), key=lambda s: (is_square and len(set(s)) > 1, _distance(s, given)))
        below = [s for s in near if all(n <= size for n, size in zip(s, given, strict=True))]
        above = [s for s in near if all(n >= size for n, size in zip(s, given, strict=True))]
        for side in (below, above, near):
            if side and len(found) < 2:
                found.append(side[0])
        return list(dict.fromkeys(found))

    def _near(self, given: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Sizes that fit, the nearest of every kind among them."""
        domain = self.exploration.domain
        if not self.is_proved and all(len(s) == domain.maximum[name] for name, s in domain.sizes.items()):
            points = domain.points()
            fitting = np.flatnonzero(self.exploration.status == FITS)
            vectors = [points.varied[axis.name][fitting] for axis in self.axes]
            yield from _nearest_of(vectors, given)
            return
        for box in self._boxes:
            pairs = [box[axis.name].nearest(size) for axis, size in zip(self.axes, given, strict=True)]
            yield from product(*[[end for end in pair if end is not None] for pair in pairs])

    @cached_property
    def _boxes(self) -> list[Box]:
        return self.grid.boxes(self.grid.fits)

    def refusal(self, *sizes: int, batch: int | None = None) -> str:
        """Which layer refuses sizes, and why, in one line; empty where they fit or nothing is known."""
        told = self.refused(*sizes, batch=batch)
        return "" if told is None else str(told)

    def refused(self, *sizes: int, batch: int | None = None) -> Refusal | None:
        """Which layer refuses sizes, and why; None where they fit or nothing is known."""
        given = [int(size) for size in self._given(sizes)]
        status, origin = self._judged([np.asarray([size]) for size in given], batch)
        if status[0] != REFUSED:
            return None
        way = self.exploration.ways[origin[0]]
        if min(given, default=1) < 1:
            return Refusal("an axis", "has at least one place")
        told = refusal_at(way.evaluation.network, self._fed(given, batch))
        return told if told is not None else Refusal("", f"raises {way.raises}")

    def at(self, *sizes: int, batch: int | None = None) -> tuple[Shape, ...] | None:
        """The shapes that come out at sizes that fit; None where they do not, or where that is not known."""
        given = [int(size) for size in self._given(sizes)]
        status, origin = self._judged([np.asarray([size]) for size in given], batch)
        if status[0] != FITS:
            return None
        way = self.exploration.ways[origin[0]]
        values = self._values(given, batch)
        if batch is None and self.batch:
            del values[self.batch]  # It is shown as N.
        return tuple(
            [tuple([evaluate(dim, values) for dim in tensor.dims]) for _, tensor in way.evaluation.outputs]
        )

    @property
    def share_unknown(self) -> float:
        """The share of the sizes that were looked at of which nothing is known."""
        return self.exploration.share_unknown

    @property
    def why_unknown(self) -> str:
        """Why nothing is known of some of the sizes that were looked at; empty where all are known.

        It is why no more was looked for, or else what was met first that cannot be told.
        """
        if not self.share_unknown:
            return ""
        lost = next((way.lost for way in self.exploration.ways if way.lost), "")
        return self.exploration.reason or lost

    # telling ------------------------------------------------------------------------------------------

    @cached_property
    def proof(self) -> Grid | None:
        """What is known of every size there is; None where only so many were looked at."""
        names = [axis.name for axis in self.axes]
        proof = proof_of(self.exploration.ways, names, self.exploration.domain.fixed) if names else None
        return None if proof is None or (proof.status < REFUSED).any() else proof

    @property
    def is_proved(self) -> bool:
        """Whether the sizes that fit are known beyond those that were looked at."""
        return self.proof is not None or not self.axes

    @cached_property
    def grid(self) -> Grid:
        """What is known, of every size if it is proved, else of those that were looked at."""
        return self.proof or grid_of(self.exploration.ways, self.exploration.domain)

    @cached_property
    def other_batches(self) -> tuple[int, ...]:
        """The numbers of samples, of one to four, for which not all fits that fits for the usual two."""
        if not self.batch or not self.axes or self.batch not in self.exploration.domain.fixed:
            return ()
        ways, fixed = self.exploration.ways, self.exploration.domain.fixed
        conditions = [condition for way in ways for condition in way.conditions]
        if not any(self.batch in symbols_of(condition) for condition in conditions):
            return ()
        names, most = [axis.name for axis in self.axes], min(self.known_to, _BATCHES_TRIED_TO)
        found: list[int] = []
        for count in [count for count in range(1, 5) if count != fixed[self.batch]]:
            points = domain_of(names, conditions, most, {**fixed, self.batch: count}).points()
            vectors = [points.varied[name] for name in names]
            usual, other = self._judged(vectors, None)[0], self._judged(vectors, count)[0]
            found += [count] if ((usual == FITS) & (other == REFUSED)).any() else []
        return tuple(found)

    @property
    def known_to(self) -> int:
        """Up to which size was looked along each axis."""
        return min(self.exploration.domain.maximum.values(), default=1)

    @cached_property
    def description(self) -> Description:
        """The set in words, and as sets where it is made of such."""
        if self.axes:
            if self.share_unknown and not self.grid.fits.any():
                # None is known to fit, and that is not to say that none does.
                return Description(NOT_KNOWN, is_whole=False)
            return described(self.exploration.ways, self.grid, self.grid.fits)
        status = int(self.exploration.status[0])
        return Description(
            "its one size" if status == FITS else "no size" if status == REFUSED else NOT_KNOWN
        )

    @cached_property
    def outputs(self) -> tuple[Outcome, ...]:
        """What comes out: a formula for each kind of sizes that has its own."""
        return outcomes_of(self.exploration.ways, self.grid, self.description)

    def __str__(self) -> str:
        text, known = self.description.text, f"1 to {self.known_to:,}"
        if self.is_proved:
            return text
        share = self.share_unknown
        if share:
            return f"{text} (of {known}; not known for {share_text(share)})"
        return f"{text} (known for {known})"

    def __repr__(self) -> str:
        return f"<Sizes of {self.network.name}: {self}>"

    # how it is found ----------------------------------------------------------------------------------

    def _given(self, sizes: Sequence[Any]) -> list[Any]:
        """A size for each axis."""
        if len(sizes) == 1 and len(self.axes) > 1:
            return [sizes[0]] * len(self.axes)
        if len(sizes) != len(self.axes):
            words = ", ".join([axis.word for axis in self.axes]) or "none"
            raise UsageError(
                f"{len(sizes)} sizes are given for {len(self.axes)} axes",
                at="sizes",
                have=", ".join(map(str, sizes)),
                rule=f"the free sizes are {words}",
            )
        return list(sizes)

    def _judged(
        self, vectors: Sequence[NDArray[Any]], batch: int | None
    ) -> tuple[NDArray[np.int8], NDArray[np.int32]]:
        """What is known of sizes, and which way says it."""
        fixed = dict(self.exploration.domain.fixed)
        if batch is not None and self.batch:
            fixed[self.batch] = batch
        points = Points({**fixed, **{a.name: v for a, v in zip(self.axes, vectors, strict=True)}})
        status, origin = judged_by(self.exploration.ways, points)
        for axis in self.axes:
            status[points.varied[axis.name] < 1] = REFUSED
        return status, origin

    def _values(self, given: Sequence[int], batch: int | None) -> dict[str, int]:
        values = dict(self.exploration.domain.fixed)
        values |= {axis.name: size for axis, size in zip(self.axes, given, strict=True)}
        if batch is not None and self.batch:
            values[self.batch] = batch
        return values

    def _fed(self, given: Sequence[int], batch: int | None) -> dict[str, Shape]:
        values = self._values(given, batch)
        return {name: tuple([evaluate(dim, values) for dim in shape]) for name, shape in self.shapes.items()}


def _distance(sizes: Sequence[int], given: Sequence[int]) -> int:
    return sum(abs(size - wanted) for size, wanted in zip(sizes, given, strict=True))


def _nearest_of(vectors: Sequence[NDArray[Any]], given: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The nearest point below on every axis, the nearest above, and the nearest of all."""
    pairs = list(zip(vectors, given, strict=True))
    far = np.sum([np.abs(vector - size) for vector, size in pairs], axis=0)
    below = np.logical_and.reduce([vector <= size for vector, size in pairs])
    above = np.logical_and.reduce([vector >= size for vector, size in pairs])
    for side in (below, above, below | ~below):
        if side.any():
            place = int(np.where(side, far, np.iinfo(np.int64).max).argmin())
            yield tuple([int(vector[place]) for vector in vectors])
