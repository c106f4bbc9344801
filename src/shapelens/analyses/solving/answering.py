"""What is found: the settings that do it, or the sizes that go in; and where nothing does, why, and what is nearest."""

from __future__ import annotations

from shapelens.analyses.solving.bounds import Bounds
from shapelens.analyses.solving.channels import misfit_of
from shapelens.analyses.solving.elsewhere import other_of, wider_of
from shapelens.analyses.solving.going_in import going_in
from shapelens.analyses.solving.habits import is_usual
from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.reach import Gap, gaps_of, nearest_of
from shapelens.analyses.solving.searching import first_of, found
from shapelens.analyses.solving.solution import Solution
from shapelens.records import dataclass

__all__ = ["Solved", "solved"]


@dataclass(frozen=True)
class Solved:
    """An answer.

    Args:
        question: what was asked.
        solutions: the layers that do it, the usual ones first; for sizes that go in, the layer itself.
        is_square: whether settings are alike on all axes.
        is_whole: whether they are all within bounds, and not those alone that differ least between axes.
        misfit: why no setting does it, where the channels do not fit.
        gaps: the sizes that cannot be had.
        nearest: layers that give the nearest shapes.
        wider: the bounds within which something does it, and the layer; where something does within those that are
            given, but nothing that networks have, the same for what they have.
        other: the layer of the other direction that does it: a transposed convolution where sizes are to grow.
        completed: where sizes that go in are asked for and there are none, the layer with more settings that does it.
    """

    question: Question
    solutions: tuple[Solution, ...] = ()
    is_square: bool = True
    is_whole: bool = True
    misfit: str = ""
    gaps: tuple[Gap, ...] = ()
    nearest: tuple[Solution, ...] = ()
    wider: tuple[Bounds, Solution] | None = None
    other: Solution | None = None
    completed: tuple[Solution, ...] = ()

    @property
    def fixes(self) -> tuple[Solution, ...]:
        """All other layers that do it."""
        found = (None if self.wider is None else self.wider[1], self.other, *self.completed)
        return tuple([solution for solution in found if solution is not None])


def solved(question: Question) -> Solved:
    """The answer to a question.

    Raises:
        LayerTextError: the framework refuses whatever is tried.
    """
    misfit = misfit_of(question)
    if misfit is not None:
        is_known = misfit.fitting is not None and not question.asks_for_inputs
        first = first_of(misfit.fitting) if is_known and misfit.fitting is not None else None
        return Solved(question, misfit=misfit.words, nearest=() if first is None else (first,))
    if question.asks_for_inputs:
        into = going_in(question)
        solutions = () if into.solution is None else (into.solution,)
        return Solved(question, solutions, gaps=into.gaps, completed=into.completed)
    settings = found(question)
    if settings.solutions:
        is_odd = bool(question.free) and not is_usual(question, settings.solutions[0].each)
        wider = wider_of(question) if is_odd else None
        if wider is not None and not is_usual(question, wider[1].each):
            wider = None
        return Solved(question, settings.solutions, settings.is_square, settings.is_whole, wider=wider)
    gaps = gaps_of(question)
    return Solved(
        question,
        gaps=gaps,
        nearest=nearest_of(question, gaps),
        wider=wider_of(question),
        other=other_of(question, gaps),
    )
