"""Pooling: the largest value of a window, its mean or its norm, channel by channel.

What counts is not the same everywhere. Padding never wins a maximum. A mean divides by the cells of its window, those
of the padding included (PyTorch) or not (Keras, ONNX), as `count_include_pad` says; what lies behind the padding, where
the last window of `ceil_mode` may reach, is never counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from shapelens.errors import UsageError
from shapelens.numbers.axes import INPUT, PADDING, Place
from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.values import Array, Number, check_elements
from shapelens.numbers.windows import Windows
from shapelens.operators import Pool
from shapelens.records import dataclass

__all__ = ["PoolCell", "pool_cell", "pool_maps"]


@dataclass(frozen=True, slots=True, eq=False)
class PoolCell:
    """One cell of a pool's output, taken apart.

    Args:
        map: which feature map: the channel.
        position: where the cell is in it.
        window: the places of the window along each axis.
        values: what stands in the window; zeros where nothing does.
        counts: whether each cell counts: for a maximum those of the input alone.
        winner: of a maximum, where in the window it stands; the first of several. None for a mean or a norm.
        sum: of a mean's values, or of a norm's powers; None for a maximum.
        divisor: what a mean divides by; None for others.
        value: the cell.
    """

    map: int
    position: tuple[int, ...]
    window: tuple[tuple[Place, ...], ...]
    values: Array
    counts: Array
    winner: tuple[int, ...] | None
    sum: Number | None
    divisor: int | None
    value: Number


def pool_cell(layer: NumberedLayer, channel: int, position: Sequence[int]) -> PoolCell:
    """One cell of a pool; nothing but its window is read."""
    operator = layer.operator
    assert isinstance(operator, Pool)
    windows = Windows(layer, [[at] for at in position])
    values = layer.read([channel], [axis[0] for axis in windows.along])[0]
    counting = [bool(windows.are(tap, _counting(operator)).all()) for tap in windows.taps]
    counts = np.array(counting).reshape(layer.kernel)
    taken = values[counts].tolist()
    _check_taken(bool(taken))
    own = channel, tuple(position), tuple([axis[0] for axis in windows.along]), values, counts
    if operator.kind == "max":
        best = max(taken)
        winner = tuple([int(at) for at in np.argwhere((values == best) & counts)[0]])
        return PoolCell(*own, winner, None, None, best)
    if operator.kind == "average":
        summed, divisor = _in_order(taken), operator.divisor or len(taken)
        return PoolCell(*own, None, summed, divisor, _divided(summed, divisor))
    summed = _in_order(_powers(operator, np.array(taken, dtype=layer.dtype)).tolist())
    root = _roots(operator, np.array([summed]), np.array([len(taken)]), counts.size)
    return PoolCell(*own, None, summed, None, float(root[0]))


def pool_maps(layer: NumberedLayer, channels: Sequence[int], positions: Sequence[Sequence[int]]) -> Array:
    """Feature maps, or a part of them: `len(channels) × positions`. Means and norms are floats."""
    operator = layer.operator
    assert isinstance(operator, Pool)
    check_elements(len(channels) * prod(map(len, positions)))
    windows = Windows(layer, positions)
    values = windows.read(channels)
    made = np.zeros((len(channels), *windows.shape), dtype=layer.dtype)
    counted = np.zeros(windows.shape, dtype=np.int64)
    for tap in windows.taps:
        counts, met = windows.are(tap, _counting(operator)), windows.met(values, tap)
        if operator.kind == "max":
            made = np.where(counts & ((counted == 0) | (met > made)), met, made)
        else:
            made = made + np.where(counts, met if operator.kind == "average" else _powers(operator, met), 0)
        counted += counts
    _check_taken(bool(counted.all()))
    if operator.kind == "max":
        return made
    if operator.kind == "average":
        return (made / (operator.divisor or counted)).astype(np.float64)
    return _roots(operator, made, counted, prod(layer.kernel))


def _counting(operator: Pool) -> frozenset[str]:
    """The kinds of places that count, where a cell is of one of them along every axis."""
    is_mean = operator.kind == "average" and operator.count_include_pad
    return frozenset({INPUT, PADDING}) if is_mean else frozenset({INPUT})


def _check_taken(is_taken: bool) -> None:
    """Refuse a window in which nothing counts, as dilated ones may be.

    Raises:
        UsageError: "its numbers cannot be shown: …".
    """
    if not is_taken:
        raise UsageError(
            "its numbers cannot be shown: in one of its windows there is nothing but padding",
            at="numbers",
            rule="the largest of nothing is no number, and nor is its mean",
            fix="a smaller dilation, or less padding",
        )


def _in_order(numbers: Sequence[Number]) -> Number:
    """A sum made one by one, as `pool_maps` makes it."""
    total: Number = 0
    for number in numbers:
        total = total + number
    return total


def _divided(summed: Number, divisor: int) -> Number:
    """A whole number where it is one."""
    if isinstance(summed, int) and summed % divisor == 0:
        return summed // divisor
    return summed / divisor


def _power(operator: Pool) -> Number:
    """A norm's power: a whole number where it is one, so that powers of whole numbers stay exact."""
    return int(operator.norm) if float(operator.norm).is_integer() else operator.norm


def _powers(operator: Pool, values: Array) -> Array:
    """Values to a norm's power; in PyTorch with their sign, elsewhere without.

    Raises:
        UsageError: "its numbers cannot be shown: …", where a power of a negative number is none.
    """
    power = _power(operator)
    if not operator.norm_of_mean:
        values = np.abs(values)
    elif isinstance(power, float) and (values < 0).any():
        raise _no_power(f"a negative value has no power of {power:g}")
    raised: Array = values**power
    return raised


def _roots(operator: Pool, sums: Array, counted: Array, cells: int) -> Array:
    """The roots of sums of powers; in PyTorch of their mean, times the cells of the kernel."""
    whole = sums / counted * cells if operator.norm_of_mean else sums
    if (whole < 0).any():
        raise _no_power("the powers of a window sum to less than 0, and PyTorch's root of that is no number")
    roots: Array = whole.astype(np.float64) ** (1 / operator.norm)
    return roots


def _no_power(reason: str) -> UsageError:
    return UsageError(
        f"its numbers cannot be shown: {reason}",
        at="numbers",
        rule="PyTorch's LPPool keeps the sign of what it raises to a power",
        fix="values of at least 0, or an even norm_type",
    )
