"""What figures say of layers, in few words."""

from __future__ import annotations

from collections.abc import Sequence

from shapelens.dims import Dim, Unknown
from shapelens.drawing.stations import Station
from shapelens.operators import Filters, Pool
from shapelens.operators.windows import setting_words

__all__ = ["count_words", "filter_words", "filters_of", "layer_words", "short_filter_words", "stride_words"]


def filters_of(station: Station) -> Filters | None:
    """The filters of a layer that has some."""
    return None if station.main is None else station.main.applied.filters


def filter_words(station: Station) -> str:
    """`64 of 3×3×3`: how many filters, and the height, width and channels of each; empty where there are none."""
    filters = filters_of(station)
    if filters is None:
        return ""
    return f"{_text(filters.count)} of {'×'.join(_text(dim) for dim in _kernel_first(filters))}"


def _kernel_first(filters: Filters) -> Sequence[Dim]:
    rank = len(filters.kernel)
    if not rank:
        return filters.of
    channels = filters.of[:-rank] if tuple(filters.of[-rank:]) == tuple(filters.kernel) else filters.of[rank:]
    return (*filters.kernel, *channels)


def short_filter_words(station: Station) -> str:
    """`3×3, 64`: the kernel and how many filters; `3×3 depthwise, 64` where each sees one channel."""
    filters = filters_of(station)
    if filters is None:
        return ""
    if not filters.kernel:
        return filter_words(station)
    kernel = "×".join(_text(dim) for dim in filters.kernel)
    groups = getattr(station.operator, "groups", 1)
    is_depthwise = groups != 1 and _kernel_first(filters)[-1] == 1
    return f"{kernel}{' depthwise' if is_depthwise else ''}, {_text(filters.count)}"


def layer_words(station: Station) -> str:
    """What makes it: its filters, a pool's window, or its operator's words; the class of a block."""
    if station.main is None or station.members:
        return station.module.strip("_") or station.kind
    operator = station.main.node.operator
    words = filter_words(station)
    if isinstance(operator, Pool):
        kernel = "×".join(str(k) for k in operator.kernel)
        return f"{operator.kind} {kernel}"
    return words or station.main.applied.words


def stride_words(station: Station) -> str:
    """`stride 2`, where it is not 1."""
    operator = None if station.main is None else station.main.node.operator
    stride = getattr(operator, "stride", 1)
    steps = (stride,) if isinstance(stride, int) else stride or ()
    return setting_words("stride", steps, 1).strip(", ")


def count_words(count: Dim) -> str:
    """A number with its thousands apart, or `?`."""
    if isinstance(count, Unknown):
        return "?"
    return f"{count:,}" if isinstance(count, int) else str(count)


def _text(dim: Dim) -> str:
    return "?" if isinstance(dim, Unknown) else str(dim)
