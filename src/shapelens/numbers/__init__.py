"""A layer with real numbers, that a person can check by hand: one reference implementation, in NumPy.

`numbered` puts an operator and arrays together; `cell` takes one cell of its output apart, `output` gives all of it,
`maps` a part, `partial_outputs` what each channel gives by itself. For a transposed convolution, whose cells are
gathered, `stamp` and `scattered` are the other way to see it. Where windows stand is told by `Axis`, which asks
`shapelens.operators.windows.Sliding`: no size is computed here.
"""

from __future__ import annotations

from shapelens.numbers.asking import cell, check_position, maps, output
from shapelens.numbers.axes import BETWEEN, INPUT, PADDING, PAST, Axis, Place
from shapelens.numbers.building import has_numbers, numbered
from shapelens.numbers.layer import NumberedLayer
from shapelens.numbers.pooling import PoolCell
from shapelens.numbers.sums import ChannelSum, ConvolutionCell, partial_outputs
from shapelens.numbers.transposed import Stamp, reaching, scattered, stamp
from shapelens.numbers.values import Array, Held, Number, Seeded, Values

__all__ = [
    "BETWEEN",
    "INPUT",
    "PADDING",
    "PAST",
    "Array",
    "Axis",
    "ChannelSum",
    "ConvolutionCell",
    "Held",
    "Number",
    "NumberedLayer",
    "Place",
    "PoolCell",
    "Seeded",
    "Stamp",
    "Values",
    "cell",
    "check_position",
    "has_numbers",
    "maps",
    "numbered",
    "output",
    "partial_outputs",
    "reaching",
    "scattered",
    "stamp",
]
