"""SL106: a pooling that finds less than its window."""

from __future__ import annotations

from shapelens.analyses.findings.feeding import smallest_image
from shapelens.analyses.findings.layers import changed_layer
from shapelens.analyses.findings.proposing import Proposal
from shapelens.analyses.findings.telling import Case, Told, number
from shapelens.analyses.findings.windows import chain_line, turned, window_words
from shapelens.dims import Unknown
from shapelens.operators import Pool

__all__ = ["tell_shrunk"]

_BATCHED_IMAGE = 4


def tell_shrunk(case: Case) -> Told:
    """A pooling that has nothing to give."""
    place, count = _which(case)
    counted = f"\nthe {_ordinal(place)} of {count} poolings" if count > 1 else ""
    return case.told(
        "SL106",
        f"{window_words(case)}{chain_line(case)}{counted}",
        f"at least one window must fit: the padded size is at least {number(case.facts.get('extent', 1))}",
        proposals=turned(case) or [*smallest_image(case), *_dropped(case)],
        framework=("torch", _words(case)),
    )


def _which(case: Case) -> tuple[int, int]:
    """Which pooling of how many it is."""
    pools = [s.node.name for s in case.evaluation.steps if isinstance(s.node.operator, Pool)]
    return pools.index(case.step.node.name) + 1, len(pools)


def _ordinal(place: int) -> str:
    """A place in words: first, second, 11th."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return words[place - 1] if place <= len(words) else f"{place}th"


def _dropped(case: Case) -> list[Proposal]:
    """The network without this pooling."""
    if len(case.evaluation.steps) < 2:
        return []
    operator = case.step.node.operator
    assert isinstance(operator, Pool)
    ones = tuple([1] * len(operator.kernel))
    alone = {"kernel": ones, "stride": ones, "padding": (), "dilation": 1}
    text = f"leave out this pooling, {case.step.node.name}"
    return [changed_layer(case, settings=alone, text=text)]


def _words(case: Case) -> str:
    image = case.step.inputs[0]
    if image is None or isinstance(image.shape, Unknown) or image.rank != _BATCHED_IMAGE:
        return ""
    channels, *sizes = image.shape[1:]
    operator = case.step.node.operator
    assert isinstance(operator, Pool)
    outs = [operator.count(size, sliding) for size, sliding in zip(sizes, operator.slidings(), strict=True)]
    before = "x".join(map(number, (channels, *sizes)))
    after = "x".join(map(number, (channels, *outs)))
    if "?" in after or not all(isinstance(out, int) for out in outs):
        return ""
    return f"Given input size: ({before}). Calculated output size: ({after}). Output size is too small"
