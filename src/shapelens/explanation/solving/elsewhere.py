"""The same layer in the other framework's words: of the same values or, where it has none, of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shapelens.analyses.solving.question import Question
from shapelens.analyses.solving.solution import Solution
from shapelens.explanation.document import LABEL, Entry, plain_text, shape_spans, text, text_width
from shapelens.explanation.solving.rule import axis_names
from shapelens.network import Step
from shapelens.operators import Operator, Pool, Tensor, TransposedConvolution
from shapelens.operators.windows import SAME, Padding
from shapelens.readers.notation.words import to_keras, to_pytorch

__all__ = ["elsewhere_entry"]

Words = Callable[[Operator, Sequence["Tensor | None"]], "str | None"]


def elsewhere_entry(solution: Solution, width: int) -> list[Entry]:
    """A line for the other framework, with the shapes where there is room; nothing where it has no words for it."""
    is_keras, step = solution.question.is_keras, solution.step
    if len(solution.evaluation.steps) > 1:
        return []
    to_other: Words = to_pytorch if is_keras else to_keras
    words, remark = to_other(step.node.operator, step.inputs), ""
    if words is None or " after " in words:
        other = _of_the_same_shape(solution.question, step, to_other)
        if other is not None:
            words, remark = other
    if words is None:
        return []
    layout = solution.question.layout
    shapes = [
        shape_spans(layout.reordered(shape, layout.other), layout.other.channel)
        for shape in (solution.source, solution.output)
    ]
    order = (f"   {layout.other.spaced}", LABEL)
    line = text(f"{words}   ", shapes[0], " → ", shapes[1], order)
    if text_width(plain_text(line)) > width:
        line = text(words, order)
    lines = (line, text((remark, LABEL))) if remark else (line,)
    return [Entry("PyTorch" if is_keras else "Keras", lines)]


def _of_the_same_shape(question: Question, step: Step, to_other: Words) -> tuple[str, str] | None:
    """The layer with the other framework's padding, where it gives the same shape, and how the padding differs."""
    operator, sides = step.node.operator, _sides(step.node.operator, step.inputs)
    if isinstance(operator, TransposedConvolution) or not sides:
        return None
    padding: Padding = tuple([(max(pair), max(pair)) for pair in sides]) if question.is_keras else SAME
    other = operator.with_settings(padding=padding)
    outcome = other.evaluate(*step.inputs)
    words = to_other(other, step.inputs)
    if words is None or outcome.broken or outcome.outputs[0].shape != step.output.shape:
        return None
    theirs = _sides(other, step.inputs)
    if theirs == sides:
        return words, ""
    differing = [place for place, pairs in enumerate(zip(theirs, sides, strict=True)) if pairs[0] != pairs[1]]
    first = differing[0]
    where = "" if len(differing) == len(sides) else f", {axis_names(question, differing)}"
    return words, f"same shape, other values: pads {_words(theirs[first])}, not {_words(sides[first])}{where}"


def _sides(operator: Operator, inputs: Sequence[Tensor | None]) -> tuple[tuple[int, int], ...]:
    image = inputs[0]
    if isinstance(operator, Pool):
        return operator.sides(image)
    sides: tuple[tuple[int, int], ...] = operator.sides(image, inputs[1])  # type: ignore[attr-defined]
    return sides


def _words(pair: tuple[int, int]) -> str:
    """Cells before and after: `0 before and 1 after`, `1 and 1`."""
    before, after = pair
    return f"{before} and {after}" if before == after else f"{before} before and {after} after"
