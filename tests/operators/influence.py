"""Which input cells an output cell depends on, found by trying: what an operator's links must say.

    assert_links_see(Convolution(), [Tensor((1, 1, 5)), Tensor((1, 1, 3))], lambda x: conv1d(x, ones))

One input cell after another is set to 1 and all others to 0; where the output is not what it is for zeros alone, the
cell is seen. So the function must let nothing cancel out: its weights are 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from shapelens.operators import Operator, Tensor, apply
from shapelens.operators.reach import Link, Span

__all__ = ["assert_links_see", "span_of"]


def span_of(link: Link, cell: int) -> Span:
    """The first and the last input cell that an output cell sees."""
    assert link.spans is not None
    turn, phase = divmod(cell, link.period)
    first, last = link.spans[phase]
    return first + turn * link.advance, last + turn * link.advance


def assert_links_see(
    operator: Operator,
    inputs: Sequence[Tensor | None],
    function: Callable[[np.ndarray], np.ndarray],
    position: int = 0,
) -> tuple[Link, ...]:
    """Compare an operator's shape and the links to one of its inputs with what a function does.

    Where a link's span lies inside the input, its first and its last cell must really be seen; outside of it lies
    padding, and cells between the taps of a dilated window, so there nothing else may be seen.
    """
    outcome = apply(operator, inputs)
    assert outcome.broken == ()
    seen_from = inputs[position]
    assert seen_from is not None
    seen: defaultdict[tuple[int, int, int], set[int]] = defaultdict(set)
    idle = function(np.zeros(seen_from.dims, np.float32))
    assert idle.shape == outcome.outputs[0].shape
    for cell in np.ndindex(seen_from.dims):
        impulse = np.zeros(seen_from.dims, np.float32)
        impulse[cell] = 1
        changed = function(impulse) != idle
        for axis in range(changed.ndim):
            others = tuple([other for other in range(changed.ndim) if other != axis])
            for at in changed.any(axis=others).nonzero()[0].tolist():
                for input_axis, where in enumerate(cell):
                    seen[input_axis, axis, at].add(where)
    links = tuple([link for link in operator.links(inputs, outcome.outputs) if link.input == position])
    for link in links if seen else ():  # every window may lie in the padding of another axis
        size = seen_from.dims[link.input_axis]
        for at in range(outcome.outputs[0].dims[link.output_axis]):
            _compare(link, at, size, seen[link.input_axis, link.output_axis, at])
    return links


def _compare(link: Link, at: int, size: int, cells: set[int]) -> None:
    first, last = span_of(link, at)
    told = f"{link} says that cell {at} sees {first} to {last}; it sees {sorted(cells)}"
    assert all(first <= cell <= last for cell in cells), told
    if link.merged and not cells:  # where another axis that shares this one lies in its padding
        return
    if first <= last and first >= 0 and last < size:
        assert {first, last} <= cells, told
