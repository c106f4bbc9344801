"""Runs: neighbours of one height and width stand together and share the labels of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from functools import cached_property
from itertools import pairwise

from shapelens.drawing.forms import Extent
from shapelens.drawing.palette import Theme
from shapelens.drawing.scale import Scale
from shapelens.drawing.scene import Box, Circle, Element, Group, Label, Line, Paint, Point
from shapelens.drawing.solids import Body, bands_width, body_of
from shapelens.drawing.stations import Station
from shapelens.records import dataclass

__all__ = ["Run", "lay_run", "named", "plus_mark", "repeat_mark", "split_runs"]

_SIZE = 6.8
_INNER = 6.2
_BELOW = 7.1
_ROW = 7.0
_BRACKET = 0.55


@dataclass(frozen=True)
class Run:
    """Bodies that stand together, with what is written on them.

    Args:
        bodies: from left to right.
        labels: what is written, the marks under it and the brackets above.
        beside: stations on lanes that end in it.
    """

    bodies: tuple[Body, ...]
    labels: tuple[Element, ...] = field(default=())
    beside: tuple[Station, ...] = field(default=())

    @property
    def first(self) -> Body:
        """The one that arrows lead to."""
        return self.bodies[0]

    @property
    def last(self) -> Body:
        """The one that arrows lead from."""
        return self.bodies[-1]

    @cached_property
    def box(self) -> Box:
        """What all of it takes up."""
        return Box.of_all([*self.body_boxes, *[label.box for label in self.labels]])

    @cached_property
    def body_boxes(self) -> list[Box]:
        """What its bodies take up: their fronts, and what recedes behind the last."""
        last = self.last
        front = Box(
            self.first.x,
            min(b.top for b in self.bodies),
            last.front_right,
            max(b.bottom for b in self.bodies),
        )
        if not last.measures.depth:
            return [front]
        back = Box(
            self.first.x + last.measures.depth, min(b.highest for b in self.bodies), last.right,
            last.bottom - last.measures.depth,
        )  # fmt: skip
        return [front, back]

    @property
    def center(self) -> float:
        """The x of its middle."""
        return (self.first.x + self.last.right) / 2

    @property
    def stations(self) -> list[Station]:
        """What it shows."""
        return [body.station for body in self.bodies]

    @property
    def is_bar(self) -> bool:
        """Whether it is a vector."""
        return self.first.station.form.is_vector

    def moved(self, dx: float) -> Run:
        """The run as far to the right, without what is written on it."""
        return Run(tuple([replace(body, x=body.x + dx) for body in self.bodies]), beside=self.beside)

    @property
    def elements(self) -> tuple[Element, ...]:
        """All that is painted."""
        return (*[body.group for body in self.bodies], *self.labels)


def split_runs(places: Sequence[int], stations: Sequence[Station], opened: frozenset[int]) -> list[list[int]]:
    """The stations of a row, in runs.

    Args:
        places: the stations of the row, in order.
        stations: all stations.
        opened: those that a pyramid leads to, which begin a run.
    """
    runs: list[list[int]] = []
    for place in places:
        station = stations[place]
        before = stations[runs[-1][-1]] if runs else None
        joins = (
            before is not None
            and runs[-1][-1] in station.parents
            and station.form.spatial == before.form.spatial
            and station.form.is_known == before.form.is_known
            and not station.form.is_vector
            and not before.form.is_vector
            and place not in opened
            and not station.broken
        )
        if joins:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def lay_run(
    places: Sequence[int], stations: Sequence[Station], at: tuple[float, float], scale: Scale, theme: Theme,
    *, is_first: bool = False, has_arrow: bool = True,
) -> Run:  # fmt: skip
    """A run whose front begins at a point of its axis.

    Args:
        places: which stations.
        stations: all stations.
        at: the x of the first front, and the y of the axis.
        scale: the figure's.
        theme: the figure's.
        is_first: whether its labels name the axes.
        has_arrow: whether something leads to the middle of its left edge, so that its label gives way.
    """
    x, axis = at
    bodies: list[Body] = []
    for place in places:
        bodies.append(body_of(place, stations[place], x, axis, scale, theme))
        x = bodies[-1].front_right
    run = Run(tuple(bodies))
    if run.is_bar:
        return replace(run, labels=tuple(_bar_labels(run, theme)))
    channels = _channel_labels(run, theme, is_first=is_first)
    heights = _height_label(run, theme, is_first=is_first, has_arrow=has_arrow)
    widths = _width_label(run, theme, is_first=is_first)
    labels = [
        *[_moved_along(label, channels, (0.0, -2.0)) for label in heights],
        *[_moved_along(label, channels, (2.0, -2.0)) for label in widths],
        *channels,
        *_inner_labels(run, theme),
        *[element for body in run.bodies for element in repeat_mark(body, theme)],
    ]
    return replace(run, labels=tuple(labels))


def named(extent: Extent, *, is_first: bool) -> str:
    """A size as it stands on its edge: `224`; with its letter where axes are named: `H 224`; a symbol by itself."""
    return (
        extent.text
        if not is_first or extent.letter in {extent.text, "."}
        else f"{extent.letter} {extent.text}"
    )


def _color(station: Station, theme: Theme) -> str:
    return theme.second if station.is_doubtful else theme.text


def _bar_labels(run: Run, theme: Theme) -> list[Element]:
    body = run.first
    text = body.station.form.channels.text
    label = Label(
        (body.x - 2.4, body.axis), text, _SIZE, _color(body.station, theme), angle=-90, anchor="middle"
    )
    return [label, *repeat_mark(body, theme)]


def _height_label(run: Run, theme: Theme, *, is_first: bool, has_arrow: bool) -> list[Label]:
    places = run.first.station.form.places
    if not places:
        return [Label((run.first.x, run.first.bottom + _BELOW), "?", _SIZE, theme.second)]
    extent = places[1] if len(places) == 3 else places[0]
    text = named(extent, is_first=is_first)
    body = run.first
    color = _color(body.station, theme)
    label = Label((body.x - 2, body.axis), text, _SIZE, color, angle=-90, anchor="middle")
    middle = (body.top + body.bottom) / 2
    if has_arrow:
        # Under the arrow: in the lower third, or as far down as it has to be.
        third = body.bottom - body.measures.height / 5 - label.width / 2
        middle = max(third, body.axis + 3.5 + label.width / 2)
    if text == "?":
        return [Label((body.x - 6, middle), "?", _SIZE, color)]
    return [replace(label, at=(body.x - 2, middle))]


def _moved_along(label: Label, others: Sequence[Element], step: Point) -> Label:
    """A label on an edge, further along it where it would meet one under the front."""
    texts = [other for other in others if isinstance(other, Label)]
    for _ in range(8):
        if not any(label.meets(other) for other in texts):
            break
        label = replace(label, at=(label.at[0] + step[0], label.at[1] + step[1]))
    return label


def _inner_labels(run: Run, theme: Theme) -> list[Element]:
    """The height of each body that is not as high as the one before it, on its front: `570`."""
    written: list[Element] = []
    for before, body in pairwise(run.bodies):
        form = body.station.form
        if form.spatial == before.station.form.spatial or len(form.places) != 2:
            continue
        height, width = form.spatial
        text = height if height == width else f"{height}×{width}"
        room = body.measures.thickness - bands_width(body)
        label = Label((0.0, 0.0), text, _INNER, theme.text, angle=-90, anchor="middle")
        if room >= _INNER + 0.6 and label.width + 6 <= body.measures.height:
            middle = (body.x + body.x + room) / 2 + 0.36 * _INNER
            written.append(replace(label, at=(middle, body.bottom - 4 - label.width / 2)))
    return written


def _width_label(run: Run, theme: Theme, *, is_first: bool) -> list[Label]:
    places = run.last.station.form.places
    if len(places) < 2:
        return []
    extent = places[-1]
    body = run.last
    text = named(extent, is_first=is_first)
    depth = body.measures.depth
    middle = (body.front_right + depth / 2, body.bottom - depth / 2)
    color = _color(body.station, theme)
    if text == "?":
        return [Label((middle[0] + 2.5, middle[1] + 6), "?", _SIZE, color)]
    away = 5.2
    label = Label(
        (middle[0] + away * 0.75, middle[1] + away * 0.75), text, _SIZE, color, angle=-45, anchor="middle"
    )
    # A text that is longer than its edge begins where the edge begins.
    overhang = label.width * 0.7071 - depth
    if overhang > 0:
        label = replace(label, at=(label.at[0] + overhang / 2, label.at[1] - overhang / 2))
    return [label]


def _channel_labels(run: Run, theme: Theme, *, is_first: bool) -> list[Element]:
    """One under each body; equal neighbours share one under a line where they would crowd."""
    written: list[Element] = []
    ends = [run.first.x - 50.0, run.first.x - 50.0, run.first.x - 50.0]
    bottom = max(body.bottom for body in run.bodies)
    place = 0
    while place < len(run.bodies):
        body = run.bodies[place]
        form = body.station.form
        text = form.channels.text
        count = 1
        if len(form.places) == 3 and place == 0:
            text = f"D {form.places[0].text}, C {text}"
        elif is_first and place == 0:
            text = named(form.channels, is_first=True)
        else:
            while (
                place + count < len(run.bodies)
                and run.bodies[place + count].station.form.channels.text == text
            ):
                count += 1
        last = run.bodies[place + count - 1]
        label = Label((0.0, 0.0), text, _SIZE, _color(body.station, theme), anchor="middle")
        is_crowded = count > 1 and body.measures.thickness < label.width + 2.5
        if count > 1 and not is_crowded:
            count, last = 1, body
        middle = (body.x + last.front_right) / 2
        row = next((r for r in range(3) if ends[r] + 2 <= middle - label.width / 2), 0)
        ends[row] = middle + label.width / 2
        y = bottom + _BELOW + row * _ROW + (1.4 if is_crowded else 0)
        if is_crowded:
            under = bottom + 2.2 + row * _ROW
            written.append(
                Line(
                    ((body.x + 1, under), (last.front_right - 1, under)), Paint(stroke=theme.line, width=0.5)
                )
            )
        elif row:
            tick = ((middle, bottom + 1.2), (middle, y - 5.4))
            written.append(Line(tick, Paint(stroke=theme.hairline, width=0.4)))
        if text:
            written.append(replace(label, at=(middle, y)))
        place += count
    return written


def repeat_mark(body: Body, theme: Theme) -> list[Element]:
    """The bracket over what stands for several, with how often, and how each of them ends."""
    station = body.station
    is_sum = station.join == "+" and bool(station.members)
    if station.times == 1:
        return []
    depth = body.measures.depth
    left, right, y = body.x + depth, body.right, body.highest - 3.2
    paint = Paint(stroke=theme.line, width=_BRACKET)
    text = f"×{station.times}"
    label = Label(
        ((left + right) / 2 - (5 if is_sum else 0), y - 2.6),
        text,
        7.4,
        theme.text,
        is_bold=True,
        anchor="middle",
    )
    parts: list[Element] = [
        Line(((left, y + 2.6), (left, y), (right, y), (right, y + 2.6)), paint),
        label,
    ]
    if is_sum:
        parts += plus_mark((label.at[0] + label.width / 2 + 5.4, y - 5.2), 3.0, theme)
    return [Group(tuple(parts), kind="bracket", name=station.name)]


def plus_mark(center: tuple[float, float], radius: float, theme: Theme) -> list[Element]:
    """The circle with a plus sign where tensors are added."""
    x, y = center
    reach = radius * 0.62
    paint = Paint(stroke=theme.text, width=0.7)
    return [
        Circle(center, radius, Paint(fill=theme.page, stroke=theme.text, width=0.7)),
        Line(((x - reach, y), (x + reach, y)), paint),
        Line(((x, y - reach), (x, y + reach)), paint),
    ]
