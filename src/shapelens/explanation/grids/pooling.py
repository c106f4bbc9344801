"""One cell of a pool: the window, and which of its values wins, or what they are divided by."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.explanation.document import (
    ANSWER,
    CHANNELS,
    LABEL,
    PLAIN,
    POSITIONS,
    Beside,
    Block,
    Entry,
    Part,
    Text,
    text,
)
from shapelens.explanation.grids.grid import array_parts, with_signs
from shapelens.explanation.grids.telling import (
    MOST_TERMS,
    Telling,
    cell_words,
    output_title,
    position_text,
    shape_text,
    shown_entry,
    window_entry,
)
from shapelens.explanation.grids.views import InputView, input_view, kernel_view, output_view
from shapelens.numbers import PADDING, PAST, Number, NumberedLayer, PoolCell
from shapelens.numbers.digits import digits_for
from shapelens.operators import Pool

__all__ = ["pool_telling"]


def pool_telling(layer: NumberedLayer, cell: PoolCell) -> Telling:
    """A cell of a pool in grids."""
    operator = layer.operator
    assert isinstance(operator, Pool)
    # Padding is zeros only where a mean counts them, or a norm.
    counts = operator.kind == "lp" or (operator.kind == "average" and operator.count_include_pad)
    empty = frozenset({PAST}) if counts else frozenset({PAST, PADDING})
    seen = input_view(layer, cell.window, [cell.map], empty=empty)
    out = output_view(layer, cell.map, cell.position)
    which = (
        shape_text(layer.input.shape) if layer.maps == 1 else f"channel {cell.map}, {shape_text(layer.sizes)}"
    )
    is_padded = seen.padded and any(side for axis in layer.axes for side in axis.sides)
    padded = f", padded {shape_text(seen.padded)}" if is_padded else ""
    row = with_signs(
        ("", seen.parts(text((f"input {which}{padded}", LABEL)), 0)),
        ("→", _window(cell, empty)),
        ("→", out.parts(output_title(layer, cell.map))),
        titles=1 + (layer.rank == 3),
    )
    written = digits_for([cell.value])
    title = text((f"{cell_words(layer, cell.map, cell.position)} = {written.written(cell.value)}", ANSWER))
    where = [window_entry(layer, cell.window)] if seen.padded or seen.shown else []
    shown = shown_entry(input=seen.shown, output=out.shown, window=kernel_view(cell.values).shown)
    groups = ((Beside((row,)),), (*_said(layer, cell, seen), *where, *shown))
    rounded = any(digits.is_rounded for digits in (seen.digits, out.digits, written))
    return Telling(title, groups, rounded)


def _window(cell: PoolCell, empty: frozenset[str]) -> Sequence[Part]:
    """The window by itself: of a maximum, brackets mark the value that wins; what does not count is dim."""
    view = kernel_view(cell.values)
    marks = () if cell.winner is None else [{at} for at in cell.winner]

    def role(place: tuple[int, ...]) -> str:
        if not cell.counts[place]:
            return LABEL
        return CHANNELS if place == cell.winner else PLAIN

    def nothing(place: tuple[int, ...]) -> bool:
        return any(axis[at].kind in empty for axis, at in zip(cell.window, place, strict=True))

    return array_parts(text(("window", LABEL)), view.values, view.digits, marks, role, nothing)


def _said(layer: NumberedLayer, cell: PoolCell, seen: InputView) -> list[Block]:
    operator = layer.operator
    assert isinstance(operator, Pool)
    taken = cell.values[cell.counts].tolist()
    value = digits_for([cell.value]).written(cell.value)
    if cell.winner is not None:
        return [Entry("largest", (_largest(layer, cell, taken, value),))]
    written = [seen.digits.factor(number) for number in taken]
    if operator.kind == "average":
        sums = " + ".join(written) if len(written) <= MOST_TERMS else f"{len(written)} values"
        if len(written) > 1:
            sums = f"({sums})"
        lines = [text(f"{sums} / {cell.divisor} = ", (value, ANSWER))]
        if operator.divisor is not None or not bool(cell.counts.all()) or seen.padded:
            lines.append(text((_divisor_words(operator, cell, taken), LABEL)))
        return [Entry("mean", tuple(lines))]
    return [Entry("norm", _norm_lines(operator, cell, taken, written, value))]


def _largest(layer: NumberedLayer, cell: PoolCell, taken: Sequence[Number], value: str) -> Text:
    """Where the largest value stands, and how often it does."""
    assert cell.winner is not None
    own = [
        axis.own(window[at]) for axis, window, at in zip(layer.axes, cell.window, cell.winner, strict=True)
    ]
    times = taken.count(cell.value)
    often = f"; {times} times in the window, and the first counts" if times > 1 else ""
    return text((value, ANSWER), " at ", (position_text(own), POSITIONS), (f" of the input{often}", LABEL))


def _divisor_words(operator: Pool, cell: PoolCell, taken: Sequence[Number]) -> str:
    """Why the mean divides by what it divides by."""
    whole, counted = cell.counts.size, len(taken)
    if operator.divisor is not None:
        return (
            f"divided by {operator.divisor}, as divisor_override says, whatever the window's cells: {whole}"
        )
    if counted == whole:
        return f"all {whole} cells count, those of the padding too (count_include_pad=True)"
    kinds = {place.kind for axis in cell.window for place in axis}
    lost = ["what lies behind the end does not count"] if PAST in kinds else []
    if PADDING in kinds and not operator.count_include_pad:
        lost.insert(0, "the padding does not count (count_include_pad=False)")
    return f"{counted} of the window's {whole} cells: {', and '.join(lost)}"


def _norm_lines(
    operator: Pool, cell: PoolCell, taken: Sequence[Number], written: Sequence[str], value: str
) -> tuple[Text, ...]:
    """The powers, their sum and its root."""
    power = f"{operator.norm:g}"
    absolute = [own if operator.norm_of_mean else f"|{own.strip('()')}|" for own in written]
    terms = (
        " + ".join([f"{own}^{power}" for own in absolute])
        if len(written) <= MOST_TERMS
        else "the powers' sum"
    )
    whole = len(taken) == cell.counts.size
    summed = digits_for([cell.sum or 0]).written(cell.sum or 0)
    lines = [text(terms), text(f"= {summed}; {summed}^(1/{power}) = ", (value, ANSWER))]
    if operator.norm_of_mean and not whole:
        lines[1] = text(
            f"= {summed}; ({summed} / {len(taken)} · {cell.counts.size})^(1/{power}) = ", (value, ANSWER)
        )
        lines.append(text(("PyTorch takes the mean of what the window has, times the kernel's cells", LABEL)))
    return tuple(lines)
