"""Channels that no setting of a window changes: what does not fit, and the layer with which it would."""

from __future__ import annotations

from dataclasses import replace

from shapelens.analyses.solving.arithmetic import POOL
from shapelens.analyses.solving.question import Question
from shapelens.readers.notation.arithmetic import nearest_divisor
from shapelens.records import dataclass

__all__ = ["Misfit", "misfit_of"]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Channels that do not fit.

    Args:
        words: why.
        fitting: the question with which they would; None where it is not clear what is meant.
    """

    words: str
    fitting: Question | None = None


def misfit_of(question: Question) -> Misfit | None:
    """What does not fit of the channels, whatever the settings are; None where they do."""
    place, out = question.layout.channel, question.target[question.layout.channel]
    taken = None if question.source is None else question.source[place]
    if question.rules.family == POOL:
        if isinstance(taken, int) and taken != out:
            return Misfit(f"a pool keeps its channels: {taken} cannot become {out}", _giving(question, taken))
        return None
    return _of_filters(question, out) or (_of_taken(question, taken, out) if isinstance(taken, int) else None)


def _of_filters(question: Question, out: int) -> Misfit | None:
    """That as many filters are given as channels are to come out."""
    name = question.layer.layer.name
    for argument in ("out_channels", "filters"):
        filters = question.count(argument)
        if filters is not None and filters != out:
            words = f"this {name} gives {filters} channels, one per filter, and {out} are wanted"
            return Misfit(words, _with(question, argument, out))
    return None


def _of_taken(question: Question, taken: int, out: int) -> Misfit | None:
    """That as many channels go in as the layer takes, and that groups and multiples of them come out even."""
    name, wanted, groups = question.layer.layer.name, question.count("in_channels"), question.count("groups")
    if wanted and wanted != taken:
        words = f"this {name} takes {wanted} channels, and {taken} go in"
        source, order = question.source or (), question.layout.spaced
        if source[0 if question.layout.channels_last else -1] == wanted:
            side = "first" if question.layout.channels_last else "last"
            return Misfit(f"{words}: the {wanted} stands {side}, and {order} is what it takes")
        return Misfit(words, _with(question, "in_channels", taken))
    if groups and (taken % groups or out % groups):
        uneven = taken if taken % groups else out
        words = f"groups divide the channels evenly, in and out: {uneven} is no multiple of {groups}"
        return Misfit(words, _with(question, "groups", nearest_divisor(groups, taken, out)))
    if "depth_multiplier" in question.layer.parameters and "filters" not in question.layer.parameters:
        return _of_multiples(question, taken, out)
    return None


def _of_multiples(question: Question, taken: int, out: int) -> Misfit | None:
    """That each channel by itself gives as many as the others."""
    multiplier = question.count("depth_multiplier")
    if multiplier is None:
        multiplier = max(round(out / taken), 1)
        words = f"each of the {taken} channels gives as many as the others: {out} is no multiple of {taken}"
        return Misfit(words, _with(_giving(question, multiplier * taken), "depth_multiplier", multiplier))
    if taken * multiplier != out:
        words = (
            f"{taken} channels of {multiplier} filters each give {taken * multiplier}, and {out} are wanted"
        )
        return Misfit(words, _giving(question, taken * multiplier))
    return None


def _giving(question: Question, channels: int) -> Question:
    """The same question for so many channels that come out."""
    target = list(question.target)
    target[question.layout.channel] = channels
    return replace(question, target=tuple(target))


def _with(question: Question, name: str, value: int) -> Question:
    """The same question for a layer with another argument."""
    return replace(question, channels={**question.channels, name: value})
