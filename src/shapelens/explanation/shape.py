"""A shape explained: which axis is what, what it holds, and which layer would make it."""

from __future__ import annotations

from typing import Any

from shapelens.dims import Dim, Expression, dim_text, product
from shapelens.dims.counts import bytes_text, exact_text
from shapelens.dims.layout import AXIS_WORDS, CHANNELS_FIRST, CHANNELS_LAST, Layout, layout_of
from shapelens.explanation.document import (
    ANSWER,
    CHANNELS,
    LABEL,
    POSITIONS,
    Block,
    Document,
    Entry,
    Facing,
    Preformatted,
    Text,
    face,
    shape_spans,
    text,
)
from shapelens.operators import Convolution, Shape, Tensor
from shapelens.records import dataclass

__all__ = ["Reading", "explain_shape", "read_shape"]

_IMAGE_CHANNELS = {1: "a grey image", 3: "an RGB image", 4: "an RGBA image"}
_BYTES_PER_FLOAT = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """Which axis of a shape is taken for what, and why.

    Args:
        layout: the layout of one sample, or of a batch where there are four axes.
        sure: how sure that is: `certain` where nothing else is possible, `most likely`, or `open`.
        reason: why.
    """

    layout: Layout
    sure: str
    reason: str


def read_shape(shape: Shape) -> Reading:
    """Guess the layout of a shape of three or four axes, and say how sure that is.

    >>> read_shape((256, 256, 32)).layout
    Layout(axes='HWC')
    >>> read_shape((3, 224, 224)).layout
    Layout(axes='CHW')
    """
    if len(shape) == 4:
        inner = read_shape(shape[1:])
        return Reading(inner.layout.batched, inner.sure, f"four axes: the first is the batch; {inner.reason}")
    first, middle, last = shape
    if _is_image_depth(first) != _is_image_depth(last):
        here = first if _is_image_depth(first) else last
        layout = CHANNELS_FIRST if _is_image_depth(first) else CHANNELS_LAST
        end = "first" if _is_image_depth(first) else "last"
        return Reading(
            layout.sample,
            "most likely",
            f"{dim_text(here)} channels are {_IMAGE_CHANNELS[here]}, and it stands {end}",
        )
    if first == middle and middle != last:
        return Reading(
            CHANNELS_LAST.sample,
            "most likely",
            f"two equal sizes first; {dim_text(first)} maps of {dim_text(first)}×{dim_text(last)} are rare",
        )
    if middle == last and first != middle:
        return Reading(
            CHANNELS_FIRST.sample,
            "most likely",
            f"two equal sizes last; {dim_text(last)} maps of {dim_text(first)}×{dim_text(last)} are rare",
        )
    return Reading(
        CHANNELS_LAST.sample, "open", "nothing tells the axes apart; read as the order that papers draw"
    )


def _is_image_depth(dim: Dim) -> bool:
    return isinstance(dim, int) and dim in _IMAGE_CHANNELS


def explain_shape(shape: Shape) -> Document:
    """Which axis is what in either order, positions and activations, and a layer that would make it.

    Args:
        shape: one to four dims.
    """
    if len(shape) < 3:
        return _flat_document(shape)
    reading = read_shape(shape) if len(shape) <= 4 else None
    if reading is None:
        return _flat_document(shape)
    layout = reading.layout
    sample = tuple([dim for dim, letter in zip(shape, layout.axes, strict=True) if letter != "N"])
    parts = _Parts(sample, layout.sample, len(shape))
    title = text((shape_spans(shape, layout.channel)), "   ", layout.words, (f"  ({layout.spaced})", LABEL))
    picture: list[Text] = [*_answer(parts), (), *_picture(parts)]
    groups: list[tuple[Block, ...]] = [
        (Preformatted(tuple(picture)),),
        (_axes_entry(shape, reading), *_weight_entry(shape), _holds_entry(parts)),
        tuple(_layer_blocks(parts)),
    ]
    return Document(title, tuple(groups), _following(parts), _facts(shape, parts, reading))


@dataclass(frozen=True, slots=True)
class _Parts:
    sample: Shape
    layout: Layout
    axes: int

    @property
    def place(self) -> str:
        """Where the channels stand in the shape as it was asked."""
        at = self.layout.channel + self.axes - len(self.sample)
        return ("first", "second", "third", "fourth")[at]

    @property
    def channels(self) -> Dim:
        return self.sample[self.layout.channel]

    @property
    def spatial(self) -> tuple[Dim, ...]:
        return tuple([self.sample[axis] for axis in self.layout.spatial])

    @property
    def positions(self) -> Dim:
        return product(self.spatial)

    @property
    def activations(self) -> Dim:
        return product(self.sample)

    @property
    def is_image(self) -> bool:
        return _is_image_depth(self.channels)


# what each number is ----------------------------------------------------------------------------------


def _answer(parts: _Parts) -> list[Text]:
    """What the number of channels is, and what makes it."""
    count, map_shape = dim_text(parts.channels), "×".join(dim_text(d) for d in parts.spatial)
    place = parts.place
    if parts.is_image:
        name = _IMAGE_CHANNELS[parts.channels]
        return [
            text(
                f"the {place} number, ",
                (count, CHANNELS),
                f", is the number of channels: {name}, {map_shape} pixels",
            )
        ]
    return [
        text(
            f"the {place} number, ",
            (count, CHANNELS),
            f", is the number of channels: {count} feature maps, each {map_shape}.",
        ),
        text("Each map is made by one filter of the layer before."),
    ]


def _picture(parts: _Parts) -> list[Text]:
    """The volume as characters, and its axes in words beside it."""
    height, width = (dim_text(d) for d in parts.spatial)
    count = dim_text(parts.channels)
    what = "channels" if parts.is_image else "maps"
    margin = " " * len(height)
    side = max(9, len(width) + 4)
    stacked = "" if isinstance(parts.channels, int) and parts.channels == 1 else "┐┐┐"
    bars, ends = "│" * len(stacked), "┘" * len(stacked)
    inner = " " * side
    left = [
        text(f"   {margin} ", (f"{width:^{side + 2}}", POSITIONS)),
        text(f"   {margin} ┌{'─' * side}┐{stacked}"),
        text(f"   {margin} │{inner}│{bars}"),
        text("   ", (height, POSITIONS), f" │{'one map':^{side}}│{bars}   ", (f"{count} {what}", CHANNELS)),
        text(f"   {margin} │{inner}│{bars}"),
        text(f"   {margin} └{'─' * side}┘{ends}"),
    ]
    many = "positions"
    notes = {
        1: text("H  ", (f"{height:>5}", POSITIONS), "  rows"),
        2: text("W  ", (f"{width:>5}", POSITIONS), "  columns", f":  {exact_text(parts.positions)} {many}"),
        3: text(
            "C  ",
            (f"{count:>5}", CHANNELS),
            f"  channels, so {count} value{'s' if count != '1' else ''} at each position",
        ),
    }
    widest = max(sum(len(span.text) for span in line) for line in left) + 5
    joined: list[Text] = []
    for place, line in enumerate(left):
        note = notes.get(place - 1)
        used = sum(len(span.text) for span in line)
        joined.append(text(line, " " * (widest - used), note) if note else line)
    return joined


def _axes_entry(shape: Shape, reading: Reading) -> Entry:
    layout, other = reading.layout, reading.layout.other
    words = {"open": "not certain; perhaps", "most likely": "most likely"}[reading.sure]
    mine = shape_spans(shape, layout.channel)
    swapped = layout.reordered(shape, other)
    first, second = (layout, other) if not layout.channels_last else (other, layout)
    shapes = {layout.axes: mine, other.axes: shape_spans(swapped, other.channel)}
    lines = [text((f"{words} {layout.spaced}", ANSWER), f": {reading.reason}"), text("the same tensor:")]
    for order in (first, second):
        framework = "Keras" if order.channels_last else "PyTorch"
        lines.append(text("  ", shapes[order.axes], (f"   {order.spaced}, {framework}", LABEL)))
    return Entry("axes", tuple(lines))


def _weight_entry(shape: Shape) -> list[Block]:
    """Four axes with a small square at one end may be a convolution's weight, and no tensor that flows."""
    if len(shape) != 4:
        return []
    orders = (
        ((0, 1), (2, 3), "filters×channels×height×width, PyTorch"),
        ((3, 2), (0, 1), "height×width×channels×filters, Keras"),
    )
    for (filters, depth), kernel, order in orders:
        extent = [shape[axis] for axis in kernel]
        if extent[0] == extent[1] and isinstance(extent[0], int) and extent[0] <= _LARGEST_KERNEL:
            each = "×".join([dim_text(dim) for dim in (shape[depth], *extent)])
            words = f"a convolution's weight: {dim_text(shape[filters])} filters of {each}   ({order})"
            return [Entry("or", (text(words),))]
    return []


_LARGEST_KERNEL = 11


def _holds_entry(parts: _Parts) -> Entry:
    count = parts.activations
    size = f", {bytes_text(count * _BYTES_PER_FLOAT)} as float32" if isinstance(count, int) else ""
    factors = " · ".join(dim_text(d) for d in parts.sample)
    if parts.is_image:
        return Entry(
            "holds",
            (text(f"{factors} = ", (exact_text(count), ANSWER), f" values per sample{size}"),),
        )
    lines = [
        text(
            f"{factors} = ",
            (exact_text(count), ANSWER),
            f" activations per sample{size}",
        ),
        text("they are values that flow through; they are not parameters"),
    ]
    return Entry("holds", tuple(lines))


# the layer behind it ----------------------------------------------------------------------------------


def _layer_blocks(parts: _Parts) -> list[Block]:
    """A layer that makes the shape: a 3×3 convolution of an image or of maps of the same size."""
    count = dim_text(parts.channels)
    if parts.is_image:
        kernel = f"3×3×{count}" if parts.layout.channels_last else f"{count}×3×3"
        many = "channel" if count == "1" else "channels"
        said = f"over it is as deep as it is: {kernel}; its products are summed over the {count} {many}, + 1 bias"
        return [Entry("a filter", (text(said),))]
    depth = _source_depth(parts)
    source = CHANNELS_FIRST.sample.reordered((depth, *parts.spatial), parts.layout)
    tensors = [
        Tensor((1, depth, *parts.spatial)),
        Tensor((parts.channels, depth, 3, 3)),
        Tensor((parts.channels,)),
    ]
    operator = Convolution(padding=((1, 1), (1, 1)))
    macs = operator.macs(tensors, operator.evaluate(*tensors).outputs)
    channel, body = parts.layout.channel, f"({depth}·3·3)"
    filter_shape = shape_spans((3, 3, depth) if parts.layout.channels_last else (depth, 3, 3), channel)
    parameters = parts.channels * (9 * depth) + parts.channels
    remark = f": {count}, not {depth} · {count}" if parts.channels != 1 else ""
    facing = [
        Facing(
            "in",
            ((shape_spans(source, channel), text(_SOURCES.get(depth, f"{depth} maps of the layer before"))),),
        ),
        Facing(
            "filters",
            ((text((count, CHANNELS), " of ", filter_shape), text(_DEEP)),),
        ),
        Facing("out", ((shape_spans(parts.sample, channel), text(f"one feature map per filter{remark}")),)),
    ]
    spatial = "·".join([dim_text(dim) for dim in parts.spatial])
    shared = f", shared by all {exact_text(parts.positions)} positions"
    return [
        Entry(
            "a layer",
            (
                text("the shape is the tensor's; a layer that makes it is, for example"),
                text((_layer_text(parts), ANSWER), f"    Keras: Conv2D({count}, 3, padding='same')"),
            ),
        ),
        *face(facing),
        Entry("params", (text(f"{count} × {body} + {count} = ", (exact_text(parameters), ANSWER), shared),)),
        Entry("MACs", (text(f"{spatial} × {count} × {body} = ", (exact_text(macs), ANSWER)),)),
    ]


_DEEP = "each as deep as its input: one 3×3 kernel per channel, the products of all channels summed, + 1 bias"
_SOURCES = {1: "a grey image", 3: "an RGB image"}
_SMALL_MAP = 64
"""Maps smaller than this are hardly made of an image, but of other maps."""


def _source_depth(parts: _Parts) -> int:
    """How deep the input of the example is: an RGB image, or half as many maps where the maps are small."""
    small = all(isinstance(dim, int) and dim < _SMALL_MAP for dim in parts.spatial)
    deep = isinstance(parts.channels, int) and parts.channels >= _SMALL_MAP
    return parts.channels // 2 if small and deep else 3


def _layer_text(parts: _Parts) -> str:
    return f"Conv2d({_source_depth(parts)}, {dim_text(parts.channels)}, 3, padding=1)"


def _following(parts: _Parts) -> str:
    if any(isinstance(dim, Expression) for dim in parts.sample):
        return ""
    spatial = "x".join([dim_text(dim) for dim in parts.spatial])
    if parts.is_image:
        count = dim_text(parts.channels)
        return f'shapelens explain "Conv2d({count}, 32, 3, padding=1)" --input {count}x{spatial}'
    return f'shapelens explain "{_layer_text(parts)}" --input {_source_depth(parts)}x{spatial}'


def _flat_document(shape: Shape) -> Document:
    """A vector, a sequence, or something with more axes than an image."""
    count = product(shape)
    title = text(
        shape_spans(shape, 0), "   ", {1: "a vector", 2: "two axes"}.get(len(shape), f"{len(shape)} axes")
    )
    words = {
        1: ["one axis: features, as a linear layer takes and gives them. No height, no width"],
        2: ["channels×length (PyTorch's Conv1d), tokens×features (transformers),",
            "batch×features (linear layers), or height×width of one map: nothing in it tells which.",
            "An image needs its channels: 1×H×W for one map, 3×H×W for colours"],
    }.get(len(shape), [f"five axes: {layout_of(3).words} (PyTorch) or {layout_of(3, channels_last=True).words} (Keras)"]
          if len(shape) == 5 else ["more axes than an image or a volume has"])  # fmt: skip
    holds = text(f"{' · '.join(dim_text(d) for d in shape)} = ", (exact_text(count), ANSWER), " values")
    facts = {
        "shape": [d if isinstance(d, int) else dim_text(d) for d in shape],
        "layout": None,
        "values": count if isinstance(count, int) else dim_text(count),
    }
    return Document(
        title, ((Entry("axes", tuple([text(w) for w in words])), Entry("holds", (holds,))),), "", facts
    )


def _facts(shape: Shape, parts: _Parts, reading: Reading) -> dict[str, Any]:
    def plain(dim: Dim) -> int | str:
        return dim if isinstance(dim, int) else dim_text(dim)

    return {
        "shape": [plain(dim) for dim in shape],
        "layout": reading.layout.axes,
        "sure": reading.sure,
        "axes": {
            AXIS_WORDS[letter]: plain(dim) for letter, dim in zip(reading.layout.axes, shape, strict=True)
        },
        "positions": plain(parts.positions),
        "activations": plain(parts.activations),
    }
