"""The arithmetic of sliding windows in words: the size, its formula, the padding, and what is left unread."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shapelens.analyses.unread import unread_cells
from shapelens.dims import Dim, Unknown, dim_text, symbol
from shapelens.explanation.document import ANSWER, LABEL, POSITIONS, Block, Entry, Text, axis_text, text
from shapelens.explanation.subject import Subject
from shapelens.operators.windows import SAME, SAME_LOWER, Sliding

__all__ = ["alike_words", "padding_entry", "positions_text", "size_entry", "unread_entry"]

_SIDES = {1: (("left", "right"),), 2: (("top", "bottom"), ("left", "right")),
          3: (("front", "back"), ("top", "bottom"), ("left", "right"))}  # fmt: skip
_MOST_CELLS = 100_000
"""Along a longer axis it is not told which cells no window reads."""

_AXIS_WORDS = {"D": "depth", "H": "height", "W": "width", "T": "length"}


def positions_text(sizes: Sequence[Dim]) -> str:
    """`224×224`."""
    return "×".join([axis_text(size) for size in sizes])


def _axes(subject: Subject, count: int) -> list[tuple[int, str, Dim, Dim]]:
    """For each of so many spatial axes: its index, its word, the size that goes in and the size that comes out."""
    layout, source, target = subject.layout, subject.source, subject.target
    if (
        layout is None
        or isinstance(source, Unknown)
        or isinstance(target, Unknown)
        or len(target) != len(layout.axes)
        or len(layout.spatial) != count
    ):
        return []
    return [(axis, _AXIS_WORDS[layout.axes[axis]], source[axis], target[axis]) for axis in layout.spatial]


def size_entry(subject: Subject, slidings: Sequence[Sliding]) -> list[Block]:
    """The formula with the numbers in it, the formula in words, and the form for any size."""
    axes = _axes(subject, len(slidings))
    if not axes or any(isinstance(out, Unknown) for _, _, _, out in axes):
        return []
    alike = all(
        (s, size, out) == (slidings[0], axes[0][2], axes[0][3])
        for s, (_, _, size, out) in zip(slidings, axes, strict=True)
    )
    lines: list[Text] = []
    for sliding, (_, word, size, out) in list(zip(slidings, axes, strict=True))[: 1 if alike else None]:
        remark = alike_words(len(axes)) if alike else word
        lines.append(
            text(f"{formula_with(sliding, size)} = ", (dim_text(out, "·"), ANSWER), (f"   {remark}", LABEL))
        )
    lines.append(text((formula_words(slidings[0]), LABEL)))
    lines += _for_any_size(subject, slidings, axes)
    return [Entry("size", tuple(lines))]


def alike_words(rank: int) -> str:
    """What is said of one formula that goes for every axis."""
    return {2: "both axes alike", 3: "all axes alike"}.get(rank, "")


def formula_with(sliding: Sliding, size: Dim) -> str:
    """The formula with its numbers: `floor((224 + 1 + 1 - 1·(3 - 1) - 1) / 1) + 1`."""
    shown = dim_text(size, "·")
    if sliding.padding in {SAME, SAME_LOWER}:
        return f"ceil({shown} / {sliding.stride})"
    before, after = sliding.sides(size)
    kernel = dim_text(sliding.kernel, "·")
    if sliding.ceil_mode:
        extent = f"{sliding.dilation}·({kernel} - 1) + 1"
        return (
            f"ceil(({shown} + {before} + min({after} - ({extent}) + {sliding.stride}, 0)) / {sliding.stride})"
        )
    window = f"{sliding.dilation}·({kernel} - 1) - 1"
    return f"floor(({shown} + {before} + {after} - {window}) / {sliding.stride}) + 1"


def formula_words(sliding: Sliding) -> str:
    """The formula in words."""
    if sliding.padding in {SAME, SAME_LOWER}:
        return "ceil(in / stride): 'same' pads as much as that takes"
    if sliding.ceil_mode:
        return "ceil((in + left + min(right - (dilation·(kernel - 1) + 1) + stride, 0)) / stride)"
    return "floor((in + pad + pad - dilation·(kernel - 1) - 1) / stride) + 1"


def _for_any_size(
    subject: Subject, slidings: Sequence[Sliding], axes: list[tuple[int, str, Dim, Dim]]
) -> list[Text]:
    layout, target = subject.layout, subject.target
    if (
        layout is None
        or isinstance(target, Unknown)
        or not all(isinstance(size, int) for _, _, size, _ in axes)
    ):
        return []
    shape = list(target)
    for sliding, (axis, _, _, _) in zip(slidings, axes, strict=True):
        shape[axis] = sliding.count(symbol(layout.axes[axis]))
    return [text(("for any size  ", LABEL), subject.shape(tuple(shape)))]


def padding_entry(subject: Subject, slidings: Sequence[Sliding]) -> list[Block]:
    """How many cells on each side; for `same` also how they come about, and that they change with the size."""
    axes = _axes(subject, len(slidings))
    if not axes:
        return []
    is_same = slidings[0].padding in {SAME, SAME_LOWER}
    names = _SIDES[len(slidings)]
    sides = [s.sides(size) for s, (_, _, size, _) in zip(slidings, axes, strict=True)]
    if all(isinstance(side, int) and side == 0 for pair in sides for side in pair) and not is_same:
        return [Entry("padding", (text("none"),))]
    each = ", ".join(
        f"{-side} cut off {name}" if isinstance(side, int) and side < 0 else f"{dim_text(side, '·')} {name}"
        for pair, words in zip(sides, names, strict=True)
        for side, name in zip(pair, words, strict=True)
    )
    lines: list[Text] = []
    remark = ""
    size, out = axes[0][2], axes[0][3]
    if is_same and isinstance(size, int):
        sliding = slidings[0]
        lines.append(text(_same_words(sliding, size, out)))
        other = sliding.sides(size + 1)
        if other != sides[0]:
            remark = f"     it changes with the size: {size + 1} would get {other[0]}, {other[1]}"
    lines.append(text(each, (remark, LABEL)))
    return [Entry("padding", tuple(lines))]


def _same_words(sliding: Sliding, size: int, out: Dim) -> str:
    """How many cells `same` adds along one axis, or cuts off."""
    before, after = sliding.sides(size)
    whole = before + after
    window = f"{sliding.dilation}·({dim_text(sliding.kernel)} - 1) + 1"
    formula = f"({dim_text(out)} - 1)·{sliding.stride} + {window} - {size}"
    if isinstance(whole, Unknown):
        return f"{formula} is below zero: {whole.reason}"
    if whole < 0:
        return f"{formula} = {whole} in all: the windows do not reach that far apart, and cells are cut off"
    odd = ": the odd one at the " + ("end" if sliding.padding == SAME else "start") if whole % 2 else ""
    return f"max({formula}, 0) = {whole} in all{odd}"


def unread_entry(subject: Subject, slidings: Sequence[Sliding]) -> list[Block]:
    """Rows and columns that no window reaches, at the end and between windows."""
    axes = _axes(subject, len(slidings))
    if not axes or not all(
        isinstance(size, int) and size <= _MOST_CELLS and isinstance(out, int) and out > 0
        for _, _, size, out in axes
    ):
        return []
    if any(isinstance(s.sides(axis[2])[0], Unknown) for s, axis in zip(slidings, axes, strict=True)):
        return []
    words = {"height": "row", "width": "column", "length": "position", "depth": "slice"}
    parts: list[str] = []
    for sliding, (_, word, size, out) in zip(slidings, axes, strict=True):
        missed = unread_cells(sliding, size, out)
        if missed:
            parts.append(_missed_words(missed, size, words[word]))
    padding = [s.unread(size)[0] for s, (_, _, size, _) in zip(slidings, axes, strict=True)]
    if not parts:
        in_padding = f", but {max(padding)} of the padding at the end" if any(padding) else ""
        every = " and ".join(words[word] for _, word, _, _ in axes)
        return [
            Entry("unread", (text(f"nothing{in_padding}", (f": every {every} lies in some window", LABEL)),))
        ]
    lines = [text((_listed(parts), POSITIONS), (_reason(slidings[0]), LABEL))]
    whole = _whole_sizes(slidings[0], axes[0][2])
    if whole:
        lines.append(text((f"read whole: {whole}", LABEL)))
    return [Entry("unread", tuple(lines))]


def _listed(parts: Sequence[str]) -> str:
    """What is missed along each axis; what all of them end with is said once."""
    remarks = {part.partition(" (")[2] for part in parts}
    if len(remarks) == 1 and len(parts) > 1 and "" not in remarks:
        return " and ".join([part.partition(" (")[0] for part in parts]) + f" ({remarks.pop()}"
    return " and ".join(parts)


def _missed_words(missed: list[int], size: int, word: str) -> str:
    count = len(missed)
    many = word if count == 1 else f"{word}s"
    if missed == list(range(size - count, size)):
        place = f"the last {word}" if count == 1 else f"the last {count} {many}"
        return f"{place} of {size}"
    regular = {later - earlier for earlier, later in pairwise(missed)} == {2}
    odd = " (the odd ones)" if regular and missed[0] % 2 else " (the even ones)" if regular else ""
    return f"{count} of {size} {word}s{odd}"


def _reason(sliding: Sliding) -> str:
    if isinstance(sliding.kernel, int) and sliding.stride > sliding.extent:
        return f": the stride {sliding.stride} steps over the kernel {sliding.kernel}"
    if sliding.dilation > 1:
        return ": they fall between the cells of the dilated windows or after the last one"
    return ": no whole window fits there any more"


def _whole_sizes(sliding: Sliding, size: Dim) -> str:
    """The nearest sizes at which the last window ends with the input, and what they give."""
    if (
        not isinstance(size, int)
        or sliding.ceil_mode
        or isinstance(sliding.padding, str)
        or sliding.stride < 2
    ):
        return ""
    whole = size + sum(sliding.padding) - sliding.extent
    rest = whole % sliding.stride
    smaller, larger = size - (rest or sliding.stride), size + sliding.stride - rest
    near = ([smaller] if whole >= (rest or sliding.stride) and smaller > 0 else []) + [larger]
    shown = [f"{s} gives {sliding.count(s)}" for s in near]
    before, after = sliding.padding
    for extra in range(1, 4):
        padded = Sliding(sliding.kernel, sliding.stride, sliding.dilation, (before + extra, after + extra))
        if padded.count(size) > sliding.count(size):
            shown.append(f"{size} with padding {before + extra} gives {padded.count(size)}")
            break
    return ", ".join(shown)
