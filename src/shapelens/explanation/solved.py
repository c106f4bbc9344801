"""What turns one shape into another, explained: the settings that do it, the sizes that go in, or why nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from shapelens.analyses.solving import Solved
from shapelens.analyses.solving.arithmetic import TRANSPOSED
from shapelens.analyses.solving.habits import usual_of
from shapelens.analyses.solving.searching import MOST_COMBINED
from shapelens.analyses.solving.unread import unread_words
from shapelens.dims.counts import exact_text
from shapelens.explanation.document import (
    LABEL,
    POSITIONS,
    Block,
    Document,
    Entry,
    Preformatted,
    Text,
    columns,
    text,
)
from shapelens.explanation.solving.commands import asking_command, bound_options, explaining_command
from shapelens.explanation.solving.elsewhere import elsewhere_entry
from shapelens.explanation.solving.rule import axis_names, rule_entry, searched_entry, whole_rule_entry
from shapelens.explanation.solving.table import MOST_SHOWN, range_words, solution_lines
from shapelens.explanation.solving.title import title_of

__all__ = ["solved_document"]

_LABEL_WIDTH = 10
"""What stands before the lines of an entry."""

_MOST_SIZES = 8
"""Of so many sizes that go in it is told what is left unread."""


def solved_document(solved: Solved, width: int = 100, *, shows_all: bool = False) -> Document:
    """The answer in words and numbers.

    Args:
        solved: the answer.
        width: how wide its table may be.
        shows_all: whether all settings are told, and not only those that networks use first.
    """
    if not solved.solutions:
        from shapelens.explanation.solving.why import why_document

        return why_document(solved)
    if solved.question.asks_for_inputs:
        return _inputs_document(solved)
    question, first = solved.question, solved.solutions[0]
    shown = solved.solutions if shows_all else solved.solutions[:MOST_SHOWN]
    groups: tuple[tuple[Block, ...], ...] = (
        (Preformatted(tuple([text(line) for line in wrap(_summary(solved), width)])),),
        (Preformatted(solution_lines(solved, shown, width)),),
        (
            *_usual_entry(solved),
            *rule_entry(solved),
            *_inputs_entry(solved),
            searched_entry(question),
            *elsewhere_entry(first, width - _LABEL_WIDTH),
        ),
    )
    is_cut = len(shown) < len(solved.solutions)
    following = asking_command(question, "--all") if is_cut else explaining_command(first.text, first.source)
    return Document(title_of(question, first.text, first.source), groups, following)


# settings -----------------------------------------------------------------------------------------------


def _summary(solved: Solved) -> str:
    """How many there are, what all of them have, and in which order they stand."""
    count = len(solved.solutions)
    if count == 1:
        return "the only one" if solved.question.free else "all is given, and it does it"
    strides = {solution.settings["stride"] for solution in solved.solutions}
    is_said = len(strides) == 1 and "stride" in solved.question.free
    stride = f"; all have stride {_alike(*strides)}" if is_said else ""
    first = "one of" if usual_of(solved.question, solved.solutions[0].each) is None else "the usual one of"
    return f"{first} {count:,}{stride}. {_order(solved)}"


def _alike(values: Sequence[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else f"({', '.join(map(str, values))})"


def _order(solved: Solved) -> str:
    """What the table holds, and in which order."""
    if solved.is_square:
        is_square = len(solved.question.choices) > 1
        return f"{'Square settings, the' if is_square else 'The'} usual first:"
    is_given = len(set(solved.question.choices)) > 1
    head = "" if is_given else "No square setting does it. "
    if solved.is_whole:
        return f"{head}Those whose axes differ least first:"
    return f"{head}Of more than {MOST_COMBINED:,} that do it, those whose axes differ least:"


def _usual_entry(solved: Solved) -> list[Entry]:
    """Why the first is the first, where it is anybody's habit; else what would be."""
    first = solved.solutions[0]
    habit = usual_of(solved.question, first.each)
    if solved.wider is not None:
        bounds, solution = solved.wider
        parts = text("rather ", solution.text, ("   within ", LABEL), bound_options(bounds))
        return [Entry("usual", (parts,))]
    if habit is None or len(solved.solutions) == 1:
        return []
    return [Entry("usual", (text(f"{habit.name}: {habit.reason}"),))]


def _inputs_entry(solved: Solved) -> list[Entry]:
    """The sizes that give the same with the first setting, for each axis where they differ."""
    question, first = solved.question, solved.solutions[0]
    if question.rules.family == TRANSPOSED:  # Each size gives another.
        return []
    remark = "   with the first" if len(solved.solutions) > 1 else ""
    places: dict[tuple[range, int], list[int]] = {}
    for place, asked in enumerate(zip(first.inputs, question.wanted, strict=True)):
        places.setdefault(asked, []).append(place)
    lines: list[Text] = []
    for (sizes, wanted), own in places.items():
        how = "alone gives" if len(sizes) == 1 else "both give" if len(sizes) == 2 else "all give"
        where = "" if len(places) == 1 else f"   {axis_names(question, own)}"
        lines.append(text(f"{range_words(sizes, ' and ')} {how} {wanted}", (where or remark, LABEL)))
        remark = ""
    return [Entry("inputs", tuple(lines))]


# sizes that go in ---------------------------------------------------------------------------------------


def _inputs_document(solved: Solved) -> Document:
    """The sizes that a whole layer turns into what is wanted, what it leaves unread of each, and what it costs."""
    question, (solution,) = solved.question, solved.solutions
    costs: list[Block] = [
        Entry("params", (text(exact_text(solution.parameters)),)),
        Entry("MACs", (text(exact_text(solution.macs)),)),
        Entry("field", (text("×".join(map(str, solution.receptive_field))),)),
    ]
    title = title_of(question, solution.text, solution.source, _asked_for(solved))
    groups = ((*whole_rule_entry(solved), *_unread_entry(solved)), tuple(costs))
    return Document(title, groups, explaining_command(solution.text, solution.source))


def _asked_for(solved: Solved) -> list[range]:
    """The sizes that go in; of an axis whose size was given, that alone."""
    question, (solution,) = solved.question, solved.solutions
    asked = zip(solution.inputs, question.sizes or solution.inputs, strict=True)
    return [range(given, given + 1) if isinstance(given, int) else sizes for sizes, given in asked]


def _unread_entry(solved: Solved) -> list[Entry]:
    """What of each of these sizes no window reaches."""
    question, (solution,) = solved.question, solved.solutions
    inputs = _asked_for(solved)
    count = min(map(len, inputs))
    if solution.overlap or count > _MOST_SIZES:
        return []
    sizes = [[sizes[place] for sizes in inputs] for place in range(count)]
    rows = [
        ("×".join(map(str, each)), unread_words(solution.slidings, each, question.layout)) for each in sizes
    ]
    lines = columns([[text((shown, POSITIONS)) for shown, _ in rows], [text(words) for _, words in rows]])
    return [Entry("unread", tuple(lines))]
