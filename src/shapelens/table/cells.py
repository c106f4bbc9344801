"""What stands in the cells of the table: shapes, filters, volumes, fields, counts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import log2

from shapelens.analyses.receptive_field import Everything, Field, FieldOf
from shapelens.dims import Dim, Expression, Unknown, dim_text
from shapelens.dims.layout import Layout
from shapelens.dims.text import axis_text
from shapelens.explanation.document import (
    CHANNELS,
    LABEL,
    POSITIONS,
    UNKNOWN,
    Span,
    Text,
    shape_spans,
    text,
)
from shapelens.operators import Filters, Shape

__all__ = [
    "channel_of",
    "field_cell",
    "filters_cell",
    "glimpse",
    "has_long_dim",
    "shape_cell",
    "step_cell",
    "volume",
]

_LEVELS = "▁▂▃▄▅▆▇"

LONGEST_DIM = 32
"""A formula of more letters is not written out in a table."""


def channel_of(shape: Sequence[Dim] | Unknown, layout: Layout | None) -> int:
    """Which axis of a sample's shape holds the channels: that of images by the layout, the only one of vectors."""
    channels_last = layout is not None and layout.channels_last
    return -1 if channels_last or (not isinstance(shape, Unknown) and len(shape) == 2) else 0


def shape_cell(shape: Shape | Unknown, layout: Layout | None) -> Text:
    """A shape with its channels told from its positions; what would not fit any table is three dots."""
    spans = shape_spans(shape, channel_of(shape, layout))
    return tuple([Span("…", span.role) if len(span.text) > LONGEST_DIM else span for span in spans])


def has_long_dim(shape: Shape | Unknown) -> bool:
    """Whether a dim of it is three dots."""
    dims = () if isinstance(shape, Unknown) else shape
    return any(isinstance(dim, Expression) and len(axis_text(dim)) > LONGEST_DIM for dim in dims)


def filters_cell(filters: Filters | None, layout: Layout | None) -> Text:
    """`64 of 3×3×3`; `1000 of 4096` for a linear layer; empty where there are none."""
    if filters is None:
        return ()
    return text((dim_text(filters.count, "·"), CHANNELS), " of ", shape_cell(filters.of, layout))


def spatial_of(shape: Shape | Unknown, layout: Layout | None) -> Shape:
    """The spatial dims of a sample's shape: none of a vector."""
    if isinstance(shape, Unknown) or len(shape) < 3:
        return ()
    return shape[:-1] if layout is not None and layout.channels_last else shape[1:]


def _levels(shape: Shape | Unknown, first: Shape | Unknown, layout: Layout | None) -> tuple[int, int] | None:
    """Halvings of the height since the image that goes in, and doublings of the channels since 1.

    None where there is no image, or a size is not known.
    """
    spatial, first_spatial = spatial_of(shape, layout), spatial_of(first, layout)
    if isinstance(shape, Unknown) or not shape or not first_spatial:
        return None
    channels, height, whole = shape[channel_of(shape, layout)], (*spatial, 1)[0], first_spatial[0]
    if not all(isinstance(d, int) and d > 0 for d in (channels, height, whole)):
        return None
    if not spatial:
        return len(_LEVELS), round(log2(channels))
    return round(log2(whole / height)), round(log2(channels))


def glimpse(shape: Shape | Unknown, first: Shape | Unknown, layout: Layout | None) -> Text:
    """Two signs: space, a step lower for each halving; channels, a step higher for each doubling."""
    levels = _levels(shape, first, layout)
    if levels is None:
        return ()
    halvings, doublings = levels
    space = _LEVELS[max(0, min(len(_LEVELS) - 1, len(_LEVELS) - 1 - halvings))]
    depth = _LEVELS[max(0, min(len(_LEVELS) - 1, doublings - 5))]
    return text((space, POSITIONS), (depth, CHANNELS))


def volume(shape: Shape | Unknown, first: Shape | Unknown, layout: Layout | None) -> Text:
    """The output from the side: a step lower for each halving of H, a step longer for each doubling of C."""
    levels = _levels(shape, first, layout)
    if levels is None:
        return ()
    halvings, doublings = levels
    level = _LEVELS[max(0, min(len(_LEVELS) - 1, len(_LEVELS) - 1 - halvings))]
    return text((level * max(1, doublings - 2), POSITIONS))


def field_cell(field: FieldOf) -> Text:
    """The size of the receptive field: one number where all axes are alike, `all`, or `?`."""
    if not field:
        return ()
    parts = [_field_part(f) for f in field.values()]
    unique = list(dict.fromkeys(parts))
    role = UNKNOWN if "?" in parts else LABEL if unique == ["all"] else POSITIONS
    return text((unique[0] if len(unique) == 1 else "×".join(parts), role))


def _field_part(field: Field | Everything | Unknown) -> str:
    if isinstance(field, Everything):
        return "all"
    return "?" if isinstance(field, Unknown) else str(field.size)


def step_cell(field: FieldOf) -> Text:
    """How far the fields of neighbours lie apart; a fraction after up-sampling."""
    parts = [f.stride for f in field.values() if isinstance(f, Field) and f.axis is not None]
    if not parts or len(parts) != len(field):
        return ()
    shown = [f"{p.numerator}/{p.denominator}" if isinstance(p, Fraction) else str(p) for p in parts]
    return (Span(shown[0] if len(set(shown)) == 1 else "×".join(shown)),)
