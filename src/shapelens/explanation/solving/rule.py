"""The arithmetic that settings have to satisfy, with the numbers that are known in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from shapelens.analyses.solving import Solved
from shapelens.analyses.solving.arithmetic import TRANSPOSED
from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.inputs import sizes_giving
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.setting import Axis, Choices, Setting
from shapelens.dims.layout import AXIS_WORDS
from shapelens.explanation.document import LABEL, Entry, Text, text
from shapelens.operators.windows import SAME, VALID, Sliding

__all__ = ["axis_names", "rule_entry", "searched_entry", "whole_rule_entry"]


def rule_entry(solved: Solved) -> list[Entry]:
    """The formula of each axis, and what follows from it for the settings that are free."""
    question = solved.question
    axes = question.axes
    different = list(dict.fromkeys(axes))
    lines: list[Text] = []
    for axis in different:
        places = [place for place, other in enumerate(axes) if other == axis]
        formula = _Formula(
            question, axis.choices, [solution.each[places[0]] for solution in solved.solutions]
        )
        written = [*formula.lines(str(axis.size), axis.wanted), *formula.consequence(axis)]
        remark = f"   {axis_names(question, places)}" if len(different) > 1 else ""
        lines += [text(line, (remark if place == 0 else "", LABEL)) for place, line in enumerate(written)]
    return [Entry("rule", tuple(lines))] if lines else []


def whole_rule_entry(solved: Solved) -> list[Entry]:
    """The formula of a layer whose settings are all known, for whatever size goes in."""
    question, (solution,) = solved.question, solved.solutions
    lines: dict[str, None] = {}
    for setting, wanted, choices in zip(solution.each, question.wanted, question.choices, strict=True):
        lines.update(dict.fromkeys(_Formula(question, choices, [setting]).lines("in", wanted)))
    return [Entry("rule", tuple(map(text, lines)))] if lines else []


def axis_names(question: Question, places: Sequence[int]) -> str:
    """`height and width`."""
    letters = [question.layout.axes[question.layout.spatial[place]] for place in places]
    names = [AXIS_WORDS[letter] for letter in letters]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


class _Formula:
    """What comes out along one axis, with a number for each setting that is known, and its name for the others.

    Args:
        question: what was asked.
        choices: what there was to choose from along the axis.
        settings: what was found.
    """

    def __init__(self, question: Question, choices: Choices, settings: Sequence[Setting]) -> None:
        self.question = question
        self.choices = choices
        self.paddings = list(dict.fromkeys([s.padding for s in settings if isinstance(s.padding, str)]))
        self.kernel = self._shown("kernel", settings)
        self.stride = self._shown("stride", settings)
        self.padding = self._shown("padding", settings)
        self.added = self._shown("output_padding", settings)
        self.spread = f"({self.kernel} - 1)"
        if "dilation" in question.names:
            self.spread = f"{self._shown('dilation', settings)}·{self.spread}"

    def _shown(self, role: str, settings: Sequence[Setting]) -> str:
        values = {getattr(setting, role) for setting in settings}
        if len(values) == 1 and (role == "stride" or role not in self.choices.free):
            return str(values.pop())
        return "kernel" if role == "kernel" else self.question.names.get(role, role)

    def lines(self, size: str, wanted: int) -> Iterator[str]:
        """The formula; for each word that a padding may be, one."""
        is_transposed, is_keras = self.question.rules.family == TRANSPOSED, self.question.is_keras
        if is_transposed and not is_keras:
            yield f"{self._stamped(size)} = {wanted}"
        elif not self.paddings:
            yield f"{self._windowed(size)} = {wanted}"
        elif not is_transposed or self.added in {"None", "output_padding"}:
            for word in self.paddings:
                remark = f"   padding={word!r}" if len(self.paddings) > 1 else ""
                shown = (
                    self._stamped_in_words(size, word)
                    if is_transposed
                    else self._windowed_in_words(size, word)
                )
                yield f"{shown} = {wanted}{remark}"

    def _windowed(self, size: str) -> str:
        has_padding = "padding" in self.question.names and self.padding != "0"
        if self.question.rules.ceil_mode:
            before, after = (f"{size} + {self.padding}", f"{self.padding} - ") if has_padding else (size, "-")
            return f"ceil(({before} + min({after}{self.spread} - 1 + {self.stride}, 0)) / {self.stride})"
        sides = f"{size} + 2·{self.padding}" if has_padding else size
        return f"floor(({sides} - {self.spread} - 1) / {self.stride}) + 1"

    def _windowed_in_words(self, size: str, word: str) -> str:
        if word == VALID:
            return f"floor(({size} - {self.spread} - 1) / {self.stride}) + 1"
        return f"ceil({size} / {self.stride})"

    def _stamped(self, size: str) -> str:
        cut = f" - 2·{self.padding}" if self.padding != "0" else ""
        added = f" + {self.added}" if self.added != "0" else ""
        return f"({size} - 1)·{self.stride}{cut} + {self.spread} + 1{added}"

    def _stamped_in_words(self, size: str, word: str) -> str:
        if word == SAME:
            return f"{size}·{self.stride}"
        return f"({size} - 1)·{self.stride} + max({self.spread} + 1, {self.stride})"

    def consequence(self, axis: Axis) -> Iterator[str]:
        """What the free settings have to come to, where the stride is known: `2·padding - (kernel - 1) is -1 or 0`."""
        is_plain = (
            not self.paddings
            and not self.question.rules.ceil_mode
            and self.question.rules.family != TRANSPOSED
        )
        if (
            not is_plain
            or not self.stride.isdigit()
            or {"kernel", "padding", "dilation"}.isdisjoint(axis.choices.free)
        ):
            return
        # A single cell without padding gives as much from any of these sizes.
        sizes = sizes_giving(Sliding(1, stride=int(self.stride)).count, axis.wanted)
        low, high = sizes[0] - axis.size, sizes[-1] - axis.size
        shown = f"2·{self.padding} - {self.spread}"
        if "padding" not in self.question.names or self.padding == "0":
            shown, low, high = self.spread, -high, -low
        which = f"{low}" if low == high else f"{low} or {high}" if high - low == 1 else f"{low} to {high}"
        yield f"so  {shown}  is {which}"


def searched_entry(question: Question) -> Entry:
    """The bounds of what is free, and how they are made wider."""
    free, bounds = question.free, question.bounds
    parts: list[str] = []
    widened = ""
    for field in fields(Bounds):
        if field.name not in free:
            continue
        if field.name == "padding" and question.is_keras:
            parts.append("padding 'valid' and 'same'")
            continue
        widened = widened or f"; --max-{field.name} … widens it"
        parts.append(f"{field.name} {0 if field.name == 'padding' else 1} to {getattr(bounds, field.name)}")
    if "output_padding" in free:
        parts.append("output padding below the stride" + ("" if question.is_keras else " or the dilation"))
    if not parts:
        return Entry("searched", (text("nothing: all settings are given"),))
    return Entry("searched", (text(", ".join(parts), (widened, LABEL)),))
