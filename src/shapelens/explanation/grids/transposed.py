"""One cell of a transposed convolution, both ways: stamps that overlap, and a window over the stuffed input."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from shapelens.explanation.document import (
    ANSWER,
    CHANNELS,
    LABEL,
    PLAIN,
    Beside,
    Block,
    Entry,
    Part,
    Span,
    text,
)
from shapelens.explanation.grids.convolution import channel_table, filter_title, shown_channels
from shapelens.explanation.grids.grid import cell_parts, with_signs
from shapelens.explanation.grids.telling import (
    MOST_CHANNELS,
    MOST_TERMS,
    Telling,
    cell_words,
    filter_name,
    output_title,
    position_text,
    product_text,
    shape_text,
    shown_entry,
)
from shapelens.explanation.grids.views import OutputView, bare_view, input_view, kernel_view, output_view
from shapelens.numbers import ConvolutionCell, NumberedLayer, Stamp, reaching, stamp
from shapelens.numbers.digits import Digits, digits_for
from shapelens.numbers.stretches import MOST_WHOLE, MOST_WHOLE_OF_SEVERAL, Stretch, part_words

__all__ = ["most_overlapped", "transposed_telling"]

_MOST_STAMPS = 4
_MOST_REACHING = 9
_LOOKED_AT = 64


def most_overlapped(layer: NumberedLayer) -> tuple[int, ...]:
    """The first cell of the output on which the most stamps overlap."""
    position: list[int] = []
    for axis in layer.axes:
        reach = [
            sum(place.cell is not None for place in axis.window(at))
            for at in range(min(axis.count, _LOOKED_AT))
        ]
        position.append(reach.index(max(reach)))
    return tuple(position)


def transposed_telling(layer: NumberedLayer, cell: ConvolutionCell) -> Telling:
    """A cell of a transposed convolution in grids, scattered and gathered."""
    whole = MOST_WHOLE if layer.depth == 1 else MOST_WHOLE_OF_SEVERAL
    both = _Both(layer, cell, output_view(layer, cell.map, cell.position, whole), whole)
    value = both.digits.written(cell.value)
    title = text((f"{cell_words(layer, cell.map, cell.position)} = {value}", ANSWER))
    groups = (*both.scattering(), both.gathering())
    written = [both.digits, both.out.digits, both.bare.digits, kernel_view(cell.channels[0].kernel).digits]
    return Telling(title, groups, any(own.is_rounded for own in written))


class _Both:
    """A cell of a transposed convolution, seen both ways.

    Args:
        layer: the layer.
        cell: the cell, as gathering makes it.
        out: the output around it.
        whole: axes of so many cells are shown whole.
    """

    def __init__(self, layer: NumberedLayer, cell: ConvolutionCell, out: OutputView, whole: int) -> None:
        self.layer, self.cell, self.out, self.whole = layer, cell, out, whole
        added = [] if cell.bias is None else [cell.bias]
        self.digits = digits_for([*added, cell.sum, cell.value])
        reached = list(reaching(layer, cell.position))
        self.reaching = [stamp(layer, cell.map, part.channel, at) for part in cell.channels for at in reached]
        self.channels = [part.channel for part in shown_channels(cell.channels)]
        cells = [[place.cell for place in axis if place.cell is not None] for axis in cell.window]
        self.bare = bare_view(layer, cells, self.channels, whole)
        self.titles = 1 + (layer.rank == 3)
        self.most = _MOST_REACHING if layer.depth <= MOST_CHANNELS else _MOST_STAMPS

    # scattering -------------------------------------------------------------------------------------------

    def scattering(self) -> tuple[tuple[Block, ...], ...]:
        """What it is, the grids, the stamps, and their sum."""
        strides = [axis.apart for axis in self.layer.axes]
        every = str(strides[0]) if len(set(strides)) == 1 else shape_text(strides)
        cut = "; what lands beyond the output is cut off" if self._cuts else ""
        said = text(
            ("each input cell stamps the filter, times its value", ANSWER),
            (f", every {'cell' if every == '1' else f'{every} cells'}", LABEL),
            (f"; where stamps overlap, they add up{cut}", LABEL),
        )
        stamps, where = self._stamps()
        shown = shown_entry(input=self.bare.shown, output=self.out.shown, stamps=where)
        sums = self._sum("no stamp reaches the cell")
        return (Entry("scatter", (said,)), self._input_and_output()), (*stamps, sums, *shown)

    @property
    def _cuts(self) -> bool:
        """Whether a stamp reaches beyond the output."""
        channel = self.cell.channels[0].channel
        corners = [[0] * self.layer.rank, [size - 1 for size in self.layer.sizes]]
        ends = [stamp(self.layer, self.cell.map, channel, corner).lands for corner in corners]
        return any(
            not 0 <= at < count
            for lands in ends
            for axis, count in zip(lands, self.layer.counts, strict=True)
            for at in axis
        )

    def _input_and_output(self) -> Beside:
        """Input × filter → output, with a row for each channel."""
        layer, rows = self.layer, []
        turned = ", turned by 180°" if layer.is_flipped else ""
        sizes = layer.input.shape if layer.depth == layer.channels == 1 else layer.sizes
        heads = [text((f"input {shape_text(sizes)}", LABEL))]
        heads += [text((f"{filter_name(layer, self.cell.map, whole=layer.depth == 1)}{turned}", LABEL))]
        for place, channel in enumerate(self.channels):
            above = self.titles if place == 0 else self.titles - 1
            first, second = heads if place == 0 else ((), ())
            groups = [
                ("", self.bare.parts(first, place)),
                ("×", kernel_view(layer.kernel_for(self.cell.map, channel)).parts(second)),
            ]
            if place == 0:
                groups.append(("→", self.out.parts(output_title(layer, self.cell.map))))
            row = with_signs(*groups, titles=above)
            name = Part((*[()] * above, text((f"channel {channel}", CHANNELS))))
            rows.append((name, *row) if layer.depth > 1 else row)
        return Beside(tuple(rows))

    def _stamps(self) -> tuple[list[Block], str]:
        """The stamps, all or those that reach the cell, and which part of the output they are shown in."""
        layer, cell, places, where = self.layer, self.cell, self.out.places, ""
        if layer.depth * prod(layer.sizes) <= _MOST_STAMPS:
            every = product(layer.channels_of(cell.map), product(*[range(size) for size in layer.sizes]))
            shown = [stamp(layer, cell.map, channel, at) for channel, at in every]
        else:
            shown = self.reaching[: self.most]
            places = self._around(shown)
            where = self._part_words(places)
        if not shown:
            return [], ""
        numbers = [number for one in shown for number in one.products.reshape(-1).tolist()]
        written = digits_for(numbers)
        width = max([len(written.written(number)) for number in numbers])
        parts = [part for one in shown for part in self._stamp_parts(one, places, written, width)]
        return [Beside((tuple(parts),))], where

    def _around(self, stamps: Sequence[Stamp]) -> tuple[Sequence[int], ...]:
        """Of the output that is shown, what some stamps cover."""
        found: list[Sequence[int]] = []
        for axis, own in enumerate(self.out.places):
            lands = [at for one in stamps for at in one.lands[axis] if at in own]
            found.append([at for at in own if min(lands) <= at <= max(lands)] if lands else own)
        return tuple(found)

    def _part_words(self, places: Sequence[Sequence[int]]) -> str:
        """Which part of the output stamps are shown in, and how many more reach the cell."""
        pairs = zip(places, self.layer.counts, strict=True)
        stretches = [Stretch(own, count) for own, count in pairs]
        left_out = len(self.reaching) - self.most
        words = part_words(stretches, self.layer.counts, (0,) * self.layer.rank)
        more = f"the first {self.most} of {len(self.reaching)} that reach the cell" if left_out > 0 else ""
        return ", in ".join([part for part in (more, words) if part])

    def _stamp_parts(
        self, one: Stamp, places: Sequence[Sequence[int]], written: Digits, width: int
    ) -> list[Part]:
        """One stamp where it lands in the output."""
        layer = self.layer
        value = digits_for([one.value]).factor(one.value)
        channel = f"channel {one.channel}: " if layer.channels > 1 else ""
        at_first = position_text([axis[0] for axis in one.lands])
        title = text((f"{channel}{value} × filter at {at_first}", LABEL))

        def shown(place: tuple[int, ...]) -> Span:
            at = tuple([own[n] for own, n in zip(places, place, strict=True)])
            added = one.adds(at)
            if added is None:
                return Span(f"{'·':>{width}}", LABEL)
            return Span(
                f"{written.written(added[1]):>{width}}", CHANNELS if at == self.cell.position else PLAIN
            )

        is_reached = one.adds(self.cell.position) is not None
        marks = (
            [{own.index(at)} for at, own in zip(self.cell.position, places, strict=True)]
            if is_reached
            else ()
        )
        return cell_parts(title, [len(own) for own in places], shown, marks)

    def _sum(self, nothing: str, remark: str = "") -> Entry:
        """The sum of what reaches the cell, written out where it is short.

        Args:
            nothing: what is said where nothing reaches it.
            remark: what is said behind it.
        """
        cell, digits = self.cell, self.digits
        value = digits.written(cell.value)
        bias = (
            "" if cell.bias is None else f"{digits.written(cell.sum)}, + bias {digits.written(cell.bias)} = "
        )
        if not self.reaching:
            return Entry("sum", (text(f"{nothing}: {bias}", (value, ANSWER)),))
        pairs = [(one.value, (one.adds(cell.position) or (0, 0))[0]) for one in self.reaching]
        left, right = digits_for([a for a, _ in pairs]), digits_for([b for _, b in pairs])
        terms = product_text(pairs, left, right) if len(pairs) <= MOST_TERMS else f"{len(pairs)} products"
        return Entry("sum", (text(f"{terms} = {bias}", (value, ANSWER), (remark, LABEL)),))

    # gathering --------------------------------------------------------------------------------------------

    def gathering(self) -> tuple[Block, ...]:
        """What it is, the stuffed input and the turned filter, and the same sum."""
        layer, cell = self.layer, self.cell
        seen = input_view(layer, cell.window, self.channels, self.whole, padded=True)
        dilated = [axis.sliding.dilation for axis in layer.axes]
        dilation = "" if set(dilated) == {1} else f", dilation {shape_text(dict.fromkeys(dilated))}"
        said = text(
            (f"the same numbers as a plain conv {shape_text(layer.kernel)}, stride 1{dilation}", ANSWER),
            (f", over the input {self._stuffing()}", LABEL),
        )
        stuffed = self._stuffed()
        title = text((f"{stuffed} input {shape_text(seen.padded)}".lstrip(), LABEL))
        shown = shown_entry(**{f"{stuffed} input".lstrip(): seen.shown})
        if layer.depth > 1:
            return (Entry("gather", (said,)), channel_table(layer, cell, seen, title), *shown)
        row = with_signs(
            ("", seen.parts(title, 0)),
            ("×", kernel_view(cell.channels[0].kernel).parts(filter_title(layer, cell.map))),
            ("→", self.out.parts(output_title(layer, cell.map))),
            titles=self.titles,
        )
        zeros = "     the zeros add nothing" if stuffed and stuffed != "cut" else ""
        sums = self._sum("no cell of the input stands in the window", zeros)
        return (Entry("gather", (said,)), Beside((row,)), sums, *shown)

    @property
    def _is_stuffed(self) -> bool:
        return any(axis.apart > 1 and axis.size > 1 for axis in self.layer.axes)

    @property
    def _sides(self) -> list[int]:
        return [side for axis in self.layer.axes for side in axis.sides]

    def _stuffed(self) -> str:
        """What is done to the input before it is gathered from: `stuffed and padded`."""
        done = ["stuffed"] if self._is_stuffed else []
        done += ["padded"] if any(side > 0 for side in self._sides) else []
        done += ["cut"] if any(side < 0 for side in self._sides) else []
        return " and ".join(done)

    def _stuffing(self) -> str:
        """The same as a sentence goes on."""
        zeros = ["between"] if self._is_stuffed else []
        zeros += ["around"] if any(side > 0 for side in self._sides) else []
        said = [f"with zeros put {' and '.join(zeros)} its cells"] if zeros else []
        said += ["with cells cut off at its edges"] if any(side < 0 for side in self._sides) else []
        return " and ".join(said) or "as it is"
