"""Which sizes a network accepts, told: the answer, what comes out, a few sizes, why, and how far it is sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapelens.analyses.samples import sample_of, typed_sample
from shapelens.analyses.sizes import Sizes
from shapelens.analyses.sizes.describing import NOT_KNOWN, share_text
from shapelens.analyses.sizes.reasons import Reason, reasons_of
from shapelens.analyses.sizes.rows import Row, rows_of, sizes_text
from shapelens.dims import Dim, Expression, condition_text, dim_text, evaluate, shape_text, symbol
from shapelens.explanation.document import (
    ANSWER,
    BREAK,
    LABEL,
    POSITIONS,
    UNKNOWN,
    VERIFIED,
    Block,
    Document,
    Entry,
    Preformatted,
    Text,
    columns,
    plain_text,
    text,
    text_width,
)
from shapelens.operators import Shape, Tensor

__all__ = ["tell_sizes"]

_MOST_REASONS = 4
_LONGEST_REASON = 72


def tell_sizes(sizes: Sizes, asked: Sequence[int] = (), width: int = 100) -> Document:
    """The sizes that a network accepts, as a document.

    Args:
        sizes: what is known of them.
        asked: a size for each axis, if it is asked whether it fits.
        width: what room there is for the table; where it does not do, the table says less.
    """
    rows = rows_of(sizes, asked)
    groups: list[list[Block]] = [_summary(sizes, asked), _table(sizes, rows, width), _background(sizes)]
    title = _title_of_asked(sizes, asked) if asked else text((_takes(sizes), ANSWER))
    kept = tuple([tuple(group) for group in groups if group])
    fits = sizes.contains(*asked) if asked else None
    has_errors = fits is False or sizes.description.text == "no size"
    return Document(title, kept, _following(sizes, asked), _facts(sizes, rows, asked), has_errors)


# the answer ---------------------------------------------------------------------------------------------


def _takes(sizes: Sizes) -> str:
    """`unet takes 1×H×W with H and W multiples of 16`."""
    said = sizes.description.text
    shape = _input_text(sizes)
    if said == NOT_KNOWN:
        return f"which sizes of {shape} {sizes.network.name} takes is not known"
    if said == "no size":
        return f"{sizes.network.name} takes no size of {shape}"
    if not sizes.axes:
        return f"{sizes.network.name} takes {shape}, and no size in it is free"
    word = "for" if said.startswith("every ") else "with"
    return f"{sizes.network.name} takes {shape} {word} {said.replace(': multiples', ' multiples')}"


def _title_of_asked(sizes: Sizes, asked: Sequence[int]) -> Text:
    name, shape = sizes.network.name, _input_text(sizes, asked)
    fits = sizes.contains(*asked)
    if fits:
        return text(
            (f"{name} takes {shape}", ANSWER), " and gives ", _outputs_text(sizes, sizes.at(*asked) or ())
        )
    if fits is None:
        return text((f"whether {name} takes {shape} is not known", ANSWER))
    near = [_input_text(sizes, other) for other in sizes.nearest(*asked)]
    nearest = f"; nearest: {' or '.join(near)}" if near else ""
    return text((f"{name} does not take {shape}{nearest}", ANSWER))


def _input_text(sizes: Sizes, given: Sequence[int] = ()) -> str:
    """One sample of what goes in; of several inputs each with its name."""
    values = {axis.name: size for axis, size in zip(sizes.axes, given, strict=False)}
    samples = {
        declared.name: _sample(sizes, sizes.shapes[declared.name], values)
        for declared in sizes.network.inputs
        if declared.name in sizes.shapes
    }
    fixed = sizes.exploration.domain.fixed
    for declared in sizes.network.inputs:
        if declared.elements is not None and declared.name in samples:
            # A size that is fed is none of an image's, and stays what the example has.
            samples[declared.name] = f"of {shape_text([evaluate(size, fixed) for size in declared.elements])}"
    if len(samples) == 1:
        return next(iter(samples.values()))
    return ", ".join([f"{name} {shape}" for name, shape in samples.items()])


def _sample(sizes: Sizes, shape: Shape, values: dict[str, int]) -> str:
    filled = tuple([evaluate(dim, values) for dim in shape])
    return shape_text(sample_of(Tensor(filled), _batch(sizes)))


def _batch(sizes: Sizes) -> Dim:
    if sizes.batch:
        return symbol(sizes.batch)
    for declared in sizes.network.inputs:
        shape, axis = sizes.shapes.get(declared.name, ()), declared.batch_axis
        if axis is not None and axis < len(shape):
            return shape[axis]
    return 1


def _outputs_text(sizes: Sizes, outputs: Sequence[Shape]) -> str:
    texts = [shape_text(shape) for shape in outputs]
    return f"{', '.join(texts[:3])}{', …' if len(texts) > 3 else ''}"


# its parts ----------------------------------------------------------------------------------------------


def _summary(sizes: Sizes, asked: Sequence[int]) -> list[Block]:
    entries: list[Block] = []
    if asked:
        entries.append(Entry("sizes", (text(_takes(sizes)),)))
        refused = sizes.refused(*asked)
        if refused is not None:
            entries.append(Entry("refused", (text((str(refused), BREAK)),)))
    lines = [
        text(
            (_outputs_text(sizes, outcome.shapes), POSITIONS),
            f"   for {outcome.where}" if outcome.where else "",
        )
        for outcome in sizes.outputs
    ]
    if lines:
        entries.append(Entry("gives", tuple(lines)))
    return entries


def _table(sizes: Sizes, rows: Sequence[Row], width: int) -> list[Block]:
    """A few sizes; where there is no room for it, without the nearest, then without the layers that refuse."""
    if not rows:
        return []
    sign = "×" if any(len(set(row.sizes)) > 1 for row in rows) else " = "
    head = sign.join([axis.name for axis in sizes.axes])
    widest = max([len(head), *[len(row.size) for row in rows]])
    cells: list[list[Text]] = [
        [text((f"{head:>{widest}}", LABEL)), *[text(f"{row.size:>{widest}}") for row in rows]],
        [text(("  out", LABEL)), *[_out(sizes, row) for row in rows]],
    ]
    if any(row.refused_by for row in rows):
        cells.append([text(("refused by", LABEL)), *[text(row.refused_by) for row in rows]])
    if any(row.nearest for row in rows):
        near = [" or ".join([sizes_text(other) for other in row.nearest]) for row in rows]
        cells.append([text(("nearest", LABEL)), *map(text, near)])
    while True:
        lines = [text("  ", line) for line in columns(cells)]
        if len(cells) == 2 or max([text_width(plain_text(line).rstrip()) for line in lines]) <= width:
            return [Preformatted(tuple(lines))]
        cells.pop()


def _out(sizes: Sizes, row: Row) -> Text:
    if row.fits is None:
        return text(("?", UNKNOWN), " not known")
    if not row.fits:
        return text(("✗", BREAK))
    return text(("✓", VERIFIED), " ", _outputs_text(sizes, row.outputs))


def _background(sizes: Sizes) -> list[Block]:
    """Why, how far that is known, and what had to be assumed."""
    blocks: list[Block] = []
    reasons = reasons_of(sizes)
    shown = [_reason_text(reason) for reason in reasons[:_MOST_REASONS]]
    if shown:
        rest = len(reasons) - len(shown)
        more = [text((f"and {rest} more like these", LABEL))] if rest else []
        blocks.append(Entry("why", (*shown, *more)))
    if sizes.axes:
        blocks.append(Entry("sure", tuple(_sure(sizes))))
    # Which size a sample was taken to be has no say in which sizes fit.
    assumed = [said for said in sizes.network.assumptions if not said.startswith("one sample is taken")]
    if assumed:
        blocks.append(Entry("assumed", tuple([text(said) for said in assumed[:3]])))
    return blocks


def _reason_text(reason: Reason) -> Text:
    told = condition_text(reason.condition, "·")
    told = told if len(told) <= _LONGEST_REASON else f"{told[: _LONGEST_REASON - 1]}…"
    return text((told, POSITIONS), f"   {reason.layer}")


def _sure(sizes: Sizes) -> list[Text]:
    ways = len(set(sizes.grid.way[sizes.grid.fits].tolist()))
    said = "proved for every size" if sizes.is_proved else f"known for {_range(sizes)}"
    if ways > 1:
        said += f"; it goes {ways} ways, each for its own sizes"
    lines = [text(said), *_counted(sizes)]
    if sizes.other_batches:
        counts = " or ".join([str(count) for count in sizes.other_batches])
        lines.append(text((f"for two samples at once: not all of these fit for {counts}", UNKNOWN)))
    if sizes.share_unknown:
        more = "; more with --budget" if sizes.exploration.reason else ""
        share, why = share_text(sizes.share_unknown), sizes.why_unknown
        lines.append(text((f"not known for {share} of them: {why}{more}", UNKNOWN)))
    return lines


def _counted(sizes: Sizes) -> list[Text]:
    """How many sizes fit, where that is the same on every axis and neither none nor all."""
    box = sizes.description.box or {}
    if len({str(members) for members in box.values()}) != 1:
        return []
    first = next(iter(box.values()))
    count = sum(first.contains(n) for n in range(1, sizes.known_to + 1))
    if count == sizes.known_to:
        return []
    where = ", on each axis" if len(box) > 1 else ""
    return [text(f"{count:,} of the sizes 1 to {sizes.known_to:,} fit{where}")]


def _range(sizes: Sizes) -> str:
    words = [axis.word for axis in sizes.axes]
    plural = {"height": "heights", "width": "widths", "depth": "depths", "length": "lengths"}
    named = [plural.get(word, word) for word in words]
    said = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return f"{said} from 1 to {sizes.known_to:,}"


# what follows, and the same as data ---------------------------------------------------------------------


def _following(sizes: Sizes, asked: Sequence[int]) -> str:
    """A command that shows the network at a size that fits, or where the one that was asked for fails."""
    if not sizes.axes or len(sizes.shapes) != 1:
        return ""
    shown = tuple(asked) or next(iter(sizes.nearest(*sizes.inspected)), ())
    if not shown:
        return ""
    (shape,) = sizes.shapes.values()
    values = {axis.name: size for axis, size in zip(sizes.axes, shown, strict=True)}
    sample = sample_of(Tensor(tuple([evaluate(dim, values) for dim in shape])), _batch(sizes))
    if not isinstance(sample, tuple) or any(isinstance(dim, Expression) for dim in sample):
        return ""
    command = "check" if asked and not sizes.contains(*asked) else "show"
    return f"shapelens {command} {sizes.network.origin.argument} --input {typed_sample(sample)}"


def _facts(sizes: Sizes, rows: Sequence[Row], asked: Sequence[int]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "sizes": sizes.description.text,
        "axes": {axis.name: axis.word for axis in sizes.axes},
        "proved": sizes.is_proved,
        "known_to": None if sizes.is_proved else sizes.known_to,
        "share_unknown": sizes.share_unknown,
        "gives": [
            {"shapes": [_shape_data(shape) for shape in outcome.shapes], "where": outcome.where or None}
            for outcome in sizes.outputs
        ],
        "table": [_row_data(row) for row in rows],
    }
    if asked:
        facts["asked"] = next(_row_data(row) for row in rows if row.sizes == tuple(asked))
    return facts


def _row_data(row: Row) -> dict[str, Any]:
    return {
        "sizes": list(row.sizes),
        "fits": row.fits,
        "gives": [_shape_data(shape) for shape in row.outputs],
        "refused_by": row.refused_by or None,
        "nearest": [list(near) for near in row.nearest],
    }


def _shape_data(shape: Shape) -> list[int | str]:
    return [dim if isinstance(dim, int) else dim_text(dim, exact=True) for dim in shape]
