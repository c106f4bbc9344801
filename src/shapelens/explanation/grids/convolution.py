"""One cell of a convolution: the window, the filter, their products, the sum of each channel, and the cell."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.explanation.document import (
    ANSWER,
    CHANNELS,
    LABEL,
    Beside,
    Block,
    Entry,
    Part,
    Text,
    text,
)
from shapelens.explanation.grids.grid import array_parts, with_signs
from shapelens.explanation.grids.telling import (
    MOST_CHANNELS,
    MOST_TERMS,
    Telling,
    cell_words,
    filter_name,
    output_title,
    product_text,
    shape_text,
    shown_entry,
    window_entry,
)
from shapelens.explanation.grids.views import InputView, OutputView, input_view, kernel_view, output_view
from shapelens.numbers import ChannelSum, ConvolutionCell, Number, NumberedLayer, partial_outputs
from shapelens.numbers.digits import Digits, digits_for
from shapelens.numbers.stretches import MOST_WHOLE, MOST_WHOLE_OF_SEVERAL

__all__ = ["channel_table", "convolution_telling", "shown_channels"]


def convolution_telling(layer: NumberedLayer, cell: ConvolutionCell) -> Telling:
    """A cell of a convolution in grids."""
    whole = MOST_WHOLE if layer.depth == 1 else MOST_WHOLE_OF_SEVERAL
    channels = [part.channel for part in shown_channels(cell.channels)]
    seen = input_view(layer, cell.window, channels, whole)
    out = output_view(layer, cell.map, cell.position, whole)
    if layer.depth == 1:
        grids: list[Block] = [_one_channel(layer, cell, seen, out)]
        said = [_sum_entry(cell, seen)]
    else:
        words = (
            f"padded input {shape_text(seen.padded)}" if seen.padded else f"input {shape_text(layer.sizes)}"
        )
        grids = [channel_table(layer, cell, seen, text((words, LABEL)))]
        said = [_never_averaged(cell)]
    groups: list[tuple[Block, ...]] = [tuple(grids)]
    if layer.depth > 1:
        groups.append((_outputs(layer, cell, out),))
    kernel = kernel_view(cell.channels[0].kernel)
    shown = shown_entry(input=seen.shown, output=out.shown, kernel=kernel.shown)
    where = [window_entry(layer, cell.window)] if seen.padded or seen.shown else []
    groups.append((*said, *where, *shown))
    written = (seen.digits, out.digits, kernel.digits, _digits_of(cell))
    return Telling(_title(layer, cell), tuple(groups), any(digits.is_rounded for digits in written))


def shown_channels(channels: Sequence[ChannelSum]) -> list[ChannelSum]:
    """All channels where they are few, else the first two and the last."""
    return list(channels) if len(channels) <= MOST_CHANNELS else [*channels[:2], channels[-1]]


def _digits_of(cell: ConvolutionCell) -> Digits:
    """How the sums of a cell are written, all alike."""
    added = [] if cell.bias is None else [cell.bias]
    return digits_for([*[part.sum for part in cell.channels], *added, cell.sum, cell.value])


def _title(layer: NumberedLayer, cell: ConvolutionCell) -> Text:
    digits = _digits_of(cell)
    words = cell_words(layer, cell.map, cell.position)
    if not 1 < len(cell.channels) <= MOST_CHANNELS:
        return text((f"{words} = {digits.written(cell.value)}", ANSWER))
    first, *others = [part.sum for part in cell.channels]
    parts = " + ".join([digits.written(first), *[digits.factor(summed) for summed in others]])
    bias = f" + bias {digits.factor(cell.bias)}" if cell.bias else ""
    return text((f"{words}: {parts}{bias} = {digits.written(cell.value)}", ANSWER))


# the grids ------------------------------------------------------------------------------------------------


def _one_channel(layer: NumberedLayer, cell: ConvolutionCell, seen: InputView, out: OutputView) -> Beside:
    """Input × filter = products → output, in one row."""
    part = cell.channels[0]
    is_one = layer.channels == 1
    of = shape_text(layer.input.shape) if is_one else f"channel {part.channel}, {shape_text(layer.sizes)}"
    titles = 1 + (layer.rank == 3)
    row = with_signs(
        ("", seen.parts(_input_title(of, seen), 0)),
        ("×", kernel_view(part.kernel).parts(filter_title(layer, cell.map, whole=True))),
        ("=", kernel_view(part.products).parts(text(("products", LABEL)))),
        ("→", out.parts(output_title(layer, cell.map))),
        titles=titles,
    )
    return Beside((row,))


def _input_title(of: str, seen: InputView) -> Text:
    padded = f", padded {shape_text(seen.padded)}" if seen.padded else ""
    return text((f"input {of}{padded}", LABEL))


def filter_title(layer: NumberedLayer, map: int, *, whole: bool = False) -> Text:
    """The filter's name; that it is turned, where it is."""
    turned = ", turned by 180°" if layer.is_turned else ""
    return text((f"{filter_name(layer, map, whole=whole)}{turned}", LABEL))


def channel_table(layer: NumberedLayer, cell: ConvolutionCell, seen: InputView, input_title: Text) -> Beside:
    """A row for each channel: its window, its kernel, its products and their sum; under them the cell."""
    shown = shown_channels(cell.channels)
    left_out = [part for part in cell.channels if part not in shown]
    digits = _digits_of(cell)
    width = max(
        [len(digits.written(n)) for n in (*[p.sum for p in cell.channels], cell.bias or 0, cell.value)]
    )
    titles = 1 + (layer.rank == 3)
    rows: list[tuple[Part, ...]] = []
    for place, part in enumerate(shown):
        if left_out and place == len(shown) - 1:
            rows.append(_left_out_row(left_out, len(rows[0]), digits, width))
        is_first = place == 0
        heads: list[Text] = [input_title, filter_title(layer, cell.map), text(("products", LABEL))]
        heads = heads if is_first else [()] * len(heads)
        above = titles if is_first else titles - 1
        groups = [
            ("", seen.parts(heads[0], place)),
            ("×", kernel_view(part.kernel).parts(heads[1])),
            ("=", kernel_view(part.products).parts(heads[2])),
        ]
        row = with_signs(*groups, titles=above)
        label = Part((*[()] * above, text((f"channel {part.channel}", CHANNELS))))
        sums = [_sum_line("sum", digits.written(part.sum), width)]
        if place == len(shown) - 1:
            sums += [] if cell.bias is None else [_sum_line("+ bias", digits.written(cell.bias), width)]
            sums.append(text(("─" * (_SUM_LABEL + width), LABEL)))
            sums.append(_sum_line("cell", digits.written(cell.value), width, ANSWER))
        rows.append((label, *row, Part((*[()] * above, *sums))))
    return Beside(tuple(rows))


_SUM_LABEL = 8


def _sum_line(label: str, number: str, width: int, role: str = CHANNELS) -> Text:
    return text((f"{label:<{_SUM_LABEL}}", LABEL), (f"{number:>{width}}", role))


def _left_out_row(
    left_out: Sequence[ChannelSum], columns: int, digits: Digits, width: int
) -> tuple[Part, ...]:
    """What the channels that are not shown add together."""
    together: Number = sum([part.sum for part in left_out])
    names = f"channels {left_out[0].channel} to {left_out[-1].channel}"
    return (
        Part((text(("…", LABEL)),)),
        Part((text((names, CHANNELS)),)),
        *[Part(())] * (columns - 3),
        Part((_sum_line("sum", digits.written(together), width),)),
    )


def _outputs(layer: NumberedLayer, cell: ConvolutionCell, out: OutputView) -> Beside:
    """What each channel gives by itself, and the output that they sum to; the output alone where they are many."""
    title = output_title(layer, cell.map)
    titles = 1 + (layer.rank == 3)
    if layer.depth > MOST_CHANNELS:
        return Beside((with_signs(("", out.parts(title)), titles=titles),))
    groups: list[tuple[str, Sequence[Part]]] = []
    each = partial_outputs(layer, cell.map, out.places)
    for place, (part, numbers) in enumerate(zip(cell.channels, each, strict=True)):
        head = text((f"channel {part.channel} gives", LABEL))
        groups.append(
            ("+" if place else "", array_parts(head, numbers, digits_for(numbers.reshape(-1).tolist())))
        )
    if cell.bias:
        height = len(groups[0][1][0].lines) - titles
        bias = text((f"bias {digits_for([cell.bias]).written(cell.bias)}", CHANNELS))
        groups.append(("+", [Part((*[()] * (titles + (height - 1) // 2), bias, *[()] * (height // 2)))]))
    return Beside((with_signs(*groups, ("=", out.parts(title)), titles=titles),))


# what is said ---------------------------------------------------------------------------------------------


def _sum_entry(cell: ConvolutionCell, seen: InputView) -> Block:
    """The sum of one channel, written out where it is short."""
    part, digits = cell.channels[0], _digits_of(cell)
    kernel = digits_for(part.kernel.reshape(-1).tolist())
    pairs = list(zip(part.values.reshape(-1).tolist(), part.kernel.reshape(-1).tolist(), strict=True))
    terms = product_text(pairs, seen.digits, kernel) if len(pairs) <= MOST_TERMS else f"{len(pairs)} products"
    value = digits.written(cell.value)
    if cell.bias is None:
        return Entry("sum", (text(terms), text("= ", (value, ANSWER))))
    return Entry(
        "sum",
        (
            text(terms),
            text(f"= {digits.written(cell.sum)}, + bias {digits.written(cell.bias)} = ", (value, ANSWER)),
        ),
    )


def _never_averaged(cell: ConvolutionCell) -> Block:
    """That the channels are summed."""
    mean = cell.sum / len(cell.channels) + (cell.bias or 0)
    digits, value = digits_for([mean]), _digits_of(cell).written(cell.value)
    said = f", never averaged: the mean would give {digits.written(mean)}, not {value}"
    if mean == cell.value:
        said = ", never averaged"
    return Entry("sum", (text("the channels are summed", (said, LABEL)),))
