"""A set of sizes in words: by axes where they stand by themselves, by the condition that mixes them where not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shapelens.analyses.axis_sets import sets_text
from shapelens.analyses.sizes.domain import settled
from shapelens.analyses.sizes.grid import Box, Grid
from shapelens.analyses.sizes.looking import likely_set
from shapelens.analyses.sizes.points import Mask, symbols_of
from shapelens.analyses.sizes.way import Way
from shapelens.dims import All, Comparison, Condition, Either, Expression, condition_text, product
from shapelens.dims.factoring import factors
from shapelens.records import dataclass

__all__ = ["NOT_KNOWN", "Description", "described", "share_text"]

_MOST_BOXES = 3
_MOST_CONDITIONS = 12
_MOST_PARTS = 3
_LONGEST_CONDITION = 60


@dataclass(frozen=True, slots=True)
class Description:
    """A set of sizes in words.

    Args:
        text: which sizes fit.
        box: the set of each axis, where these stand by themselves.
        is_whole: whether the text says exactly which sizes fit, and not only some of them.
    """

    text: str
    box: Box | None = None
    is_whole: bool = True


NOT_KNOWN = "not known"
"""What is said where it is not known of any size whether it fits."""


def described(ways: Sequence[Way], grid: Grid, member: Mask) -> Description:
    """Some of the sizes of a grid, in words.

    Args:
        ways: the ways that say what is known of it.
        grid: the grid.
        member: which of its combinations are meant.
    """
    if not member.any():
        return Description("no size")
    box, around = grid.margins(member)
    if (around == member).all():
        return Description(sets_text(box), box)
    boxes = grid.boxes(member, _MOST_BOXES)
    text = _by_condition(ways, grid, member, alone=len(boxes) <= _MOST_BOXES) if len(boxes) > 2 else ""
    if text:
        return Description(text)
    if len(boxes) <= _MOST_BOXES:
        return Description(_either([_and(sets_text(each)) for each in boxes]))
    # What fits on each way by itself may be told where the whole is not.
    origins = np.unique(grid.way[member])
    if 1 < len(origins) <= _MOST_PARTS:
        parts = [described(ways, grid, member & (grid.way == origin)) for origin in origins]
        if all(part.is_whole for part in parts):
            return Description(_either([_and(part.text) for part in parts]))
    return Description(_equal_ones(grid, member), is_whole=False)


def _either(texts: Sequence[str]) -> str:
    return "; or ".join(dict.fromkeys(texts))


def _and(text: str) -> str:
    """The parts of a text joined so that the whole can be one of several."""
    return text.replace("; ", " and ") if "; or " not in text else text


def share_text(share: float) -> str:
    """A share in percent: `1.6 %`, `<0.1 %`."""
    percent = share * 100
    return "<0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"


# conditions that mix axes -----------------------------------------------------------------------------


def _by_condition(ways: Sequence[Way], grid: Grid, member: Mask, *, alone: bool) -> str:
    """The condition that mixes the axes, and what each axis must be besides; empty where that is not all.

    Args:
        ways: the ways that say what is known of the grid.
        grid: the grid.
        member: which of its combinations are meant.
        alone: whether only a condition that says all by itself will do.
    """
    everywhere = np.arange(grid.points.count)
    box, around = grid.margins(member)
    for condition in _mixing(ways, grid, np.unique(grid.way[member]).tolist()):
        held = grid.points.where(condition, everywhere)
        if held is None:
            continue
        shaped = held.reshape(member.shape)
        text = condition_text(condition, "·")
        if (shaped == member).all():
            return text
        if not alone and ((shaped & around) == member).all():
            return f"{text}; {sets_text(box)}"
    return ""


def _mixing(ways: Sequence[Way], grid: Grid, origins: Sequence[int]) -> list[Condition]:
    """The conditions that mix axes on some ways, the shortest first."""
    found: dict[Condition, int] = {}
    for origin in origins:
        for asked in ways[origin].conditions:
            condition = settled(asked, grid.points.fixed)
            for part in (condition, *(condition.members if isinstance(condition, (All, Either)) else ())):
                if part is not None and len(set(grid.names) & set(symbols_of(part))) > 1:
                    reduced = _without_content(part)
                    found[reduced] = len(condition_text(reduced))
    ordered = sorted(found, key=lambda condition: found[condition])
    return [condition for condition in ordered if found[condition] <= _LONGEST_CONDITION][:_MOST_CONDITIONS]


def _without_content(condition: Condition) -> Condition:
    """`H·W = 196` of `192·H·W = 37632`."""
    if not isinstance(condition, Comparison) or condition.strictness == ">=":
        return condition
    left, right = condition.left, condition.right
    made, number = (left, right) if isinstance(right, int) else (right, left)
    if not isinstance(made, Expression) or not isinstance(number, int):
        return condition
    parts = factors(made)
    content = product([part for part in parts if isinstance(part, int)])
    if not isinstance(content, int) or number % content:
        return condition
    whole = product([part for part in parts if not isinstance(part, int)])
    return (
        Comparison(whole, condition.relation, number // content)
        if isinstance(whole, Expression)
        else condition
    )


def _equal_ones(grid: Grid, member: Mask) -> str:
    """Of sizes that no few words describe, those that are equal on all axes; empty where they are not looked at."""
    vectors = [grid.points.varied[name] for name in grid.names]
    is_equal = np.logical_and.reduce([vectors[0] == other for other in vectors[1:]])
    largest = min(int(vector.max()) for vector in vectors)
    if is_equal.sum() < largest:
        return "some sizes, by no rule of few words"
    fitting = np.zeros(largest, dtype=np.bool_)
    fitting[vectors[0][is_equal & member.ravel()] - 1] = True
    return f"{' = '.join(grid.names)}: {likely_set(fitting)}; others by no rule of few words"
