"""What comes again: the same layer or block, or another of one stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shapelens.analyses.blocks import enclosing_module, signature
from shapelens.drawing.stations import Station
from shapelens.network import Step

__all__ = ["is_same", "is_same_stage", "repeated", "run_name"]


def is_same(one: Station, other: Station) -> bool:
    """Whether two stations are the same layer or block again."""
    if one.form != other.form or one.kind != other.kind or not one.steps or one.times > 1 or other.times > 1:
        return False
    if not one.members and one.bands != other.bands:
        return False
    return signature(_own_steps(one)) == signature(_own_steps(other))


def _own_steps(station: Station) -> list[Step]:
    """The steps of a block without those of other modules: a norm that the next block begins with."""
    if not station.members or not station.module:
        return list(station.steps)
    inside = station.name + "."
    return [step for step in station.steps if (enclosing_module(step) + ".").startswith(inside)]


def is_same_stage(one: Station, other: Station) -> bool:
    """Whether two blocks are of one stage: the same class, and the same comes out."""
    grows = one.join == other.join == "concat" and len(one.parts) == len(other.parts) == 2
    same = one.form.spatial == other.form.spatial if grows else one.form.text() == other.form.text()
    if not same or not one.members or not other.members or one.kind != other.kind:
        return False
    if one.module or other.module:
        return one.module == other.module
    return one.join == other.join and _makers(one) == _makers(other)


def _makers(station: Station) -> set[str]:
    """The operators that make what is inside a block, skips left out."""
    return {type(step.node.operator).__name__ for step in station.steps if not step.node.operator.keeps_shape}


def repeated(run: Sequence[Station]) -> Station:
    """Several of the same as one, with how many times; what it opens to is the last of them."""
    first, last = run[0], run[-1]
    steps = tuple([step for station in run for step in station.steps])
    times = sum(station.times for station in run)
    # What is opened is the last: the first of a stage is often another.
    members = last.members
    if not is_same(first, last) and not members:
        members = tuple([replace(s, parents=(place - 1,) if place else ()) for place, s in enumerate(run)])
    return replace(
        last, name=run_name(first.name, last.name), steps=steps, times=times, parents=first.parents,
        members=members, entries=last.entries, broken=any(s.broken for s in run), is_open_end=last.is_open_end,
    )  # fmt: skip


def run_name(first: str, last: str) -> str:
    """`layer1` for `layer1.0` to `layer1.2`; `features.5-7` for layers of one parent; both names else."""
    if first == last:
        return first
    one, other = first.split("."), last.split(".")
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    parent = ".".join(one[:shared])
    head, tail = ".".join(one[shared:]), ".".join(other[shared:])
    if head.isdigit() and tail.isdigit():
        return f"{parent}.{head}-{tail}" if parent else f"{head}-{tail}"
    return f"{first} … {tail}" if parent else f"{first} … {last}"
